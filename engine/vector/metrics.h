// How good a classifier is: which class was taken for which, and what follows from that.
//
// Of class k: true positives TP were k and were called k; false positives FP were called k; false negatives
// FN were k. Then
//
//     precision = TP / (TP + FP)     how often it is k when it is called k
//     recall    = TP / (TP + FN)     how much of k is found
//     F1        = 2 TP / (2 TP + FP + FN), the harmonic mean of the two
//
// Where a denominator is 0 the result is 0, as in scikit-learn. Macro is the mean over the classes that
// occur, as truth or as prediction, each class weighing the same; micro counts all examples alike, and is
// then the accuracy, for with one label an example every false positive of one class is a false negative of
// another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/vector/matrix.h"

namespace bp::batch {

class Confusion_matrix {
 public:
  /// Throws:    std::invalid_argument for 0 classes.
  explicit Confusion_matrix(std::size_t classes);

  /// Counts one example.
  ///
  /// Throws:    std::invalid_argument when either is no class.
  void add(std::uint32_t truth, std::uint32_t predicted);

  std::size_t classes() const { return classes_; }
  /// How many examples of class `truth` were taken for `predicted`.
  std::uint64_t count(std::size_t truth, std::size_t predicted) const;
  std::uint64_t total() const;

  /// The share that was predicted rightly; 0 of no examples.
  double accuracy() const;
  double precision(std::size_t k) const;
  double recall(std::size_t k) const;
  double f1(std::size_t k) const;
  /// How many examples of the class there are.
  std::uint64_t support(std::size_t k) const;

  double macro_precision() const;
  double macro_recall() const;
  /// The mean of the F1 of the classes, not the F1 of the means.
  double macro_f1() const;
  double micro_precision() const { return accuracy(); }
  double micro_recall() const { return accuracy(); }
  double micro_f1() const { return accuracy(); }

  /// The counts as a table, a row for each true class.
  std::string to_string() const;
  /// Precision, recall, F1 and support of each class, and their means, as scikit-learn prints them.
  std::string report() const;

  bool operator==(const Confusion_matrix&) const = default;

 private:
  std::uint64_t called(std::size_t k) const;
  template <class Measure>
  double macro(Measure measure) const;

  std::size_t classes_;
  std::vector<std::uint64_t> counts_;  // truth * classes + predicted
};

/// The class of each row of outputs: the greatest (the first of equals, and the first NaN if there is one).
/// Of one output: 1 where it is above the threshold, else 0.
///
/// Shapes:    y B x C; classes B
/// Throws:    std::invalid_argument for no outputs, or classes of another size.
template <class T>
void classify(View<const T> y, double threshold, std::span<std::uint32_t> classes);

}  // namespace bp::batch
