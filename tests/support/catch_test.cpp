#include "tests/support/catch.h"

#include <fstream>
#include <sstream>
#include <string>

#include "engine/scalar/math.h"

// What the header's opening shows, word for word; the last test case compares the two.
using bp::Graph, bp::Value, bp::HasData, bp::HasGrad;

TEST_CASE("the gradients of my worksheet") {
  Graph graph;
  Value w = graph.leaf(0.15, "w"), x = graph.leaf(0.05, "x");
  Value h = sigmoid(w * x).named("h");
  h.backward();

  CHECK_THAT(h, HasData("0.501875"));
  CHECK_THAT(w, HasGrad("0.0124998"));
  CHECK_GRADIENTS([](Value a, Value b) { return sigmoid(a * b); }, 0.15, 0.05);
}

using bp::test::contains_text;

namespace {

// y = (a - 1)^2 / 2 with a = 0.75: y is 0.03125 and dy/da is -0.25, both exact.
struct Example {
  Graph graph;
  Value a = graph.leaf(0.75, "a");
  Value y = (0.5 * square(a - 1.0)).named("y");
};

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a gradient matches the digits it is written with, and no others", "[catch]") {
  Example example;
  example.y.backward();

  for (const char* right : {"-0.25", "-.25", "-0.2500", "-2.5e-1", "-0.3"}) {
    INFO(right);
    CHECK(HasGrad(right).match(example.a));
  }
  for (const char* wrong : {"-0.251", "0.25", "-0.249", "-0.50", "0", "-1", "25"}) {
    INFO(wrong);
    CHECK_FALSE(HasGrad(wrong).match(example.a));
  }
}

TEST_CASE("HasData looks at the number and HasGrad at the gradient", "[catch]") {
  Example example;
  example.y.backward(2.0);

  CHECK(HasData("0.75").match(example.a));
  CHECK_FALSE(HasData("-0.5").match(example.a));
  CHECK(HasGrad("-0.5").match(example.a));
  CHECK_FALSE(HasGrad("0.75").match(example.a));
  CHECK(HasData("0.03125").match(example.y));
  CHECK(HasGrad("2").match(example.y));
}

TEST_CASE("a number that was cut off passes and is said to be", "[catch]") {
  Graph graph;
  const Value value = graph.leaf(0.1875);
  const auto cut = HasData("0.18"), rounded = HasData("0.19"), wrong = HasData("0.17");

  CHECK(cut.match(value));
  CHECK(cut.toString() == "has the value 0.18, cut off from 0.1875");
  CHECK(rounded.match(value));
  CHECK(rounded.toString() == "has the value 0.19");
  CHECK_FALSE(wrong.match(value));
}

TEST_CASE("a failure shows the claim, the truth, the difference, the ratio, and names the mistake",
          "[catch]") {
  Example example;
  example.y.backward();
  const auto twice = HasGrad("-0.50"), turned = HasGrad("0.25"), plain = HasGrad("-0.4"),
             value = HasData("0.06250");

  CHECK_FALSE(twice.match(example.a));
  CHECK_THAT(twice.toString(), contains_text("has the gradient -0.50\n"
                                             "  claimed     -0.50\n"
                                             "  true        -0.25\n"
                                             "  difference  -0.25\n"
                                             "  ratio       2\n"
                                             "  factor-two: "));
  CHECK_FALSE(turned.match(example.a));
  CHECK_THAT(turned.toString(), contains_text("ratio       -1\n  ") && contains_text("sign"));
  CHECK_FALSE(plain.match(example.a));
  CHECK_THAT(plain.toString(), contains_text("ratio       1.6") && !contains_text("1.6\n"));
  CHECK_FALSE(value.match(example.y));
  CHECK_THAT(value.toString(), contains_text("has the value 0.06250\n") && contains_text("\n  factor-two: "));
}

TEST_CASE("a failure that no mistake explains says what the ratio gives away", "[catch]") {
  Graph graph;
  const Value leaf = graph.leaf(2.5);  // computed by nobody, so nobody can have computed it wrongly
  const auto claim = HasData("5.0");

  CHECK_FALSE(claim.match(leaf));
  CHECK_THAT(claim.toString(), contains_text("ratio       2\n  Twice the truth"));
}

TEST_CASE("two backward passes without zero_grad are hinted at", "[catch]") {
  Example example;
  example.y.backward();
  example.y.backward();
  const auto once = HasGrad("-0.25");

  CHECK_FALSE(once.match(example.a));
  CHECK_THAT(once.toString(), contains_text("did backward() run twice without zero_grad()?"));
}

TEST_CASE("a Value without a gradient fails with the reason and throws nothing", "[catch]") {
  Example example;
  const Value aside = example.graph.leaf(1.0, "aside");
  const auto before = HasGrad("-0.25");
  CHECK_FALSE(before.match(example.a));
  example.y.backward();
  const auto unreached = HasGrad("0"), nowhere = HasGrad("1");

  CHECK(before.toString() ==
        "has the gradient -0.25\n  but a has no gradient: no backward() has run since it was computed");
  CHECK_FALSE(unreached.match(aside));
  CHECK_THAT(unreached.toString(), contains_text("no path leads to it"));
  CHECK_FALSE(nowhere.match(Value()));
  CHECK_THAT(nowhere.toString(), contains_text("but this Value belongs to no graph"));
}

TEST_CASE("a stale Value fails with the reason and throws nothing", "[catch]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const auto mark = graph.mark();
  const Value stale = x * 3.0;
  graph.rewind(mark);
  const auto matcher = HasData("6");

  CHECK_FALSE(matcher.match(stale));
  CHECK_THAT(matcher.toString(), contains_text("but this Value is stale"));
}

TEST_CASE("a matcher may be used again and tells of the last Value only", "[catch]") {
  Example example;
  example.y.backward();
  const auto matcher = HasGrad("1");

  CHECK_FALSE(matcher.match(example.a));
  CHECK_THAT(matcher.toString(), contains_text("true        -0.25"));
  CHECK(matcher.match(example.y));
  CHECK(matcher.toString() == "has the gradient 1");
}

TEST_CASE("the matchers combine with Catch2's own", "[catch]") {
  Example example;
  example.y.backward();

  CHECK_THAT(example.a, HasData("0.75") && HasGrad("-0.25"));
  CHECK_THAT(example.a, HasData("7") || HasGrad("-0.25"));
  CHECK_THAT(example.a, !HasGrad("0.25"));
}

TEST_CASE("what is no number is refused when the matcher is made", "[catch]") {
  CHECK_THROWS_AS(HasGrad("0.2.5"), std::invalid_argument);
  CHECK_THROWS_AS(HasData(""), std::invalid_argument);
}

TEST_CASE("Catch2 prints a Value by its name", "[catch]") {
  Graph graph;
  const Value named = graph.leaf(2.0, "w5"), plain = graph.leaf(3.0);

  CHECK(Catch::Detail::stringify(named) == "w5");
  CHECK(Catch::Detail::stringify(plain) == "node 1");
  CHECK(Catch::Detail::stringify(Value()) == "a Value without a node");
}

TEST_CASE("CHECK_GRADIENTS takes what gradcheck takes", "[catch]") {
  Graph graph;
  const Value w = graph.leaf(0.5, "w"), b = graph.leaf(-0.25, "b"), root = tanh(w * 3.0 + b);

  CHECK_GRADIENTS([](Value x) { return exp(x); }, 0.5);
  CHECK_GRADIENTS([](std::span<const Value> x) { return logsumexp(x); }, {0.5, -1.0, 2.0});
  CHECK_GRADIENTS(root, {w, b});
  REQUIRE_GRADIENTS([](Value x, Value y) { return atan2(x, y); }, 1, 2);
}

// Catch2 counts these as passed when a check in them fails, and as failed when none does.
TEST_CASE("CHECK_GRADIENTS fails where the check proves nothing", "[catch][!shouldfail]") {
  CHECK_GRADIENTS([](Value x) { return relu(x); }, -0.5);
}
TEST_CASE("CHECK_GRADIENTS fails on a kink", "[catch][!shouldfail]") {
  CHECK_GRADIENTS([](Value x) { return relu(x); }, 0.0);
}
TEST_CASE("CHECK_GRADIENTS fails where the function throws", "[catch][!shouldfail]") {
  CHECK_GRADIENTS([](Value) -> Value { throw std::domain_error("outside"); }, 0.0);
}
TEST_CASE("REQUIRE_GRADIENTS ends the test case", "[catch][!shouldfail]") {
  REQUIRE_GRADIENTS([](Value x) { return relu(x); }, -0.5);
  std::abort();
}

TEST_CASE("a failed gradient check prints its table", "[catch]") {
  const auto report = bp::gradcheck([](Value x) { return relu(x); }, 0.0);

  CHECK_FALSE(bp::Gradients_agree().match(report));
  CHECK(Catch::Detail::stringify(report) == to_string(report));
}

TEST_CASE("the example at the top of the header is the one that is compiled here", "[catch]") {
  const std::string header = read("tests/support/catch.h"), here = read("tests/support/catch_test.cpp");
  REQUIRE_FALSE(header.empty());
  std::istringstream lines(header);
  std::string example;
  for (std::string line; std::getline(lines, line) && line.rfind("//", 0) == 0;) {
    if (line == "//" && !example.empty()) example += '\n';
    if (line.rfind("//     ", 0) == 0 && line.find("#include") == std::string::npos)
      example += line.substr(7) + '\n';
  }

  const std::string code = example.substr(example.find("using bp::Graph"));
  CHECK(code.size() > 350);
  CHECK(here.find(code.substr(0, code.rfind("}\n") + 2)) != std::string::npos);
}
