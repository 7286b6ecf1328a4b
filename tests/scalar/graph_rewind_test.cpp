// Nodes that are worked out again or dropped, and the handles to them: graph_rewind.cpp.
#include "engine/scalar/graph.h"

#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;

TEST_CASE("a replay gives the same bits as recording anew", "[graph]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Graph replayed;
    Random random(seed), numbers(seed + 1000);
    const auto leaves = test::leaves_in(replayed, random, 4);
    const Value root = test::random_expression(random, leaves, 60);
    root.backward();
    for (Value leaf : leaves) leaf.set_data(numbers.uniform(-1.5, 1.5));
    replayed.recompute();
    replayed.zero_grad();
    root.backward(1.5);

    Graph anew;
    Random again(seed);
    auto fresh = test::leaves_in(anew, again, 4);
    for (std::size_t i = 0; i < fresh.size(); ++i) fresh[i].set_data(leaves[i].data());
    const Value expected = test::random_expression(again, fresh, 60);
    expected.backward(1.5);

    CHECK(root.data() == expected.data());
    CHECK(test::grads_of(leaves) == test::grads_of(fresh));
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
