// What may stand in a picture: names made harmless, numbers made short.
#include "viz/text.h"

#include <cstdlib>
#include <limits>
#include <string>

#include "tests/support/catch2.h"

using bp::escaped, bp::shown_name, bp::shown_number;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
const std::string replaced = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

TEST_CASE("a number is rounded to significant digits and loses the zeros at its end", "[text]") {
  CHECK(shown_number(0.29837110876000268, 4) == "0.2984");
  CHECK(shown_number(0.29837110876000268, 9) == "0.298371109");
  CHECK(shown_number(-0.022602540477475, 3) == "-0.0226");
  CHECK(shown_number(0.5, 4) == "0.5");
  CHECK(shown_number(0.99996, 4) == "1");
  CHECK(shown_number(123.456, 4) == "123.5");
}

TEST_CASE("very small and very large numbers have an exponent without padding", "[text]") {
  CHECK(shown_number(4.3856e-5, 4) == "4.386e-5");
  CHECK(shown_number(1e-4, 4) == "0.0001");
  CHECK(shown_number(12345.6, 4) == "1.235e4");
  CHECK(shown_number(-2.5e100, 4) == "-2.5e100");
  CHECK(shown_number(std::numeric_limits<double>::denorm_min(), 3) == "4.94e-324");
  CHECK(shown_number(1e10, 4) == "1e10");
}

TEST_CASE("a whole number below a million is never rounded", "[text]") {
  CHECK(shown_number(55000.0, 2) == "55000");
  CHECK(shown_number(-999999.0, 1) == "-999999");
  CHECK(shown_number(1000000.0, 4) == "1e6");
}

TEST_CASE("both zeros are 0, and what is not finite has a name without a sign that means nothing", "[text]") {
  CHECK(shown_number(0.0, 4) == "0");
  CHECK(shown_number(-0.0, 4) == "0");
  CHECK(shown_number(not_a_number, 4) == "nan");
  CHECK(shown_number(-not_a_number, 4) == "nan");
  CHECK(shown_number(inf, 4) == "inf");
  CHECK(shown_number(-inf, 4) == "-inf");
}

TEST_CASE("seventeen digits read back as the same number", "[text]") {
  for (double number : {0.1, 1.0 / 3.0, -2.0 / 7.0e5, 6.02214076e23, 4.9406564584124654e-324, 1e-5}) {
    CHECK(std::strtod(shown_number(number, 17).c_str(), nullptr) == number);
  }
}

TEST_CASE("what means something in an HTML-like label is escaped", "[text]") {
  CHECK(escaped("a < b && b > \"c\"") == "a &lt; b &amp;&amp; b &gt; &quot;c&quot;");
  CHECK(escaped("\\N \\") == "\\\\N \\\\");
  CHECK(escaped("&lt;") == "&amp;lt;");
  CHECK(escaped("net_h1 = w1 * i1") == "net_h1 = w1 * i1");
}

TEST_CASE("a name keeps accents, right-to-left letters and emoji", "[text]") {
  for (const std::string name :
       {"caf\u00e9", "\u05e9\u05dc\u05d5\u05dd", "\u03b8\u2081", "\U0001F600\u200d\U0001F525"}) {
    CHECK(shown_name(name, 24) == name);
  }
}

TEST_CASE("line breaks and tabs in a name become spaces, and a blank name is none", "[text]") {
  CHECK(shown_name("a\nb\tc\rd", 24) == "a b c d");
  CHECK(shown_name("a\u2028b\u0085c", 24) == "a b c");
  CHECK(shown_name(" \n\t ", 24).empty());
  CHECK(shown_name("", 24).empty());
}

TEST_CASE("a character that cannot be shown is replaced", "[text]") {
  CHECK(shown_name(std::string("a\0b", 3), 24) == "a" + replaced + "b");
  CHECK(shown_name("\x1b[31mred", 24) == replaced + "[31mred");
  CHECK(shown_name("\x7f", 24) == replaced);
  CHECK(shown_name("\u009b", 24) == replaced);
  CHECK(shown_name("\uffff\ufffe\ufdd0\U0001FFFE", 24) == replaced + replaced + replaced + replaced);
  CHECK(shown_name("abc\u202edcba", 24) == "abc" + replaced + "dcba");
  CHECK(shown_name("\u2066x\u2069", 24) == replaced + "x" + replaced);
}

TEST_CASE("each byte that is no UTF-8 is replaced, and what follows is kept", "[text]") {
  CHECK(shown_name("\xff\xfe!", 24) == replaced + replaced + "!");
  CHECK(shown_name("a\xc3", 24) == "a" + replaced);
  CHECK(shown_name("\xc3(", 24) == replaced + "(");
  CHECK(shown_name("\xc0\xaf", 24) == replaced + replaced);                 // "/" in two bytes
  CHECK(shown_name("\xe0\x80\xaf", 24) == replaced + replaced + replaced);  // "/" in three
  CHECK(shown_name("\xed\xa0\x80", 24) == replaced + replaced + replaced);  // half of a surrogate pair
  CHECK(shown_name("\xf4\x90\x80\x80z", 24) == replaced + replaced + replaced + replaced + "z");
  CHECK(shown_name("\xf4\x8f\xbf\xbd", 24) == "\U0010FFFD");
}

TEST_CASE("a long name is cut at a character and ends in an ellipsis", "[text]") {
  std::string long_name;
  for (int i = 0; i < 10000; ++i) long_name += "\u00e9";

  const std::string shown = shown_name(long_name, 24);

  CHECK(bp::character_count(shown) == 24);
  CHECK(shown == long_name.substr(0, 2 * 23) + "\u2026");
  CHECK(shown_name(long_name.substr(0, 2 * 24), 24) == long_name.substr(0, 2 * 24));
}
