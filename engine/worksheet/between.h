// The part of a tape that lies between a root and a value: the nodes that stand on a path from one to the
// other, and the edges that such paths are made of.
//
// For paths*.cpp alone, and not installed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/worksheet/natural.h"

namespace bp {

/// The nodes are numbered anew, from 0 (the value) to size() - 1 (the root), in the order of the tape.
class Between {
 public:
  /// Input `input` of some node is node `to`, and the derivative of the node by it is `derivative`.
  struct Edge {
    std::uint32_t to, input;
    double derivative;
  };

  /// Throws:    as Graph::check() for either of them.
  Between(Value root, Value value);

  /// 0 when no path joins the two.
  std::size_t size() const { return places_.size(); }
  /// Where a node stands on the tape.
  std::uint32_t place(std::size_t node) const { return places_[node]; }
  /// The uses that a node makes of others between the two; a value that it uses twice stands there twice.
  std::span<const Edge> edges(std::size_t node) const {
    return std::span(edges_).subspan(begins_[node], begins_[node + 1] - begins_[node]);
  }

 private:
  std::vector<std::uint32_t> places_;
  std::vector<std::size_t> begins_;  // where the edges of each node begin, and where those of the last end
  std::vector<Edge> edges_;
};

/// How many paths lead from the root to the value, exactly; nothing where that has more than most_digits
/// digits, which nobody would read and which take time: 300,000 digits on a million nodes take half a minute.
///
/// Cost:      proportional to the edges, times the digits of the result / 144; no more than 80 bytes a node,
///            however many digits the numbers have.
std::optional<Natural> count_paths(const Between& between);
inline constexpr std::int64_t most_digits = 1'000;

/// The same to six digits, however many it has: "9.90066e301029".
std::string rough_count(const Between& between);

}  // namespace bp
