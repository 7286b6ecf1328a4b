// The layers of a network as text, so that a model file alone rebuilds the network.
//
//     {"inputs":784,"layers":[{"type":"dense","outputs":128,"bias":true,"l1":0.0,"l2":0.0},
//                             {"type":"relu"},
//                             {"type":"dropout","rate":0.2},
//                             {"type":"batch_norm","epsilon":0.001,"momentum":0.01},
//                             {"type":"leaky_relu","slope":0.01},
//                             {"type":"softmax"}]}
//
// Layer i of the list owns the tensors whose names begin with "i.". How weights were drawn is not in it: they
// are in the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/vector/layer.h"

namespace bp {

struct Architecture {
  std::size_t inputs = 0;
  std::vector<batch::Layer_description> layers;
};

/// The text, on one line; the same layers give the same text, and numbers keep all their digits.
std::string architecture_text(const Architecture& architecture);

/// The layers that the text describes. All that a network would refuse is refused here, before it is built.
///
/// Throws:  Bad_file in one line: source, layer, what was expected, what was found.
Architecture parse_architecture(std::string_view text, const std::string& source);

/// How many outputs the last layer gives.
std::size_t output_count(const Architecture& architecture);

/// How many numbers a network of these layers has: parameters and running statistics, without building it.
///
/// Throws:  std::length_error when they are more than a std::size_t can count.
std::size_t number_count(const Architecture& architecture);

}  // namespace bp
