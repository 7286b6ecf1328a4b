#include "engine/model/model_notes.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/model/bad_file.h"

namespace bp {
namespace {

// "" where there is no such note.
std::string note(const Tensor_file& file, std::string_view key) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? "" : found->second;
}

// A whole number from 1 on at the beginning of the text, which it is taken from; 0 where there is none.
std::size_t take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return 0;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

void read_image_size(const Tensor_file& file, std::size_t inputs, Model_notes& notes) {
  const std::string text = note(file, "image");
  if (text.empty()) return;
  std::string_view rest = text;
  notes.rows = take_number(rest);
  const bool parted = rest.starts_with('x');
  rest.remove_prefix(parted ? 1 : 0);
  notes.cols = take_number(rest);
  if (!parted || !rest.empty() || notes.rows == 0 || notes.cols == 0) {
    refuse_file(file.source(), "image: expected rows and columns such as 28x28, found " + in_quotes(text));
  }
  if (inputs % notes.rows != 0 || inputs / notes.rows != notes.cols) {
    refuse_file(file.source(), "image: expected a size of " + std::to_string(inputs) +
                                   " pixels, one for each input, found " + in_quotes(text));
  }
}

void read_classes(const Tensor_file& file, std::size_t outputs, Model_notes& notes) {
  const std::string text = note(file, "classes");
  if (text.empty()) return;
  const auto list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) {
    refuse_file(file.source(), "classes: expected a JSON list of names, found " + in_quotes(text));
  }
  if (list.size() != outputs) {
    refuse_file(file.source(), "classes: expected " + std::to_string(outputs) +
                                   " names, one for each output, found " + std::to_string(list.size()));
  }
  std::set<std::string> seen;
  for (const auto& name : list) {
    if (!name.is_string()) {
      refuse_file(file.source(), std::string("classes: expected names, found ") + name.type_name());
    }
    notes.classes.push_back(name.get<std::string>());
    if (!seen.insert(notes.classes.back()).second) {
      refuse_file(file.source(),
                  "classes: expected each name once, found " + in_quotes(notes.classes.back()) + " twice");
    }
  }
}

}  // namespace

Model_notes read_notes(const Tensor_file& file, std::size_t inputs, std::size_t outputs) {
  Model_notes notes{.loss = note(file, "loss"), .data = note(file, "data"), .classes = {}};
  read_image_size(file, inputs, notes);
  read_classes(file, outputs, notes);
  return notes;
}

Tensor_file::Metadata notes_metadata(const Model_notes& notes) {
  Tensor_file::Metadata metadata;
  if (!notes.loss.empty()) metadata["loss"] = notes.loss;
  if (!notes.data.empty()) metadata["data"] = notes.data;
  if (notes.rows != 0) metadata["image"] = std::to_string(notes.rows) + "x" + std::to_string(notes.cols);
  for (const std::string& name : notes.classes) {
    if (!text_fault(name).empty()) throw std::invalid_argument("a class' name is not UTF-8");
  }
  if (!notes.classes.empty()) metadata["classes"] = nlohmann::json(notes.classes).dump();
  return metadata;
}

}  // namespace bp
