// Neurons, layers and networks: weighted sums with an activation, one Value at a time.
//
//     Graph graph;
//     Random random(7);
//     Mlp net(graph, {2, 4, 1}, {Activation::tanh, Activation::identity}, random);
//     Value y = net(std::array{0.5, -1.0})[0];
//
// Build the network before anything else: its parameters are then the first leaves of the tape, and a
// Graph::Scope around each training step drops the step's nodes and keeps the parameters.
//
// Shapes throughout: I inputs and O outputs; weights are O x I, a row for each neuron, as in PyTorch.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/initializer.h"
#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "engine/scalar/row.h"

namespace bp {

/// What a neuron does to its weighted sum: any unary operation of op_table.def, as Activation::tanh, or
/// leaky_relu with its slope. Softmax is none of these, for it needs the whole layer: leave the last layer
/// linear (identity) and take softmax_cross_entropy of its outputs.
class Activation {
 public:
  /// Throws:    std::invalid_argument unless `op` is unary.
  explicit Activation(Op op);

#define UNARY(name, ...) static const Activation name;
#include "engine/scalar/op_table.def"
#undef UNARY
  /// x where x > 0, else slope * x.
  static constexpr Activation leaky_relu(double slope = 0.01) { return Activation(Op::leaky_relu, slope); }

  /// Records the activation; identity records nothing and returns x.
  Value operator()(Value x) const;

  Op op() const { return op_; }
  /// The operation's name: "tanh".
  std::string_view name() const { return info(op_).name; }
  /// That of leaky_relu below 0; for any other it says nothing.
  double slope() const { return slope_; }

 private:
  constexpr Activation(Op op, double slope) : op_(op), slope_(slope) {}

  Op op_;
  double slope_;
};

#define UNARY(name, ...) inline constexpr Activation Activation::name{Op::name, 0.0};
#include "engine/scalar/op_table.def"
#undef UNARY

/// activation(w1 * x1 + w2 * x2 + ... + b): the weighted sum is one dot node.
class Neuron {
 public:
  /// A neuron of Values that exist already; two neurons may share one, as a bias. std::nullopt: no bias.
  ///
  /// Throws:    std::invalid_argument when there is no weight.
  Neuron(std::vector<Value> weights, std::optional<Value> bias, Activation activation);

  /// Throws:    std::invalid_argument unless x has as many elements as there are weights.
  Value operator()(std::span<const Value> x) const;
  Value operator()(std::span<const double> x) const;

  const std::vector<Value>& weights() const { return weights_; }
  std::optional<Value> bias() const { return bias_; }
  Activation activation() const { return activation_; }

 private:
  void check_inputs(std::size_t count) const;

  std::vector<Value> weights_;
  std::optional<Value> bias_;
  Activation activation_;
};

/// Neurons side by side, each fed with all inputs.
class Layer {
 public:
  /// Throws:    std::invalid_argument when there is no neuron or their numbers of inputs differ.
  explicit Layer(std::vector<Neuron> neurons);
  /// New leaves with these numbers.
  ///
  /// Shapes:    weights is O x I, biases has O elements, or none for a layer without biases.
  /// Throws:    std::invalid_argument for other shapes.
  Layer(Graph& graph, const std::vector<std::vector<double>>& weights, const std::vector<double>& biases,
        Activation activation);
  /// New leaves with drawn numbers, in the order of parameters(). std::nullopt: no biases.
  ///
  /// Throws:    std::invalid_argument unless there is an input and an output.
  Layer(Graph& graph, std::size_t inputs, std::size_t outputs, Activation activation, Random& random,
        const Initializer& weights = Initializer::xavier_uniform(),
        const std::optional<Initializer>& biases = Initializer::zeros());

  /// One Value a neuron. Numbers are recorded as constants, once for all neurons.
  ///
  /// Throws:    std::invalid_argument unless x has I elements.
  std::vector<Value> operator()(std::span<const Value> x) const;
  std::vector<Value> operator()(std::span<const double> x) const;

  std::size_t inputs() const { return neurons_[0].weights().size(); }
  std::size_t outputs() const { return neurons_.size(); }
  const std::vector<Neuron>& neurons() const { return neurons_; }

  /// The leaves among weights and biases: neuron by neuron, its weights, then its bias. One that is shared
  /// stands once, where it is first used.
  std::vector<Value> parameters() const;
  /// The same without biases, such as an L2 penalty wants; and the biases alone.
  std::vector<Value> weights() const;
  std::vector<Value> biases() const;

 private:
  friend class Mlp;
  void check_inputs(std::size_t count) const;

  std::vector<Neuron> neurons_;
  std::optional<Graph::Units> units_;  // the same, where that is possible
};

/// Layers in a row ("multi-layer perceptron"): the outputs of one are the inputs of the next.
class Mlp {
 public:
  /// Throws:    std::invalid_argument when there is no layer, or one does not take as many as the last gives.
  explicit Mlp(std::vector<Layer> layers);
  /// New leaves with drawn numbers, in the order of parameters(): `sizes` are the inputs, then the neurons of
  /// each layer; `activations` has one element a layer. std::nullopt: no biases.
  ///
  /// Throws:    std::invalid_argument for fewer than two sizes, a size of 0, or another number of
  ///            activations.
  Mlp(Graph& graph, const std::vector<std::size_t>& sizes, const std::vector<Activation>& activations,
      Random& random, const Initializer& weights = Initializer::xavier_uniform(),
      const std::optional<Initializer>& biases = Initializer::zeros());

  /// The outputs of the last layer.
  ///
  /// Throws:    std::invalid_argument unless x has as many elements as the first layer has inputs.
  std::vector<Value> operator()(std::span<const Value> x) const;
  std::vector<Value> operator()(std::span<const double> x) const;

  const std::vector<Layer>& layers() const { return layers_; }

  /// The leaves among weights and biases: layer by layer, in each neuron by neuron, its weights, then its
  /// bias. One that is shared stands once, where it is first used.
  std::vector<Value> parameters() const;
  /// The same without biases, such as an L2 penalty wants; and the biases alone.
  std::vector<Value> weights() const;
  std::vector<Value> biases() const;

  /// Names the parameters for pictures: w0[1,2] is the weight of layer 0, neuron 1, input 2, and b0[1] that
  /// neuron's bias, all counted from 0. Names take memory, so this is done only on request. One that is
  /// shared is named after its first use.
  void name_parameters() const;

 private:
  std::vector<Layer> layers_;
};

}  // namespace bp
