// A formula as the step-through page has it: as JSON for its scripts, and as a line of text for a box.
#pragma once

#include <string>
#include <vector>

#include "engine/worksheet/formula.h"

namespace bp {

/// A number, "pi", ["v", box], ["d", box], ["n", box] or [kind, parts...]; viz/web/formula.js says how it
/// reads.
std::string formula_as_json(const Formula& formula);

/// "w1 × i1 + w2 × i2 + b1", with the names of the symbols.
std::string formula_as_line(const Formula& formula, const std::vector<std::string>& names, int digits);

}  // namespace bp
