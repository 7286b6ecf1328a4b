// The drawing of a step-through page: SVG with places for the numbers, which its scripts fill in.
#pragma once

#include <string>

#include "viz/page_model.h"

namespace bp {

/// An svg element: each box a group that can be reached by keyboard, with texts of class `data` and `grad`; each
/// arrow a group with a text of class `local`. Colours are the style sheet's.
///
/// Throws:    what lay_out() throws.
std::string page_drawing(const Page_model& model, int digits);

}  // namespace bp
