// A large graph in few boxes: its neurons and layers, each folded into one box that can be opened.
//
//     const Groups groups = groups_of(graph);
//     folded_picture(graph, groups, {});                                     // a box for each layer
//     folded_picture(graph, groups, open_groups(groups, Fold::neuron));      // a box for each neuron
//     folded_picture(graph, groups, std::array{layer});                      // one layer opened
//
// Groups are found by how the graph is put together, not by names. A neuron is a weighted sum with its
// activation, and its weights and bias where nothing else uses them. A layer is the neurons with as many
// others before them. What leads to the first layer is "inputs", what comes after the last "loss". A batch
// works the same neurons out for one sample after the other: then a neuron has all samples in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"
#include "viz/picture.h"

namespace bp {

/// What is one box: a value, a neuron, or a layer.
enum class Fold { none, neuron, layer };

struct Group {
  enum class Kind {
    inputs,  ///< what neurons are fed with, and what is calculated of it before the first layer
    shared,  ///< weights that several layers use
    layer,
    neuron,
    between,  ///< what stands between two layers and is no neuron: dropout, a softmax
    loss,     ///< what leads into no neuron: the loss, its targets, penalties
    step      ///< the same step for each sample of a batch
  };

  Kind kind = Kind::layer;
  std::string name;    ///< "layer 1", "neuron 3", "inputs"; of a neuron with a name of its own "out_h1"
  std::string detail;  ///< "16 neurons, tanh, 100 samples"; may be empty
  std::optional<std::size_t> parent;  ///< in Groups::groups; a neuron's is its layer
  std::vector<std::size_t> children;  ///< in Groups::groups, in the order of the tape
  std::vector<std::uint32_t> nodes;   ///< places on the tape, in their order; not those of its children
  std::size_t samples = 1;            ///< how often it is worked out, with other inputs
  std::size_t values = 0;             ///< nodes, with those of its children
  std::size_t parameters = 0;         ///< how many of them are weights and biases
};

struct Groups {
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  /// A group stands after its parent, and before what its values lead to.
  std::vector<Group> groups;
  /// Of each node of the tape: the innermost group that it is in. `none` in a graph without neurons, which
  /// has no groups: there each value is its own.
  std::vector<std::uint32_t> group_of;
  std::vector<std::uint8_t> parameter;  ///< of each node: whether it is a weight or a bias of a neuron
};

/// The groups of a whole tape.
///
/// Time:      about 0.1 s for 20,000 nodes, and as much for a picture of them.
/// Trained:   the weights and biases, where they are known. Else leaves that multiply something computed, or
///            a number, are taken for weights, and of two leaves in a product the one that stands where
///            weights stand elsewhere in the graph; a leaf that is added to a weighted sum for a bias.
/// Throws:    what Graph::check() throws for the values.
Groups groups_of(Graph& graph, std::span<const Value> trained = {});

/// "layer 1 (16 neurons, tanh)".
std::string title_of(const Group& group);

/// The groups to open so that what is left closed are layers, neurons, or nothing.
std::vector<std::size_t> open_groups(const Groups& groups, Fold fold);

/// The graph with each group in one box, but for those that are opened: these are shown by what is in them.
/// A neuron that is opened in a closed layer stands beside it: layer 2 without neuron 3, and neuron 3. Else a
/// group inside one that is closed is not seen.
///
/// A box of a group has Kind::group, the id g<place in groups> and in its rows what it is: numbers of values,
/// their range, the largest gradient. Values that no closed group contains have boxes as in picture_of(). An
/// arrow from or to a group stands for all that leads from one to the other (Arrow::connections), and has a
/// local derivative where it is one connection with the same for all samples: the weight between two neurons.
///
/// Throws:    std::invalid_argument for a place that is not in `groups`, for groups of another tape, and when
///            options.digits is not 1 to 17; Picture_too_large when there would be more boxes than
///            options.max_boxes.
Picture folded_picture(Graph& graph, const Groups& groups, std::span<const std::size_t> open,
                       const Picture_options& options = {});

}  // namespace bp
