// Every mistake in the catalogue, made by a program that does not know the catalogue.
#include <cstdio>
#include <set>

#include "engine/worksheet/check.h"
#include "engine/worksheet/worksheet.h"
#include "tests/diagnosis/slips.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/rates.h"

using namespace bp;
using namespace bp::test;

namespace {

Check checked(const std::string& text) { return check_worksheet(parse_worksheet(text, "exercise.bp")); }

// A gradient where there is one, and not one whose truth is 0: what is left of a sum that cancels is not.
const Written* first_wrong(const Exercise& exercise) {
  const Written* first = nullptr;
  for (const Written& written : exercise.claims) {
    if (!written.wrong || written.truth == 0) continue;
    if (written.target.find('/') != std::string::npos) return &written;
    if (first == nullptr) first = &written;
  }
  return first;
}

// The same target with the number that is right, in as many digits as any claim has.
std::string right_line(const Written& written) {
  char text[64];
  std::snprintf(text, sizeof text, "%.9e", written.truth);
  return "claim " + written.target + " = " + text + "\n";
}

}  // namespace

TEST_CASE("for each mistake in the catalogue there is a program that makes it", "[mistakes]") {
  std::set<std::string> catalogue(mistake_ids().begin(), mistake_ids().end());
  catalogue.erase("carried-forward");  // no mistake of method
  catalogue.erase("two-mistakes");

  CHECK(catalogue == std::set<std::string>(single_mistakes().begin(), single_mistakes().end()));
}

TEST_CASE("the wrong gradient of a mistaken program is named on five graphs and more, a right one never",
          "[mistakes]") {
  for (const std::string& mistake : single_mistakes()) {
    std::set<std::string> named;
    std::size_t unnamed = 0;
    for (const Exercise& exercise : exercises(mistake, 31, 16)) {
      if (first_wrong(exercise) == nullptr) continue;
      const Written& wrong = *first_wrong(exercise);
      INFO(mistake << ": " << exercise.problem.family << "\n" << exercise.worksheet << claim_line(wrong));

      const Check check = checked(exercise.worksheet + claim_line(wrong));
      const Check right = checked(exercise.worksheet + right_line(wrong));

      CHECK(check.wrong == 1);
      if (names(check.claims[0].diagnosis, {mistake})) {
        named.insert(exercise.problem.family);
      } else {
        ++unnamed;
      }
      CHECK(right.wrong == 0);
      CHECK(right.claims[0].diagnosis.mistakes.empty());
    }
    INFO(mistake << ": named on " << named.size() << " graphs, not named " << unnamed << " times");
    CHECK(named.size() >= 5);
    CHECK(unnamed <= 1);
  }
}
