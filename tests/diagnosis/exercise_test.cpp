#include "tests/diagnosis/exercise.h"

#include <set>

#include "tests/diagnosis/slips.h"
#include "tests/support/catch2.h"

using namespace bp::test;

TEST_CASE("every mistake is made on at least five different calculations", "[diagnosis]") {
  for (const std::string& mistake : single_mistakes()) {
    const auto made = exercises(mistake, 1, 40);
    INFO(mistake);

    std::set<std::string> families;
    for (const Exercise& exercise : made) families.insert(exercise.problem.family);

    CHECK(made.size() == 40);
    CHECK(families.size() >= 5);
  }
}

TEST_CASE("every exercise has a wrong claim, written with 4 to 10 digits", "[diagnosis]") {
  for (const std::string& mistake : single_mistakes()) {
    for (const Exercise& exercise : exercises(mistake, 2, 20)) {
      std::size_t wrong = 0;
      for (const Written& claim : exercise.claims) {
        std::size_t digits = 0;
        for (const char c : claim.written.substr(0, claim.written.find('e'))) {
          digits += (c >= '1' && c <= '9') || (c == '0' && digits > 0);
        }
        INFO(mistake << ": " << claim_line(claim));
        CHECK((4 <= digits && digits <= 10));
        CHECK(claim.wrong == (claim.mistakes == std::vector{mistake}));
        wrong += claim.wrong;
      }
      CHECK(wrong > 0);
    }
  }
}

TEST_CASE("every pair of mistakes makes numbers that neither makes alone", "[diagnosis]") {
  for (const auto& [first, second] : mistake_pairs()) {
    for (const Exercise& exercise : pair_exercises(first, second, 3, 10)) {
      std::size_t by_both = 0;
      for (const Written& claim : exercise.claims) by_both += claim.mistakes.size() == 2;
      INFO(first << " and " << second << "\n" << with_claims(exercise));
      CHECK(by_both > 0);
    }
  }
}

TEST_CASE("the same seed makes the same exercises", "[diagnosis]") {
  CHECK(with_claims(exercises("sign", 4, 5).back()) == with_claims(exercises("sign", 4, 5).back()));
  CHECK(with_claims(exercises("sign", 4, 5).back()) != with_claims(exercises("sign", 5, 5).back()));
}

TEST_CASE("right exercises hold no wrong number, random ones nothing else", "[diagnosis]") {
  for (const Exercise& exercise : right_exercises(6, 50)) {
    for (const Written& claim : exercise.claims) CHECK(!claim.wrong);
  }
  for (const Exercise& exercise : random_wrong_exercises(7, 500)) {
    CHECK((exercise.claims.size() == 1 && exercise.claims[0].wrong));
  }
}

TEST_CASE("what follows from a slip of the pen is wrong, and only the slip is its origin", "[diagnosis]") {
  for (const Exercise& exercise : carried_exercises(8, 50)) {
    std::size_t origins = 0, carried = 0;
    for (const Written& claim : exercise.claims) {
      origins += claim.origin;
      carried += claim.wrong && !claim.origin;
    }
    CHECK(origins == 1);
    CHECK(carried > 0);
  }
}

TEST_CASE("an unknown mistake is refused", "[diagnosis]") {
  CHECK_THROWS_AS(exercises("carelessness", 1, 1), std::invalid_argument);
}
