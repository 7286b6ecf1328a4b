#include "engine/scalar/copy.h"

#include <array>
#include <stdexcept>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;

TEST_CASE("a copy holds what leads to the root and nothing else", "[copy]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), unused = graph.leaf(7.0, "unused"), b = graph.leaf(-3.0, "b");
  const Value aside = (unused * a).named("aside");
  const Value product = (a * b).named("product");
  const Value root = tanh(product + 6.5);

  Copy copy(root);

  CHECK(copy.graph().size() == 6);  // a, b, product, 6.5, the sum, tanh
  CHECK(copy.root().data() == root.data());
  CHECK(copy.of(product).data() == -6.0);
  CHECK(copy.of(product).name() == "product");
  CHECK_FALSE(copy.of(unused));
  CHECK_FALSE(copy.of(aside));
  CHECK_FALSE(copy.of(root * 2.0));  // recorded after the root
}

TEST_CASE("a copy says where its nodes stand in the original", "[copy]") {
  Graph graph;
  const Value unused = graph.leaf(7.0);
  const Value x = graph.leaf(2.0, "x");
  const Value h = relu(x).named("h1");
  const Value root = h * unused * x;  // named by nobody

  const Copy copy(h);
  const Copy whole(root);

  CHECK(copy.describe(copy.of(x)) == "leaf at node 1 (x)");
  CHECK(copy.describe(copy.of(h)) == "relu at node 2 (h1)");
  CHECK(whole.describe(whole.root()) == "mul at node 4");
}

TEST_CASE("a copy of a random calculation has its numbers and its gradients", "[copy]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Graph graph;
    std::vector<Value> leaves;
    for (int i = 0; i < 4; ++i) leaves.push_back(graph.leaf(random.uniform(-1.5, 1.5)));
    const Value root = test::random_expression(random, leaves, 80);

    Copy copy(root);
    root.backward(0.7);
    copy.root().backward(0.7);

    for (Value node : graph) {
      const Value twin = copy.of(node);
      if (!twin) {
        CHECK_FALSE(node.has_grad());
        continue;
      }
      CHECK(twin.op() == node.op());
      CHECK(twin.data() == node.data());
      CHECK(twin.grad_or_zero() == node.grad_or_zero());
    }
  }
}

TEST_CASE("a copy takes the leaves' present numbers and changes nothing", "[copy]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const Value y = x * x;
  y.backward(0.5);
  x.set_data(10.0);

  Copy copy(y);
  copy.root().backward(3.0);

  CHECK(copy.root().data() == 100.0);
  CHECK(y.data() == 4.0);
  CHECK(x.grad() == 2.0);
  CHECK(graph.size() == 2);
}

TEST_CASE("a chain of a million nodes is copied without recursion", "[copy]") {
  Graph graph;
  Value y = graph.leaf(0.5);
  for (int i = 0; i < 1'000'000; ++i) y = sin(y);

  const Copy copy(y);

  CHECK(copy.root().data() == y.data());
}

TEST_CASE("a copy refuses a root that is stale or none", "[copy]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const auto before = graph.mark();
  const Value stale = x * 3.0;
  graph.rewind(before);

  CHECK_THROWS_AS(Copy(stale), std::out_of_range);
  CHECK_THROWS_AS(Copy(Value()), std::invalid_argument);
}
