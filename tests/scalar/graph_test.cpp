#include "engine/scalar/graph.h"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<Value> leaves_in(Graph& graph, Random& random, int count) {
  std::vector<Value> leaves;
  for (int i = 0; i < count; ++i) leaves.push_back(graph.leaf(random.uniform(-1.5, 1.5)));
  return leaves;
}

std::vector<double> grads_of(const std::vector<Value>& values) {
  std::vector<double> grads;
  for (Value value : values) grads.push_back(value.grad_or_zero());
  return grads;
}

}  // namespace

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
    const auto leaves = leaves_in(graph, random, 4);
    const Value f = test::random_expression(random, leaves, 30);
    const Value g = test::random_expression(random, leaves, 30);
    const double a = random.uniform(-2, 2), b = random.uniform(-2, 2);

    f.backward();
    const auto df = grads_of(leaves);
    graph.zero_grad();
    g.backward();
    const auto dg = grads_of(leaves);
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
    const auto leaves = leaves_in(graph, random, 3);
    const Value f = test::random_expression(random, leaves, 20);
    const Value g = test::random_expression(random, leaves, 20);

    f.backward();
    const auto df = grads_of(leaves);
    graph.zero_grad();
    g.backward();
    const auto dg = grads_of(leaves);
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

TEST_CASE("a replay gives the same bits as recording anew", "[graph]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Graph replayed;
    Random random(seed), numbers(seed + 1000);
    const auto leaves = leaves_in(replayed, random, 4);
    const Value root = test::random_expression(random, leaves, 60);
    root.backward();
    for (Value leaf : leaves) leaf.set_data(numbers.uniform(-1.5, 1.5));
    replayed.recompute();
    replayed.zero_grad();
    root.backward(1.5);

    Graph anew;
    Random again(seed);
    auto fresh = leaves_in(anew, again, 4);
    for (std::size_t i = 0; i < fresh.size(); ++i) fresh[i].set_data(leaves[i].data());
    const Value expected = test::random_expression(again, fresh, 60);
    expected.backward(1.5);

    CHECK(root.data() == expected.data());
    CHECK(grads_of(leaves) == grads_of(fresh));
  }
}

TEST_CASE("backward from a value that is older than a leaf's new number is refused until recompute",
          "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Value L = a * a;
  a.set_data(3.0);

  CHECK_THROWS_AS(L.backward(), std::logic_error);
  const Value newer = a * 2.0;
  CHECK_NOTHROW(newer.backward());
  graph.recompute();
  graph.zero_grad();
  L.backward();

  CHECK(L.data() == 9.0);
  CHECK(a.grad() == 6.0);
}

TEST_CASE("a replay takes the gradients of computed values with it", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Value b = a * a;
  (b * 2.0).backward();

  graph.recompute();

  CHECK_FALSE(b.has_grad());
  CHECK(a.grad() == 8.0);
}

TEST_CASE("only a leaf can be given a new number", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Value b = a * 3.0;

  CHECK_THROWS_AS(b.set_data(1.0), std::invalid_argument);
  CHECK_THROWS_AS(b.input(1).set_data(1.0), std::invalid_argument);
  CHECK(b.data() == 6.0);
}

TEST_CASE("a handle to a dropped node throws, even when its place is taken again", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Graph::Mark mark = graph.mark();
  const Value dropped = a * a;
  graph.rewind(mark);
  const Value other = a + a;
  REQUIRE(other.index() == dropped.index());

  CHECK_THROWS_AS(dropped.data(), std::out_of_range);
  CHECK_THROWS_AS(dropped + a, std::out_of_range);
  CHECK_THROWS_AS(a + dropped, std::out_of_range);
  CHECK_THROWS_AS(tanh(dropped), std::out_of_range);
  CHECK_THROWS_AS(sum({a, dropped}), std::out_of_range);
  CHECK_THROWS_AS(dot(std::array{a}, std::array{dropped}), std::out_of_range);
  CHECK_THROWS_AS(dropped.backward(), std::out_of_range);
  CHECK_THROWS_AS(dropped.grad(), std::out_of_range);
  CHECK_THROWS_AS(dropped.grad_or_zero(), std::out_of_range);
  CHECK_THROWS_AS(dropped.has_grad(), std::out_of_range);
  CHECK_THROWS_AS(dropped.named("x"), std::out_of_range);
  CHECK_THROWS_AS(dropped.name(), std::out_of_range);
  CHECK_THROWS_AS(dropped.op(), std::out_of_range);
  CHECK_THROWS_AS(dropped.input(0), std::out_of_range);
  CHECK_THROWS_AS(dropped.local_derivative(0), std::out_of_range);
  CHECK_THROWS_AS(dropped.set_data(1.0), std::out_of_range);
  CHECK(other.data() == 4.0);
}

TEST_CASE("a Value of another graph or of none is refused and nothing is recorded", "[graph]") {
  Graph graph, elsewhere;
  const Value a = graph.leaf(2.0), foreign = elsewhere.leaf(3.0), nothing;
  const std::size_t size = graph.size();

  CHECK_THROWS_AS(a + foreign, std::invalid_argument);
  CHECK_THROWS_AS(sum({a, foreign}), std::invalid_argument);
  CHECK_THROWS_AS(dot(std::array{a}, std::array{foreign}), std::invalid_argument);
  CHECK_THROWS_AS(graph.backward(foreign), std::invalid_argument);
  CHECK_THROWS_AS(a + nothing, std::invalid_argument);
  CHECK_THROWS_AS(nothing + a, std::invalid_argument);
  CHECK_THROWS_AS(nothing * 2.0, std::invalid_argument);
  CHECK_THROWS_AS(nothing.data(), std::invalid_argument);
  CHECK_THROWS_AS(sum({nothing}), std::invalid_argument);
  CHECK_THROWS_AS(nothing.backward(), std::invalid_argument);
  CHECK_FALSE(static_cast<bool>(nothing));
  CHECK(graph.size() == size);
}

TEST_CASE("sums of nothing and dot products of unequal lengths are refused", "[graph]") {
  Graph graph;
  const std::vector<Value> two{graph.leaf(1.0), graph.leaf(2.0)}, none;

  CHECK_THROWS_AS(sum(none), std::invalid_argument);
  CHECK_THROWS_AS(logsumexp(none), std::invalid_argument);
  CHECK_THROWS_AS(mean(none), std::invalid_argument);
  CHECK_THROWS_AS(dot(none, none), std::invalid_argument);
  CHECK_THROWS_AS(dot(two, std::span(two).first(1)), std::invalid_argument);
  CHECK_THROWS_AS(dot(two, std::vector<double>{1.0}), std::invalid_argument);
}

TEST_CASE("whether a handle is alive agrees with a list kept by hand, over random rewinds", "[graph]") {
  struct Entry {
    Value value;
    bool alive;
  };
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    Graph graph;
    std::vector<Entry> entries;
    std::vector<Graph::Mark> marks{graph.mark()};
    std::vector<std::size_t> sizes{0};
    for (int i = 0; i < 400; ++i) {
      const auto choice = random.below(6);
      if (choice == 0) {
        marks.push_back(graph.mark());
        sizes.push_back(graph.size());
      } else if (choice == 1) {
        const std::size_t which = random.below(marks.size());
        graph.rewind(marks[which]);
        for (Entry& entry : entries) entry.alive = entry.alive && entry.value.index() < sizes[which];
        marks.resize(which + 1);
        sizes.resize(which + 1);
      } else {
        entries.push_back({graph.leaf(static_cast<double>(i)), true});
      }
    }

    for (const Entry& entry : entries) {
      if (entry.alive) {
        CHECK_NOTHROW(entry.value.data());
      } else {
        CHECK_THROWS_AS(entry.value.data(), std::out_of_range);
      }
    }
  }
}

TEST_CASE("a mark that lies in a dropped part, or in another graph, is refused", "[graph]") {
  Graph graph, elsewhere;
  const Graph::Mark begin = graph.mark();
  graph.leaf(1.0);
  const Graph::Mark after_one = graph.mark();
  graph.rewind(begin);

  CHECK_THROWS_AS(graph.rewind(after_one), std::out_of_range);
  graph.leaf(2.0);
  CHECK_THROWS_AS(graph.rewind(after_one), std::out_of_range);
  CHECK_THROWS_AS(elsewhere.rewind(begin), std::invalid_argument);
  CHECK_NOTHROW(graph.rewind(begin));
  CHECK(graph.size() == 0);
}

TEST_CASE("a training loop reuses its memory", "[graph]") {
  Graph graph;
  const Value w = graph.leaf(0.5);
  std::size_t after_first = 0;
  for (int step = 0; step < 1000; ++step) {
    Graph::Scope scope(graph);
    Value y = w;
    for (int i = 0; i < 50; ++i) y = tanh(y * w) + sum({y, w});
    y.backward();
    graph.zero_grad();
    if (step == 0) after_first = graph.memory_bytes();
  }

  CHECK(graph.memory_bytes() == after_first);
  CHECK(graph.size() == 1);
}

TEST_CASE("leaves keep numbers, names and gradients over a rewind, and new ones start without", "[graph]") {
  Graph graph;
  const Value w = graph.leaf(2.0, "w");
  const Graph::Mark mark = graph.mark();
  const Value x = graph.leaf(3.0, "x");
  (w * x).backward();
  graph.rewind(mark);
  const Value fresh = graph.leaf(7.0);

  CHECK(w.name() == "w");
  CHECK(w.grad() == 3.0);
  CHECK(fresh.name().empty());
  CHECK_FALSE(fresh.has_grad());
  (w * fresh).backward();
  CHECK(w.grad() == 10.0);
  CHECK(fresh.grad() == 2.0);
}

TEST_CASE("a constant is recorded once, and again after it was dropped", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Graph::Mark mark = graph.mark();

  const Value first = a * 3.0, second = a + 3.0;
  CHECK(first.input(1).index() == second.input(1).index());
  CHECK((a * 0.0).input(1).index() != (a * -0.0).input(1).index());
  graph.rewind(mark);
  a + a;
  const Value third = a * 3.0;

  CHECK(third.input(1).is_constant());
  CHECK(third.data() == 6.0);
}

TEST_CASE("sums, dot products and logsumexp agree with what they abbreviate", "[graph]") {
  Random random(3);
  for (int n = 1; n <= 40; ++n) {
    Graph graph;
    const auto x = leaves_in(graph, random, n), y = leaves_in(graph, random, n);
    const double seed = random.uniform(1.2, 2.0);
    Value added = x[0], product = x[0] * y[0], powers = exp(x[0]);
    for (int i = 1; i < n; ++i) {
      added = added + x[i];
      product = product + x[i] * y[i];
      powers = powers + exp(x[i]);
    }
    std::vector<double> numbers;
    for (Value value : y) numbers.push_back(value.data());
    const std::vector<std::pair<Value, Value>> pairs = {{sum(x), added},
                                                        {dot(x, y), product},
                                                        {dot(x, numbers), product},
                                                        {logsumexp(x), log(powers)},
                                                        {mean(x), added / static_cast<double>(n)}};

    for (const auto& [short_form, long_form] : pairs) {
      short_form.backward(seed);
      const auto short_grads = grads_of(x);
      graph.zero_grad();
      long_form.backward(seed);
      const auto long_grads = grads_of(x);
      graph.zero_grad();

      CHECK(std::abs(short_form.data() - long_form.data()) <= 1e-14);
      for (int i = 0; i < n; ++i) CHECK(std::abs(short_grads[i] - long_grads[i]) <= 1e-15 * 4);
    }
  }
}

TEST_CASE("logsumexp has no overflow of its own and knows its limits", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(1000.0), b = graph.leaf(1001.0), c = graph.leaf(1002.0);
  const Value far = graph.leaf(-inf), top = graph.leaf(inf);

  const Value L = logsumexp({a, b, c});
  L.backward();

  CHECK(close(L.data(), 1002.4076059644443803));
  CHECK(std::abs(a.grad() - 0.090030573170380457998) <= 1e-13);  // 1000 - 1002.4 has lost 10 of 53 bits
  CHECK(std::abs(c.grad() - 0.66524095577482188953) <= 1e-13);
  CHECK(logsumexp({far, far}).data() == -inf);
  CHECK(logsumexp({far, a}).data() == 1000.0);
  CHECK(logsumexp({top, a}).data() == inf);
}

TEST_CASE("the first node that is not finite is found", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(-1.0), b = graph.leaf(2.0);
  CHECK_FALSE(graph.first_non_finite().has_value());

  const Value bad = log(a).named("bad");
  const Value worse = bad * b + 1.0;

  REQUIRE(std::isnan(worse.data()));
  REQUIRE(graph.first_non_finite().has_value());
  CHECK(graph.first_non_finite()->name() == "bad");
  CHECK(graph.first_non_finite()->op() == Op::log);
}

TEST_CASE("a graph can be read: nodes in order, inputs, names, local derivatives", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(-0.75, "b");
  const Value product = (a * b).named("ab");
  const Value total = dot(std::array{a, product}, std::array{b, a});

  std::vector<Op> ops;
  for (Value value : graph) {
    ops.push_back(value.op());
    for (std::size_t k = 0; k < value.input_count(); ++k) CHECK(value.input(k).index() < value.index());
  }

  CHECK(ops == std::vector{Op::leaf, Op::leaf, Op::mul, Op::dot});
  CHECK(graph.find("ab")->index() == product.index());
  CHECK_FALSE(graph.find("nobody").has_value());
  CHECK(product.local_derivative(0) == -0.75);
  CHECK(total.input_count() == 4);
  CHECK(total.input(2).name() == "ab");
  CHECK(total.local_derivative(2) == 2.0);
  CHECK(total.local_derivative(3) == -1.5);
  CHECK_THROWS_AS(total.input(4), std::out_of_range);
  CHECK_THROWS_AS(a.input(0), std::out_of_range);
  CHECK_THROWS_AS(graph[4], std::out_of_range);
}

TEST_CASE("a node can be renamed, and names need not differ", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(1.0, "first"), b = graph.leaf(2.0, "same");

  a.named("same");

  CHECK(a.name() == "same");
  CHECK_FALSE(graph.find("first").has_value());
  CHECK(graph.find("same")->index() == b.index());
}

TEST_CASE("more nodes than a graph can hold are refused before memory is asked for", "[graph]") {
  Graph graph;

  CHECK_THROWS_AS(graph.reserve(Graph::max_size + 1), std::length_error);
  CHECK(graph.memory_bytes() == 0);
  graph.reserve(100);
  CHECK(graph.memory_bytes() >= 2400);
}
