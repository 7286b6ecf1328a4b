// The losses of networks of images by the names that --loss takes and that model files have.
#pragma once

#include <string>
#include <vector>

#include "engine/vector/loss.h"

namespace backstep {

/// cross-entropy, ...
const std::vector<std::string>& loss_names();

/// The loss of that name, which the command line or the model `source` has.
///
/// Throws:    Failure (bad_input) when it is none of them or empty, as that of a model made elsewhere may be.
bp::batch::Loss_kind loss_named(const std::string& name, const std::string& source);

}  // namespace backstep
