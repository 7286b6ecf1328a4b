// What neurons, layers and networks record, and their errors. Their parameters are in nn_parameters_test.cpp.
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
  const Value weighted_sum = from_numbers[0].input(0).input(0).input(1).input(0).input(0);
  REQUIRE(weighted_sum.op() == Op::dot);
  CHECK(weighted_sum.input(1).is_constant());
  CHECK(data_of(from_numbers) == data_of(from_values));
  CHECK(from_neuron.data() == net.layers()[0](numbers)[1].data());
}

TEST_CASE("a layer records each of many inputs once", "[nn]") {
  Graph graph;
  Random random(4);
  const Layer layer(graph, 300, 5, Activation::relu, random);
  const std::size_t before = graph.size();
  std::vector<double> x(300);
  for (double& element : x) element = random.uniform();

  layer(x);

  CHECK(graph.size() - before <= 300 + 3 * 5);
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
  CHECK_THROWS_MATCHES(net(net.parameters()), std::invalid_argument,
                       Message("backstep: layer of 3 inputs was given 4"));
  CHECK_THROWS_MATCHES(one(net.parameters()), std::invalid_argument,
                       Message("backstep: neuron of 1 input was given 4"));
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
  CHECK_THROWS_MATCHES(Mlp({Layer({one}), Layer({two})}), std::invalid_argument,
                       Message("backstep: layer 0 gives 1 value and layer 1 takes 2"));
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
  CHECK_THROWS_MATCHES(Layer(graph, 0, 2, tanh, random), std::invalid_argument,
                       Message("backstep: a layer needs one input and one neuron or more"));
  CHECK_THROWS_AS(Layer(graph, 2, 0, tanh, random), std::invalid_argument);
  CHECK(graph.size() == 0);
}
