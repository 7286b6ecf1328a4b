// diagnose() where the true numbers are known already: those after thousands of steps take their time.
#pragma once

#include <span>
#include <vector>

#include "engine/worksheet/diagnose.h"

namespace bp::worksheet {

/// As bp::diagnose, for claims that it would not refuse and leaves that are trained as `descent` says.
///
/// Shapes:    truths has a number for each claim.
std::vector<Diagnosis> diagnose_known(Graph& graph, Value loss, std::span<const Hand_number> claims,
                                      const Descent& descent, std::span<const double> truths);

}  // namespace bp::worksheet
