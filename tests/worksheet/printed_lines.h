// Reads a solution in text form back, knowing nothing of how it was made: each step as what stands between
// its signs.
#pragma once

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/formula.h"

namespace bp::test {

/// One step: the texts between the signs, and which sign stands before each but the first.
struct Printed_line {
  std::vector<std::string> texts;
  std::vector<bool> exact;  // "=" and not the approximation sign; as many as there are signs
};

/// The steps of the sections that work something out.
inline std::vector<Printed_line> printed_lines(const std::string& solution) {
  std::vector<std::string> steps;
  bool steps_here = false;
  for (std::size_t at = 0; at < solution.size();) {
    const std::size_t end = std::min(solution.find('\n', at), solution.size());
    const std::string line = solution.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("Forward") || line.starts_with("Backward") || line.starts_with("One step"))
      steps_here = true;
    if (line.starts_with("Notes") || line.starts_with("Given")) steps_here = false;
    if (!steps_here || !line.starts_with("  ")) continue;
    if (line[2] != ' ') {
      steps.push_back(line.substr(2));
    } else {
      steps.back() += " " + line.substr(line.find_first_not_of(' '));
    }
  }
  std::vector<Printed_line> lines;
  for (const std::string& step : steps) {
    Printed_line line;
    std::size_t begin = 0;
    while (true) {
      const std::size_t equal = step.find(" = ", begin), about = step.find(" \u2248 ", begin);
      const std::size_t sign = std::min(equal, about);
      line.texts.push_back(step.substr(begin, sign == std::string::npos ? sign : sign - begin));
      if (sign == std::string::npos) break;
      line.exact.push_back(equal < about);
      begin = sign + (equal < about ? 3 : 5);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

/// The number literals of an expression: where each begins and how long it is.
inline std::vector<std::pair<std::size_t, std::size_t>> literals_of(const std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t i = 0; i < text.size();) {
    const bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    if (!digit || (i > 0 && in_word(text[i - 1]))) {
      ++i;
      continue;
    }
    std::size_t read = 0;
    (void)std::stod(text.substr(i), &read);
    found.emplace_back(i, read);
    i += read;
  }
  return found;
}

/// Half a unit of the last of `digits` significant digits.
inline double half_unit(double number, int digits) {
  return number == 0.0 ? 0.0 : 0.5 * std::pow(10.0, std::floor(std::log10(std::abs(number))) - digits + 1);
}

/// The value of an expression of numbers. Those with exponents are taken apart first: 4e-05 is (4 * 10^-5).
inline double value_of_text(std::string text) {
  const auto literals = literals_of(text);
  for (auto literal = literals.rbegin(); literal != literals.rend(); ++literal) {
    const std::string number = text.substr(literal->first, literal->second);
    const std::size_t e = number.find('e');
    if (e == std::string::npos) continue;
    std::string exponent = number.substr(e + 1);
    if (exponent[0] == '+') exponent.erase(0, 1);
    text.replace(literal->first, literal->second, "(" + number.substr(0, e) + " * 10^" + exponent + ")");
  }
  return Formula::evaluate(text, std::nan(""), std::nan(""));
}

/// By how much the value may change when each number in it is off by half a unit of its last digit.
inline double uncertainty_of(const std::string& text, int digits) {
  const double value = value_of_text(text);
  double sum = 0.0;
  for (const auto& [begin, size] : literals_of(text)) {
    const double number = std::stod(text.substr(begin, size));
    double most = 0.0;
    for (const double sign : {-1.0, 1.0}) {
      char moved[40];
      std::snprintf(moved, sizeof moved, "%.17g", number + sign * half_unit(number, digits));
      std::string other = text;
      other.replace(begin, size, moved);
      most = std::max(most, std::abs(value_of_text(other) - value));
    }
    sum += most;
  }
  return sum;
}

}  // namespace bp::test
