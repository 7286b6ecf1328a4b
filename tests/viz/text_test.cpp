// What may stand in a picture or a terminal: names made harmless, sentences on lines, rows in columns.
#include "viz/text.h"

#include <stdexcept>
#include <string>

#include "tests/support/catch2.h"

using bp::check_digits, bp::escaped, bp::in_columns, bp::shown_name, bp::wrapped;

namespace {

const std::string replaced = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

TEST_CASE("numbers have 1 to 17 digits, and a refusal says of what", "[text]") {
  for (const int digits : {1, 2, 16, 17}) CHECK_NOTHROW(check_digits(digits, "a tree"));
  for (const int digits : {-1, 0, 18}) CHECK_THROWS_AS(check_digits(digits, "a tree"), std::invalid_argument);
  CHECK_THROWS_WITH(check_digits(18, "a tree"), "backstep: a tree shows 1 to 17 significant digits, not 18");
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

TEST_CASE("words are put on lines that are long enough, behind what is to stand there", "[text]") {
  CHECK(wrapped("one two three", 7) == "one two\nthree\n");
  CHECK(wrapped("one two three", 9, "1. ", "   ") == "1. one\n   two\n   three\n");
  CHECK(wrapped("αβγ δε", 6) == "αβγ δε\n");  // characters, not bytes
  CHECK(wrapped("unbreakable", 4) == "unbreakable\n");
  CHECK(wrapped("", 4) == "\n");
}

TEST_CASE("a number that is longer than a line goes on after a comma", "[text]") {
  CHECK(wrapped("of 1,234,567 paths", 6) == "of\n1,234,\n567\npaths\n");
}

TEST_CASE("columns are as broad as their longest text, and end in no spaces", "[text]") {
  CHECK(in_columns({{"", "data", ""}, {"ω", "-1.25", "here"}, {"bias", "2"}}, "<><") ==
        "       data\n"
        "ω     -1.25  here\n"
        "bias      2\n");
  CHECK(in_columns({}, "<>") == "");
  CHECK(in_columns({{""}}, "<") == "\n");
  CHECK_THROWS_AS(in_columns({{"1", "2"}}, "<"), std::invalid_argument);
}
