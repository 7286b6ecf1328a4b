// A trained network as `backstep predict` uses it: pictures in, a number for each class out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/model/model_notes.h"
#include "engine/vector/network.h"

namespace backstep {

/// Pixels of one picture, or of many, and what the network makes of each.
class Reader {
 public:
  /// Throws:  bp::Bad_file where the model is not what it should be, std::runtime_error where it cannot be
  ///          opened.
  explicit Reader(const std::filesystem::path& model);

  std::size_t inputs() const;
  const bp::Model_notes& notes() const { return notes_; }
  /// How messages call the model's file.
  const std::string& source() const { return source_; }
  /// A name for each output; where the model has none, "0", "1", ...
  const std::vector<std::string>& classes() const { return classes_; }

  /// Whether what it says of a picture are probabilities: where the network ends in a softmax, or the loss
  /// put one behind it (cross-entropy takes logits). Otherwise they are the network's outputs as they come.
  bool gives_probabilities() const { return ends_in_softmax_ || softmax_behind_; }

  /// Whether the network computes in float: its numbers have no more digits than that.
  bool is_single() const { return network_.index() == 0; }

  /// Shapes:  pixels N x inputs(), the result N x classes().size()
  std::vector<double> operator()(std::span<const std::uint8_t> pixels);

 private:
  explicit Reader(const bp::Tensor_file& file);

  std::variant<bp::batch::Network<float>, bp::batch::Network<double>> network_;
  bp::Model_notes notes_;
  std::string source_;
  std::vector<std::string> classes_;
  bool ends_in_softmax_ = false, softmax_behind_ = false;
};

}  // namespace backstep
