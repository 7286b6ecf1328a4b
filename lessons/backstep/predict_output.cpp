#include "lessons/backstep/predict_output.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/data/file_error.h"
#include "engine/model/json_text.h"

namespace backstep {
namespace {

constexpr int score_width = 12;  // of a number with 6 digits, sign and exponent

/// The length of a text in letters, as fmt pads it.
int letters(const std::string& text) {
  return static_cast<int>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::vector<std::size_t> ranked(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto strength = [&](std::size_t i) {
    return std::isnan(scores[i]) ? -std::numeric_limits<double>::infinity() : scores[i];
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return strength(a) > strength(b); });
  return order;
}

Prediction_printer::Prediction_printer(const Reader& reader, std::size_t top, bool json)
    : reader_(reader), top_(top), json_(json) {
  for (const std::string& name : reader.classes()) {
    names_.push_back(bp::on_one_line(name));
    name_width_ = std::max(name_width_, letters(names_.back()));
  }
}

std::size_t Prediction_printer::shown(std::size_t usual) const {
  return std::min(top_ == 0 ? usual : top_, names_.size());
}

std::string Prediction_printer::score(double number) const {
  return reader_.gives_probabilities() ? fmt::format("{:{}.2f} %", 100 * number, score_width - 2)
                                       : fmt::format("{:{}.6g}", number, score_width);
}

void Prediction_printer::heading() const {
  if (json_ || reader_.gives_probabilities()) return;
  const std::string& loss = reader_.notes().loss;
  fmt::print("These are the network's outputs, not probabilities: {}.\n",
             loss.empty() ? "the model does not say with which loss it was trained"
                          : fmt::format("its loss was {}", bp::on_one_line(loss)));
}

void Prediction_printer::alone(const Prediction& prediction) const {
  if (prediction.file.empty()) {
    fmt::print("Image {}{}\n", prediction.image,
               prediction.label ? fmt::format(", which is {}", names_[*prediction.label]) : "");
  } else {
    fmt::print("{}: {}\n", bp::on_one_line(prediction.file), prediction.how);
  }
  const std::vector<std::size_t> order = ranked(prediction.scores);
  for (std::size_t i = 0; i < shown(10); ++i) {
    fmt::print("  {:<{}}{}\n", names_[order[i]], name_width_, score(prediction.scores[order[i]]));
  }
}

void Prediction_printer::table_head(std::size_t count, bool labelled) {
  count_width_ = std::max(count_width_, static_cast<int>(std::to_string(count - 1).size()));
  fmt::print("{:>{}}", "image", count_width_);
  const char* kind = reader_.gives_probabilities() ? "probability" : "output";
  for (std::size_t i = 0; i < shown(1); ++i) {
    fmt::print("  {:<{}}  {:>{}}", i == 0 ? "class" : "or", name_width_, kind, score_width);
  }
  fmt::print("{}\n", labelled ? "  label" : "");
}

void Prediction_printer::table_row(const Prediction& prediction) const {
  const std::vector<std::size_t> order = ranked(prediction.scores);
  fmt::print("{:>{}}", prediction.image, count_width_);
  for (std::size_t i = 0; i < shown(1); ++i) {
    fmt::print("  {:<{}}  {}", names_[order[i]], name_width_, score(prediction.scores[order[i]]));
  }
  if (prediction.label) {
    fmt::print("  {}", names_[*prediction.label]);
    if (*prediction.label != order[0]) fmt::print("  WRONG");
  }
  fmt::print("\n");
}

std::string Prediction_printer::json_number(double number) const {
  if (std::isnan(number)) return "\"nan\"";
  if (std::isinf(number)) return number > 0 ? "\"inf\"" : "\"-inf\"";
  return reader_.is_single() ? fmt::format("{}", static_cast<float>(number)) : fmt::format("{}", number);
}

void Prediction_printer::json_line(const Prediction& prediction) const {
  const std::vector<std::string>& classes = reader_.classes();
  std::vector<std::size_t> order = ranked(prediction.scores);
  std::string line = fmt::format("{{\"image\":{}", prediction.image);
  if (!prediction.file.empty()) {
    line += fmt::format(",\"file\":{},\"prepared\":{}", bp::json_text(prediction.file),
                        bp::json_text(prediction.how));
  }
  if (prediction.label) line += fmt::format(",\"label\":{}", bp::json_text(classes[*prediction.label]));
  line += fmt::format(",\"class\":{}", bp::json_text(classes[order[0]]));
  line += reader_.gives_probabilities() ? ",\"probabilities\":{" : ",\"outputs\":{";
  if (top_ == 0) std::iota(order.begin(), order.end(), std::size_t{0});  // all, in their own order
  for (std::size_t i = 0; i < shown(names_.size()); ++i) {
    line += fmt::format("{}{}:{}", i == 0 ? "" : ",", bp::json_text(classes[order[i]]),
                        json_number(prediction.scores[order[i]]));
  }
  fmt::print("{}}}}}\n", line);
}

void Prediction_printer::accuracy(std::size_t right, std::size_t count) const {
  const double share = static_cast<double>(right) / static_cast<double>(count);
  if (json_) {
    fmt::print("{{\"images\":{},\"right\":{},\"accuracy\":{}}}\n", count, right, share);
  } else {
    fmt::print("{} of {} are right: {:.2f} %\n", right, count, 100 * share);
  }
}

}  // namespace backstep
