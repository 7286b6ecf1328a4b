// A path through a calculation as a reader meets it: names, and between two names a factor.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/worksheet/paths.h"

namespace backstep {

/// One link of a chain: what it is called, and the derivative of the link before it by this one.
struct Link {
  std::string name;
  double factor = 1.0;  ///< of the first link 1
};

/// One chain for each path: `E -> out_o1 -> net_o1 -> w5`, whose factors multiply to the path's product.
///
/// Values without a name are folded into the step to the next name. Where that would make two of the chains
/// read alike, theirs show what such values compute; and where that is not enough (x * x has two paths to x),
/// also which input is meant. Of a chain of more than 40 links the middle is one link.
std::vector<std::vector<Link>> chains_of(bp::Value root, const std::vector<bp::Path>& paths);

/// The names of a chain, joined by arrows.
std::string arrows(const std::vector<Link>& chain);

}  // namespace backstep
