// For lesson 14: deep networks for the two moons, what each of their layers passes on, and how they learn.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/scalar/loss.h"
#include "engine/scalar/optimizer.h"
#include "lessons/moons.h"

namespace bp {

/// What a network is made of.
struct Kind {
  std::string name;
  Activation activation;
  Initializer weights;
  double rule;  ///< what lesson 14 expects one layer of 16 to make of a gradient, for relu; others at most
};

/// The 30 points that all of them are about.
inline const Labelled_points& thirty_points() {
  static const Labelled_points points = moons(30);
  return points;
}

/// Two inputs, `depth` layers of `width` neurons, one output.
inline Mlp network(Graph& graph, const Kind& kind, std::size_t depth, std::size_t width, std::uint64_t seed) {
  Random random(seed);
  return moon_network(graph, depth, width, kind.activation, kind.weights, random);
}

/// Of one hidden layer: its outputs h for all points, the root of the mean h^2, and the length of dL/dh.
struct Signal {
  std::vector<double> h;
  double size = 0, gradient = 0;
};

/// One for each hidden layer, the first layer's first.
inline std::vector<Signal> signals(const Mlp& net) {
  const std::size_t depth = net.layers().size() - 1;
  const Labelled_points& points = thirty_points();
  std::vector<Signal> found(depth);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<std::vector<Value>> h = {net.layers()[0](points.inputs[i])};
    for (std::size_t l = 1; l <= depth; ++l) h.push_back(net.layers()[l](h.back()));
    binary_cross_entropy_with_logits(h[depth][0], points.labels[i]).backward();
    for (std::size_t l = 0; l < depth; ++l) {
      for (const Value value : h[l]) {
        found[l].h.push_back(value.data());
        found[l].size += value.data() * value.data();
        found[l].gradient += value.grad_or_zero() * value.grad_or_zero();
      }
    }
  }
  for (Signal& s : found) {
    s.size = std::sqrt(s.size / static_cast<double>(s.h.size())), s.gradient = std::sqrt(s.gradient);
  }
  return found;
}

/// The same function with sigmoids in place of tanh. tanh(x) = 2*sigmoid(2x) - 1, so with h = 2*s - 1 weights
/// from a hidden neuron count twice, those to one twice again, and the bias takes up the -1.
inline Mlp with_sigmoids(Graph& graph, const Mlp& net) {
  std::vector<Layer> layers;
  for (std::size_t l = 0; l < net.layers().size(); ++l) {
    const bool last = l + 1 == net.layers().size();
    const double to = last ? 1 : 2, from = l == 0 ? 1 : 2;
    std::vector<std::vector<double>> weights;
    std::vector<double> biases;
    for (const Neuron& neuron : net.layers()[l].neurons()) {
      weights.emplace_back();
      double bias = neuron.bias()->data();
      for (const Value w : neuron.weights()) {
        weights.back().push_back(to * from * w.data());
        if (l > 0) bias -= w.data();
      }
      biases.push_back(to * bias);
    }
    layers.emplace_back(graph, weights, biases, last ? Activation::identity : Activation::sigmoid);
  }
  return Mlp(std::move(layers));
}

constexpr int training_steps = 300;

/// So many steps of gradient descent on all points at once; `look` is called before each. Returns the loss,
/// which is infinite when a number has left the range of double. The gradients are then those of the next
/// step.
inline double train(Graph& graph, const Mlp& net, double rate, const std::function<void()>& look = {}) {
  const Value loss = moon_loss(net, thirty_points(), everything(thirty_points().size()));
  Sgd optimizer(net.parameters(), rate);
  try {
    for (int step = 0; step < training_steps; ++step) {
      optimizer.zero_grad();
      loss.backward();
      if (look) look();
      optimizer.step();
      graph.recompute();
    }
  } catch (const std::runtime_error&) { return std::numeric_limits<double>::infinity(); }
  graph.zero_grad();
  loss.backward();
  return std::isfinite(loss.data()) ? loss.data() : std::numeric_limits<double>::infinity();
}

}  // namespace bp
