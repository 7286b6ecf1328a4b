// What record_layer() records must be what the operations one by one record, node for node and bit for bit.
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/scalar/gradcheck.h"
#include "engine/scalar/nn.h"
#include "tests/support/catch2.h"

using bp::Activation, bp::Graph, bp::Initializer, bp::Layer, bp::Mlp, bp::Neuron, bp::Op, bp::Random,
    bp::Value;

namespace {

// A weighted sum of nodes that are no leaves, so that the inputs stand apart on the tape.
std::vector<Value> inputs(Graph& graph, std::size_t count) {
  std::vector<Value> x;
  for (std::size_t i = 0; i < count; ++i) {
    const Value leaf = graph.leaf(0.1 * static_cast<double>(i) - 0.35);
    x.push_back(tanh(leaf * 3.0));
  }
  return x;
}

// The same number, or no number both.
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void check_same_nodes(Graph& a, Graph& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Value x = a[i], y = b[i];
    INFO("node " << i << ", " << bp::info(x.op()).name);
    REQUIRE(x.op() == y.op());
    REQUIRE(same(x.data(), y.data()));
    REQUIRE(x.input_count() == y.input_count());
    for (std::size_t k = 0; k < x.input_count(); ++k) REQUIRE(x.input(k).index() == y.input(k).index());
    REQUIRE(same(x.grad_or_zero(), y.grad_or_zero()));
  }
}

// One graph by the layer, one by its neurons; and the gradients of a sum in which every output has its own
// weight.
void check_layer(std::size_t input_count, std::size_t outputs, Activation activation, bool biased) {
  Graph by_layer, by_neurons;
  for (Graph* graph : {&by_layer, &by_neurons}) {
    Random random(5);
    const auto biases = biased ? std::optional(Initializer::uniform(-1.0, 1.0)) : std::nullopt;
    const Layer layer(*graph, input_count, outputs, activation, random, Initializer::uniform(-1.0, 1.0),
                      biases);
    const std::vector<Value> x = inputs(*graph, input_count);

    std::vector<Value> y;
    if (graph == &by_layer) {
      y = layer(x);
    } else {
      for (const Neuron& neuron : layer.neurons()) y.push_back(neuron(x));
    }

    std::vector<double> upstream;
    for (std::size_t o = 0; o < outputs; ++o) upstream.push_back(random.uniform(-2.0, 2.0));
    dot(y, upstream).backward();
  }

  check_same_nodes(by_layer, by_neurons);
}

}  // namespace

TEST_CASE("a layer records the nodes of its neurons one by one, whatever the number of inputs",
          "[graph][nn]") {
  for (std::size_t input_count = 1; input_count <= 20; ++input_count) {
    for (const bool biased : {true, false}) {
      CAPTURE(input_count, biased);
      check_layer(input_count, 3, Activation::tanh, biased);
      check_layer(input_count, 1, Activation::identity, biased);
    }
  }
}

TEST_CASE("a layer records the nodes of its neurons one by one, whatever the activation", "[graph][nn]") {
#define UNARY(name, ...)                        \
  SECTION(#name) {                              \
    check_layer(9, 4, Activation::name, true);  \
    check_layer(3, 4, Activation::name, false); \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
  SECTION("leaky_relu, whose slope is a second input") {
    check_layer(9, 4, Activation::leaky_relu(0.2), true);
  }
}

TEST_CASE("neurons that differ in bias or activation, or share a weight, are recorded as they are",
          "[graph][nn]") {
  Graph by_layer, by_neurons;
  for (Graph* graph : {&by_layer, &by_neurons}) {
    const Value a = graph->leaf(0.5), b = graph->leaf(-1.5), c = graph->leaf(0.25);
    const Layer layer({Neuron({a, b}, c, Activation::relu), Neuron({b, a}, std::nullopt, Activation::tanh),
                       Neuron({c, c}, a, Activation::identity)});
    const std::vector<Value> x = inputs(*graph, 2);

    std::vector<Value> y;
    if (graph == &by_layer) {
      y = layer(x);
    } else {
      for (const Neuron& neuron : layer.neurons()) y.push_back(neuron(x));
    }

    dot(y, std::vector{0.5, -2.0, 3.0}).backward();
  }

  check_same_nodes(by_layer, by_neurons);
}

TEST_CASE("a network hands rows from layer to layer and gives what its layers give", "[graph][nn]") {
  Graph by_network, by_layers;
  for (Graph* graph : {&by_network, &by_layers}) {
    Random random(6);
    const Mlp net(*graph, {3, 9, 4, 8, 2},
                  {Activation::relu, Activation::leaky_relu(0.1), Activation::sigmoid, Activation::identity},
                  random);
    const std::vector<Value> x = inputs(*graph, 3);

    std::vector<Value> y = x;
    if (graph == &by_network) {
      y = net(x);
    } else {
      for (const Layer& layer : net.layers()) y = layer(y);
    }

    REQUIRE(y.size() == 2);
    dot(y, std::vector{1.5, -0.5}).backward();
  }

  check_same_nodes(by_network, by_layers);
}

TEST_CASE("the gradients of a network that is recorded by rows pass the gradient check", "[graph][nn]") {
  Graph graph;
  Random random(8);
  const Mlp net(graph, {2, 10, 9, 1}, {Activation::tanh, Activation::softplus, Activation::identity}, random);
  const std::vector<Value> x{graph.leaf(0.3), graph.leaf(-0.8)};

  const Value y = net(x)[0];

  std::vector<Value> all = net.parameters();
  all.insert(all.end(), x.begin(), x.end());
  CHECK(bp::gradcheck(y * y, all).passed());
}

TEST_CASE("a layer whose weights were dropped by a rewind is refused, as are inputs that were",
          "[graph][nn]") {
  Graph graph;
  const std::vector<Value> x{graph.leaf(1.0), graph.leaf(2.0)};
  const Graph::Mark mark = graph.mark();
  Random random(7);
  const Layer layer(graph, 2, 3, Activation::tanh, random);
  const std::vector<Value> dropped = layer(x);
  graph.rewind(mark);
  const Layer alive(graph, 3, 2, Activation::tanh, random);
  const std::size_t size = graph.size();

  CHECK_THROWS_AS(layer(x), std::out_of_range);
  CHECK_THROWS_AS(alive(dropped), std::out_of_range);
  CHECK(graph.size() == size);
}

TEST_CASE("a layer of which only some weights or biases were dropped is refused, too", "[graph][nn]") {
  Graph graph;
  const Value a = graph.leaf(1.0), b = graph.leaf(2.0);
  const Graph::Mark mark = graph.mark();
  const Value c = graph.leaf(3.0), d = graph.leaf(4.0);
  const Layer late_weights({Neuron({a, b}, a, Activation::tanh), Neuron({c, d}, b, Activation::tanh)});
  const Layer late_bias({Neuron({a, b}, a, Activation::tanh), Neuron({b, a}, d, Activation::tanh)});
  graph.rewind(mark);
  const std::vector<Value> x{a, b};
  const std::size_t size = graph.size();

  CHECK_THROWS_AS(late_weights(x), std::out_of_range);
  CHECK_THROWS_AS(late_bias(x), std::out_of_range);
  CHECK(graph.size() == size);
}

TEST_CASE("a layer refuses inputs of another graph", "[graph][nn]") {
  Graph graph, other;
  Random random(7);
  const Layer layer(graph, 2, 3, Activation::tanh, random);
  const std::vector<Value> strangers{other.leaf(1.0), other.leaf(2.0)};

  CHECK_THROWS_AS(layer(strangers), std::invalid_argument);
  CHECK_THROWS_AS(layer(std::vector<Value>(2)), std::invalid_argument);
}

TEST_CASE("a row knows its values, forwards and backwards", "[graph]") {
  Graph graph;
  std::vector<Value> values;
  for (int i = 0; i < 10; ++i) values.push_back(graph.leaf(i));
  const std::vector<Value> backwards{values[8], values[5], values[2]};

  const auto row = Graph::row(backwards);

  REQUIRE(row.has_value());
  const std::vector<Value> again = row->values();
  REQUIRE(again.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) CHECK(again[k].data() == backwards[k].data());
  CHECK_FALSE(Graph::row(std::vector{values[1], values[2], values[4]}).has_value());
  CHECK_FALSE(Graph::row(std::vector{values[1], values[1]}).has_value());
  CHECK_FALSE(Graph::row(std::vector<Value>{}).has_value());
  CHECK_FALSE(Graph::row(std::vector<Value>(2)).has_value());
}
