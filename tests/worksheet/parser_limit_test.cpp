// What a worksheet may be at most, on both sides of each limit.
#include <string>

#include "engine/worksheet/worksheet.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/read.h"

using namespace bp;
using bp::test::read_sheet;
using bp::test::refusal;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// The place and the words of a refusal, without the line that it shows.
std::string first_line(const std::string& said) { return said.substr(0, said.find('\n')); }

const std::string too_deep = "an expression is nested up to 1,000 deep; give its parts names of their own";

}  // namespace

TEST_CASE("a line has up to 10,000 characters, however many bytes each has", "[parser]") {
  const std::string y = "y = 2*3\n", comment = "# " + repeated("é", 9'998);

  CHECK(read_sheet(y + comment + "\r\n").loss.data() == 6);
  CHECK(first_line(refusal(y + comment + "x\n")) ==
        "sheet.bp:2:10001: the line is longer than 10,000 characters; give parts of it names of their own");
}

TEST_CASE("a message about a long line shows the part of it where the trouble is", "[parser]") {
  const std::string said = refusal("y = " + repeated("1 + ", 2'000) + "z + " + repeated("1 + ", 100) + "1\n");

  CHECK(said == "sheet.bp:1:8005: there is no 'z'\n  …" + repeated("+ 1 ", 12) + "+ z" +
                    repeated(" + 1", 12) + " …\n  " + std::string(51, ' ') + "^");
}

TEST_CASE("a name has up to 1,000 characters, and so has one that is derived", "[parser]") {
  const std::string longest = repeated("ö", 1'000), more = longest + "_";

  const Worksheet sheet = read_sheet("x = 2\n" + longest + " = x*x\nclaim d" + longest + "/dx = 4\nclaim " +
                                     longest + " = 4\nclaim d" + longest + "/d" + longest + " = 1\n");
  CHECK(sheet.claims[0].of.name() == longest);
  CHECK(sheet.claims[2].by->name() == longest);
  const std::string what = "a name has up to 1,000 characters";
  CHECK(first_line(refusal(more + " = 2\n")) == "sheet.bp:1:1: " + what);
  CHECK(first_line(refusal("d" + longest + " = 2\n")) == "sheet.bp:1:1: " + what);
  CHECK(first_line(refusal("y = 2*" + more + "\n")) == "sheet.bp:1:7: " + what);
  CHECK(first_line(refusal("y = 2*3\nclaim d" + more + "/dy = 2\n")) == "sheet.bp:2:7: " + what);
}

TEST_CASE("an expression is nested up to 1,000 deep, by whatever", "[parser]") {
  struct Nest {
    std::string open, close;
  };
  for (const Nest& nest :
       {Nest{"(", ")"}, Nest{"-", ""}, Nest{"+", ""}, Nest{"2^", ""}, Nest{"abs(", ")"}, Nest{"1*(", ")"}}) {
    const std::string allowed = repeated(nest.open, 1'000) + "1" + repeated(nest.close, 1'000);
    const std::size_t column = 5 + 1'001 * nest.open.size();
    CAPTURE(nest.open);

    CHECK(refusal("y = " + allowed + " + 2\n") == "it was read");
    CHECK(first_line(refusal("y = " + nest.open + allowed + nest.close + "\n")) ==
          "sheet.bp:1:" + std::to_string(column) + ": " + too_deep);
  }
}

TEST_CASE("nesting ends where a parenthesis closes", "[parser]") {
  const std::string deep = repeated("(", 900) + "1" + repeated(")", 900);

  CHECK(read_sheet("y = " + deep + " + " + deep + " * " + deep + "\n").loss.data() == 2);
}

TEST_CASE("a worksheet has up to 1,000,000 nodes", "[parser]") {
  // The leaf, and 333,333 lines of three nodes each.
  std::string text = "x = 1\n";
  for (int i = 0; i < 333'333; ++i) text += "y" + std::to_string(i) + " = -x*x + x\n";

  CHECK(read_sheet(text).graph->size() == 1'000'000);
  CHECK(first_line(refusal(text + "z = -x\nnobody reads this\n")) ==
        "sheet.bp:333335:1: with this line the worksheet has more than 1,000,000 nodes");
}

TEST_CASE("the arguments of a function of many count as nodes", "[parser]") {
  const std::string line = " = sum(" + repeated("x, ", 1'999) + "x)\n";
  std::string text = "x = 1\n";
  for (int i = 0; i < 499; ++i) text += "y" + std::to_string(i) + line;

  CHECK(read_sheet(text).definitions.size() == 500);
  CHECK(first_line(refusal(text + "z" + line)) ==
        "sheet.bp:501:1: with this line the worksheet has more than 1,000,000 nodes");
}

TEST_CASE("steps times nodes is at most 1,000,000,000", "[parser]") {
  // Four nodes: x, 2, 2*x, and y.
  const std::string text = "learning_rate 1\nx = 1\ny = exp(2*x)\n";

  CHECK(read_sheet(text + "after 250000000: claim y = 1\n").claims[0].after == 250'000'000);
  for (const std::string& steps :
       {std::string("250000001"), std::string("18446744073709551617"), std::string(900, '9')}) {
    CHECK(first_line(refusal(text + "after " + steps + ": claim y = 1\n")) ==
          "sheet.bp:4:7: too many steps: steps times nodes, of which there are 4, is at most 1,000,000,000");
  }
}

TEST_CASE("a worksheet has up to 100,000 claims", "[parser]") {
  const std::string text = "y = 2*3\n" + repeated("claim y = 6\n", 100'000);

  CHECK(read_sheet(text).claims.size() == 100'000);
  CHECK(first_line(refusal(text + "claim y = 6\n")) ==
        "sheet.bp:100002:1: a worksheet has up to 100,000 claims");
}

TEST_CASE("a hundred thousand patterns of training are looked up at once", "[parser]") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "w" + std::to_string(i) + " = 1\n";
  text += "y = w0 + w1\n";
  for (int i = 0; i < 100; ++i) text += "train" + repeated(" w*", 500) + repeated(" w49999", 500) + "\n";

  CHECK(read_sheet(text).train.size() == 50'000);
}

TEST_CASE("a worksheet has up to 1,000,000 patterns of training", "[parser]") {
  const std::string text = "w = 1\ny = 2*w\n" + repeated("train" + repeated(" w*", 1'000) + "\n", 1'000);

  CHECK(read_sheet(text).train.size() == 1);
  CHECK(first_line(refusal(text + "train w\n")) ==
        "sheet.bp:1003:7: a worksheet has up to 1,000,000 names and patterns of leaves to train");
}
