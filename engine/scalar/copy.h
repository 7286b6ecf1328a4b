// A copy of the calculation that leads to one value, in a graph of its own. Whoever wants to try other
// numbers, or a backward pass, without leaving a trace in somebody's graph does it there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

class Copy {
 public:
  /// Records again all that `root` depends on, in the order of its tape, with the names. The numbers are
  /// worked out anew from the leaves' present ones.
  ///
  /// Throws:    std::invalid_argument when root belongs to no graph, std::out_of_range when it is stale.
  explicit Copy(Value root);

  Graph& graph() { return graph_; }
  Value root() const { return copies_.back(); }

  /// The node that stands for a value of the original graph; a handle to nothing where the root does not
  /// depend on it.
  Value of(Value original) const;

  /// A node of the copy in words, with its place in the original graph: "relu at node 12 (h1)".
  std::string describe(Value node) const;

 private:
  Graph graph_;
  std::vector<Value> copies_;         // of each node of the original up to the root
  std::vector<std::size_t> origins_;  // of each node of the copy: its index in the original
};

}  // namespace bp
