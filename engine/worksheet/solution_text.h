// A solution as text for a terminal, at most 100 columns wide whatever the names are.
#pragma once

#include <string>

#include "engine/worksheet/solution.h"

namespace bp {

/// The solution as UTF-8 text. A step that fits is one line; else each of its equals signs begins one, and
/// these stand below each other.
std::string solution_as_text(const Solution& solution);

}  // namespace bp
