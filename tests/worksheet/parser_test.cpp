// The statements of a worksheet, and what becomes of them.
#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/check.h"
#include "engine/worksheet/worksheet.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/read.h"

using namespace bp;
using bp::test::read_sheet;

namespace {

std::vector<std::string> names_of(const std::vector<Value>& values) {
  std::vector<std::string> names;
  for (const Value value : values) names.emplace_back(value.name());
  return names;
}
using Names = std::vector<std::string>;

// Something to claim about: E = (w*x - t)^2 with w = .5, x = 3, t = 2; then E = 1/4 and dE/dw = -3.
const std::string small = "w = .5\nx = 3\nt = 2\ny = w*x\nE = (y - t)^2\nlearning_rate 0.1\n";

struct Claimed {
  explicit Claimed(const std::string& line) : sheet(read_sheet(small + line + "\n")) {
    REQUIRE(sheet.claims.size() == 1);
  }
  const Claim* operator->() const { return &sheet.claims[0]; }

  Worksheet sheet;
};

}  // namespace

TEST_CASE("exactly a name and a number is a leaf, all else is computed", "[parser]") {
  for (const auto& [text, number] : std::vector<std::pair<std::string, double>>{{"x = 0.15", 0.15},
                                                                                {"x=-2", -2},
                                                                                {"x = - 2", -2},
                                                                                {"x = −2", -2},
                                                                                {"x = +2", 2},
                                                                                {"x = .5", 0.5},
                                                                                {"x = 5.", 5},
                                                                                {"x = 1e3", 1000},
                                                                                {"  x  =  7  # seven", 7}}) {
    const Worksheet sheet = read_sheet(text + "\ny = 2*x\n");
    CAPTURE(text);
    CHECK(sheet.at("x").is_leaf());
    CHECK(sheet.at("x").data() == number);
  }
  for (const char* text : {"x = (2)", "x = --2", "x = 1/3", "x = 2^1", "x = +(2)"}) {
    CAPTURE(text);
    CHECK_FALSE(read_sheet(text).at("x").is_leaf());
  }
}

TEST_CASE("definitions are kept in their order, with their lines", "[parser]") {
  const Worksheet sheet = read_sheet("# first\nx = 2\n\ny = x*x\n");

  REQUIRE(sheet.definitions.size() == 2);
  CHECK(sheet.definitions[0].name == "x");
  CHECK(sheet.definitions[0].line == 2);
  CHECK(sheet.definitions[1].name == "y");
  CHECK(sheet.definitions[1].line == 4);
  CHECK(sheet.definitions[1].value.data() == 4);
  CHECK(sheet.definitions[1].value.name() == "y");
}

TEST_CASE("a keyword or a function's name before = is an ordinary name", "[parser]") {
  const Worksheet sheet = read_sheet(
      "loss = 2\ntrain = 3\nlearning_rate = 4\nclaim = 5\nafter = 6\nexp = 7\nd = 8\n"
      "y = loss*train*learning_rate*claim*after*exp*d + exp(0)\nloss y\ntrain loss exp\nlearning_rate .5\n"
      "claim claim = 5\nclaim loss' = 3\nclaim dy/dexp = 5760\nclaim dy/dd = 5040\nafter 1: claim after = "
      "6\n");

  CHECK(sheet.at("y").data() == 2.0 * 3 * 4 * 5 * 6 * 7 * 8 + 1);
  CHECK(names_of({sheet.loss}) == Names{"y"});
  CHECK(names_of(sheet.train) == Names{"loss", "exp"});
  CHECK(sheet.claims.size() == 5);
  CHECK(sheet.claims[3].by->name() == "d");
}

TEST_CASE("names are of letters of many scripts, digits and _", "[parser]") {
  const Worksheet sheet = read_sheet("_w1 = 2\nθ = 3\nœuf_2 = 5\n重み = 7\ny = _w1*θ*œuf_2*重み\n");

  CHECK(sheet.loss.data() == 210);
}

TEST_CASE("the loss is the value that is called so, or the last that is computed", "[parser]") {
  CHECK(read_sheet("x = 1\na = x*2\nb = x*3\n").loss.name() == "b");
  CHECK(read_sheet("x = 1\na = x*2\nb = x*3\nc = 4\n").loss.name() == "b");
  CHECK(read_sheet("x = 1\na = x*2\nb = x*3\nloss a\n").loss.name() == "a");
  CHECK(read_sheet("loss a\nx = 1\na = x*2\nb = x*3\n").loss.name() == "a");
}

TEST_CASE("trained are the leaves that match, else those that begin with w or b", "[parser]") {
  const std::string leaves = "x = 1\nw1 = 2\nwide = 3\nb = 4\nB = 5\nw2 = x*x\n";
  const auto trained = [&](const std::string& lines) { return names_of(read_sheet(leaves + lines).train); };

  CHECK(trained("") == Names{"w1", "wide", "b"});
  CHECK(trained("train w*") == Names{"w1", "wide"});
  CHECK(trained("train w1 B") == Names{"w1", "B"});
  CHECK(trained("train B w1 w1") == Names{"w1", "B"});
  CHECK(trained("train w1\ntrain x") == Names{"x", "w1"});
  CHECK(trained("train wi* b*") == Names{"wide", "b"});
  CHECK(trained("train w1*") == Names{"w1"});
  CHECK(trained("train *") == Names{"x", "w1", "wide", "b", "B"});
  CHECK(names_of(read_sheet("train w*\n" + leaves).train) == Names{"w1", "wide"});
  CHECK(names_of(read_sheet("x = 1\ny = x*x\n").train).empty());
}

TEST_CASE("the learning rate is a number with or without a sign", "[parser]") {
  CHECK_FALSE(read_sheet("y = 1/2\n").learning_rate.has_value());
  CHECK(read_sheet("learning_rate 0.5\ny = 1/2\n").learning_rate == 0.5);
  CHECK(read_sheet("y = 1/2\nlearning_rate -1e-3 # uphill\n").learning_rate == -0.001);
}

TEST_CASE("a claim is of a value, of a derivative, after a step or after many", "[parser]") {
  const Claimed value("claim E = 0.25");
  CHECK(value->line == 7);
  CHECK(value->target == "E");
  CHECK(value->of.name() == "E");
  CHECK_FALSE(value->by.has_value());
  CHECK(value->after == 0);
  CHECK(value->written == "0.25");
  CHECK(value->number.value() == 0.25);

  CHECK(Claimed("claim x = 3")->of.is_leaf());

  const Claimed derivative("claim dE/dw = -3.0");
  CHECK(derivative->target == "dE/dw");
  CHECK(derivative->of.name() == "E");
  CHECK(derivative->by->name() == "w");
  CHECK(derivative->written == "-3.0");

  const Claimed prime("claim w' = 0.8");
  CHECK(prime->target == "w'");
  CHECK(prime->of.name() == "w");
  CHECK(prime->after == 1);

  const Claimed later("after 20: claim E = 0.0001");
  CHECK(later->target == "E");
  CHECK(later->after == 20);
  CHECK(Claimed("after 20 : claim dE/dw = 1")->after == 20);
  CHECK(Claimed("after 0: claim E = 0.25")->after == 0);
  CHECK(Claimed("after 20: claim dE/dw = 1")->target == "dE/dw");
}

TEST_CASE("a derivative may be typeset, and its spaces are free", "[parser]") {
  for (const char* target : {"∂E/∂w", "dE / dw", "d E / d w", "∂ E / ∂ w", "dE/∂w", "d E/dw", "dE/d w"}) {
    CAPTURE(target);

    const Claimed claim(std::string("claim ") + target + " = 1");

    CHECK(claim->target == "dE/dw");
    CHECK(claim->of.name() == "E");
    CHECK(claim->by->name() == "w");
  }
  CHECK(Claimed("claim w′ = 1")->target == "w'");
  CHECK(Claimed("claim w ' = 1")->after == 1);
}

TEST_CASE("a claim keeps its number as it was written, without spaces", "[parser]") {
  CHECK(Claimed("claim E = 0.2500")->written == "0.2500");
  CHECK(Claimed("claim E = - .5e-3")->written == "-.5e-3");
  CHECK(Claimed("claim E = +1.")->written == "+1.");
  CHECK(Claimed("claim E = \u2212 0.5")->written == "\u22120.5");
  CHECK(Claimed("claim E = \u22120.5")->number.value() == -0.5);
  CHECK(Claimed("claim E = -\u00A00.5")->written == "-0.5");
  CHECK(Claimed("claim E = 1e-400")->number.digits() == "1");
}

TEST_CASE("a number that was written with a no-break space can be checked", "[parser]") {
  const Check check = check_worksheet(read_sheet(small + "claim dE/dw =\u00A0\u2212\u00A03.1\n"));

  CHECK(check.wrong == 1);
}

TEST_CASE("claims, loss and training may stand before what they name", "[parser]") {
  const Worksheet sheet = read_sheet(
      "after 2: claim dE/dw = 1\nclaim E' = 2\nloss E\ntrain w\nlearning_rate 1\n"
      "w = 3\nE = w*w\nlast = E + 1\n");

  REQUIRE(sheet.claims.size() == 2);
  CHECK(sheet.claims[0].line == 1);
  CHECK(sheet.claims[0].of.name() == "E");
  CHECK(sheet.claims[1].of.name() == "E");
  CHECK(sheet.loss.name() == "E");
  CHECK(names_of(sheet.train) == Names{"w"});
}

TEST_CASE("a byte-order mark, ends of lines with CR, comments and blank lines are passed over", "[parser]") {
  const Worksheet sheet =
      read_sheet("\uFEFF# a title\r\n\r\nx = 2 # two\r\n \t \r\n#y = 1\r\ny = x^3#\r\n\n");

  CHECK(sheet.definitions.size() == 2);
  CHECK(sheet.definitions[0].line == 3);
  CHECK(sheet.loss.data() == 8);
}

TEST_CASE("the last line needs no end", "[parser]") {
  CHECK(read_sheet("x = 2\ny = x^3").loss.data() == 8);
  CHECK(read_sheet("y = 2^3\nclaim y = 8\r").claims.size() == 1);
}

TEST_CASE("a value that is not finite is no error", "[parser]") {
  const Worksheet sheet = read_sheet("x = 0\ny = 1/x\nz = y - y\n");

  CHECK(sheet.graph->first_non_finite()->name() == "y");
}

TEST_CASE("a name that is not there is answered with the nearest", "[parser]") {
  const Worksheet sheet = read_sheet("out_h1 = 2\nE = out_h1^2\n");

  CHECK_FALSE(sheet.find("out_h2").has_value());
  CHECK_THROWS_WITH(sheet.at("outh1"), "sheet.bp: there is no value `outh1`; did you mean `out_h1`?");
}

TEST_CASE("what has no name is numbered, constants aside", "[parser]") {
  const Worksheet sheet = read_sheet("x = 3\ny = 2*x + exp(x)\n");
  const Node_names names(sheet);

  const Value sum = sheet.at("y");

  CHECK(names(sum) == "y");
  CHECK(names(sum.input(0)) == "$1");
  CHECK(names(sum.input(1)) == "$2");
  CHECK(names(sum.input(0).input(0)) == "2");
  CHECK(sheet.operation(sum) == "+");
  CHECK(sheet.operation(sheet.at("x")) == "leaf");
}
