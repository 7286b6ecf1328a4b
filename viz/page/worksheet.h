// A graph as a worksheet, so that a page can show it as it shows one.
#pragma once

#include "engine/worksheet/worksheet.h"
#include "viz/page.h"

namespace bp {

/// A copy of what leads to `root`, with names for the values that have none.
///
/// Throws:    as page_of() of a Value.
Worksheet worksheet_from(Value root, const Page_options& options);

}  // namespace bp
