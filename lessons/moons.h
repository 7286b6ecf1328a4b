// For lessons that train many small networks: a task, two moons, and networks for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/data/toy.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "lessons/spread.h"

namespace bp {

/// n points of the two moons, with little noise: always the same.
inline Labelled_points moons(std::size_t n) {
  Random random(1);
  return two_moons(n, 0.1, random);
}

/// Two inputs, `depth` layers of `width` neurons, and one output without activation.
inline Mlp moon_network(Graph& graph, std::size_t depth, std::size_t width, Activation activation,
                        const Initializer& weights, Random& random) {
  std::vector<std::size_t> sizes(depth + 2, width);
  sizes.front() = 2, sizes.back() = 1;
  std::vector<Activation> activations(depth + 1, activation);
  activations.back() = Activation::identity;
  return Mlp(graph, sizes, activations, random, weights);
}

/// The mean cross-entropy of those points, for which the output is the logit of class 1.
inline Value moon_loss(const Mlp& net, const Labelled_points& points, std::span<const std::size_t> which) {
  std::vector<Value> logits;
  std::vector<double> labels;
  for (const std::size_t i : which) {
    logits.push_back(net(points.inputs[i])[0]);
    labels.push_back(points.labels[i]);
  }
  return binary_cross_entropy_with_logits(logits, labels);
}

/// 0, 1, ... n - 1: all points, in order.
inline std::vector<std::size_t> everything(std::size_t n) {
  std::vector<std::size_t> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = i;
  return all;
}

}  // namespace bp
