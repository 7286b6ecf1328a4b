// Training as a benchmark: networks on the 60,000 pictures of Fashion-MNIST or MNIST, epoch after epoch.
//
//   A    784-128-10, ReLU, softmax cross-entropy, Adam with learning rate 1e-3
//   B    784-512-512-10: ReLU, dropout of 0.2 after both hidden layers, an L2 penalty of 0.001 on the second
//        one's weights and batch normalisation before its ReLU; loss and optimizer as A
//   C    784-30-10, sigmoid in both, half the squared error, plain gradient descent with learning rate 3
//
// Pixels are numbers from 0 to 1; Adam's epsilon is 1e-7, Keras'. peers/torch_mlp.py trains the same in
// PyTorch and prints the same last line.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bp::bench {

struct Training_options {
  std::string task = "A";
  std::size_t batch = 32, epochs = 5, threads = 1;
  std::uint64_t seed = 1;
  std::filesystem::path data;  // empty: find_dataset()
  bool json = false;
};

/// "A", "B", "C".
const std::vector<std::string>& all_tasks();
/// The batch with which that task is known: 32, 128, 10.
std::size_t usual_batch(const std::string& task);

/// Trains, and prints a line an epoch and one of the whole: the median epoch, the accuracy on the test
/// pictures, the most memory that the process has had, and how long after its start the first step was done.
/// An epoch is timed from the end of the one before, whatever happens in between.
///
/// Throws:    as load_dataset() and Trainer; std::runtime_error where there is no /proc.
void run_training(const Training_options& options);

}  // namespace bp::bench
