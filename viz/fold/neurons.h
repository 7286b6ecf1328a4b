// Which nodes of a tape are neurons: found by how they are put together, whatever they are called.
//
// A neuron is a weighted sum, w1*x1 + w2*x2 + ... + b, and the activation of it alone. A batch works it out
// again for each sample, with the same weights: those are evaluations of one neuron.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/worksheet/tape.h"

namespace bp {

/// A weighted sum with its activation, for one sample.
struct Evaluation {
  worksheet::Node sum, out;  ///< the same node where there is no activation
  std::uint32_t neuron = 0;  ///< in Neurons::neurons
};

struct Neuron_found {
  std::int32_t depth = 0;  ///< 1 for those that no other leads to
  Op activation = Op::identity;
  std::vector<std::uint32_t> evaluations;  ///< in the order of the tape
};

struct Neurons {
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  /// `trained` has an element for each node, not 0 for a leaf that is a weight or a bias. An empty one: not
  /// known. Then leaves that multiply something computed, or a number, are weights. Of two leaves the weight
  /// is the one that stands where the others stand: w*x or x*w; the first if there are none.
  Neurons(const worksheet::Tape& tape, std::span<const std::uint8_t> trained);

  std::vector<Evaluation> evaluations;  ///< in the order of the tape
  std::vector<Neuron_found> neurons;    ///< by their depth; those as deep in the order of the tape
  std::vector<std::uint8_t> parameter;  ///< of each node: whether it is a weight or a bias of a neuron
  std::vector<std::int32_t> depth;      ///< of each node: the neurons on the longest path to it, its own too
  std::vector<std::uint8_t> feeds;      ///< of each node: whether a path leads from it into a neuron
  std::vector<std::uint32_t> owner;     ///< of each node: the evaluation that it is a part of, or none
  /// Of each node: whether it is a term or a part of its only user, a sum.
  std::vector<std::uint8_t> part;
  /// Of each node: as which factor, from 0, a neuron first takes it as an input; none: it is not one.
  std::vector<std::uint32_t> factor;

  bool empty() const { return neurons.empty(); }
};

/// Whether it adds up: + or sum().
bool is_addition(Op op);

}  // namespace bp
