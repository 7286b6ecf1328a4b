// `backstep draw --fold`: a worksheet as its layers and neurons.
#pragma once

#include <string>
#include <vector>

#include "engine/worksheet/worksheet.h"

namespace backstep {

struct Folding {
  std::string fold;               ///< "neuron", "layer", or nothing where only `open` is given
  std::vector<std::string> open;  ///< groups to open: "layer 2", "out_h1", "layer 2/neuron 3"
  std::string out;                ///< the picture's file; empty: text on standard output
  int digits = 6;

  bool is_asked_for() const { return !fold.empty() || !open.empty(); }
};

/// Throws:    Failure for a group that there is not, and for a picture that is too large.
void draw_folded(const bp::Worksheet& worksheet, const Folding& folding);

}  // namespace backstep
