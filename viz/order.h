// In which order the boxes of a picture are handed to Graphviz, and how much work they are to it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "viz/picture.h"

namespace bp {

/// The places of a picture's boxes, those farthest from the roots first, and those as far side by side as
/// their users stand: what feeds the upper neuron above what feeds both, above what feeds the lower one.
///
/// dot looks for an order with few crossings from the one that it is given. From the order of the tape it
/// often finds one as good that is upside down, or a worse one.
std::vector<std::size_t> drawing_order(const Picture& picture);

/// Of each box, what dot is told of the order of its arrows: ", ordering=in" where its inputs feed nothing
/// else and can keep theirs without a crossing; ", ordering=out" for a group that feeds several, since
/// between full layers each order has as many crossings; else nothing, for dot had better be free.
std::vector<std::string_view> orders_to_keep(const Picture& picture);

/// How many ranks the arrows lead across, all together, when each box is as near to the roots as its uses
/// allow.
///
/// dot puts a node of its own where an arrow crosses a rank, two with a number on the arrow, and works on
/// these: a leaf that each of 200 steps uses makes 160,000, and the program falls over after a minute.
std::size_t total_arrow_length(const Picture& picture);

}  // namespace bp
