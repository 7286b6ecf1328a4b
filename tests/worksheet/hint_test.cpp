#include "engine/worksheet/hint.h"

#include <limits>
#include <string>

#include "tests/support/catch2.h"

using namespace bp;
using bp::test::contains_text;

namespace {

// dE/dw5 of the 0.05/0.10 example.
constexpr double w5 = 0.08216704056423078;

std::string hint(const std::string& claimed, double truth, Quantity quantity = Quantity::gradient) {
  return ratio_hint(Written_number(claimed), truth, quantity);
}

}  // namespace

TEST_CASE("the factors of common mistakes are told", "[hint]") {
  CHECK(hint("0.16433", w5) == "Twice the truth: is the 1/2 of a half squared error missing?");
  CHECK_THAT(hint("0.041083520", w5), contains_text("Half the truth") && contains_text("zero_grad()"));
  CHECK_THAT(hint("-0.0822", w5), contains_text("(target - output) in the place of (output - target)"));
  CHECK_THAT(hint("-.16433408", w5), contains_text("Twice the truth and of the wrong sign"));
  CHECK_THAT(hint("-0.0411", w5), contains_text("Half the truth and of the wrong sign"));
  CHECK_THAT(hint("0.24650", w5), contains_text("3 times the truth: a sum over 3 where the mean is meant"));
  CHECK_THAT(hint("0.0205418", w5), contains_text("The truth divided by 4") && contains_text("run 4 times"));
  CHECK_THAT(hint("8.216704", w5), contains_text("100 times the truth"));
}

TEST_CASE("a factor is told only as far as the written digits carry", "[hint]") {
  CHECK_THAT(hint("0.16", w5), contains_text("Twice"));  // 2 w5 = 0.164..
  CHECK(hint("0.165", w5).empty());                      // would be 0.164
  CHECK(hint("0.2", w5).empty());                        // one digit: anything from 1.8 to 3.0 times
  CHECK(hint("0.25", w5).empty());                       // 3 times is 0.2465: two digits could be by chance
  CHECK_THAT(hint("0.2465", w5), contains_text("3 times"));
  CHECK(hint("8.2", w5).empty());  // known to 0.6 %, and 100 times and 101 times lie 1 % apart
  CHECK(hint("0.2", 0.1).empty());
  CHECK_THAT(hint("0.20", 0.1), contains_text("Twice"));
}

TEST_CASE("a ratio that is no such number says nothing", "[hint]") {
  CHECK(hint("0.09579", w5).empty());  // 1.166
  CHECK(hint("-0.05151", w5).empty());
  CHECK(hint("0.43983", w5).empty());   // 5.353
  CHECK(hint("0.082667", w5).empty());  // 1.006: a neighbour's factor, not rounding
  CHECK(hint("123.456789", w5 / 10).empty());
}

TEST_CASE("a right number gets no hint", "[hint]") {
  CHECK(hint("0.082167041", w5).empty());
  CHECK(hint("0.0821", w5).empty());
  CHECK(hint("0.0", 0.0).empty());
}

TEST_CASE("0 and almost right have hints of their own", "[hint]") {
  CHECK_THAT(hint("0.00", w5), contains_text("is a path missing"));
  CHECK_THAT(hint("0.5", 0.0), contains_text("exactly 0"));
  CHECK_THAT(hint("0.0821671", w5), contains_text("first digits are right"));
}

TEST_CASE("hints for values do not speak of gradients", "[hint]") {
  for (const char* claimed : {"0.16433", "0.041083520", "-0.0822", "0.24650", "0.0205418", "0.0821671"}) {
    const std::string said = hint(claimed, w5, Quantity::value);
    INFO(claimed << ": " << said);

    CHECK_FALSE(said.empty());
    CHECK_THAT(said, !contains_text("backward") && !contains_text("target") && !contains_text("zero_grad"));
  }
  CHECK(hint("0", w5, Quantity::value).empty());
  CHECK(hint("1.5", 0.0, Quantity::value).empty());
}

TEST_CASE("where the truth is no number there is no hint", "[hint]") {
  CHECK(hint("0.5", std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK(hint("0.5", std::numeric_limits<double>::infinity()).empty());
  CHECK(hint("1e-1000", w5).empty());  // too small for a double, and not 0
}
