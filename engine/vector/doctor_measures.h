// What the training doctor measures of a network at work: its units, its weights, its losses. The rules of
// doctor_rules.h look at these numbers alone.
//
// RMS is the root of the mean square: the size of a typical number of a tensor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/vector/trainer.h"

namespace bp::batch {

/// The last few of a row of numbers.
class Recent {
 public:
  explicit Recent(std::size_t most) : most_(most) {}
  /// Returns what falls out at the other end, if there was as much as is kept.
  std::optional<double> add(double number);
  bool full() const { return numbers_.size() == most_; }
  std::size_t size() const { return numbers_.size(); }
  /// Of those there are; one or more.
  double median() const;
  double mean() const;

 private:
  std::size_t most_;
  std::deque<double> numbers_;
};

/// Of how many looks the rules take the median: one odd batch then moves nothing.
inline constexpr std::size_t looks_kept = 5;

/// The units of an activation.
struct Unit_measure {
  std::size_t layer = 0;
  Curve curve{};
  std::size_t units = 0;
  /// Units that gave 0 for every one of the last silent_enough examples looked at or more (ReLUs only).
  std::size_t silent = 0;
  /// The share of the numbers given whose derivative is below 1 % of the curve's greatest, at each of the
  /// last looks (sigmoid, tanh and their like).
  Recent saturated{looks_kept};
};

/// A unit that gave 0 for so many examples gives another number for less than 0.6 % of all, with 95 %
/// confidence (the rule of three: 3 / 500).
inline constexpr std::uint64_t silent_enough = 500;

/// The weights of a dense layer, at each of the last looks.
struct Weight_measure {
  std::size_t layer = 0;
  Recent gradient{looks_kept};            // RMS of dL/dW
  Recent gradient_to_weight{looks_kept};  // RMS of dL/dW to RMS of W
  Recent update_to_weight{looks_kept};    // RMS of the step's change of W to RMS of W
  bool stands_still() const { return update_to_weight.full() && update_to_weight.median() == 0.0; }
};

/// What the network gives, at the last look.
struct Output_measure {
  std::size_t outputs = 0;
  /// Every row is of numbers from 0 to 1 that add up to 1.
  bool are_probabilities = false;
  /// Of the squared error, the share that stands in outputs which are saturated on the wrong side.
  Recent stuck_error{looks_kept};
};

/// The losses of the steps.
struct Loss_measure {
  std::optional<double> first;  // of the first step seen
  Recent last{100};             // of the last steps
  Recent before{200};           // of those before them
  /// The least loss of a network that ignores its inputs; nothing where it is not known for that loss.
  std::optional<double> of_ignoring;
  std::size_t classes = 0;
  double largest_class = 1.0;  // its share: the accuracy of always guessing it
  Loss_kind kind{};
  double accuracy = 0.0;  // of this epoch so far; NaN where there are no classes
  void add(const Step_report& step);
  /// Of the last steps it is half as much again, on average, as at the start and as chance: more than batches
  /// differ by.
  bool has_climbed() const { return first && last.mean() > 1.5 * start_or_chance(); }
  /// The greater of the two. After the first step.
  double start_or_chance() const { return std::max(*first, of_ignoring.value_or(0.0)); }
};

/// The share of numbers an activation gave where it is nearly flat; nothing for curves that are flat on one
/// side at most.
template <class T>
std::optional<double> saturated_share(View<const T> y, Curve curve);

/// Whether y = f(z) stands where the curve is nearly flat.
bool is_saturated(double y, Curve curve);

/// The root of the mean square; 0 of no numbers.
template <class T>
double rms(std::span<const T> numbers);
/// Of a - b.
template <class T>
double rms_difference(std::span<const T> a, std::span<const T> b);

/// The least loss that one and the same output for all examples can have, whatever the inputs:
///
///     softmax_cross_entropy    the entropy of the classes, ln(C) when all are equally many
///     binary cross-entropy     the mean of the outputs' entropies
///     half_squared_error       half the sum of the targets' variances; mean_squared_error: their mean
///
/// Nothing for other losses.
template <class T>
std::optional<double> loss_of_ignoring(Loss_kind kind, const Examples<T>& examples, std::size_t outputs);

/// The share of the most frequent label; 1 where there are no labels.
double largest_class(std::span<const std::uint32_t> labels);

}  // namespace bp::batch
