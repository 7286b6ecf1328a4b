// For lessons that judge by many runs: a small task, networks for it, and what different seeds gave. One run
// says little: with other first weights it ends elsewhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/data/toy.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"

namespace bp {

/// What several runs gave: the middle one, the least and the most. A run that diverged counts as infinity.
class Spread {
 public:
  /// Throws:    std::invalid_argument when there is no number.
  explicit Spread(std::vector<double> numbers) : sorted_(std::move(numbers)) {
    if (sorted_.empty()) throw std::invalid_argument("backstep: a spread needs one number or more");
    std::ranges::sort(sorted_);
  }

  double least() const { return sorted_.front(); }
  double most() const { return sorted_.back(); }
  /// The middle number; between the middle two where their number is even.
  double median() const { return (sorted_[(sorted_.size() - 1) / 2] + sorted_[sorted_.size() / 2]) / 2; }

 private:
  std::vector<double> sorted_;
};

/// result(i) for each i from `first` to `last`, such as the loss that the seed i led to.
template <class Result>
Spread spread(std::uint64_t first, std::uint64_t last, Result&& result) {
  std::vector<double> numbers;
  for (std::uint64_t i = first; i <= last; ++i) numbers.push_back(result(i));
  return Spread(std::move(numbers));
}

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
