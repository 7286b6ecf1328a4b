// A calculation that a program recorded, as the worksheet that somebody might have written of it: whatever
// takes a worksheet takes it, too.
#pragma once

#include <string>

#include "engine/worksheet/worksheet.h"

namespace bp {

/// A worksheet with a copy of what leads to `root`: a definition for each leaf and each value with a name, in
/// the order of the tape, and `root` as its loss. It trains nothing and claims nothing. `file` is how
/// messages call it.
///
/// Names:     are those of the values, and need not be words. A leaf or a root without a name is called by
///            its place, v7, and a second value of the same name gets its place at the end, w#7.
/// Throws:    std::invalid_argument when root belongs to no graph, std::out_of_range when it is stale.
Worksheet worksheet_of(Value root, std::string file);

}  // namespace bp
