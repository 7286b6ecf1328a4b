// Exercises with mistakes in them: worksheets, and what people would claim who worked them out with a
// mistake.
//
// They are what the diagnosis of wrong numbers is measured against, and therefore know nothing of it: the
// calculations are plain loops and formulas, the mistakes are made in backward passes written by hand.
// Nothing here includes the worksheet engine or the scalar engine. Generators, seeds and the numbers that
// have to be reached (tests/worksheet/diagnosis_rates_test.cpp) were fixed before the diagnosis was tuned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/diagnosis/problem.h"

namespace bp::test {

/// A number that somebody wrote down.
struct Written {
  std::string target;   ///< as a worksheet spells it: "net_h1", "dE/dw5", "w5'"
  std::string written;  ///< "0.000668391"
  double truth = 0;
  double claimed = 0;   ///< before it was rounded
  bool wrong = false;   ///< differs from the truth by more than one unit of the last digit
  bool origin = false;  ///< the slip of the pen itself, where the other wrong numbers follow from it
  /// What made it wrong; of a pair only one where the other changes nothing in this number.
  std::vector<std::string> mistakes;
};

struct Exercise {
  Problem problem;        ///< its family is the shape: "2-2-2 sigmoid, half squared", "unit vector"
  std::string worksheet;  ///< without claims
  std::vector<Written> claims;
  std::vector<std::string> mistakes;  ///< one, two or none
};

/// The lines `claim dE/dw5 = 0.0822` of all claims, or of one.
std::string claim_line(const Written& written);
std::string with_claims(const Exercise& exercise);

/// `count` exercises by a program that makes this mistake, each with at least one wrong claim; half of them
/// networks, as far as the mistake can be made in both. Numbers are written with 4 to 10 digits.
///
/// Throws:    std::invalid_argument for an unknown id.
std::vector<Exercise> exercises(const std::string& mistake, std::uint64_t seed, std::size_t count);

/// The pairs of mistakes that pair_exercises() is meant for.
const std::vector<std::pair<std::string, std::string>>& mistake_pairs();

/// The same by a program that makes both mistakes, each of which changes something.
std::vector<Exercise> pair_exercises(const std::string& first, const std::string& second, std::uint64_t seed,
                                     std::size_t count);

/// One number is wrong by a slip of the pen, all that follow are rightly computed from it as it is written.
std::vector<Exercise> carried_exercises(std::uint64_t seed, std::size_t count);

/// Every number right, forward, backward and after a step.
std::vector<Exercise> right_exercises(std::uint64_t seed, std::size_t count);

/// One wrong derivative or step each, that no mistake made; with so many digits, or 4 to 10 for 0.
std::vector<Exercise> random_wrong_exercises(std::uint64_t seed, std::size_t count, int digits = 0);

}  // namespace bp::test
