// How a value reads, put together from how its inputs read.
#include "viz/formula.h"

#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "viz/text.h"

using bp::Graph, bp::Op, bp::Phrase, bp::Value, bp::formula_of, bp::phrase_of, bp::phrase_of_name,
    bp::phrase_of_number;

namespace {

Phrase name(const std::string& text) { return phrase_of_name(text); }
std::string said(Op op, const std::vector<Phrase>& inputs) { return phrase_of(op, inputs).text; }

std::vector<Phrase> names(const std::string& letter, int count) {
  std::vector<Phrase> all;
  for (int i = 1; i <= count; ++i) all.push_back(name(letter + std::to_string(i)));
  return all;
}

}  // namespace

TEST_CASE("an operation reads as the table says, with its inputs' names", "[formula]") {
  CHECK(said(Op::add, {name("a"), name("b")}) == "a + b");
  CHECK(said(Op::tanh, {name("net")}) == "tanh(net)");
  CHECK(said(Op::atan2, {name("a"), name("b")}) == "atan2(a, b)");
  CHECK(said(Op::square, {name("a")}) == "a^2");
  CHECK(said(Op::expm1, {name("a")}) == "exp(a) - 1");
  CHECK(said(Op::log1p, {name("a")}) == "log(1 + a)");
  CHECK(said(Op::identity, {name("a")}) == "a");
  CHECK(said(Op::sum, names("x", 3)) == "x1 + x2 + x3");
  CHECK(said(Op::logsumexp, names("z", 2)) == "log(exp(z1) + exp(z2))");
  CHECK(said(Op::mean, names("L", 3)) == "mean(L1, L2, L3)");
  CHECK(said(Op::softmax_cross_entropy, {phrase_of_number("1"), name("a"), name("b")}) ==
        "softmax_cross_entropy(1, a, b)");
  CHECK(said(Op::dot, {name("w1"), name("i1"), name("w2"), name("i2")}) == "w1 * i1 + w2 * i2");
}

TEST_CASE("parentheses stand where they change the meaning and nowhere else", "[formula]") {
  const Phrase a = name("a"), b = name("b"), c = name("c");
  const Phrase sum = phrase_of(Op::add, {a, b}), difference = phrase_of(Op::sub, {a, b});
  const Phrase product = phrase_of(Op::mul, {a, b}), quotient = phrase_of(Op::div, {a, b});
  const Phrase power = phrase_of(Op::pow, {a, b}), negative = phrase_of(Op::neg, {a});

  CHECK(said(Op::add, {product, c}) == "a * b + c");
  CHECK(said(Op::add, {c, sum}) == "c + a + b");
  CHECK(said(Op::mul, {sum, c}) == "(a + b) * c");
  CHECK(said(Op::sub, {c, sum}) == "c - (a + b)");
  CHECK(said(Op::sub, {difference, c}) == "a - b - c");
  CHECK(said(Op::sub, {c, difference}) == "c - (a - b)");
  CHECK(said(Op::div, {c, product}) == "c / (a * b)");
  CHECK(said(Op::div, {quotient, c}) == "a / b / c");
  CHECK(said(Op::div, {c, quotient}) == "c / (a / b)");
  CHECK(said(Op::mul, {c, quotient}) == "c * a / b");
  CHECK(said(Op::pow, {power, c}) == "(a^b)^c");
  CHECK(said(Op::pow, {c, power}) == "c^(a^b)");
  CHECK(said(Op::square, {difference}) == "(a - b)^2");
  CHECK(said(Op::square, {negative}) == "(-a)^2");
  CHECK(said(Op::neg, {sum}) == "-(a + b)");
  CHECK(said(Op::add, {c, negative}) == "c + (-a)");
  CHECK(said(Op::tanh, {sum}) == "tanh(a + b)");
  CHECK(said(Op::max, {sum, negative}) == "max(a + b, -a)");
  CHECK(said(Op::mul, {phrase_of(Op::expm1, {a}), c}) == "(exp(a) - 1) * c");
  CHECK(said(Op::mul, {phrase_of(Op::log1p, {a}), c}) == "log(1 + a) * c");
}

TEST_CASE("a negative number and a name that looks like a calculation are put in parentheses", "[formula]") {
  CHECK(said(Op::mul, {name("a"), phrase_of_number("-2")}) == "a * (-2)");
  CHECK(said(Op::mul, {phrase_of_number("4.4e-5"), name("a")}) == "4.4e-5 * a");
  CHECK(said(Op::mul, {name("t - o"), name("2 x")}) == "(t - o) * (2 x)");
  CHECK(said(Op::mul, {name("w[1,-2]"), name("\u03b8")}) == "w[1,-2] * \u03b8");
  CHECK(said(Op::mul, {name("a) + (b"), name(")(")}) == "(a) + (b) * ()()");
}

TEST_CASE("where an input cannot be said, nothing is said", "[formula]") {
  CHECK(said(Op::add, {name("a"), Phrase()}).empty());
  CHECK(said(Op::tanh, {Phrase()}).empty());
  CHECK(said(Op::dot, {name("a"), name("b"), Phrase(), name("c")}).empty());
}

TEST_CASE("a long sum keeps its first two terms and its last", "[formula]") {
  std::vector<Phrase> factors;
  for (int i = 1; i <= 12; ++i) {
    factors.push_back(name("w" + std::to_string(i)));
    factors.push_back(name("x" + std::to_string(i)));
  }

  const Phrase dot = phrase_of(Op::dot, factors);

  CHECK(dot.text == "w1 * x1 + w2 * x2 + \u2026 + w12 * x12");
  CHECK(said(Op::add, {dot, name("b")}) == "w1 * x1 + w2 * x2 + \u2026 + b");
  CHECK(said(Op::sum, names("x", 50)) == "x1 + x2 + \u2026 + x50");
  CHECK(said(Op::tanh, {dot}).empty());
}

TEST_CASE("no formula is longer than 36 characters, and long words give way to the operation's name",
          "[formula]") {
  const std::string long_name(24, 'n');

  CHECK(said(Op::gelu_tanh, {name("net")}) == "gelu_tanh(net)");
  CHECK(said(Op::mul, {name(long_name), name(long_name)}).empty());
  CHECK(said(Op::add, {name(long_name), name(long_name)}).empty());
  CHECK(said(Op::sigmoid, {name(long_name)}) == "sigmoid(" + long_name + ")");
  for (std::size_t i = 2; i < bp::op_count; ++i) {
    const Op op = static_cast<Op>(i);
    const std::size_t inputs = bp::info(op).arity < 0 ? 20 : static_cast<std::size_t>(bp::info(op).arity);
    const std::string text = said(op, std::vector<Phrase>(inputs, name("name")));
    CHECK(bp::character_count(text) <= 36);
    CHECK((!text.empty() || inputs == 20));
    CHECK(!bp::symbol_of(op).empty());
  }
}

TEST_CASE("the formula of a value goes through what has no name, down to what has one", "[formula]") {
  Graph graph;
  const Value t = graph.leaf(0.01, "t"), net = graph.leaf(1.1, "net"), nameless = graph.leaf(2.0);
  const Value out = sigmoid(net).named("out"), E = (0.5 * square(t - out)).named("E");

  CHECK(formula_of(E, 4) == "0.5 * (t - out)^2");
  CHECK(formula_of(out, 4) == "sigmoid(net)");
  CHECK(formula_of(t, 4).empty());
  CHECK(formula_of(nameless * t, 4) == "*");
  CHECK(formula_of(t * (1.0 / 3.0), 2) == "t * 0.33");
}

TEST_CASE("a sum within a formula is cut when the whole would be too long", "[formula]") {
  Graph graph;
  std::vector<Value> squares;
  for (int i = 1; i <= 4; ++i) squares.push_back(square(graph.leaf(i, "y_" + std::to_string(i)) - 1.0));
  const Value sum = squares[0] + squares[1] + squares[2] + squares[3], half = 0.5 * sum;

  CHECK(formula_of(sum, 4, 60) == "(y_1 - 1)^2 + (y_2 - 1)^2 + (y_3 - 1)^2 + (y_4 - 1)^2");
  CHECK(formula_of(half, 4, 60) == "0.5 * ((y_1 - 1)^2 + (y_2 - 1)^2 + … + (y_4 - 1)^2)");
  CHECK(formula_of(half, 4, 36) == "*");
}

TEST_CASE("a formula of very many parts is its symbol", "[formula]") {
  Graph graph;
  Value v = graph.leaf(1.0, "x");
  for (int i = 0; i < 100'000; ++i) v = v + 1.0;

  CHECK(formula_of(v, 4) == "+");
}
