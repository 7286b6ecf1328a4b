// What the makers of exercises share: from the numbers of a page to claims about them.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/diagnosis/exercise.h"

namespace bp::test {

/// From 4 to 10, each as often.
int random_digits(Random& random);

/// Whether a number as written is by more than one unit of its last digit away from the truth: neither
/// right nor cut off, beyond dispute.
bool surely_wrong(double written, double truth, double unit);

/// Whether `other`, too, would be written as `claimed` with so many digits, give or take one unit.
bool same_digits(double claimed, double other, int digits);

/// What is left of a sum that ought to be 0: no claim is made of it.
bool rounding_error(double number);

/// Nothing where it could be disputed whether the claim is right, and for 0, which has no digits.
std::optional<Written> claim_of(const std::string& target, double truth, double claimed, int digits);

/// All that is not given: values, and of those alone; then the derivatives; then what a step makes of them.
Numbers computed_values(const Page& page);
Numbers all_computed(const Page& page);

/// Is the target a derivative, and by what: "w5" of "dE/dw5".
bool is_gradient(const std::string& target);
std::string by_what(const std::string& target);

/// Calls make(random), which may return nothing, until it has made so many exercises.
///
/// Throws:    std::logic_error after 20,000 failures in a row: `what` changes nothing in any calculation.
template <typename Make>
std::vector<Exercise> made(std::uint64_t seed, std::size_t count, const std::string& what, Make make) {
  Random random(seed);
  std::vector<Exercise> all;
  for (int failed = 0; all.size() < count;) {
    if (std::optional<Exercise> exercise = make(random)) {
      all.push_back(*std::move(exercise));
      failed = 0;
    } else if (++failed > 20'000) {
      throw std::logic_error("no calculation here is changed by " + what);
    }
  }
  return all;
}

}  // namespace bp::test
