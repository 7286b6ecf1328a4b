// For lesson 13: the numbers of a wrong program beside the right ones, and what the engine makes of them.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/diagnose.h"
#include "engine/worksheet/digits.h"
#include "viz/text.h"

namespace bp {

/// What a wrong program found: d(of)/d(by), or the value `of` after a step of gradient descent.
struct Wrong_number {
  std::string what;
  double wrong;
  Value of;
  std::optional<Value> by = {};  ///< nothing: the value after a step
};

/// The number as it should be.
inline double truth(Graph& graph, Value loss, const Wrong_number& number, const Descent& descent) {
  graph.zero_grad();
  loss.backward();
  if (number.by) return number.by->grad();
  std::vector<double> before;
  for (Value w : descent.train) {
    before.push_back(w.data());
    w.set_data(w.data() - *descent.learning_rate * w.grad());
  }
  graph.recompute();
  const double result = number.of.data();
  for (std::size_t i = 0; i < before.size(); ++i) descent.train[i].set_data(before[i]);
  graph.recompute();
  return result;
}

/// The mistakes that would explain a number, the most likely first.
inline std::string ids(const Diagnosis& diagnosis) {
  std::string text;
  for (const Mistake& mistake : diagnosis.mistakes) text += (text.empty() ? "" : ", ") + mistake.id;
  return text.empty() ? "-" : text;
}

/// Prints a table of the numbers, and what the diagnoses say, each once.
inline void exhibit(Graph& graph, Value loss, const std::vector<Wrong_number>& numbers,
                    const Descent& descent = {}) {
  std::vector<Hand_number> claims;
  claims.reserve(numbers.size());
  for (const Wrong_number& n : numbers) {
    claims.push_back({n.of, n.by, fmt::format("{:.9f}", n.wrong), n.by ? std::size_t{0} : 1});
  }
  const std::vector<Diagnosis> found = diagnose(graph, loss, claims, descent);
  fmt::print("\n                         wrong           right   the engine's diagnosis\n");
  std::set<std::string> told;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double right = truth(graph, loss, numbers[i], descent);
    const bool fits = compare_digits(Written_number(claims[i].written), right) != Verdict::wrong;
    fmt::print("      {:8} {:>15} {:15.9f}   {}\n", numbers[i].what, claims[i].written, right,
               fits ? "right" : ids(found[i]));
  }
  for (const Diagnosis& diagnosis : found) {
    if (diagnosis.mistakes.empty() || !told.insert(diagnosis.mistakes[0].id).second) continue;
    if (told.size() == 1) fmt::print("\n");
    fmt::print("{}",
               wrapped(diagnosis.mistakes[0].id + ": " + diagnosis.mistakes[0].says, 86, "      ", "      "));
  }
  fmt::print("\n");
}

}  // namespace bp
