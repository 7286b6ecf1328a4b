// Which boxes and arrows a drawing of a step-through page has: values, and groups that are closed.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "viz/page/model.h"

namespace bp {

struct Page_plan {
  struct Unit {
    bool is_group = false;
    std::size_t index = 0;  ///< in Page_model::boxes or groups
  };
  /// One use, or all uses between two units of which one is a group.
  struct Arrow {
    std::size_t from = 0, to = 0;    ///< units
    std::optional<std::size_t> use;  ///< in Page_model::uses
  };

  std::vector<Unit> units;  ///< in the order of the tape
  std::vector<Arrow> arrows;
};

/// The drawing in which `open` is opened: what is in it, each of its own groups as one box, and beside it the
/// groups with which it is connected. Without one, the whole: the outermost groups.
Page_plan page_plan(const Page_model& model, std::optional<std::size_t> open);

}  // namespace bp
