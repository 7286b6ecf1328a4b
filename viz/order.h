// In which order the boxes of a picture are handed to Graphviz.
#pragma once

#include <cstddef>
#include <vector>

#include "viz/picture.h"

namespace bp {

/// The places of a picture's boxes, those farthest from the roots first, and those as far side by side as
/// their users stand: what feeds the upper neuron above what feeds both, above what feeds the lower one.
///
/// dot looks for an order with few crossings from the one that it is given. From the order of the tape it
/// often finds one as good that is upside down, or with a worse tangle.
std::vector<std::size_t> drawing_order(const Picture& picture);

}  // namespace bp
