#include "lessons/backstep/draw_compared.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "engine/data/with_commas.h"
#include "engine/worksheet/digits.h"
#include "lessons/backstep/drawn.h"
#include "lessons/backstep/failure.h"
#include "viz/compare.h"
#include "viz/text.h"

namespace backstep {
namespace {

constexpr std::size_t most_lines = 200;
constexpr std::size_t longest_name = 30;  // characters
constexpr std::size_t columns = 100;

using Line = std::vector<std::string>;  // what, left, right, difference, remark

Line line_of(const std::string& what, double left, double right, int digits) {
  const auto [a, b] = bp::shown_apart(left, right, digits);
  return {what, a, b, bp::shown_number(right - left, std::min(digits, 4)), ""};
}

Line line_of_gradients(const std::string& what, bp::Value left, bp::Value right, int digits) {
  if (left.has_grad() && right.has_grad()) return line_of(what, left.grad(), right.grad(), digits);
  const auto shown = [&](bp::Value v) {
    return v.has_grad() ? bp::shown_number(v.grad(), digits) : "\u2013";
  };
  return {what, shown(left), shown(right), "", ""};
}

/// The numbers in the order of the forward pass, then the gradients in that of the backward pass: the first
/// line is where it begins.
std::vector<Line> lines_of(const bp::Worksheet& left, const bp::Comparison& comparison, int digits) {
  std::vector<Line> lines;
  const auto name_of = [](const bp::Compared& one) { return bp::shown_name(one.name, longest_name); };
  for (const bp::Compared& one : comparison.both) {
    if (one.data_differs) lines.push_back(line_of(name_of(one), one.left.data(), one.right.data(), digits));
  }
  const std::string loss = bp::shown_name(left.loss.name(), longest_name);
  for (std::size_t i = comparison.both.size(); i-- > 0;) {
    const bp::Compared& one = comparison.both[i];
    if (one.grad_differs) {
      lines.push_back(line_of_gradients("d" + loss + "/d" + name_of(one), one.left, one.right, digits));
    }
  }
  if (!lines.empty()) lines[0][4] = "<- here it begins";
  return lines;
}

void print_names(const std::string& file, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string list;
  constexpr std::size_t most_names = 50;
  for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i) {
    list += (i == 0 ? "" : ", ") + bp::shown_name(names[i], longest_name);
  }
  if (names.size() > most_names) {
    list += fmt::format(", and {} more", bp::with_commas(names.size() - most_names));
  }
  fmt::print("{}", bp::wrapped(fmt::format("Only in {}: {}", bp::shown_name(file, longest_name), list),
                               columns, "", "  "));
}

void print_summary(const bp::Comparison& comparison) {
  const std::size_t differing = comparison.differing(), all = comparison.both.size();
  if (all == 0) {
    fmt::print("The two have no name in common.\n");
  } else if (differing == 0) {
    fmt::print("All {} values that both have are the same, and their gradients.\n", bp::with_commas(all));
  } else {
    fmt::print("{} of {} values differ. It begins at {}.\n", bp::with_commas(differing), bp::with_commas(all),
               bp::shown_name(comparison.both[*comparison.begins].name, longest_name));
  }
}

void print_table(const bp::Worksheet& left, const bp::Worksheet& right, const bp::Comparison& comparison,
                 int digits) {
  print_summary(comparison);
  std::vector<Line> lines = lines_of(left, comparison, digits);
  if (!lines.empty()) {
    const std::size_t shown = std::min(lines.size(), most_lines), missing = lines.size() - shown;
    lines.resize(shown);
    lines.insert(lines.begin(), {"", bp::shown_name(left.file, longest_name),
                                 bp::shown_name(right.file, longest_name), "right - left", ""});
    fmt::print("\n");
    fmt::print("{}", bp::in_columns(lines, "<>>><"));
    if (missing > 0) fmt::print("{} more lines are not shown.\n", bp::with_commas(missing));
    fmt::print("\n");
  }
  print_names(left.file, comparison.only_left);
  print_names(right.file, comparison.only_right);
}

}  // namespace

void draw_compared(const bp::Worksheet& left, const bp::Worksheet& right, const std::string& out,
                   int digits) {
  const bp::Comparison comparison = bp::compare(*left.graph, *right.graph);
  if (out.empty()) return print_table(left, right, comparison, digits);
  bp::Picture_options look;
  look.digits = digits;
  look.title = fmt::format("{}, and in frames (\u2260) {}", left.file, right.file);
  try {
    bp::Picture picture = picture_of(left, look);
    bp::show_beside(picture, comparison);
    draw_to(out, picture, look);
  } catch (const bp::Picture_too_large&) {
    throw Failure(bad_input, fmt::format("{}: this calculation is too large for a picture; without -o the "
                                         "differences are listed",
                                         left.file));
  }
  print_summary(comparison);
  print_names(left.file, comparison.only_left);
  print_names(right.file, comparison.only_right);
}

}  // namespace backstep
