// What `backstep train` can be told, on the command line and by a checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/architecture.h"
#include "engine/vector/optimizer.h"

namespace CLI {
class App;
}

namespace backstep {

struct Train_options {
  std::string data;  // a folder; empty: the first that exists of those that dataset.h names

  std::vector<std::size_t> layers = {784, 512, 512, 10};
  std::string activation = "relu", output_activation = "identity";
  std::vector<double> dropout = {0.0};  // for each hidden layer, or one for all
  std::vector<int> batch_norm = {0};    // likewise: 0 or 1
  std::vector<double> l2 = {0.0};       // for each dense layer, or one for all
  std::string init = "glorot";          // glorot, he, normal, pytorch
  std::string loss = "cross-entropy";   // one of loss_names()

  std::size_t epochs = 5, batch = 32;
  std::string optimizer = "adam";
  double learning_rate = 1e-3, decay = 1.0;
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: as many as there are cores
  std::string precision = "float";
  double validation = 0.1;

  std::string save, load, checkpoint, resume;
  std::size_t checkpoint_every = 0;  // steps; 0: at the end of each epoch
  bool json = false, doctor = false;
};

/// Puts the options on a command, their defaults those of `options`, where it will write what it reads.
void add_options(CLI::App& command, Train_options& options);

/// Whether one of the options that describe the layers was given.
bool layers_given(const CLI::App& command);

/// Whether this option stands on the command line.
bool is_given(const CLI::App& command, const char* option);

/// All options that a run needs to go on, as command-line arguments, one a line: for a checkpoint.
std::string text_of(const Train_options& options);

/// The options of a run that goes on: those of the text, which the file `source` has, but --threads,
/// --epochs, --save, --checkpoint, --json and --doctor as they were given now, where they were. Without
/// --checkpoint the file itself is written on.
///
/// Throws:  Failure (bad_input) when anything else was given, or when the text cannot be read.
Train_options resumed(const CLI::App& command, const Train_options& given, const std::string& text,
                      const std::string& source);

/// The layers that the options describe. Order within a layer: dense, batch normalisation, activation,
/// dropout.
///
/// Throws:  Failure (bad_input), saying which option.
bp::Architecture architecture_of(const Train_options& options);

/// The learning rate of each epoch, counted from 0; empty where it stays the same.
///
/// Throws:  Failure (bad_input) unless --decay is above 0 and at most 1.
std::function<double(std::size_t epoch)> schedule_of(const Train_options& options);

/// Of the names that --optimizer takes, with the learning rate given. Adam and its kin use Keras' epsilon,
/// 1e-7.
template <class T>
std::unique_ptr<bp::batch::Optimizer<T>> optimizer_of(const Train_options& options,
                                                      bp::batch::Network<T>& net);

}  // namespace backstep
