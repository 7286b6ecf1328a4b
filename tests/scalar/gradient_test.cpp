#include "engine/scalar/gradient.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

TEST_CASE("a recorded gradient equals the swept one, for every operation", "[gradient]") {
  for (const auto& row : test::references()) {
    if (std::abs(row.dx) > 1e290 || std::abs(row.dx) < 1e-290) continue;
    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y);
    Graph graph;
    const Value x = graph.leaf(row.x), y = graph.leaf(row.y);
    const Value out = test::apply(row.op, x, y);
    // gelu's tail: see op_test.cpp.
    const double ulps = 16.0 + 2.0 * row.x * row.x;

    const auto recorded = gradient(out, {x, y}, -1.75);

    CHECK(close(recorded[0].data(), -1.75 * row.dx, ulps));
    CHECK(close(recorded[1].data(), info(row.op).arity == 2 ? -1.75 * row.dy : 0.0, ulps));
  }
}

TEST_CASE("a recorded gradient equals the swept one on random graphs", "[gradient]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Random random(seed);
    Graph graph;
    std::vector<Value> leaves;
    for (int i = 0; i < 4; ++i) leaves.push_back(graph.leaf(random.uniform(-1.5, 1.5)));
    const Value root = test::random_expression(random, leaves, 40);

    const auto recorded = gradient(root, leaves, 1.25);
    root.backward(1.25);

    for (std::size_t i = 0; i < leaves.size(); ++i) {
      CHECK(std::abs(recorded[i].data() - leaves[i].grad_or_zero()) <= 1e-11);
    }
  }
}

TEST_CASE("second derivatives are those of closed forms", "[gradient]") {
  const auto second = [](double at, auto f) {
    Graph graph;
    const Value x = graph.leaf(at);
    const Value slope = gradient(f(x), {x})[0];
    return gradient(slope, {x})[0].data();
  };
  const double x = 0.7, s = 1.0 / (1.0 + std::exp(-x)), t = std::tanh(x);

  CHECK(close(second(x, [](Value v) { return pow(v, 3.0); }), 6.0 * x));
  CHECK(close(second(x, [](Value v) { return v * v * v * v; }), 12.0 * x * x));
  CHECK(close(second(x, [](Value v) { return exp(2.0 * v); }), 4.0 * std::exp(2.0 * x)));
  CHECK(close(second(x, [](Value v) { return log(v); }), -1.0 / (x * x)));
  CHECK(close(second(x, [](Value v) { return sin(v); }), -std::sin(x)));
  CHECK(close(second(x, [](Value v) { return 1.0 / v; }), 2.0 / (x * x * x)));
  CHECK(close(second(x, [](Value v) { return sqrt(v); }), -0.25 * std::pow(x, -1.5)));
  CHECK(close(second(x, [](Value v) { return tanh(v); }), -2.0 * t * (1.0 - t * t)));
  CHECK(close(second(x, [](Value v) { return sigmoid(v); }), s * (1.0 - s) * (1.0 - 2.0 * s)));
  CHECK(close(second(x, [](Value v) { return softplus(v); }), s * (1.0 - s)));
  CHECK(close(second(x, [](Value v) { return pow(2.0, v); }),
              std::log(2.0) * std::log(2.0) * std::pow(2.0, x)));
  CHECK(close(second(x, [](Value v) { return logsumexp({v, 0.0 * v}); }), s * (1.0 - s)));
  CHECK(close(second(x, [](Value v) { return sum({v, v * v}); }), 2.0));
  CHECK(close(second(x, [](Value v) { return mean({v, v * v, v * v}); }), 4.0 / 3.0));
  // Both classes: log(1 + exp(-v)) and log(1 + exp(v)).
  CHECK(close(second(x, [](Value v) { return softmax_cross_entropy(0, {v, 0.0 * v}); }), s * (1.0 - s)));
  CHECK(close(second(x, [](Value v) { return softmax_cross_entropy(1, {v, 0.0 * v}); }), s * (1.0 - s)));
  CHECK(close(second(x,
                     [](Value v) {
                       return dot(std::vector{v, v}, std::vector{v, sin(v)});
                     }),
              2.0 + 2.0 * std::cos(x) - x * std::sin(x)));
  CHECK(second(x, [](Value v) { return relu(v); }) == 0.0);
}

TEST_CASE("the slope of every operation's recorded slope is its second derivative", "[gradient]") {
  for (std::size_t i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    if (info(op).arity < 1) continue;
    for (const double at : {0.5, 0.62}) {
      INFO(info(op).name << " at " << at);
      Graph graph;
      const Value x = graph.leaf(at), y = graph.leaf(1.4);
      const Value slope = gradient(test::apply(op, x, y), {x})[0];
      const auto slope_at = [&](double moved) {
        x.set_data(moved);
        graph.recompute();
        return slope.data();
      };
      const double h = 0x1p-14;

      const double second = gradient(slope, {x})[0].data();
      const double difference = (slope_at(at + h) - slope_at(at - h)) / (2.0 * h);

      // Truncation h^2 f''''/6 and rounding 1e-16 / h: both below 1e-7 for fourth derivatives up to 100.
      CHECK(std::abs(second - difference) <= 1e-7);
    }
  }
}

TEST_CASE("the Hessian of Rosenbrock's function is the known one, and symmetric", "[gradient]") {
  Graph graph;
  const Value x = graph.leaf(-1.2), y = graph.leaf(1.0);
  const Value f = square(1.0 - x) + 100.0 * square(y - square(x));

  const auto slope = gradient(f, {x, y});
  const auto row_x = gradient(slope[0], {x, y}), row_y = gradient(slope[1], {x, y});

  CHECK(close(slope[0].data(), -215.6));
  CHECK(close(slope[1].data(), -88.0));
  CHECK(close(row_x[0].data(), 1200.0 * 1.44 - 400.0 + 2.0));
  CHECK(close(row_x[1].data(), 480.0));
  CHECK(close(row_y[0].data(), 480.0));
  CHECK(close(row_y[1].data(), 200.0));
}

TEST_CASE("powers can be differentiated down to 0, also at 0", "[gradient]") {
  Graph graph;
  const Value x = graph.leaf(0.0);
  Value f = pow(x, 3.0);

  std::vector<double> derivatives;
  for (int i = 0; i < 5; ++i) {
    f = gradient(f, {x})[0];
    derivatives.push_back(f.data());
  }

  CHECK(derivatives == std::vector{0.0, 0.0, 6.0, 0.0, 0.0});
}

TEST_CASE("a recorded gradient is replayed with new numbers", "[gradient]") {
  Graph graph;
  const Value x = graph.leaf(1.0);
  const Value slope = gradient(pow(x, 3.0) + relu(x), {x})[0];
  REQUIRE(slope.data() == 4.0);

  x.set_data(-2.0);
  graph.recompute();

  CHECK(slope.data() == 12.0);
}

TEST_CASE("gradient and backward can be mixed: the gradient of a gradient's square", "[gradient]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const Value slope = gradient(x * x * x, {x})[0];

  square(slope).backward();

  // d/dx (3 x^2)^2 = 36 x^3
  CHECK(close(x.grad(), 288.0));
}

TEST_CASE("where no path leads the recorded gradient is 0", "[gradient]") {
  Graph graph;
  const Value x = graph.leaf(2.0), apart = graph.leaf(3.0);
  const Value f = x * x;
  const Value later = x * apart;

  const auto slope = gradient(f, {x, apart, later, f});

  CHECK(slope[0].data() == 4.0);
  CHECK(slope[1].data() == 0.0);
  CHECK(slope[2].data() == 0.0);
  CHECK(slope[3].data() == 1.0);
}

TEST_CASE("a recorded gradient has only the nodes between the inputs and the root", "[gradient]") {
  Graph graph;
  const Value x = graph.leaf(2.0), w = graph.leaf(0.5);
  Value beside = w;
  for (int i = 0; i < 100; ++i) beside = tanh(beside);
  const Value f = x * x + beside;
  const std::size_t before = graph.size();

  gradient(f, {x});

  CHECK(graph.size() - before <= 4);
}

TEST_CASE("inputs of other graphs and stale ones are refused", "[gradient]") {
  Graph graph, elsewhere;
  const Value x = graph.leaf(2.0), foreign = elsewhere.leaf(1.0);
  const Value f = x * x;
  Value stale;
  {
    Graph::Scope scope(graph);
    stale = x + x;
  }

  CHECK_THROWS_AS(gradient(f, {foreign}), std::invalid_argument);
  CHECK_THROWS_AS(gradient(f, {Value()}), std::invalid_argument);
  CHECK_THROWS_AS(gradient(f, {stale}), std::out_of_range);
  CHECK_THROWS_AS(gradient(stale, {x}), std::out_of_range);
}
