// What the nodes of a calculation are to a network: activations and their depth, weights and the inputs that
// they multiply, biases, weighted sums, softmaxes, penalties. Mistakes are made with these, whatever the
// names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/worksheet/tape.h"

namespace bp::worksheet {

/// weight * x: two edges of a product, or two factors of a dot product.
struct Weighted {
  Node node;    ///< the product, or the dot
  Edge weight;  ///< the edge to the weight, which is trained
  Edge x;       ///< the edge to what it multiplies
};

/// w1*x1 + w2*x2 + ... + b, however many + it takes.
struct Weighted_sum {
  Node node;                       ///< the whole of it
  std::vector<Weighted> products;  ///< in the order they are written
};

/// Sums over the same inputs in the same order: a layer of neurons. Square when there are as many.
struct Matrix_of_weights {
  std::vector<Weighted_sum> rows;
};

/// s_i = exp(z_i) / (exp(z_1) + exp(z_2) + ...), written out.
struct Softmax {
  Node total;                      ///< the sum below the line
  std::vector<Node> exponentials;  ///< the terms of it
  std::vector<Node> quotients;     ///< the s_i, in the order of the tape
};

struct Roles {
  /// `parameters` has an element for each node, not 0 for a leaf that is a weight or a bias.
  Roles(const Tape& tape, Node loss, std::span<const std::uint8_t> parameters);

  bool is_activation(Node n) const { return activation[n] != 0; }
  bool is_output_activation(Node n) const { return is_activation(n) && below_activation[n] == 0; }

  std::vector<std::uint8_t> parameter;   // leaves that are weights or biases
  std::vector<std::uint8_t> activation;  // sigmoid, tanh, relu, ...
  std::vector<std::uint8_t>
      below_activation;  // whether a path to the loss leads through another one or a weight
  std::vector<std::uint8_t> reaches_loss;
  std::vector<std::int32_t> layer;  // one more than the activations on the longest path into the node
  std::int32_t layers = 0;
  bool is_network = false;              // whether an activation is one of a weighted sum
  std::vector<std::uint8_t> above_sum;  // whether a weighted sum has a part in it
  std::vector<Edge> first_use;          // the edges that lead to node n are uses[first_use[n]] ...
  std::vector<Edge> uses;  // ... in the order of the tape, only those from which the loss is reached
  std::vector<Weighted> products;
  std::vector<std::uint8_t> in_product;  // of each edge: whether a weighted product has it
  std::vector<Weighted_sum> sums;
  std::vector<Matrix_of_weights> matrices;
  std::vector<Softmax> softmaxes;
  std::vector<std::uint8_t> of_softmax;  // the parts of a softmax that is written out
  std::vector<Edge> penalties;  // edges to a trained leaf from its square (or absolute value) in a penalty

  std::span<const Edge> uses_of(Node n) const {
    return std::span(uses).subspan(first_use[n], first_use[n + 1] - first_use[n]);
  }
  /// Whether it is a parameter and everything that uses it adds it to a weighted sum: a bias.
  bool is_bias(const Tape& tape, Node n) const;

 private:
  bool weighs(const Tape& tape, Node n) const;
  void find_layers(const Tape& tape, Node loss);
  void find_uses(const Tape& tape);
  void find_products(const Tape& tape);
  void find_sums(const Tape& tape);
  void find_matrices(const Tape& tape);
  void find_softmaxes(const Tape& tape);
};

/// The terms of a sum that was written with + or sum(), from the first to the last: edges to them. A part
/// that has a use of its own is a term.
std::vector<Edge> terms_of(const Tape& tape, const Roles& roles, Node sum);

bool is_activation(Op op);

}  // namespace bp::worksheet
