// The parameters of layers and networks: which they are, in which order, how they are drawn and named.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/scalar/nn.h"
#include "tests/support/catch2.h"

using namespace bp;
using Numbers = std::vector<double>;

namespace {

Numbers data_of(const std::vector<Value>& values) {
  Numbers data;
  for (const Value& value : values) data.push_back(value.data());
  return data;
}

}  // namespace

TEST_CASE("parameters come by layer, neuron, weights, bias, and are drawn in that order", "[nn]") {
  Graph graph;
  Random random(11), same(11);
  const Initializer weights = Initializer::uniform(-2.0, 2.0), biases = Initializer::normal(5.0, 1.0);

  const Mlp net(graph, {2, 2, 1}, {Activation::tanh, Activation::tanh}, random, weights, biases);
  const std::vector<Value> parameters = net.parameters();

  Numbers drawn;
  for (int neuron = 0; neuron < 3; ++neuron) {
    for (int i = 0; i < 2; ++i) drawn.push_back(same.uniform(-2.0, 2.0));
    drawn.push_back(same.normal(5.0, 1.0));
  }
  CHECK(data_of(parameters) == drawn);
  for (std::size_t i = 0; i < parameters.size(); ++i) CHECK(parameters[i].index() == i);
  CHECK(data_of(net.biases()) == Numbers{drawn[2], drawn[5], drawn[8]});
  CHECK(data_of(net.weights()) == Numbers{drawn[0], drawn[1], drawn[3], drawn[4], drawn[6], drawn[7]});
}

TEST_CASE("without a word on biases they start at 0, and with nullopt there are none", "[nn]") {
  Graph graph;
  Random random(1);

  const Layer usual(graph, 3, 2, Activation::relu, random);
  const Layer bare(graph, 3, 2, Activation::relu, random, Initializer::he_normal(), std::nullopt);

  CHECK(data_of(usual.biases()) == Numbers{0.0, 0.0});
  CHECK(bare.biases().empty());
  CHECK(bare.parameters().size() == 6);
  CHECK_FALSE(bare.neurons()[0].bias().has_value());
}

TEST_CASE("each layer draws by its own fan-in and fan-out, Xavier's uniform weights if nothing is said",
          "[nn]") {
  Graph graph;
  Random random(2), same(2);
  const auto check = [&](const std::vector<Value>& weights, double limit) {
    for (const Value& weight : weights) CHECK(weight.data() == same.uniform(-limit, limit));
  };

  const Mlp xavier(graph, {2, 6, 1}, {Activation::tanh, Activation::tanh}, random);
  const Mlp he(graph, {2, 6, 1}, {Activation::relu, Activation::relu}, random, Initializer::he_uniform());
  const Layer layer(graph, 3, 5, Activation::tanh, random);

  check(xavier.layers()[0].weights(), std::sqrt(6.0 / 8.0));
  check(xavier.layers()[1].weights(), std::sqrt(6.0 / 7.0));
  check(he.layers()[0].weights(), std::sqrt(6.0 / 2.0));
  check(he.layers()[1].weights(), std::sqrt(6.0 / 6.0));
  check(layer.weights(), std::sqrt(6.0 / 8.0));
}

TEST_CASE("a bias that neurons share is one parameter and gets the sum of their gradients", "[nn]") {
  Graph graph;
  const Value shared = graph.leaf(0.5);
  const Layer layer({Neuron({graph.leaf(1.0)}, shared, Activation::square),
                     Neuron({graph.leaf(2.0)}, shared, Activation::square)});

  const std::vector<Value> out = layer(std::array{1.5});
  (out[0] * 3.0 - out[1]).backward();

  // d(3 (1.5 + b)^2 - (3 + b)^2)/db at b = 0.5.
  CHECK(shared.grad() == 3.0 * 2.0 * 2.0 - 2.0 * 3.5);
  CHECK(layer.parameters().size() == 3);
  CHECK(layer.biases().size() == 1);
  CHECK(layer.parameters()[1].index() == shared.index());
}

TEST_CASE("only leaves are parameters: not a weight that is computed, nor a constant bias", "[nn]") {
  Graph graph;
  const Value w = graph.leaf(2.0);
  const Layer layer({Neuron({w, w * 2.0}, graph.constant(1.0), Activation::tanh)});

  const std::vector<Value> parameters = layer.parameters();

  REQUIRE(parameters.size() == 1);
  CHECK(parameters[0].index() == w.index());
}

TEST_CASE("names say layer, neuron and input, and a shared parameter keeps its first", "[nn]") {
  Graph graph;
  const Value shared = graph.leaf(0.0);
  const Layer first({Neuron({graph.leaf(1.0), graph.leaf(2.0)}, shared, Activation::tanh),
                     Neuron({graph.leaf(3.0), graph.leaf(4.0)}, shared, Activation::tanh)});
  const Layer second({Neuron({graph.leaf(5.0), graph.leaf(6.0)}, shared, Activation::tanh)});
  const Mlp net({first, second});

  net.name_parameters();

  std::vector<std::string> names;
  for (const Value& value : net.parameters()) names.emplace_back(value.name());
  CHECK(names ==
        std::vector<std::string>{"w0[0,0]", "w0[0,1]", "b0[0]", "w0[1,0]", "w0[1,1]", "w1[0,0]", "w1[0,1]"});
  CHECK(graph.find("w0[1,0]")->data() == 3.0);
}

TEST_CASE("parameters survive the rewind of a step, with numbers and gradients", "[nn]") {
  Graph graph;
  Random random(5);
  const Mlp net(graph, {2, 3, 1}, {Activation::tanh, Activation::identity}, random);
  const std::size_t size = graph.size();

  {
    Graph::Scope step(graph);
    net(std::array{1.0, -2.0})[0].backward(2.0);
  }

  CHECK(graph.size() == size);
  CHECK(net.parameters()[12].grad() == 2.0);  // the output's bias
  CHECK(net(std::array{1.0, -2.0}).size() == 1);
}
