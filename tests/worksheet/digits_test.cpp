// The rule by which a written number agrees with the true one, sentence by sentence.
//
// The truths below are short binary fractions, so that their decimals, the halves of units between them and
// their ulps can be written out by hand.
#include "engine/worksheet/digits.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using bp::compare_digits, bp::shortest, bp::shown_number, bp::Verdict, bp::Written_number;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double smallest = std::numeric_limits<double>::denorm_min();

// The verdict as a word, so that a failing check says which it was.
std::string verdict(const std::string& claimed, double truth) {
  switch (compare_digits(Written_number(claimed), truth)) {
    case Verdict::right: return "right";
    case Verdict::truncated: return "truncated";
    case Verdict::wrong: return "wrong";
  }
  return "no verdict";
}

std::string complaint(const std::string& text) {
  try {
    const Written_number number(text);
    return "none: it read " + number.digits() + "e" + std::to_string(number.unit_exponent());
  } catch (const std::invalid_argument& error) { return error.what(); }
}

double steps_from(double x, int ulps, double towards) {
  for (int i = 0; i < ulps; ++i) x = std::nextafter(x, towards);
  return x;
}

}  // namespace

TEST_CASE("the unit of a written number is that of its last written digit", "[digits]") {
  struct Case {
    std::string text, digits;
    int unit;
    double value;
  };
  for (const Case& expected : std::vector<Case>{{"0.0010", "10", -4, 0.001},
                                                {"1e-3", "1", -3, 0.001},
                                                {"-.5", "5", -1, -0.5},
                                                {"100", "100", 0, 100},
                                                {"1e3", "1", 3, 1000},
                                                {"1.50e3", "150", 1, 1500},
                                                {"+007.", "7", 0, 7},
                                                {"12E+02", "12", 2, 1200},
                                                {"\u22120.25", "25", -2, -0.25},
                                                {"5e\u22122", "5", -2, 0.05},
                                                {"0.00", "0", -2, 0},
                                                {"-0", "0", 0, 0},
                                                {"0e2000", "0", 2000, 0},
                                                {"3.5e-000001", "35", -2, 0.35}}) {
    const Written_number number(expected.text);

    INFO(expected.text);
    CHECK(number.digits() == expected.digits);
    CHECK(number.unit_exponent() == expected.unit);
    CHECK(number.value() == expected.value);
    CHECK(number.negative() == (expected.text[0] == '-' || expected.text[0] == "\u2212"[0]));
    CHECK(number.is_zero() == (expected.value == 0));
  }
}

TEST_CASE("the value is the double that the C library reads", "[digits]") {
  for (const std::string text :
       {"0.1", ".082167041", "9007199254740993", "1.7976931348623158e308", "2.2250738585072011e-308",
        "4.9e-324", "2.4703282292062329e-324", "123456789012345678901234567890e-30", "0.3e1", "8.5e-320"}) {
    CHECK(Written_number(text).value() == std::strtod(text.c_str(), nullptr));
    CHECK(Written_number("-" + text).value() == -std::strtod(text.c_str(), nullptr));
  }
  CHECK(Written_number("4.9e-324").value() == smallest);
}

TEST_CASE("a number too small for a double has the value 0 and keeps its digits", "[digits]") {
  const Written_number tiny("2.4e-324"), tinier("-7e-2000");

  CHECK(tiny.value() == 0);
  CHECK(tiny.digits() == "24");
  CHECK(tinier.value() == 0);
  CHECK_FALSE(tinier.is_zero());
  CHECK(compare_digits(tiny, 0.0) == Verdict::wrong);
}

TEST_CASE("what is no number is refused with the position and what stands there", "[digits]") {
  CHECK(complaint("") == "written number, position 1: expected a digit or a point, found the end");
  CHECK(complaint("-") == "written number, position 2: expected a digit or a point, found the end");
  CHECK(complaint(".") == "written number, position 2: expected a digit, found the end");
  CHECK(complaint(".e5") == "written number, position 2: expected a digit, found 'e'");
  CHECK(complaint("--1") == "written number, position 2: expected a digit or a point, found '-'");
  CHECK(complaint("+-1") == "written number, position 2: expected a digit or a point, found '-'");
  CHECK(complaint("0.08x") == "written number, position 5: expected the end of the number, found 'x'");
  CHECK(complaint("1.2.3") == "written number, position 4: expected the end of the number, found '.'");
  CHECK(complaint("1e") == "written number, position 3: expected a digit of the exponent, found the end");
  CHECK(complaint("1e+") == "written number, position 4: expected a digit of the exponent, found the end");
  CHECK(complaint("1e2.5") == "written number, position 4: expected the end of the number, found '.'");
  CHECK(complaint(" 1") == "written number, position 1: expected a digit or a point, found byte 0x20");
  CHECK(complaint("1\n") == "written number, position 2: expected the end of the number, found byte 0x0a");
  CHECK(complaint(std::string("1\0", 2)) ==
        "written number, position 2: expected the end of the number, found byte 0x00");
  CHECK(complaint("\u22121\u2212") ==
        "written number, position 3: expected the end of the number, found byte 0xe2");
  CHECK(complaint("\xE2\x88") == "written number, position 1: expected a digit or a point, found byte 0xe2");
  for (const std::string text : {"nan", "inf", "0x10", "1,5", "1'000", "e5", "1 000", "\u0661"}) {
    CHECK_THROWS_AS(Written_number(text), std::invalid_argument);
  }
}

TEST_CASE("numbers beyond the stated limits are refused at once", "[digits]") {
  const std::string zeros(998, '0'), huge_text(10'000'000, '7');

  CHECK(complaint("1e999999999999999999999") == "written number, position 3: the exponent is beyond 2000");
  CHECK(complaint("-1e-2001") == "written number, position 4: the exponent is beyond 2000");
  CHECK(complaint("1e309") == "written number: beyond the largest double, about 1.8e308");
  CHECK(complaint("1.7976931348623159e308") == "written number: beyond the largest double, about 1.8e308");
  CHECK(complaint("1" + zeros) == "written number: beyond the largest double, about 1.8e308");
  CHECK(complaint(huge_text) == "written number: longer than 1000 characters");
  CHECK(complaint("0." + zeros + "1") == "written number: longer than 1000 characters");
  CHECK(Written_number("." + zeros + "1").unit_exponent() == -999);
  CHECK(Written_number("\u2212" + zeros + "1").value() == -1);
}

TEST_CASE("right is within half a unit, the half included", "[digits]") {
  // 0.375 = 3/8 lies 0.005 from 0.38 and from 0.37.
  CHECK(verdict("0.375", 0.375) == "right");
  CHECK(verdict("0.3750", 0.375) == "right");
  CHECK(verdict("0.38", 0.375) == "right");
  CHECK(verdict("0.37", 0.375) == "right");
  CHECK(verdict("0.4", 0.375) == "right");
  CHECK(verdict("0", 0.375) == "wrong");
  CHECK(verdict("0.374", 0.375) == "wrong");
  CHECK(verdict("0.376", 0.375) == "wrong");
  CHECK(verdict("0.39", 0.375) == "wrong");
  CHECK(verdict("0.5", 0.375) == "wrong");
  CHECK(verdict("-0.38", -0.375) == "right");
  CHECK(verdict("-0.37", -0.375) == "right");
  CHECK(verdict("0.38", -0.375) == "wrong");
  CHECK(verdict("-0.4", 0.375) == "wrong");
  CHECK(verdict("375e-3", 0.375) == "right");
}

TEST_CASE("the unit decides how much a claim says", "[digits]") {
  CHECK(verdict("1", 1.25) == "right");
  CHECK(verdict("1.0", 1.25) == "wrong");
  CHECK(verdict("1.2", 1.25) == "right");
  CHECK(verdict("1e3", 1250) == "right");
  CHECK(verdict("1e3", 1500) == "right");
  CHECK(verdict("1000", 1250) == "wrong");
  CHECK(verdict("12e2", 1250) == "right");
  CHECK(verdict("1.3e3", 1250) == "right");
  CHECK(verdict("1e3", 750) == "right");
  CHECK(verdict("1e3", 400) == "wrong");
}

TEST_CASE("truncated is not right, but the truth cut towards zero", "[digits]") {
  // 0.4375 = 7/16
  CHECK(verdict("0.43", 0.4375) == "truncated");
  CHECK(verdict("0.44", 0.4375) == "right");
  CHECK(verdict("0.437", 0.4375) == "right");
  CHECK(verdict("0.42", 0.4375) == "wrong");
  CHECK(verdict("0.45", 0.4375) == "wrong");
  CHECK(verdict("-0.43", -0.4375) == "truncated");
  CHECK(verdict("-0.44", -0.4375) == "right");
  CHECK(verdict("-0.42", -0.4375) == "wrong");
  CHECK(verdict("-0.43", 0.4375) == "wrong");
  CHECK(verdict("3", 3.9375) == "truncated");
  CHECK(verdict("4", 3.9375) == "right");
  CHECK(verdict("-3", -3.9375) == "truncated");
  CHECK(verdict("-5", -3.9375) == "wrong");
  CHECK(verdict("1e3", 1999) == "truncated");
  CHECK(verdict("1e3", 2000) == "wrong");
  CHECK(verdict("1e3", 999) == "right");
  CHECK(verdict("3.99", 3.998046875) == "truncated");
}

TEST_CASE("four ulp of the true value are forgiven, and no more", "[digits]") {
  // Below 1/2 a step is 2^-54: 1/2 less k steps lies 1/2 and k steps from 1. Above 2.5 a step is 2^-51.
  CHECK(verdict("1", steps_from(0.5, 4, 0)) == "right");
  CHECK(verdict("1", steps_from(0.5, 5, 0)) == "wrong");
  CHECK(verdict("-1", -steps_from(0.5, 4, 0)) == "right");
  CHECK(verdict("-1", -steps_from(0.5, 5, 0)) == "wrong");
  CHECK(verdict("2", steps_from(2.5, 4, 9)) == "right");
  CHECK(verdict("2", steps_from(2.5, 5, 9)) == "truncated");
  CHECK(verdict("3", steps_from(2.5, 4, 0)) == "right");
  CHECK(verdict("3", steps_from(2.5, 5, 0)) == "wrong");
  CHECK(verdict("1e1", steps_from(15, 4, 99)) == "right");
  CHECK(verdict("1e1", steps_from(15, 5, 99)) == "truncated");
}

TEST_CASE("an ulp is the step away from zero, also at a power of two", "[digits]") {
  // From 2^53 = 9007199254740992 upwards the doubles are 2 apart, below it 1: half a unit and four ulp
  // are 8.5.
  const double truth = 0x1p53;

  CHECK(verdict("9007199254741000", truth) == "right");
  CHECK(verdict("9007199254741001", truth) == "wrong");
  CHECK(verdict("9007199254740984", truth) == "right");
  CHECK(verdict("9007199254740983", truth) == "wrong");
  CHECK(verdict("-9007199254741000", -truth) == "right");
  CHECK(verdict("-9007199254741001", -truth) == "wrong");
}

TEST_CASE("the extremes of double are compared by the same rule", "[digits]") {
  // The smallest is 2^-1074 = 4.94e-324 and is its own ulp; four of them are 1.976e-323.
  CHECK(verdict("4.9e-324", smallest) == "right");
  CHECK(verdict("2e-323", smallest) == "right");
  CHECK(verdict("2.47e-323", smallest) == "right");
  CHECK(verdict("2.48e-323", smallest) == "wrong");
  CHECK(verdict("-1.5e-323", smallest) == "right");
  CHECK(verdict("-1.6e-323", smallest) == "wrong");
  // The largest is 1.797693134862315708...e308; the step at it is 2^971 = 1.996e292, and four of them with
  // half a unit of its 17th digit are 8.48 of those units.
  CHECK(verdict("1.79769313486231570814527423731704356798e308", largest) == "right");
  CHECK(verdict("1.7976931348623157e308", largest) == "right");
  CHECK(verdict("1.7976931348623149e308", largest) == "right");
  CHECK(verdict("1.7976931348623148e308", largest) == "wrong");
  CHECK(verdict("1e308", largest) == "truncated");
  CHECK(verdict("1e-2000", largest) == "wrong");
  CHECK(verdict("1e308", smallest) == "wrong");
  CHECK(verdict("." + std::string(998, '3') + "3", 1 / 3.0) == "right");
}

TEST_CASE("a claim without a nonzero digit is right only of zero itself", "[digits]") {
  for (const std::string claim : {"0", "0.00", "-0", ".0", "0e5", "0e-300"}) {
    CHECK(verdict(claim, 0.0) == "right");
    CHECK(verdict(claim, -0.0) == "right");
    CHECK(verdict(claim, 0.001) == "wrong");
    CHECK(verdict(claim, -0.001) == "wrong");
    CHECK(verdict(claim, smallest) == "wrong");
  }
  for (const std::string claim : {"1", "0.001", "-1e-300", "1e300"}) CHECK(verdict(claim, 0.0) == "wrong");
}

TEST_CASE("nothing is right where the truth is not a number or not finite", "[digits]") {
  // 1024 and, within 4 ulp, 1e-16 are what the bits of NaN and infinity taken for a number come to.
  for (const double truth : {not_a_number, -not_a_number, infinity, -infinity}) {
    for (const std::string claim : {"0", "1", "-1", "1024", "-1024", "1e-16", "-1e-16", "1e308", "-1e308"}) {
      CHECK(verdict(claim, truth) == "wrong");
    }
  }
}

TEST_CASE("the published figures of the 0.05/0.10 example get the verdicts they deserve", "[digits]") {
  // Matt Mazur, "A Step by Step Backpropagation Example", 2015; the truths from 60-digit arithmetic.
  CHECK(verdict("0.082167041", 0.082167040564230778846) == "right");
  CHECK(verdict("0.08216704", 0.082167040564230778846) == "right");
  CHECK(verdict("-0.019049119", -0.019049118258278108266) == "wrong");
  CHECK(verdict("-0.019049118", -0.019049118258278108266) == "right");
  CHECK(verdict("0.0000351085", 3.510187782978859e-05) == "wrong");
  CHECK(verdict("3.5102e-5", 3.510187782978859e-05) == "right");
  CHECK(verdict("3.5101e-5", 3.510187782978859e-05) == "truncated");
  CHECK(verdict("0.291027924", 0.29102777369359933) == "wrong");
  CHECK(verdict("0.291027774", 0.29102777369359933) == "right");
  CHECK(verdict("0.291027773", 0.29102777369359933) == "truncated");
}

TEST_CASE("shortest gives the fewest digits that read back as the same double", "[digits]") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(1 / 3.0) == "0.3333333333333333");
  CHECK(shortest(0.00043856773447434685) == "0.00043856773447434685");
  CHECK(shortest(-2) == "-2");
  CHECK(shortest(0) == "0");
  CHECK(shortest(-0.0) == "-0");
  CHECK(shortest(100'000) == "100000");
  CHECK(shortest(0.0001) == "0.0001");
  CHECK(shortest(0.00001) == "1e-05");
  CHECK(shortest(9999999999999998) == "9999999999999998");
  CHECK(shortest(1e16) == "1e+16");
  CHECK(shortest(smallest) == "5e-324");
  CHECK(shortest(largest) == "1.7976931348623157e+308");
  CHECK(shortest(-2.2250738585072014e-308) == "-2.2250738585072014e-308");
  CHECK(shortest(not_a_number) == "nan");
  CHECK(shortest(-not_a_number) == "nan");
  CHECK(shortest(infinity) == "inf");
  CHECK(shortest(-infinity) == "-inf");
}

TEST_CASE("a number is rounded to significant digits and loses the zeros at its end", "[digits]") {
  CHECK(shown_number(0.29837110876000268, 4) == "0.2984");
  CHECK(shown_number(0.29837110876000268, 9) == "0.298371109");
  CHECK(shown_number(-0.022602540477475, 3) == "-0.0226");
  CHECK(shown_number(0.5, 4) == "0.5");
  CHECK(shown_number(0.99996, 4) == "1");
  CHECK(shown_number(123.456, 4) == "123.5");
}

TEST_CASE("very small and very large numbers have an exponent without padding", "[digits]") {
  CHECK(shown_number(4.3856e-5, 4) == "4.386e-5");
  CHECK(shown_number(1e-4, 4) == "0.0001");
  CHECK(shown_number(12345.6, 4) == "1.235e4");
  CHECK(shown_number(-2.5e100, 4) == "-2.5e100");
  CHECK(shown_number(std::numeric_limits<double>::denorm_min(), 3) == "4.94e-324");
  CHECK(shown_number(1e10, 4) == "1e10");
}

TEST_CASE("a whole number below a million is never rounded", "[digits]") {
  CHECK(shown_number(55000.0, 2) == "55000");
  CHECK(shown_number(-999999.0, 1) == "-999999");
  CHECK(shown_number(1000000.0, 4) == "1e6");
}

TEST_CASE("both zeros are 0, and what is not finite has a name without a sign that means nothing",
          "[digits]") {
  CHECK(shown_number(0.0, 4) == "0");
  CHECK(shown_number(-0.0, 4) == "0");
  CHECK(shown_number(not_a_number, 4) == "nan");
  CHECK(shown_number(-not_a_number, 4) == "nan");
  CHECK(shown_number(infinity, 4) == "inf");
  CHECK(shown_number(-infinity, 4) == "-inf");
}

TEST_CASE("seventeen digits read back as the same number", "[digits]") {
  for (double number : {0.1, 1.0 / 3.0, -2.0 / 7.0e5, 6.02214076e23, 4.9406564584124654e-324, 1e-5}) {
    CHECK(std::strtod(shown_number(number, 17).c_str(), nullptr) == number);
  }
}
