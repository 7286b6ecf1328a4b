// The drawings of a step-through page: SVG with places for the numbers, which its scripts fill in.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "viz/page/model.h"

namespace bp {

/// One drawing: of the whole, or of one group that was opened, with the groups beside it.
struct Page_drawing {
  std::optional<std::size_t> group;  ///< the one that is opened
  std::string svg;
};

struct Page_drawings {
  std::vector<Page_drawing> drawings;  ///< the whole comes first
  std::string left_out;                ///< what is not drawn, as a sentence; mostly empty
};

/// Draws a model, and each of its groups opened.
///
/// Each box is a group of SVG that can be reached by keyboard, with texts of class `data` and `grad`; each
/// arrow one with a text of class `local`. Colours are the style sheet's. A drawing has at most 1,000
/// boxes, all of them together 6,000, and no arrows that lead too far: what is beyond is left out, and
/// named.
/// Throws:    what lay_out() throws where not even the whole can be drawn.
Page_drawings draw_page(const Page_model& model, int digits);

}  // namespace bp
