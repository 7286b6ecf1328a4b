// Claims in words.
#include "viz/claim.h"

#include <string>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/worksheet/read.h"

using bp::Check, bp::Worksheet, bp::no_mistake_makes, bp::question_of, bp::shown_target;

TEST_CASE("a claim says after which step it holds, unless a prime says so", "[claim]") {
  const Worksheet sheet = bp::test::read_sheet(
      "w = 3\ny = w^2\nloss = y * 1\nloss loss\ntrain w\nlearning_rate 0.1\n"
      "claim y = 9\nclaim w' = 2.4\nclaim dloss/dw = 6\n"
      "after 1: claim w = 2.4\nafter 2: claim w = 1.92\nafter 1: claim dloss/dw = 4.8\n");
  std::vector<std::string> targets;
  for (const bp::Claim& claim : sheet.claims) targets.push_back(shown_target(claim, 20));
  CHECK(targets ==
        std::vector<std::string>{"y", "w'", "dloss/dw", "w after 1", "w after 2", "dloss/dw after 1"});
  CHECK(shown_target(sheet.claims[5], 4) == "dlo\u2026 after 1");
}

TEST_CASE("of a number that no mistake makes its ratio to the truth is told, if answers may be", "[claim]") {
  const Worksheet sheet =
      bp::test::read_sheet("w = 3\nloss = w^2\nloss loss\nclaim loss = 9.001\nclaim loss = 7.77\n");
  const Check check = bp::compare_claims(sheet);
  const std::string slip = "No mistake that Backstep knows makes this number. A slip in the arithmetic?";
  CHECK(no_mistake_makes(sheet.claims[1], check.claims[1]) == slip);
  CHECK(no_mistake_makes(sheet.claims[0], check.claims[0], false) == slip);
  CHECK(no_mistake_makes(sheet.claims[0], check.claims[0]) != slip);
}

TEST_CASE("where mistakes cannot be told apart it is asked for the number that would", "[claim]") {
  bp::Diagnosis diagnosis;
  CHECK(question_of(diagnosis).empty());
  diagnosis.ask = "dE/dh";
  CHECK(question_of(diagnosis) == "What did you get for dE/dh? That would tell them apart.");
}
