// A graph as plain arrays, so that thousands of backward passes with one rule or another replaced can be run
// over it, and steps of training, without touching the graph itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp::worksheet {

/// A node, or an edge: the k-th input of a node. Both are places in the arrays of a Tape.
using Node = std::uint32_t;
using Edge = std::uint32_t;

struct Tape {
  /// Copies the structure and the numbers of all nodes.
  explicit Tape(Graph& graph);

  std::size_t size() const { return op.size(); }
  /// The edges of a node are begin(n) .. begin(n + 1), one for each input in its order.
  Edge begin(Node n) const { return first[n]; }
  Edge end(Node n) const { return first[n + 1]; }
  std::size_t input_count(Node n) const { return end(n) - begin(n); }
  /// The k-th input of a node.
  Node input(Node n, std::size_t k) const { return inputs[begin(n) + k]; }

  /// Works out every computed node again, then every local derivative. Nodes whose `fixed` is not 0 keep
  /// their numbers; an empty span fixes none.
  void replay(std::span<const std::uint8_t> fixed = {});
  /// Works out the local derivatives from the present numbers.
  void derive();

  /// The number that the operation of node n makes of its inputs' numbers.
  double value(Node n) const;
  /// The derivative of node n by its k-th input, at the present numbers.
  double derivative(Node n, std::size_t k) const;

  std::vector<Op> op;
  std::vector<Edge> first;    // size() + 1
  std::vector<Node> inputs;   // of each edge: where it leads
  std::vector<Node> user;     // of each edge: whose input that is
  std::vector<double> data;   // of each node
  std::vector<double> local;  // of each edge: d(user)/d(input)
};

/// grads[n] = d(root)/d(n) for every node n, by the reverse sweep over `local`, one number for each edge; 0
/// for those after the root. A node whose gradient is 0 passes nothing on.
///
/// Shapes:    grads has size() elements and is overwritten.
void sweep(const Tape& tape, std::span<const double> local, Node root, std::span<double> grads);

/// slopes[n] = d(n)/d(leaf) for every node from `leaf` on, by the sweep in the other direction.
void sweep_forward(const Tape& tape, std::span<const double> local, Node leaf, std::span<double> slopes);

/// The same in a new array, with the tape's own derivatives.
std::vector<double> grads_of(const Tape& tape, Node root);

/// For each of so many nodes whether it is one of these values.
std::vector<std::uint8_t> flags_of(std::size_t nodes, std::span<const Value> values);

/// A step of gradient descent: the trained leaves move against their gradients, and all is worked out again.
void descend(Tape& tape, std::span<const std::uint8_t> trained, std::span<const double> grads,
             double learning_rate);

}  // namespace bp::worksheet
