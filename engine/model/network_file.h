// Networks in model files: the tensors under the names and in the shapes that PyTorch gives them in an
// nn.Sequential of the same layers, and the layers themselves in the metadata.
//
//     Tensor_file model;
//     add_network(model, net);
//     write_safetensors("model.safetensors", model);                      // engine/model/safetensors.h
//     ...
//     batch::Network<float> net = load_network<float>(read_safetensors("model.safetensors"));
//
// In PyTorch: model.load_state_dict(safetensors.torch.load_file("model.safetensors")).
#pragma once

#include "engine/model/architecture.h"
#include "engine/model/tensor.h"
#include "engine/vector/network.h"

namespace bp {

/// Adds parameters, running statistics and the text of the layers (metadata "architecture").
///
/// Throws:  std::invalid_argument when there are tensors of such names already.
template <class T>
void add_network(Tensor_file& file, batch::Network<T>& net);

/// The network of the file. Nothing is allocated for a network whose numbers the file does not have.
///
/// Throws:  Bad_file in one line: no architecture or a faulty one; a tensor that is missing, of another type
///          than T or another shape than its layer's; one that belongs to no layer (see restore_network).
template <class T>
batch::Network<T> load_network(const Tensor_file& file);

/// Puts the file's numbers into a network of the same layers. Tensors whose names begin with a number are
/// the network's, and none may be left over; others are somebody else's.
///
/// Throws:  Bad_file as load_network(); the network may then be partly overwritten.
template <class T>
void restore_network(const Tensor_file& file, batch::Network<T>& net);

/// The type of the network's numbers, f32 or f64: that of the first tensor whose name begins with a number.
///
/// Throws:  Bad_file where there is none, or it is of another type.
Dtype network_dtype(const Tensor_file& file);

}  // namespace bp
