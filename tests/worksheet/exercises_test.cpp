// Two ways to the same numbers: the exercises' plain loops, and the engine that reads their worksheets.
#include "tests/diagnosis/exercise.h"

#include <cmath>

#include "engine/worksheet/worksheet.h"
#include "tests/diagnosis/slips.h"
#include "tests/support/catch2.h"

using namespace bp;
using namespace bp::test;

namespace {

// Values and derivatives; a step of training is another matter.
bool now(const Claim& claim) { return claim.after == 0; }

// Both sides round a few hundred operations, which cancel by a factor of 100 at most in what is claimed.
void check_truths(const Exercise& exercise) {
  INFO(exercise.problem.family << "\n" << with_claims(exercise));
  const Worksheet worksheet = parse_worksheet(with_claims(exercise), "exercise.bp");
  worksheet.loss.backward();

  REQUIRE(worksheet.claims.size() == exercise.claims.size());
  for (std::size_t i = 0; i < exercise.claims.size(); ++i) {
    const Claim& claim = worksheet.claims[i];
    const double truth = exercise.claims[i].truth;
    if (!now(claim)) continue;
    const double engine = claim.by ? claim.by->grad() : claim.of.data();
    INFO(claim.target);
    CHECK(std::abs(engine - truth) <= 1e-11 * (1 + std::abs(truth)));
  }
}

}  // namespace

TEST_CASE("the engine agrees with the exercises' own arithmetic", "[exercises]") {
  for (const Exercise& exercise : right_exercises(11, 200)) check_truths(exercise);
}

TEST_CASE("the worksheet of every mistake can be read, and its truths are the engine's", "[exercises]") {
  for (const std::string& mistake : single_mistakes()) {
    for (const Exercise& exercise : exercises(mistake, 12, 20)) check_truths(exercise);
  }
}
