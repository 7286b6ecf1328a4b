#include "tests/diagnosis/claims.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tests/diagnosis/decimals.h"

namespace bp::test {
namespace {

// Far enough from the half between two claims.
bool surely_right(double written, double truth, double unit) {
  return std::abs(written - truth) < 0.499 * unit;
}

bool is_leaf(const Page& page, const std::string& name) {
  return std::find(page.leaves().begin(), page.leaves().end(), name) != page.leaves().end();
}

}  // namespace

bool surely_wrong(double written, double truth, double unit) {
  return std::abs(written - truth) > 1.001 * unit;
}

int random_digits(Random& random) { return static_cast<int>(4 + random.below(7)); }

bool rounding_error(double number) { return number != 0 && std::abs(number) < 1e-12; }

std::optional<Written> claim_of(const std::string& target, double truth, double claimed, int digits) {
  if (!std::isfinite(claimed) || !std::isfinite(truth) || claimed == 0) return std::nullopt;
  if (rounding_error(truth) || rounding_error(claimed)) return std::nullopt;
  Written w{.target = target,
            .written = significant(claimed, digits),
            .truth = truth,
            .claimed = claimed,
            .mistakes = {}};
  const double number = std::strtod(w.written.c_str(), nullptr), unit = last_place(claimed, digits);
  w.wrong = surely_wrong(number, truth, unit);
  if (!w.wrong && !surely_right(number, truth, unit)) return std::nullopt;
  return w;
}

bool same_digits(double claimed, double other, int digits) {
  return !surely_wrong(std::strtod(significant(claimed, digits).c_str(), nullptr), other,
                       last_place(claimed, digits));
}

Numbers computed_values(const Page& page) {
  Numbers numbers;
  for (const auto& value : page.values()) {
    if (!is_leaf(page, value.first)) numbers.push_back(value);
  }
  return numbers;
}

Numbers all_computed(const Page& page) {
  Numbers numbers = computed_values(page);
  for (const Numbers* more : {&page.gradients(), &page.steps()}) {
    numbers.insert(numbers.end(), more->begin(), more->end());
  }
  return numbers;
}

bool is_gradient(const std::string& target) { return target.find('/') != std::string::npos; }

std::string by_what(const std::string& target) { return target.substr(target.find('/') + 2); }

}  // namespace bp::test
