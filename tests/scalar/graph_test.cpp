#include "engine/scalar/graph.h"

#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"

using namespace bp;

TEST_CASE("only a leaf can be given a new number", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(2.0);
  const Value b = a * 3.0;

  CHECK_THROWS_AS(b.set_data(1.0), std::invalid_argument);
  CHECK_THROWS_AS(b.input(1).set_data(1.0), std::invalid_argument);
  CHECK(b.data() == 6.0);
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
