// What stands in the box of a folded group.
#pragma once

#include <cstdint>
#include <vector>

#include "viz/fold.h"

namespace bp {

/// A node in a closed box.
struct Inside {
  std::uint32_t node = 0;
  bool goes_out = false;  ///< something outside uses it, or nothing does
  bool is_used = false;
};

/// The box, with the number, range and largest gradient of what goes out of it, and of its weights and
/// biases. Its id is left to the caller.
///
/// Shapes:    `parameter` has an element for each node of the tape: whether it is a weight or a bias.
Picture::Box box_of_group(Graph& graph, const Group& group, const std::vector<std::uint8_t>& parameter,
                          const std::vector<Inside>& insides, const Picture_options& options);

}  // namespace bp
