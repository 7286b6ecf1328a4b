// `backstep draw --diff`: two worksheets side by side.
#pragma once

#include <string>

#include "engine/worksheet/worksheet.h"

namespace backstep {

/// Both with their gradients. With an `out` it is a picture of the left one with the numbers of the right;
/// without, a table of the differences.
///
/// Throws:    Failure for a picture that is too large.
void draw_compared(const bp::Worksheet& left, const bp::Worksheet& right, const std::string& out, int digits);

}  // namespace backstep
