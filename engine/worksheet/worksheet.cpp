#include "engine/worksheet/worksheet.h"

#include <algorithm>
#include <stdexcept>

#include "engine/data/file.h"
#include "engine/worksheet/names.h"

namespace bp {

std::optional<Value> Worksheet::find(std::string_view name) const {
  const auto place =
      places.find(name, [&](std::size_t i) -> std::string_view { return definitions[i].name; });
  return place ? std::optional(definitions[*place].value) : std::nullopt;
}

void Worksheet::define(std::string_view name, Value value, std::size_t line) {
  places.add(name, definitions.size(),
             [&](std::size_t i) -> std::string_view { return definitions[i].name; });
  definitions.push_back({std::string(name), value, line});
}

std::string Worksheet::did_you_mean(std::string_view name) const {
  worksheet::Nearest_name nearest(name);
  for (const Definition& definition : definitions) nearest.consider(definition.name);
  return nearest.hint();
}

Value Worksheet::at(std::string_view name) const {
  if (const auto value = find(name)) return *value;
  throw std::invalid_argument(file + ": there is no value `" + on_one_line(std::string(name)) + "`" +
                              did_you_mean(name));
}

std::string_view Worksheet::operation(Value value) const {
  switch (value.op()) {
    case Op::add: return "+";
    case Op::sub: return "-";
    case Op::mul: return "*";
    case Op::div: return "/";
    case Op::pow: return pow_calls.contains(value.index()) ? "pow" : "^";
    default: return info(value.op()).name;
  }
}

Node_names::Node_names(const Worksheet& worksheet) : numbers_(worksheet.graph->size()) {
  std::size_t count = 0;
  for (const Value value : *worksheet.graph) {
    if (!value.is_constant() && value.name().empty()) numbers_[value.index()] = ++count;
  }
}

std::string Node_names::operator()(Value value) const {
  if (value.is_constant()) return shortest(value.data());
  return value.name().empty() ? "$" + std::to_string(numbers_[value.index()]) : std::string(value.name());
}

namespace {

// While a text of unknown length is read its memory doubles; with this it stays below 400 MB.
constexpr std::size_t most_bytes = 200'000'000;

}  // namespace

Worksheet read_worksheet(const std::string& path) {
  if (path == "-") return parse_worksheet(read_standard_input(most_bytes), standard_input);
  return parse_worksheet(read_file(path, most_bytes), path);
}

}  // namespace bp
