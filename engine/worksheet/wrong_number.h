// Why a number is wrong that somebody claims of a Value of theirs, in C++: the matchers of <backstep/catch.h>
// say it when a test fails.
#pragma once

#include <string>

#include "engine/scalar/graph.h"
#include "engine/worksheet/hint.h"

namespace bp {

/// A line for each mistake that makes exactly the claimed number (`id: what was done`, see diagnose.h); where
/// there is none, what the ratio to the true number gives away (see hint.h); else nothing.
///
/// A gradient is that of the last backward pass. Where leaves were changed since or hold the sum of several
/// passes, where the pass had several roots or a seed, and in a graph of more than 2,000 nodes (which would
/// take more than a second) only the ratio is looked at. The numbers and gradients stay as they are.
/// Throws:    std::logic_error when it is about a gradient and there is none; std::invalid_argument when
///            `written` is no decimal number; what Graph::check() throws.
std::string explain_wrong_number(Value value, const std::string& written, Quantity quantity);

}  // namespace bp
