// Gradients stand in blocks, of which the sweep skips those that hold only 0: here are graphs of many blocks.
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "tests/support/catch2.h"

using bp::Graph, bp::Random, bp::Value;

namespace {

// x + 1 + 1 + ..., a chain of `length` nodes.
Value chain(Value x, int length) {
  for (int i = 0; i < length; ++i) x = x + 1.0;
  return x;
}

}  // namespace

TEST_CASE("a gradient reaches through long stretches of other nodes", "[graph][backward]") {
  for (const int between : {0, 1, 7, 8, 9, 255, 256, 257, 1000, 5000}) {
    Graph graph;
    const Value x = graph.leaf(3.0), other = graph.leaf(1.0);
    const Value y = x * x;
    const Value aside = chain(other, between);
    const Value z = y * 5.0;
    chain(other, between);

    z.backward(2.0);

    CHECK(x.grad() == 60.0);
    CHECK(y.grad() == 10.0);
    CHECK_FALSE(aside.has_grad());
    CHECK_FALSE(other.has_grad());
  }
}

TEST_CASE("nothing of one backward pass is left in the next, wherever its nodes stand", "[graph][backward]") {
  Graph graph;
  const Value a = graph.leaf(2.0), b = graph.leaf(3.0);
  const Value first = chain(a, 1500);
  const Value c = graph.leaf(4.0);
  const Value second = chain(b * c, 1500);

  first.backward();
  graph.zero_grad();
  second.backward(0.5);

  CHECK(b.grad() == 2.0);
  CHECK(c.grad() == 1.5);
  CHECK(a.grad() == 0.0);
  for (const Value node : graph) {
    INFO(node.index());
    if (node.index() > b.index() && node.index() <= first.index()) REQUIRE_FALSE(node.has_grad());
  }
}

TEST_CASE("new nodes find no gradient of the dropped ones in whose place they stand", "[graph][backward]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const Graph::Mark mark = graph.mark();
  chain(x, 2000).backward(7.0);
  graph.rewind(mark);
  graph.zero_grad();

  std::vector<Value> fresh;
  for (int i = 0; i < 1000; ++i) fresh.push_back(graph.leaf(i));
  const Value y = x * fresh[500];
  y.backward();

  CHECK(x.grad() == 500.0);
  CHECK(fresh[500].grad() == 2.0);
  for (const Value& leaf : fresh) {
    if (leaf.index() != fresh[500].index()) REQUIRE_FALSE(leaf.has_grad());
  }
}

TEST_CASE("leaves among other nodes keep adding up while those start afresh", "[graph][backward]") {
  Graph graph;
  Random random(9);
  std::vector<Value> leaves, products;
  Value total = graph.leaf(0.0);
  for (int i = 0; i < 700; ++i) {
    leaves.push_back(graph.leaf(random.uniform(-1.0, 1.0)));
    products.push_back(leaves.back() * 3.0);
    total = total + products.back();
  }

  total.backward(0.5);
  total.backward(0.5);
  total.backward(0.25);

  for (const Value& leaf : leaves) REQUIRE(leaf.grad() == 3.75);
  for (const Value& product : products) REQUIRE(product.grad() == 0.25);
}

TEST_CASE("where leaves stood before a rewind, computed nodes start afresh", "[graph][backward]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const Graph::Mark mark = graph.mark();
  for (int i = 0; i < 20; ++i) graph.leaf(x.data());
  graph.rewind(mark);
  const Value y = x * x;
  const Value other = graph.leaf(5.0);
  const Value z = y * other;

  z.backward();
  z.backward();

  CHECK(y.grad() == 5.0);
  CHECK(x.grad() == 40.0);
  CHECK(other.grad() == 8.0);
}

TEST_CASE("gradients survive the growth of the tape between two backward passes", "[graph][backward]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  (x * 3.0).backward();

  const Value longer = chain(x, 10'000);
  longer.backward(0.5);

  CHECK(x.grad() == 3.5);
}
