// Lines, code points, and messages that point at them.
#include "engine/worksheet/source.h"

#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/utf8.h"
#include "tests/support/catch2.h"

using bp::Bad_worksheet;
using bp::worksheet::code_point;
using bp::worksheet::Line;
using bp::worksheet::Source;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  Source source(text, "f");
  std::vector<std::string> lines;
  while (const auto line = source.next())
    lines.push_back(std::to_string(line->number) + std::string(line->text));
  return lines;
}
using Lines = std::vector<std::string>;

std::string failure(std::string_view text, std::string_view file = "f") {
  try {
    Source source(text, file);
    while (source.next()) {}
  } catch (const Bad_worksheet& error) { return error.what(); }
  return "none";
}

std::string pointing_at(std::string_view text, std::size_t at, std::string_view file = "f") {
  const Source source(text, file);
  try {
    source.fail({Line{text, 3}, at}, "no");
  } catch (const Bad_worksheet& error) { return error.what(); }
}

}  // namespace

TEST_CASE("a text is cut at the ends of its lines", "[source]") {
  CHECK(lines_of("").empty());
  CHECK(lines_of("a") == Lines{"1a"});
  CHECK(lines_of("a\n") == Lines{"1a"});
  CHECK(lines_of("a\nb\r\n\n\r\nc\r") == Lines{"1a", "2b", "3", "4", "5c"});
  CHECK(lines_of("\uFEFFa\n\uFEFFb") == Lines{"1a", "2\uFEFFb"});
  CHECK(lines_of("\uFEFF").empty());
}

TEST_CASE("code points are read as UTF-8 spells them", "[source]") {
  struct Spelt {
    std::string bytes;
    char32_t code;
  };
  for (const Spelt& spelt : std::vector<Spelt>{{"a", 'a'},
                                               {"\x7F", 0x7F},
                                               {"\xC2\x80", 0x80},
                                               {"\xDF\xBF", 0x7FF},
                                               {"\xE0\xA0\x80", 0x800},
                                               {"\xED\x9F\xBF", 0xD7FF},
                                               {"\xEE\x80\x80", 0xE000},
                                               {"\xEF\xBF\xBF", 0xFFFF},
                                               {"\xF0\x90\x80\x80", 0x10000},
                                               {"\xF4\x8F\xBF\xBF", 0x10FFFF}}) {
    const auto point = code_point(spelt.bytes + "z");
    REQUIRE(point.has_value());
    CHECK(point->code == spelt.code);
    CHECK(point->bytes == spelt.bytes.size());
  }
}

TEST_CASE("what is not UTF-8 is no code point", "[source]") {
  for (const std::string_view bytes :
       {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xE2\x82", "\xE2\x82z", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
    CAPTURE(bytes);
    CHECK_FALSE(code_point(bytes).has_value());
  }
}

TEST_CASE("a byte that is not UTF-8 is found on its line and in its column", "[source]") {
  const std::string what = "this byte is not UTF-8; save the file as UTF-8";

  CHECK(failure("ok\nthéta = \xE9t\n") == "f:2:9: " + what + "\n  théta = ?t\n          ^");
  CHECK(failure("\xFF\xFEx") == "f:1:1: " + what + "\n  ??x\n  ^");
  CHECK(failure("# \xC3") == "f:1:3: " + what + "\n  # ?\n    ^");
}

TEST_CASE("a caret stands below its column, tabs and typeset signs counted as one", "[source]") {
  CHECK(pointing_at("x = 2", 4) == "f:3:5: no\n  x = 2\n      ^");
  CHECK(pointing_at("\tx = 2", 5) == "f:3:6: no\n   x = 2\n       ^");
  CHECK(pointing_at("θ·é = 2", 8) == "f:3:6: no\n  θ·é = 2\n       ^");
  CHECK(pointing_at("x = “a” – …", 4) == "f:3:5: no\n  x = “a” – …\n      ^");
  CHECK(pointing_at("x =", 3) == "f:3:4: no\n  x =\n     ^");
  CHECK(pointing_at("", 0) == "f:3:1: no\n  \n  ^");
}

TEST_CASE("nothing in a message can move a cursor or hide", "[source]") {
  CHECK(pointing_at("a\x1B[2Jb\x7F\u0085\u200B\u202E\u2066\uFEFF\u00AD"
                    "c",
                    1, "f\x1B[2J\n") == "f?[2J?:3:2: no\n  a?[2Jb???????c\n   ^");
}

TEST_CASE("of a long line a hundred characters around the place are shown", "[source]") {
  const std::string line(1'000, 'x'), hundred(100, 'x'), fifty(50, 'x');

  CHECK(pointing_at(line, 0) == "f:3:1: no\n  " + hundred + "…\n  ^");
  CHECK(pointing_at(line, 99) == "f:3:100: no\n  " + hundred + "…\n  " + std::string(99, ' ') + "^");
  CHECK(pointing_at(line, 500) == "f:3:501: no\n  …" + hundred + "…\n  " + std::string(51, ' ') + "^");
  CHECK(pointing_at(line, 1'000) == "f:3:1001: no\n  …" + fifty + "\n  " + std::string(51, ' ') + "^");
}

TEST_CASE("a definition further down is found, and only that", "[source]") {
  Source source("a = x\nxx = 1\nclaim x = 3\n# x = 4\n \t\u00A0x\u00A0= 5\nx = 6\n", "f");
  source.next();

  CHECK(source.defined_later("x") == 5);
  CHECK(source.defined_later("xx") == 2);
  CHECK_FALSE(source.defined_later("a").has_value());
  CHECK_FALSE(source.defined_later("y").has_value());
}
