// Checkpoints: all that a training run needs to go on as if it had never been interrupted.
//
//     write_checkpoint("run.safetensors", net, optimizer, trainer, {{"options", text}});
//     ...
//     Tensor_file checkpoint = read_checkpoint("run.safetensors");
//     restore_checkpoint(checkpoint, net, optimizer, trainer);      // made with the same options
//     trainer.run();                                                // the same bits as without interruption
//
// A checkpoint is a model file (network_file.h) with more in it: it can be loaded as one, too. Beside the
// network stand
//
//     optimizer.NAME       what the optimizer remembers, such as optimizer.m.0.weight
//     trainer.order        the examples to train on, in the order of this epoch; trainer.held_out: the others
//     trainer.generator    the generator's state
//     trainer.counts       epochs done, examples done of this one, of those right, epochs since the best,
//                          steps
//     trainer.sums         of this epoch: the losses of its examples, seconds; and the best loss
//
// and in the metadata the optimizer's name and the instruction set of the kernels, on which last bits hang.
#pragma once

#include <filesystem>
#include <string>

#include "engine/model/tensor.h"
#include "engine/vector/trainer.h"

namespace bp {

/// Writes the file whole or not at all: a run killed meanwhile leaves the checkpoint before.
///
/// `metadata` are further texts of the caller's.
///
/// Throws:  batch::Diverged, and writes nothing, when a parameter is not a finite number: what is there is
///          better. std::runtime_error when the file cannot be written.
template <class T>
void write_checkpoint(const std::filesystem::path& path, batch::Network<T>& net,
                      batch::Optimizer<T>& optimizer, const batch::Trainer<T>& trainer,
                      const Tensor_file::Metadata& metadata = {});

/// Reads a file that write_checkpoint() wrote, as far as it does not depend on network and examples.
///
/// Throws:  as read_safetensors(), and Bad_file when it is a model but no checkpoint.
Tensor_file read_checkpoint(const std::filesystem::path& path);

/// Puts everything back. The network goes on with the kernels with which it was trained.
///
/// Throws:  Bad_file in one line when the checkpoint is not one of this network, optimizer, examples and
///          options, or was written with kernels that this machine does not have; all three may then be
///          partly overwritten.
template <class T>
void restore_checkpoint(const Tensor_file& checkpoint, batch::Network<T>& net, batch::Optimizer<T>& optimizer,
                        batch::Trainer<T>& trainer);

}  // namespace bp
