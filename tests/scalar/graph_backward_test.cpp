// What the backward pass gives, and what it leaves alone: graph_backward.cpp.
#include "engine/scalar/graph.h"

#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

TEST_CASE("a gradient is the upstream gradient times the local derivative, for every operation", "[graph]") {
  Random random(1);
  for (const auto& row : test::references()) {
    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y);
    const double upstream = random.uniform(1.5, 3.0) * (random.below(2) == 0 ? 1.0 : -1.0);
    if (std::abs(row.dx * upstream) > 1e300 || std::abs(row.dx) < 1e-290) continue;
    Graph graph;
    const Value x = graph.leaf(row.x), y = graph.leaf(row.y);
    const double ulps = 20.0 + 2.0 * row.x * row.x;

    (upstream * test::apply(row.op, x, y)).backward();

    CHECK(close(x.grad(), upstream * row.dx, ulps));
    if (info(row.op).arity == 2) CHECK(close(y.grad(), upstream * row.dy, ulps));
  }
}

TEST_CASE("a value used twice receives the sum of both paths' gradients", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(-2.0), b = graph.leaf(3.0);

  const Value f = (a * b) * (a + b);
  f.backward(2.0);

  // f = a^2 b + a b^2, so df/da = 2ab + b^2 = -3 and df/db = a^2 + 2ab = -8.
  CHECK(f.data() == -6.0);
  CHECK(a.grad() == 2.0 * -3.0);
  CHECK(b.grad() == 2.0 * -8.0);
}

TEST_CASE("an operation may use the same value for both inputs", "[graph]") {
  Graph graph;
  const Value x = graph.leaf(3.0);

  const Value f = x * x + x / x - (x - x) + pow(x, x) * 0.0;
  f.backward();

  CHECK(f.data() == 10.0);
  CHECK(x.grad() == 6.0);
}

TEST_CASE("2^60 paths are summed in 60 additions", "[graph]") {
  Graph graph;
  const Value x = graph.leaf(0.5);
  Value y = x;
  for (int i = 0; i < 60; ++i) y = y + y;

  y.backward(3.0);

  CHECK(y.data() == 0x1p59);
  CHECK(x.grad() == 3.0 * 0x1p60);
}

TEST_CASE("a chain of ten million operations records, runs backward and is freed", "[graph]") {
  Graph graph;
  const Value x = graph.leaf(1.0);
  Value y = x;
  for (int i = 0; i < 5'000'000; ++i) y = -(y + 1e-9);

  y.backward(2.0);

  CHECK(graph.size() == 10'000'002);
  CHECK(x.grad() == 2.0);  // an even number of signs
}

TEST_CASE("the gradient is linear in what is differentiated", "[graph]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    Graph graph;
    const auto leaves = test::leaves_in(graph, random, 4);
    const Value f = test::random_expression(random, leaves, 30);
    const Value g = test::random_expression(random, leaves, 30);
    const double a = random.uniform(-2, 2), b = random.uniform(-2, 2);

    f.backward();
    const auto df = test::grads_of(leaves);
    graph.zero_grad();
    g.backward();
    const auto dg = test::grads_of(leaves);
    graph.zero_grad();
    (a * f + b * g).backward();

    for (std::size_t i = 0; i < leaves.size(); ++i) {
      // A few hundred roundings of sums whose terms are a few hundred at the most.
      CHECK(std::abs(leaves[i].grad_or_zero() - (a * df[i] + b * dg[i])) <= 1e-11);
    }
  }
}

TEST_CASE("the product rule holds", "[graph]") {
  for (std::uint64_t seed = 100; seed < 150; ++seed) {
    Random random(seed);
    Graph graph;
    const auto leaves = test::leaves_in(graph, random, 3);
    const Value f = test::random_expression(random, leaves, 20);
    const Value g = test::random_expression(random, leaves, 20);

    f.backward();
    const auto df = test::grads_of(leaves);
    graph.zero_grad();
    g.backward();
    const auto dg = test::grads_of(leaves);
    graph.zero_grad();
    (f * g).backward();

    for (std::size_t i = 0; i < leaves.size(); ++i) {
      CHECK(std::abs(leaves[i].grad_or_zero() - (df[i] * g.data() + f.data() * dg[i])) <= 1e-10);
    }
  }
}

TEST_CASE("leaf gradients add up over backward passes, and those of computed values start afresh",
          "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Value b = a * a;
  const Value L = b * 3.0;

  L.backward();
  L.backward();

  CHECK(a.grad() == 24.0);
  CHECK(b.grad() == 3.0);
  CHECK(L.grad() == 1.0);
}

TEST_CASE("zero_grad sets collected gradients to 0 and leaves the rest alone", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0), never = graph.leaf(1.0);
  const Value L = a * a;
  L.backward();

  graph.zero_grad();

  CHECK(a.grad() == 0.0);
  CHECK_FALSE(never.has_grad());
  L.backward(0.5);
  CHECK(a.grad() == 2.0);
}

TEST_CASE("not computed yet is not the same as 0", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), z = graph.leaf(0.0), apart = graph.leaf(5.0, "apart");
  const Value beside = apart * 2.0;
  const Value L = a * z;

  CHECK_FALSE(a.has_grad());
  CHECK_THROWS_AS(a.grad(), std::logic_error);
  L.backward();

  CHECK(a.has_grad());
  CHECK(a.grad() == 0.0);
  CHECK_FALSE(apart.has_grad());
  CHECK_FALSE(beside.has_grad());
  CHECK_THROWS_AS(apart.grad(), std::logic_error);
  CHECK(apart.grad_or_zero() == 0.0);
  const Value later = L * 2.0;
  CHECK_FALSE(later.has_grad());
}

TEST_CASE("a leaf that was reached with gradient 0 stays reached when the nodes are dropped", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0), apart = graph.leaf(1.0);
  {
    Graph::Scope step(graph);
    (a * 0.0).backward();
  }

  CHECK(a.has_grad());
  CHECK(a.grad() == 0.0);
  CHECK_FALSE(apart.has_grad());
}

TEST_CASE("a second backward pass does not forget whom the first one reached", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0), b = graph.leaf(3.0);
  const Value first = a * 0.0, second = b * 4.0;

  first.backward();
  second.backward();

  CHECK(a.has_grad());
  CHECK(b.grad() == 4.0);
  CHECK_FALSE(first.has_grad());
}

TEST_CASE("constants have no gradient", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Value L = a * 3.0;

  L.backward();

  CHECK(L.input(1).is_constant());
  CHECK_FALSE(L.input(1).has_grad());
}

TEST_CASE("0 * inf in a dead branch makes no NaN", "[graph]") {
  Graph graph;
  const Value x = graph.leaf(0.0), y = graph.leaf(1.0);
  const Value steep = sqrt(x);            // slope inf at 0
  const Value unused = log(x) * sqrt(x);  // not below the root at all

  const Value L = relu(steep - 1.0) + 2.0 * y;  // relu is off, its gradient is 0
  L.backward();

  CHECK(x.grad() == 0.0);
  CHECK(y.grad() == 2.0);
  CHECK_FALSE(unused.has_grad());
}

TEST_CASE("a leaf may be the root", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);

  a.backward(3.0);
  a.backward(4.0);

  CHECK(a.grad() == 7.0);
}

TEST_CASE("the graph knows the root of its gradients for as long as they stand", "[graph]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const Graph::Mark mark = graph.mark();
  const Value y = exp(x), z = sin(y);
  const auto root = [&] {
    const std::optional<Value> found = graph.backward_root();
    return found ? static_cast<int>(found->index()) : -1;
  };
  const std::vector<Seed> both = {{y, 1.0}, {z, 1.0}};

  CHECK(root() == -1);
  z.backward();
  CHECK(root() == 2);
  CHECK(graph.backward_root()->data() == z.data());
  y.backward();
  CHECK(root() == 1);
  graph.backward(both);
  CHECK(root() == -1);
  y.backward();
  graph.recompute();
  CHECK(root() == -1);
  y.backward();
  graph.rewind(mark);
  CHECK(root() == -1);
  x.backward();
  CHECK(root() == 0);
}

TEST_CASE("several roots give the gradient of their weighted sum", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0), b = graph.leaf(5.0);
  const Value f = a * b, g = a * a * b;
  const std::array seeds{Seed{f, 0.5}, Seed{g, -2.0}};

  graph.backward(seeds);

  CHECK(a.grad() == 0.5 * 5.0 - 2.0 * 20.0);
  CHECK(b.grad() == 0.5 * 2.0 - 2.0 * 4.0);
  CHECK_THROWS_AS(graph.backward(std::span<const Seed>()), std::invalid_argument);
}
