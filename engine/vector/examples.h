// What a network learns from: examples, whose numbers are pictures' bytes or given, and what each should
// give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/vector/loss.h"
#include "engine/vector/metrics.h"
#include "engine/vector/network.h"

namespace bp::batch {

/// Views of examples that somebody else owns. Inputs are `numbers`, or `bytes`, of which every batch is made
/// into numbers as it is needed: a quarter of the memory of floats. Targets are `labels` or `targets`.
///
/// Shapes:    N examples of I inputs, C outputs: bytes N*I, or numbers N x I; labels N, or targets N x C
template <class T>
struct Examples {
  std::span<const std::uint8_t> bytes = {};
  double scale = 1.0 / 255.0, offset = 0.0;  // a byte b is the number b * scale + offset
  View<const T> numbers = {};
  std::span<const std::uint32_t> labels = {};
  View<const T> targets = {};

  /// N.
  std::size_t size() const { return labels.empty() ? targets.rows : labels.size(); }

  /// Throws:    std::invalid_argument unless there is an example, inputs and targets are as many, they suit
  ///            the network, and every label is one of its classes (of one output: 0 or 1).
  void check(const Network<T>& net) const;
};

/// Images and their labels as examples: pixels from 0 to 1. The images stay where they are and must stay
/// there; the labels are copied, for here a class may be any number.
template <class T>
class Image_examples {
 public:
  /// `most` of them from the one at `first` on, or as many as there are.
  explicit Image_examples(const Labelled_images& from, std::size_t most = std::size_t(-1),
                          std::size_t first = 0);

  std::size_t size() const { return labels_.size(); }
  std::size_t pixels() const { return pixels_; }
  const std::vector<std::uint32_t>& labels() const { return labels_; }
  /// The pixels of image i.
  std::span<const std::uint8_t> operator[](std::size_t i) const {
    return bytes_.subspan(i * pixels_, pixels_);
  }
  Examples<T> examples() const { return {.bytes = bytes_, .labels = labels_}; }

 private:
  std::size_t pixels_;
  std::span<const std::uint8_t> bytes_;
  std::vector<std::uint32_t> labels_;
};

/// Some of the examples, gathered. Its memory is kept from batch to batch.
template <class T>
class Batch {
 public:
  /// Those of the rows, in that order.
  void gather(const Examples<T>& examples, std::span<const std::uint32_t> rows, const Network<T>& net);

  View<const T> x() const { return x_; }
  /// Which numbers of x are not 0, for Training::lit; no data where that is not known.
  View<const std::uint64_t> lit() const { return lit_.rows() == 0 ? View<const std::uint64_t>() : lit_; }
  Targets<T> targets() const;

 private:
  Matrix<T> x_, t_;
  Matrix<std::uint64_t> lit_;  // of no rows where that is not known
  std::vector<std::uint32_t> labels_;
};

/// Which class outputs and targets stand for, where they stand for one: always with labels, and with targets
/// in softmax cross-entropy (their greatest). Of one output: 1 above 0 where the loss takes logits or
/// scores, above 1/2 else.
template <class T>
class Classes {
 public:
  explicit Classes(Loss_kind loss) : loss_(loss) {}
  /// Empty where there are none.
  std::span<const std::uint32_t> of_targets(const Targets<T>& targets);
  std::span<const std::uint32_t> of_outputs(View<const T> y);

 private:
  Loss_kind loss_;
  std::vector<std::uint32_t> targets_, outputs_;
};

struct Evaluation {
  double loss;                 // the mean over the examples, and the network's penalties, as Keras has it
  double accuracy;             // NaN where there are no classes
  Confusion_matrix confusion;  // empty where there are no classes
};

/// How a network does on examples, without training. rows: on these alone.
///
/// Throws:    as Examples::check().
template <class T>
Evaluation evaluate(Network<T>& net, Loss<T> loss, const Examples<T>& examples);
template <class T>
Evaluation evaluate(Network<T>& net, Loss<T> loss, const Examples<T>& examples,
                    std::span<const std::uint32_t> rows);

}  // namespace bp::batch
