// The page that replays how a small network learnt to tell two classes of points in the plane apart.
//
// It is one file. What is recorded are the weights: the page computes the boundary and what each neuron does
// from them by itself, so that a run of 200 epochs is some hundred kilobytes.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/points_file.h"
#include "engine/data/toy.h"
#include "engine/scalar/nn.h"

namespace bp {

/// The network after `epoch` epochs, and what its loss was then.
struct Watched_epoch {
  std::size_t epoch = 0;
  std::vector<double> parameters;  ///< in the order of Mlp::parameters()
  std::vector<double> norms;       ///< of the gradient of each layer's weights and biases: sqrt(sum g^2)
  double loss = 0;
  std::size_t right = 0;  ///< how many points are on the side of their class
};

/// What the network is and what its last backward pass found.
///
/// Shapes:    one norm a layer, the first hidden layer first
/// Throws:    std::logic_error when no backward pass has run.
Watched_epoch watched_epoch(const Mlp& net, std::size_t epoch, double loss, std::size_t right);

/// A whole run, recorded.
struct Watched_run {
  std::string name;                                        ///< of the data
  std::vector<std::pair<std::string, std::string>> about;  ///< what was set, for the reader
  Labelled_points points;                                  ///< N x 2, as the network gets them
  Standardized standardized;                               ///< how they were made from those of the file
  std::array<std::string, 2> axes = {"x", "y"}, classes = {"0", "1"};
  std::vector<std::size_t>
      layers;  ///< the inputs, which are 2, then the neurons of each layer; the last has 1
  /// Of all layers but the last, which is linear: its sign is the class.
  Activation activation = Activation::tanh;
  std::vector<Watched_epoch> epochs;  ///< in ascending order
};

/// The page. Weights are written with eight digits.
///
/// Throws:    std::invalid_argument for a run that is none: no points or epochs, other shapes than said, a
///            number that is not finite.
std::string watch_page(const Watched_run& run);

}  // namespace bp
