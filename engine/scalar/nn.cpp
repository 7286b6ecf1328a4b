#include "engine/scalar/nn.h"

#include <stdexcept>
#include <unordered_set>
#include <utility>

namespace bp {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

std::string number(std::size_t count) { return std::to_string(count); }

std::string counted(std::size_t count, const std::string& noun) {
  return number(count) + " " + noun + (count == 1 ? "" : "s");
}

std::vector<Value> constants(Graph& graph, std::span<const double> x) {
  std::vector<Value> values;
  values.reserve(x.size());
  for (const double element : x) values.push_back(graph.constant(element));
  return values;
}

}  // namespace

// --- Activations ----------------------------------------------------------------------------------------

Activation::Activation(Op op) : op_(op), slope_(0.0) {
  if (info(op).arity != 1) {
    refuse("an activation is an operation of one number, and " + std::string(info(op).name) + " is not");
  }
}

Value Activation::operator()(Value x) const {
  if (op_ == Op::identity) return x;
  switch (op_) {
#define UNARY(name, ...) \
  case Op::name:         \
    return Graph::record<Op::name>(x);
#include "engine/scalar/op_table.def"
#undef UNARY
    default: return bp::leaky_relu(x, slope_);
  }
}

// --- Neuron ---------------------------------------------------------------------------------------------

Neuron::Neuron(std::vector<Value> weights, std::optional<Value> bias, Activation activation)
    : weights_(std::move(weights)), bias_(bias), activation_(activation) {
  if (weights_.empty()) refuse("a neuron needs one weight or more");
}

Value Neuron::operator()(std::span<const Value> x) const {
  check_inputs(x.size());
  const Value weighted_sum = dot(weights_, x);
  return activation_(bias_ ? weighted_sum + *bias_ : weighted_sum);
}

Value Neuron::operator()(std::span<const double> x) const {
  check_inputs(x.size());
  return (*this)(constants(weights_[0].graph(), x));
}

void Neuron::check_inputs(std::size_t count) const {
  if (count != weights_.size()) {
    refuse("neuron of " + counted(weights_.size(), "input") + " was given " + number(count));
  }
}

// --- Layer ----------------------------------------------------------------------------------------------

namespace {

// The neurons as record_layer() wants them, or nothing where it does not serve: neurons that differ in
// their activation or in having a bias, or with leaky_relu, whose slope is a second input; weights that
// stand all over the tape.
std::optional<Graph::Units> units_of(const std::vector<Neuron>& neurons) {
  std::vector<std::span<const Value>> weights;
  std::vector<Value> biases;
  for (const Neuron& neuron : neurons) {
    if (neuron.activation().op() != neurons[0].activation().op()) return std::nullopt;
    weights.push_back(neuron.weights());
    if (neuron.bias()) biases.push_back(*neuron.bias());
  }
  return neurons.empty() ? std::nullopt : Graph::units(weights, biases, neurons[0].activation().op());
}

}  // namespace

Layer::Layer(std::vector<Neuron> neurons) : neurons_(std::move(neurons)), units_(units_of(neurons_)) {
  if (neurons_.empty()) refuse("a layer needs one neuron or more");
  for (std::size_t o = 1; o < neurons_.size(); ++o) {
    if (neurons_[o].weights().size() != inputs()) {
      refuse("neuron 0 of a layer has " + counted(inputs(), "input") + " and neuron " + number(o) + " has " +
             number(neurons_[o].weights().size()));
    }
  }
}

namespace {

std::vector<Neuron> neurons_of(Graph& graph, const std::vector<std::vector<double>>& weights,
                               const std::vector<double>& biases, Activation activation) {
  if (!biases.empty() && biases.size() != weights.size()) {
    refuse("layer of " + counted(weights.size(), "neuron") + " was given biases for " +
           number(biases.size()));
  }
  std::vector<Neuron> neurons;
  for (std::size_t o = 0; o < weights.size(); ++o) {
    std::vector<Value> row;
    for (const double w : weights[o]) row.push_back(graph.leaf(w));
    std::optional<Value> bias;
    if (!biases.empty()) bias = graph.leaf(biases[o]);
    neurons.emplace_back(std::move(row), bias, activation);
  }
  return neurons;
}

std::vector<Neuron> neurons_of(Graph& graph, std::size_t inputs, std::size_t outputs, Activation activation,
                               Random& random, const Initializer& weights,
                               const std::optional<Initializer>& biases) {
  if (inputs == 0 || outputs == 0) refuse("a layer needs one input and one neuron or more");
  std::vector<Neuron> neurons;
  for (std::size_t o = 0; o < outputs; ++o) {
    std::vector<Value> row;
    for (std::size_t i = 0; i < inputs; ++i) row.push_back(graph.leaf(weights(random, inputs, outputs)));
    std::optional<Value> bias;
    if (biases) bias = graph.leaf((*biases)(random, inputs, outputs));
    neurons.emplace_back(std::move(row), bias, activation);
  }
  return neurons;
}

}  // namespace

Layer::Layer(Graph& graph, const std::vector<std::vector<double>>& weights, const std::vector<double>& biases,
             Activation activation)
    : Layer(neurons_of(graph, weights, biases, activation)) {}

Layer::Layer(Graph& graph, std::size_t inputs, std::size_t outputs, Activation activation, Random& random,
             const Initializer& weights, const std::optional<Initializer>& biases)
    : Layer(neurons_of(graph, inputs, outputs, activation, random, weights, biases)) {}

std::vector<Value> Layer::operator()(std::span<const Value> x) const {
  check_inputs(x.size());
  if (units_) {
    if (const std::optional<Graph::Row> row = Graph::row(x))
      return Graph::record_layer(*units_, *row).values();
  }
  std::vector<Value> outputs;
  outputs.reserve(neurons_.size());
  for (const Neuron& neuron : neurons_) outputs.push_back(neuron(x));
  return outputs;
}

std::vector<Value> Layer::operator()(std::span<const double> x) const {
  check_inputs(x.size());
  return (*this)(constants(neurons_[0].weights()[0].graph(), x));
}

void Layer::check_inputs(std::size_t count) const {
  if (count != inputs()) refuse("layer of " + counted(inputs(), "input") + " was given " + number(count));
}

// --- Parameters -----------------------------------------------------------------------------------------

namespace {

enum class Part { weights, biases, both };

// The leaves among the parameters of a part of a network, each once.
class Collection {
 public:
  explicit Collection(Part part) : part_(part) {}

  void add(const Layer& layer) {
    for (const Neuron& neuron : layer.neurons()) {
      if (part_ != Part::biases) {
        for (const Value& weight : neuron.weights()) add(weight);
      }
      if (part_ != Part::weights && neuron.bias()) add(*neuron.bias());
    }
  }
  std::vector<Value> take() { return std::move(values_); }

 private:
  void add(Value value) {
    if (value.is_leaf() && seen_.insert(value.index()).second) values_.push_back(value);
  }

  Part part_;
  std::vector<Value> values_;
  std::unordered_set<std::size_t> seen_;
};

std::vector<Value> collect(std::span<const Layer> layers, Part part) {
  Collection collection(part);
  for (const Layer& layer : layers) collection.add(layer);
  return collection.take();
}

}  // namespace

std::vector<Value> Layer::parameters() const { return collect({this, 1}, Part::both); }
std::vector<Value> Layer::weights() const { return collect({this, 1}, Part::weights); }
std::vector<Value> Layer::biases() const { return collect({this, 1}, Part::biases); }

std::vector<Value> Mlp::parameters() const { return collect(layers_, Part::both); }
std::vector<Value> Mlp::weights() const { return collect(layers_, Part::weights); }
std::vector<Value> Mlp::biases() const { return collect(layers_, Part::biases); }

void Mlp::name_parameters() const {
  // From the last to the first, so that the first use of a shared one has the last word.
  for (std::size_t l = layers_.size(); l-- > 0;) {
    for (std::size_t o = layers_[l].outputs(); o-- > 0;) {
      const Neuron& neuron = layers_[l].neurons()[o];
      const std::string layer = number(l) + "[", place = number(o);
      if (neuron.bias()) neuron.bias()->named("b" + layer + place + "]");
      for (std::size_t i = neuron.weights().size(); i-- > 0;) {
        neuron.weights()[i].named("w" + layer + place + "," + number(i) + "]");
      }
    }
  }
}

// --- Mlp ------------------------------------------------------------------------------------------------

Mlp::Mlp(std::vector<Layer> layers) : layers_(std::move(layers)) {
  if (layers_.empty()) refuse("a network needs one layer or more");
  for (std::size_t l = 1; l < layers_.size(); ++l) {
    if (layers_[l].inputs() != layers_[l - 1].outputs()) {
      refuse("layer " + number(l - 1) + " gives " + counted(layers_[l - 1].outputs(), "value") +
             " and layer " + number(l) + " takes " + number(layers_[l].inputs()));
    }
  }
}

namespace {

std::vector<Layer> layers_of(Graph& graph, const std::vector<std::size_t>& sizes,
                             const std::vector<Activation>& activations, Random& random,
                             const Initializer& weights, const std::optional<Initializer>& biases) {
  if (sizes.size() < 2)
    refuse("a network needs two sizes or more: its inputs, and the neurons of each layer");
  for (std::size_t l = 0; l < sizes.size(); ++l) {
    if (sizes[l] == 0) refuse("size " + number(l) + " of a network is 0");  // before anything is recorded
  }
  if (activations.size() != sizes.size() - 1) {
    refuse("network of " + counted(sizes.size() - 1, "layer") + " was given " +
           counted(activations.size(), "activation"));
  }
  std::vector<Layer> layers;
  for (std::size_t l = 0; l < activations.size(); ++l) {
    layers.emplace_back(graph, sizes[l], sizes[l + 1], activations[l], random, weights, biases);
  }
  return layers;
}

}  // namespace

Mlp::Mlp(Graph& graph, const std::vector<std::size_t>& sizes, const std::vector<Activation>& activations,
         Random& random, const Initializer& weights, const std::optional<Initializer>& biases)
    : Mlp(layers_of(graph, sizes, activations, random, weights, biases)) {}

std::vector<Value> Mlp::operator()(std::span<const Value> x) const {
  layers_[0].check_inputs(x.size());
  // The outputs of the layer before are a row, if they can be, or else `y`.
  std::optional<Graph::Row> row = Graph::row(x);
  std::vector<Value> y;
  if (!row) y.assign(x.begin(), x.end());
  for (const Layer& layer : layers_) {
    if (row && layer.units_) {
      row = Graph::record_layer(*layer.units_, *row);
    } else {
      y = layer(row ? row->values() : y);
      row = Graph::row(y);
    }
  }
  return row ? row->values() : y;
}

std::vector<Value> Mlp::operator()(std::span<const double> x) const {
  layers_[0].check_inputs(x.size());
  return (*this)(constants(layers_[0].neurons()[0].weights()[0].graph(), x));
}

}  // namespace bp
