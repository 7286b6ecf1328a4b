// What the test harness is tried on: test cases that pass, fail, check nothing, are skipped, or bring the
// program down. They are hidden (a tag that begins with a point); harness_test.sh runs them and reads what
// was reported.
#include <cstdlib>

#include "tests/support/catch2.h"

TEST_CASE("trial: it passes, [with] brackets", "[.harness]") { CHECK(1 + 1 == 2); }

TEST_CASE("trial: it fails", "[.harness]") { CHECK(1 + 1 == 3); }

TEST_CASE("trial: it checks nothing", "[.harness]") {}

TEST_CASE("trial: it is skipped", "[.harness]") { bp::test::skip("the moon is full"); }

TEST_CASE("trial: it is skipped and fails", "[.harness]") {
  bp::test::skip("the moon is full");
  CHECK(1 + 1 == 3);
}

TEST_CASE("trial: it comes after a skipped one", "[.harness]") { CHECK(1 + 1 == 2); }

TEST_CASE("trial: it leaves in the middle", "[.leaves]") {
  CHECK(1 + 1 == 2);
  std::_Exit(0);
}

TEST_CASE("contains_text means the same under every version of Catch2", "[support]") {
  CHECK_THAT("the sum of both paths", bp::test::contains_text("both"));
  CHECK_THAT("the sum of both paths", !bp::test::contains_text("bath"));
}
