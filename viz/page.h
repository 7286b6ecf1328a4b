// The step-through page: one file of HTML in which a calculation runs forward, backward and through a step of
// training, number by number.
//
// The page loads nothing and needs no server. It evaluates the graph itself, with the engine's own table of
// operations, so a leaf can be given another number in it.
#pragma once

#include <string>

#include "engine/worksheet/worksheet.h"

namespace bp {

struct Page_options {
  std::string title;  ///< without one, the file's name
  int digits = 6;     ///< significant digits of every number: 1 to 17
};

/// The page of a worksheet, with its claims and what is wrong with them.
///
/// The worksheet's graph is left with the gradients of the loss.
/// Throws:    std::invalid_argument when options.digits is not 1 to 17; Picture_too_large when it cannot be laid
///            out; what render() throws.
std::string page_of(const Worksheet& worksheet, const Page_options& options = {});

}  // namespace bp
