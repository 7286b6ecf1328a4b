// A graph as a tree of text: from a value down to what it is calculated from, a line for each, with its
// number and its gradient.
//
//                                                                 data      grad
//     E = E_o1 + E_o2                                           0.2984         1
//     ├─ E_o1 = 0.5 * (t1 - out_o1)^2                           0.2748         1
//     │  ├─ t1                                                    0.01   -0.7414
//     │  └─ out_o1 = sigmoid(net_o1)                            0.7514    0.7414
//     ...
//
// Values without a name are part of the line of those with one. A value that is used more than once is shown
// where it first comes up; after that a line refers to it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "engine/scalar/graph.h"
#include "viz/mark.h"

namespace bp {

/// What somebody wrote down, and of which value.
struct Value_mark {
  Value of;
  Mark mark;
};

struct Tree_options {
  int digits = 6;                     ///< significant digits of every number: 1 to 17
  bool colour = false;                ///< for a terminal: names in bold, claims in green and red
  std::optional<Value> from;          ///< show the paths from this value to the root, and nothing else
  std::span<const Value_mark> marks;  ///< what was written down, shown below the value's line
  std::size_t most_lines = 200;       ///< beyond, the last line says how many values are missing
};

/// The tree below `root`. No line is longer than 100 columns. A tree that grows too deep for that goes on
/// further down, under a line of its own.
///
/// Throws:    std::invalid_argument when options.digits is not 1 to 17, or no path leads from options.from to
///            the root; what Graph::check() throws.
std::string to_tree(Value root, const Tree_options& options = {});

/// A tree below each root, one after the other. options.from is about the first of them.
///
/// Throws:    also std::invalid_argument when there is no root.
std::string to_tree(std::span<const Value> roots, const Tree_options& options = {});

}  // namespace bp
