#include "viz/fold/box.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/worksheet/digits.h"

namespace bp {

namespace {

constexpr int most_digits = 3;  // the numbers are ranges

// The range of some numbers, and how many of them are none.
class Range {
 public:
  void add(double number) {
    ++count_;
    if (!std::isfinite(number)) ++strange_;
    if (!std::isfinite(number)) return;
    least_ = std::min(least_, number);
    most_ = std::max(most_, number);
  }
  std::size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  std::string text(int digits) const {
    if (strange_ > 0) return fmt::format("nan or inf in {} of {}", strange_, count_);
    const std::string least = shown_number(least_, digits), most = shown_number(most_, digits);
    return least == most ? least : least + " to " + most;
  }
  std::string size(int digits) const {
    if (strange_ > 0) return text(digits);
    const std::string most = shown_number(std::max(std::abs(least_), std::abs(most_)), digits);
    return count_ == 1 ? most : "up to " + most;
  }

 private:
  double least_ = std::numeric_limits<double>::infinity(), most_ = -least_;
  std::size_t count_ = 0, strange_ = 0;
};

// "16 outputs", their range, and the largest of their gradients where they can have any.
Picture::Row row_of(const std::string& what, const Range& data, const Range& grads, bool can_have_grads,
                    const Picture_options& options) {
  const int digits = std::min(options.digits, most_digits);
  Picture::Row row;
  row.what = data.count() == 1 ? what : fmt::format("{} {}s", data.count(), what);
  row.data = data.text(digits);
  if (options.gradients && can_have_grads) row.grad = grads.empty() ? "\u2013" : grads.size(digits);
  return row;
}

}  // namespace

Picture::Box box_of_group(Graph& graph, const Group& group, const std::vector<std::uint8_t>& parameter,
                          const std::vector<Inside>& insides, const Picture_options& options) {
  Picture::Box box;
  box.kind = Picture::Kind::group;
  box.name = group.name;
  box.formula = group.detail;
  box.slim = group.kind == Group::Kind::neuron || group.kind == Group::Kind::step;
  Range data, grads, parameters, parameter_grads;
  bool can_have_grads = false;
  for (const Inside& inside : insides) {
    const Value v = graph[inside.node];
    const bool is_parameter = parameter[inside.node] != 0;
    if (!inside.is_used && v.input_count() > 0) box.is_root = true;
    if (!is_parameter && !inside.goes_out) continue;
    (is_parameter ? parameters : data).add(v.data());
    can_have_grads = can_have_grads || (!is_parameter && !v.is_constant());
    if (v.has_grad()) (is_parameter ? parameter_grads : grads).add(v.grad());
  }
  const std::string what = group.kind == Group::Kind::inputs ? "input" : "output";
  if (!data.empty()) box.rows.push_back(row_of(what, data, grads, can_have_grads, options));
  if (!parameters.empty())
    box.rows.push_back(row_of("parameter", parameters, parameter_grads, true, options));
  return box;
}

}  // namespace bp
