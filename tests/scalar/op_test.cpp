#include "engine/scalar/op.h"

#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

#include "tests/support/catch2.h"
#include "tests/support/formula.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

TEST_CASE("values and local derivatives are those of 400-digit arithmetic", "[op]") {
  for (const auto& row : test::references()) {
    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y);
    Graph graph;

    // The tail of gelu is exp(-x^2 / 2), which makes x^2 roundings of one in x; gelu_tanh's is like it.
    const bool tail = row.op == Op::gelu || row.op == Op::gelu_tanh;
    const double ulps = tail ? 16.0 + 2.0 * row.x * row.x : 16.0;

    const Value out = test::apply(row.op, graph.leaf(row.x), graph.leaf(row.y));

    CHECK(close(out.data(), row.value, ulps));
    CHECK(close(out.local_derivative(0), row.dx, ulps));
    if (info(row.op).arity == 2) CHECK(close(out.local_derivative(1), row.dy, ulps));
  }
}

TEST_CASE("every operation has at least six reference points", "[op]") {
  std::map<Op, int> points;
  for (const auto& row : test::references()) ++points[row.op];

  for (std::size_t i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    INFO(info(op).name);
    if (info(op).arity >= 1) CHECK(points[op] >= 6);
  }
}

TEST_CASE("the formulas that are shown are the ones that are computed", "[op]") {
  for (const auto& row : test::references()) {
    // Far out the shown formula may lose its digits or overflow (1 - tanh(x)^2 at x = 20); the computed does
    // not.
    if (std::abs(row.x) > 6 || std::abs(row.y) > 6 || (row.x != 0 && std::abs(row.x) < 1e-3)) continue;
    if (row.op == Op::asin || row.op == Op::acos) {
      if (std::abs(row.x) > 0.99) continue;
    }
    const auto& op = info(row.op);
    INFO(op.name << " at x = " << row.x << ", y = " << row.y);
    // Cancellation in a shown formula costs up to about 5 of 16 digits on these points.
    const auto near = [](double said, double true_value) { return std::abs(said - true_value) <= 1e-9; };

    CHECK(near(test::Formula::evaluate(op.reads, row.x, row.y), row.value));
    if (row.op == Op::pow && row.x == 0) continue;  // log(0) is not a number to show
    CHECK(near(test::Formula::evaluate(op.reads_x, row.x, row.y), row.dx));
    if (op.arity == 2) CHECK(near(test::Formula::evaluate(op.reads_y, row.x, row.y), row.dy));
  }
}

TEST_CASE("NaN in gives NaN out", "[op]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    if (info(op).arity < 1 || op == Op::step) continue;  // step is a choice, not a number
    INFO(info(op).name);
    Graph graph;
    const Value x = graph.leaf(nan), y = graph.leaf(0.75);

    CHECK(std::isnan(test::apply(op, x, y).data()));
    if (op == Op::leaky_relu) continue;  // its slope does not matter where x is positive
    if (info(op).arity == 2) CHECK(std::isnan(test::apply(op, y, x).data()));
  }
}

TEST_CASE("at the edge of the range the values and slopes are the limits", "[op]") {
  const double inf = std::numeric_limits<double>::infinity();
  Graph graph;
  const auto value = [&](Op op, double x) { return test::apply(op, graph.leaf(x), graph.leaf(0.0)).data(); };
  const auto slope = [&](Op op, double x) {
    return test::apply(op, graph.leaf(x), graph.leaf(0.0)).local_derivative(0);
  };

  CHECK(value(Op::sigmoid, -inf) == 0.0);
  CHECK(value(Op::sigmoid, inf) == 1.0);
  CHECK(slope(Op::sigmoid, inf) == 0.0);
  CHECK(slope(Op::sigmoid, -800.0) == 0.0);
  CHECK(value(Op::softplus, 1e300) == 1e300);
  CHECK(slope(Op::softplus, 1e300) == 1.0);
  CHECK(value(Op::tanh, 400.0) == 1.0);
  CHECK(slope(Op::tanh, 800.0) == 0.0);
  CHECK(slope(Op::sqrt, 0.0) == inf);
  CHECK(value(Op::log, 0.0) == -inf);
  CHECK(slope(Op::asin, 1.0) == inf);
  CHECK(slope(Op::acos, -1.0) == -inf);
  CHECK(std::isnan(value(Op::log, -1.0)));
}

TEST_CASE("the derivative at a kink is PyTorch's", "[op]") {
  Graph graph;
  const auto slope = [&](Op op, double x, double y, std::size_t input) {
    return test::apply(op, graph.leaf(x), graph.leaf(y)).local_derivative(input);
  };

  CHECK(slope(Op::relu, 0.0, 0.0, 0) == 0.0);
  CHECK(slope(Op::abs, 0.0, 0.0, 0) == 0.0);
  CHECK(slope(Op::leaky_relu, 0.0, 0.01, 0) == 0.01);
  CHECK(slope(Op::elu, 0.0, 0.0, 0) == 1.0);
  CHECK(close(slope(Op::selu, 0.0, 0.0, 0), 1.0507009873554805 * 1.6732632423543773));
  CHECK(slope(Op::hard_tanh, 1.0, 0.0, 0) == 0.0);
  CHECK(slope(Op::hard_tanh, -1.0, 0.0, 0) == 0.0);
  CHECK(slope(Op::max, 2.0, 2.0, 0) == 0.5);
  CHECK(slope(Op::min, 2.0, 2.0, 1) == 0.5);
  CHECK(slope(Op::pow, 0.0, 0.0, 0) == 0.0);
  CHECK(slope(Op::pow, 0.0, 0.0, 1) == 0.0);
}

TEST_CASE("a kink lies between two points on different sides of it", "[op]") {
  CHECK(kink_side(Op::relu, -1e-9, 0.0) != kink_side(Op::relu, 1e-9, 0.0));
  CHECK(kink_side(Op::relu, 0.0, 0.0) != kink_side(Op::relu, 1e-9, 0.0));
  CHECK(kink_side(Op::abs, -3.0, 0.0) != kink_side(Op::abs, 3.0, 0.0));
  CHECK(kink_side(Op::hard_tanh, 0.9, 0.0) != kink_side(Op::hard_tanh, 1.1, 0.0));
  CHECK(kink_side(Op::hard_tanh, -1.1, 0.0) != kink_side(Op::hard_tanh, 0.0, 0.0));
  CHECK(kink_side(Op::max, 1.0, 2.0) != kink_side(Op::max, 2.0, 1.0));
  CHECK(kink_side(Op::min, 1.0, 2.0) == kink_side(Op::min, 1.5, 2.0));
  CHECK(kink_side(Op::atan2, 0.1, -1.0) != kink_side(Op::atan2, -0.1, -1.0));
  CHECK(kink_side(Op::atan2, 0.1, 1.0) == kink_side(Op::atan2, -0.1, 1.0));
  CHECK(kink_side(Op::tanh, -5.0, 0.0) == kink_side(Op::tanh, 5.0, 0.0));
}

TEST_CASE("a formula takes names, and parentheses where they are needed", "[op]") {
  CHECK(say(info(Op::tanh).reads_x, "net") == "1 - tanh(net)^2");
  CHECK(say(info(Op::mul).reads, "w1", "i1") == "w1 * i1");
  CHECK(say(info(Op::mul).reads, "a + b", "-0.5") == "(a + b) * (-0.5)");
  CHECK(say(info(Op::tanh).reads, "a + b") == "tanh(a + b)");
  CHECK(say(info(Op::exp).reads, "xy") == "exp(xy)");
  CHECK(say(info(Op::pow).reads_x, "y", "x") == "x * y^(x - 1)");
}

TEST_CASE("asking for a derivative that does not exist is refused", "[op]") {
  CHECK_THROWS_AS(local_derivative(Op::tanh, 1, 0.5, 0.0, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(local_derivative(Op::mul, 2, 0.5, 0.5, 0.25), std::invalid_argument);
  CHECK_THROWS_AS(local_derivative(Op::leaf, 0, 0.5, 0.0, 0.5), std::invalid_argument);
}

TEST_CASE("the value by an operation's code is the one that is recorded", "[op]") {
  for (const bp::test::Reference& row : bp::test::references()) {
    Graph graph;
    const Value recorded = bp::test::apply(row.op, graph.leaf(row.x), graph.leaf(row.y));
    const double value = operation_value(row.op, row.x, row.y);
    CHECK((value == recorded.data() || (std::isnan(value) && std::isnan(recorded.data()))));
  }
  CHECK_THROWS_AS(bp::operation_value(bp::Op::sum, 1.0, 2.0), std::invalid_argument);
  CHECK_THROWS_AS(bp::operation_value(bp::Op::leaf, 1.0, 2.0), std::invalid_argument);
}

TEST_CASE("an n-ary operation is found by its code", "[op]") {
  const auto half = [](std::ptrdiff_t) { return 0.5; };
  const auto value = [&](bp::Op op) {
    return bp::with_n_ary(op, [&]<bp::Op which>() { return bp::n_ary_value<which, double>(4, half); });
  };

  CHECK(value(bp::Op::sum) == 2.0);
  CHECK(value(bp::Op::mean) == 0.5);
  CHECK(value(bp::Op::dot) == 0.5);  // two products of 1/4
  CHECK_THROWS_AS(value(bp::Op::tanh), std::invalid_argument);
}
