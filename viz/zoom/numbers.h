// What the vector engine says of one image: every layer's numbers and the gradients by them.
#pragma once

#include <cstddef>
#include <vector>

#include "viz/zoom.h"

namespace bp {

/// A layer that multiplies each of its inputs by a number and adds one, y = scale * x + shift.
struct Affine {
  std::vector<double> scale, shift;
};

/// Batch normalisation with its running statistics.
Affine affine_of(batch::Network<double>& net, std::size_t layer);

/// What goes into a layer and what comes out; of a dense layer with an activation behind it, the sum z.
struct Layer_numbers {
  std::vector<double> in, out;
  std::vector<double> dout;   ///< of a dense layer: dloss by z
  std::vector<double> slope;  ///< of an activation: f'(z) of each unit
};

struct Zoom_numbers {
  std::vector<Layer_numbers> layers;
  double loss = 0.0;      ///< without penalties
  double gradient = 0.0;  ///< of the weight at the place, with its penalty
};

/// Forward and backward, layer by layer.
Zoom_numbers numbers_of(batch::Network<double>& net, const Weight_place& place, const Zoom_example& example);

}  // namespace bp
