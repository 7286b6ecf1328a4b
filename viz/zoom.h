// One weight of a trained network opened as a scalar graph: what one image's loss has to do with it.
//
//     Zoom zoom = zoom_into(net, place_of("0.weight[37,405]", net), {.x = pixels, .label = 2});
//     draw(zoom.loss, "weight.png", {.weighted_sums = Weighted_sums::folded});
//     zoom.weight.grad();        // by the scalar engine
//     zoom.by_vector_engine;     // the same, by the other
//
// A network of 784, 512, 512 and 10 has half a million weights, and from one of the first layer 5,120 paths
// lead to the loss. Here stand the largest, number by number; what is left is one term each:
//
//     products    of the neuron that the weight is in, the largest stand alone, and the weight's own; the
//                 others are one number
//     units       of each later layer, those through which most of the gradient passes stand alone. The
//                 others are replaced by their tangents, straight lines through what they are now, and
//                 straight lines add up to one: a slope and a number
//     outputs     likewise, and the right class always stands alone
//
// So all numbers are true, and the gradient is that of the whole network, to rounding. It holds at this
// point: away from it a line is not the curve.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/vector/loss.h"
#include "engine/vector/network.h"

namespace bp {

/// Where a weight stands: row and column of a weight matrix, or the place in a bias.
struct Weight_place {
  std::string tensor;     ///< "0.weight"
  std::size_t layer = 0;  ///< 0
  bool is_bias = false;
  std::size_t unit = 0;   ///< the row: which neuron of the layer
  std::size_t input = 0;  ///< the column: which of its inputs; 0 of a bias
};

/// Reads "0.weight[37,405]" or "0.bias[37]".
///
/// Throws:    std::invalid_argument in one line: another spelling, a tensor that the network has not (and
///            which it has), one that is not of a dense layer, a place outside of it.
Weight_place place_of(std::string_view text, batch::Network<double>& net);

/// What the loss is of.
struct Zoom_example {
  std::span<const double> x;
  std::uint32_t label = 0;
  batch::Loss_kind loss = batch::Loss_kind::softmax_cross_entropy;
  std::size_t columns = 0;                ///< of the image, to call its pixels by row and column; 0: no image
  std::vector<std::string> classes = {};  ///< names of the outputs
};

struct Zoom_options {
  std::size_t products = 5;  ///< how many stand alone
  std::size_t units = 3;     ///< of each later layer, and of the outputs
};

struct Zoom {
  std::unique_ptr<Graph> graph;
  Value weight, loss;             ///< the loss of this image; backward has run
  double by_vector_engine = 0.0;  ///< dloss/dweight
  double loss_by_vector_engine = 0.0;
  std::vector<double> outputs;      ///< of the network
  std::vector<std::string> folded;  ///< what does not stand alone: "779 products of z37", ...

  /// |a - b| / max(|a|, |b|) of the two gradients; 0 where both are 0.
  double difference() const;
};

/// The network as it is used: nothing is dropped, and batch normalisation takes its running statistics. A
/// penalty on the weight is in the loss, those on others are left out.
///
/// Throws:    std::invalid_argument when x or the label does not suit the network, the loss is none of
///            softmax_cross_entropy, half_squared_error and mean_squared_error, or a number of the network is
///            not finite.
Zoom zoom_into(batch::Network<double>& net, const Weight_place& place, const Zoom_example& example,
               const Zoom_options& options = {});

}  // namespace bp
