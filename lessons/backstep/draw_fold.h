// `backstep draw --fold`: a worksheet as its layers and neurons.
#pragma once

#include <string>
#include <vector>

#include "engine/worksheet/worksheet.h"

namespace backstep {

struct Folding {
  std::string fold;               ///< "neuron", "layer", or nothing where only `open` is given
  std::vector<std::string> open;  ///< groups to open: "layer 2", "out_h1", "layer 2/neuron 3"

  bool is_asked_for() const { return !fold.empty() || !open.empty(); }
};

/// With an `out` it is a picture; without, a table of the boxes.
///
/// Throws:    Failure for a group that there is not, and for a picture that is too large.
void draw_folded(const bp::Worksheet& worksheet, const Folding& folding, const std::string& out, int digits);

}  // namespace backstep
