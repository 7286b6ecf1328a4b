// How good is the diagnosis? Shares over many exercises, made by programs that know nothing of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/worksheet/check.h"
#include "tests/diagnosis/exercise.h"

namespace bp::test {

/// Of a number of wrong claims.
struct Rate {
  std::size_t claims = 0;
  std::size_t among = 0;    ///< the true mistake is one of those listed
  std::size_t only = 0;     ///< and no other is, carried-forward apart
  std::size_t nothing = 0;  ///< the diagnosis is empty
  std::size_t listed = 0;   ///< mistakes in all lists together
  std::size_t follows = 0;  ///< said to be rightly computed from an earlier wrong number

  Rate& operator+=(const Rate& other);
  double share(std::size_t part) const {
    return claims == 0 ? 0 : static_cast<double>(part) / static_cast<double>(claims);
  }
  double mean_list() const { return share(listed); }
};

/// Wrong claims one at a time in a worksheet, and all claims of an exercise in one.
struct Rates {
  Rate alone, sheet;
  std::size_t wrongly_diagnosed = 0;  ///< right claims that were found wrong or given a diagnosis
  std::optional<double> separable;    ///< share of those alone that no other program here makes
};

/// Up to three wrong claims of each exercise alone, and each whole exercise. `rivals` also asks how many
/// could be told apart at all, which takes long.
Rates measure(const std::vector<Exercise>& exercises, bool rivals = false);

/// The one wrong claim of an exercise in which no mistake was made.
Rate measure_one(const Exercise& exercise);

/// The mean over several mistakes of one share each: a rare mistake counts as much as one that spoils all
/// claims.
double mean_share(const std::vector<Rates>& all, Rate Rates::*where, std::size_t Rate::*part);

/// Whether one of the listed mistakes is what was done: this one, or two-mistakes with both ids in its text.
bool names(const Diagnosis& diagnosis, const std::vector<std::string>& mistakes);

}  // namespace bp::test
