// The network of the batch engine said once more in scalar Values, example by example: from the same
// description, with the same numbers, dropping the same elements. Nothing of the batch engine computes here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/vector/loss.h"
#include "engine/vector/network.h"

namespace bp::test {

/// The leaves of one tensor, row after row, under its name.
struct Leaves {
  std::string name;
  std::vector<Value> values;
};

class Scalar_network {
 public:
  /// New leaves with the numbers that the parameters of `net` have now.
  template <class T>
  Scalar_network(Graph& graph, batch::Network<T>& net);

  /// The outputs for a batch while training: B rows of O.
  std::vector<std::vector<Value>> forward(const batch::Matrix<double>& x, std::uint64_t dropout_key);
  /// The mean of the losses of the examples, and the penalties.
  Value loss(const std::vector<std::vector<Value>>& outputs, batch::Loss_kind kind, double delta,
             const batch::Matrix<double>& targets);

  const std::vector<Leaves>& parameters() const { return leaves_; }
  std::vector<Value> flat() const;

 private:
  using Batch = std::vector<std::vector<Value>>;
  void dense(Batch& batch, std::size_t layer, const batch::Dense& description);
  void normalise(Batch& batch, std::size_t layer, double epsilon);
  const Leaves* find(const std::string& name) const;

  Graph& graph_;
  std::vector<batch::Layer_description> description_;
  std::vector<Leaves> leaves_;
};

}  // namespace bp::test
