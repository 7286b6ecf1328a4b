// What neurons, layers and networks record, which parameters they have and in which order, and their errors.
#include "engine/scalar/nn.h"

#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "tests/support/catch2.h"

using namespace bp;
using Catch::Matchers::Message;
using Numbers = std::vector<double>;

namespace {

Numbers data_of(const std::vector<Value>& values) {
  Numbers data;
  for (const Value& value : values) data.push_back(value.data());
  return data;
}

Numbers grads_of(const std::vector<Value>& values) {
  Numbers grads;
  for (const Value& value : values) grads.push_back(value.grad());
  return grads;
}

}  // namespace

// --- Activations ----------------------------------------------------------------------------------------

TEST_CASE("every unary operation of the table is an activation under its name", "[nn]") {
  Graph graph;
  const Value x = graph.leaf(0.4);

#define UNARY(operation, ...)                                        \
  CHECK(Activation::operation.op() == Op::operation);                \
  CHECK(Activation::operation.name() == #operation);                 \
  CHECK(Activation(Op::operation).op() == Op::operation);            \
  CHECK(Activation::operation(x).data() == bp::operation(x).data()); \
  CHECK(Activation::operation(x).op() == (Op::operation == Op::identity ? Op::leaf : Op::operation));
#include "engine/scalar/op_table.def"
#undef UNARY
}

TEST_CASE("a leaky activation has the slope that it was given, and 0.01 else", "[nn]") {
  Graph graph;
  const Value x = graph.leaf(-2.0), y = graph.leaf(3.0);

  const Value out = Activation::leaky_relu(0.25)(x) * 7.0 + Activation::leaky_relu(0.25)(y) * 5.0;
  out.backward();

  CHECK(out.data() == 7.0 * -0.5 + 5.0 * 3.0);
  CHECK(x.grad() == 7.0 * 0.25);
  CHECK(y.grad() == 5.0);
  CHECK(Activation::leaky_relu()(x).data() == -0.02);
  CHECK(Activation::leaky_relu().name() == "leaky_relu");
}

TEST_CASE("an operation of two numbers, of many or of none is no activation", "[nn]") {
  CHECK_THROWS_MATCHES(Activation(Op::atan2), std::invalid_argument,
                       Message("backstep: an activation is an operation of one number, and atan2 is not"));
  CHECK_THROWS_AS(Activation(Op::leaky_relu), std::invalid_argument);
  CHECK_THROWS_AS(Activation(Op::dot), std::invalid_argument);
  CHECK_THROWS_AS(Activation(Op::leaf), std::invalid_argument);
}

// --- What is recorded -----------------------------------------------------------------------------------

TEST_CASE("a neuron records its weighted sum as one dot, then the bias, then the activation", "[nn]") {
  Graph graph;
  const Value w1 = graph.leaf(0.5), w2 = graph.leaf(-0.75), b = graph.leaf(0.25);
  const Value x1 = graph.leaf(2.0), x2 = graph.leaf(1.5);
  const Neuron neuron({w1, w2}, b, Activation::square);

  const Value out = neuron(std::array{x1, x2});
  out.backward(3.0);

  // The net input is 1 - 1.125 + 0.25 = 0.125, so the upstream gradient of the sum is 3 * 2 * 0.125 = 0.75.
  CHECK(out.data() == 0.125 * 0.125);
  CHECK(graph.size() == 5 + 3);
  CHECK(out.op() == Op::square);
  CHECK(out.input(0).op() == Op::add);
  CHECK(out.input(0).input(0).op() == Op::dot);
  CHECK(w1.grad() == 0.75 * 2.0);
  CHECK(w2.grad() == 0.75 * 1.5);
  CHECK(b.grad() == 0.75);
  CHECK(x1.grad() == 0.75 * 0.5);
  CHECK(x2.grad() == 0.75 * -0.75);
}

TEST_CASE("a linear neuron without a bias records its weighted sum and nothing else", "[nn]") {
  Graph graph;
  const Neuron neuron({graph.leaf(0.5), graph.leaf(4.0)}, std::nullopt, Activation::identity);
  const std::size_t before = graph.size();

  const Value out = neuron(std::array{graph.leaf(3.0), graph.leaf(-1.0)});

  CHECK(out.data() == -2.5);
  CHECK(out.op() == Op::dot);
  CHECK(graph.size() == before + 2 + 1);
}

TEST_CASE("numbers as inputs are constants, recorded once for all neurons of a layer", "[nn]") {
  Graph graph;
  Random random(3);
  const Mlp net(graph, {2, 3, 2}, {Activation::tanh, Activation::sigmoid}, random);
  const std::size_t before = graph.size();
  const std::array<double, 2> numbers = {0.3, -1.1};

  const std::vector<Value> from_numbers = net(numbers);
  const std::size_t recorded = graph.size() - before;
  const std::vector<Value> from_values = net(std::array{graph.leaf(0.3), graph.leaf(-1.1)});
  const Value from_neuron = net.layers()[0].neurons()[1](numbers);

  CHECK(recorded == 2 + 3 * 5);
  CHECK(data_of(from_numbers) == data_of(from_values));
  CHECK(from_neuron.data() == net.layers()[0](numbers)[1].data());
}

TEST_CASE("a layer multiplies by the rows of its weights and a network passes values on", "[nn]") {
  Graph graph;
  const Layer first(graph, {{1.0, 2.0}, {3.0, -4.0}, {-5.0, 6.0}}, {0.5, -0.5, 0.0}, Activation::relu);
  const Layer second(graph, {{2.0, 3.0, 7.0}}, {}, Activation::identity);
  const Mlp net({first, second});
  const std::array<double, 2> x = {2.0, 1.0};

  const std::vector<Value> hidden = first(x), out = net(x);
  out[0].backward(-1.5);

  CHECK(data_of(hidden) == Numbers{4.5, 1.5, 0.0});
  CHECK(data_of(out) == Numbers{2.0 * 4.5 + 3.0 * 1.5});
  CHECK(grads_of(second.weights()) == Numbers{-1.5 * 4.5, -1.5 * 1.5, 0.0});
  CHECK(grads_of(first.biases()) == Numbers{-1.5 * 2.0, -1.5 * 3.0, 0.0});
  CHECK(grads_of(first.weights()) == Numbers{-6.0, -3.0, -9.0, -4.5, 0.0, 0.0});
  CHECK(net.layers()[0].inputs() == 2);
  CHECK(net.layers()[0].outputs() == 3);
}

// --- Parameters -----------------------------------------------------------------------------------------

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

TEST_CASE("each layer draws by its own fan-in and fan-out", "[nn]") {
  Graph graph;
  Random random(2), same(2);

  const Mlp net(graph, {2, 6, 1}, {Activation::tanh, Activation::tanh}, random,
                Initializer::xavier_uniform());
  const std::vector<Value> weights = net.weights();

  for (std::size_t i = 0; i < 18; ++i) {
    const double limit = std::sqrt(i < 12 ? 6.0 / 8.0 : 6.0 / 7.0);
    CHECK(weights[i].data() == same.uniform(-limit, limit));
  }
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
  const Layer second(graph, {{5.0, 6.0}}, {7.0}, Activation::tanh);
  const Mlp net({first, second});

  net.name_parameters();

  std::vector<std::string> names;
  for (const Value& value : net.parameters()) names.emplace_back(value.name());
  CHECK(names == std::vector<std::string>{"w0[0,0]", "w0[0,1]", "b0[0]", "w0[1,0]", "w0[1,1]", "w1[0,0]",
                                          "w1[0,1]", "b1[0]"});
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

// --- Errors ---------------------------------------------------------------------------------------------

TEST_CASE("a wrong number of inputs is said in words", "[nn]") {
  Graph graph;
  Random random(1);
  const Mlp net(graph, {3, 1}, {Activation::tanh}, random);
  const Neuron one({graph.leaf(1.0)}, std::nullopt, Activation::tanh);
  const std::size_t before = graph.size();

  CHECK_THROWS_MATCHES(net(std::array{1.0, 2.0}), std::invalid_argument,
                       Message("backstep: layer of 3 inputs was given 2"));
  CHECK_THROWS_MATCHES(one(std::array{1.0, 2.0}), std::invalid_argument,
                       Message("backstep: neuron of 1 input was given 2"));
  CHECK_THROWS_AS(net(net.parameters()), std::invalid_argument);
  CHECK_THROWS_AS(one(net.parameters()), std::invalid_argument);
  CHECK(graph.size() == before);
}

TEST_CASE("neurons, layers and networks that do not fit are refused", "[nn]") {
  Graph graph;
  const Neuron one({graph.leaf(1.0)}, std::nullopt, Activation::tanh);
  const Neuron two({graph.leaf(1.0), graph.leaf(2.0)}, std::nullopt, Activation::tanh);

  CHECK_THROWS_MATCHES(Neuron({}, graph.leaf(1.0), Activation::tanh), std::invalid_argument,
                       Message("backstep: a neuron needs one weight or more"));
  CHECK_THROWS_AS(Layer(std::vector<Neuron>{}), std::invalid_argument);
  CHECK_THROWS_MATCHES(Layer({one, two}), std::invalid_argument,
                       Message("backstep: neuron 0 of a layer has 1 input and neuron 1 has 2"));
  CHECK_THROWS_MATCHES(Layer(graph, {{1.0}, {2.0}}, {0.5}, Activation::tanh), std::invalid_argument,
                       Message("backstep: layer of 2 neurons was given biases for 1"));
  CHECK_THROWS_AS(Mlp(std::vector<Layer>{}), std::invalid_argument);
  CHECK_THROWS_MATCHES(Mlp({Layer({one, one}), Layer({one})}), std::invalid_argument,
                       Message("backstep: layer 0 gives 2 values and layer 1 takes 1"));
}

TEST_CASE("sizes and activations that do not fit are refused before anything is recorded", "[nn]") {
  Graph graph;
  Random random(1);
  const Activation tanh = Activation::tanh;

  CHECK_THROWS_AS(Mlp(graph, {2}, {}, random), std::invalid_argument);
  CHECK_THROWS_MATCHES(Mlp(graph, {2, 0, 1}, {tanh, tanh}, random), std::invalid_argument,
                       Message("backstep: size 1 of a network is 0"));
  CHECK_THROWS_MATCHES(Mlp(graph, {2, 3, 1}, {tanh}, random), std::invalid_argument,
                       Message("backstep: network of 2 layers was given 1 activation"));
  CHECK_THROWS_AS(Layer(graph, 0, 2, tanh, random), std::invalid_argument);
  CHECK_THROWS_AS(Layer(graph, 2, 0, tanh, random), std::invalid_argument);
  CHECK(graph.size() == 0);
}
