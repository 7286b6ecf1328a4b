// Which nodes of a tape a picture shows, and which of them share a box.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

/// The chosen part of a tape. It looks at the tape once, when it is made; the graph must not be rewound while
/// it is in use.
class Selection {
 public:
  /// The whole tape.
  explicit Selection(Graph& graph);
  /// What `root` depends on, root included.
  explicit Selection(Value root);

  /// Lets + and sum take in what feeds them alone and has no name: products, and sums of products.
  void fold_weighted_sums();

  /// Takes what is calculated from constants alone for a constant, 1/2 or -0.3, unless it has a name.
  void fold_constants();

  /// Calls body(value) for every chosen node, in the order of the tape.
  template <class Body>
  void for_each(Body body) const {
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (chosen_[i] != 0) body(graph_[i]);
    }
  }

  /// How many nodes there are on the tape up to the last chosen one.
  std::size_t tape_size() const { return chosen_.size(); }
  /// Whether no chosen node uses it.
  bool is_root(Value v) const { return uses_[v.index()] == 0; }
  /// Whether it is a part of its only user's box.
  bool is_hidden(Value v) const { return !hidden_.empty() && hidden_[v.index()] != 0; }
  /// Whether it is a constant or is taken for one.
  bool is_fixed(Value v) const { return v.is_constant() || (!fixed_.empty() && fixed_[v.index()] != 0); }
  /// Whether a part of its box is hidden.
  bool is_folded(Value v) const;
  /// Whether it has one box of its own. A constant is drawn by its users instead.
  bool is_drawn(Value v) const { return !is_hidden(v) && (!is_fixed(v) || is_root(v)); }

 private:
  void count_uses();

  Graph& graph_;
  std::vector<std::uint8_t> chosen_;  // by the place on the tape, as are the others
  std::vector<std::uint32_t> uses_;   // by chosen nodes
  std::vector<std::uint8_t> hidden_;  // empty: nothing is
  std::vector<std::uint8_t> fixed_;   // empty: constants alone
};

}  // namespace bp
