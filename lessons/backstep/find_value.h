// The value that somebody named on the command line.
#pragma once

#include <string>

#include "engine/worksheet/worksheet.h"

namespace backstep {

/// The value of that name.
///
/// Throws:    Failure (bad_input) for a name that there is not, with the nearest one that there is.
bp::Value find_value(const bp::Worksheet& worksheet, const std::string& name);

}  // namespace backstep
