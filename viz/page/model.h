// What a step-through page shows: the values that have a step of their own, and the uses that are made of
// them.
//
// What has a name is a box; nameless parts of a line are folded into it, as solution.h does. So one line of a
// worksheet is one box, and an arrow carries the product of the local derivatives on the way through a line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/worksheet/check.h"
#include "engine/worksheet/solution.h"
#include "engine/worksheet/worksheet.h"

namespace bp {

struct Page_model {
  struct Box {
    std::string name;       ///< one line, and no two are the same
    std::size_t place = 0;  ///< on the tape
    bool is_leaf = false;
    Formula formula;   ///< of a computed value
    std::string line;  ///< the same as text
    std::size_t wrong_claims = 0;
    std::optional<std::size_t> group = {};  ///< the innermost one that it is in
  };
  /// Input `input` of the node at the place `node` is the box `to`, and that node is a part of the box
  /// `from`.
  struct Use {
    std::size_t to = 0, from = 0, node = 0, input = 0;
    std::optional<Formula>
        formula;  ///< what it adds to the gradient; none where the loss does not depend on it
  };

  /// Boxes that are folded into one where the graph is large: a neuron, a layer, a stretch of the tape.
  struct Group {
    std::string name, detail;
    std::optional<std::size_t> parent;  ///< stands before it
    std::size_t boxes = 0;              ///< how many are in it
  };

  std::vector<Box> boxes;
  std::vector<Use> uses;  ///< in the order in which the backward sweep meets them
  std::size_t loss = 0;   ///< its box
  std::vector<std::size_t> train;
  std::vector<Group> groups;  ///< none where the graph is small
};

/// The boxes and uses of a worksheet. Its graph is left with the gradients of the loss.
Page_model page_model_of(const Worksheet& worksheet, const Check& check, int digits);

/// All that the page's scripts need, as JSON: viz/web/calculation.js reads it.
std::string page_data_as_json(const Page_model& model, const Worksheet& worksheet, const Check& check,
                              int digits);

}  // namespace bp
