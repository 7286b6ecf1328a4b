// How wrong the outputs of a batch are, and the gradient to start backward from.
//
// y are the outputs (logits, predictions or scores), t their targets, B x C both; n counts examples, k
// outputs. What is averaged and what is summed:
//
//     softmax_cross_entropy   1/B  sum_n  -sum_k t log(softmax(y))         dy = (softmax(y) - t) / B
//     half_squared_error      1/B  sum_n  1/2 sum_k (y - t)^2              dy = (y - t) / B
//     mean_squared_error      1/BC sum_nk (y - t)^2                        dy = 2 (y - t) / BC
//     mean_absolute_error     1/BC sum_nk |y - t|                          dy = sign(y - t) / BC
//     huber_loss              1/BC sum_nk 1/2 (y - t)^2, and delta (|y - t| - delta/2) beyond delta
//     binary_cross_entropy_with_logits
//                             1/BC sum_nk -t log(s) - (1 - t) log(1 - s), s = sigmoid(y)   dy = (s - t) / BC
//     hinge_loss              1/BC sum_nk max(0, 1 - t y), t is -1 or 1    dy = -t / BC where 1 - t y > 0
//
// For a batch of one each is the loss of that name in the scalar engine; for more, the mean() of those. Where
// the outputs are averaged too, it is as PyTorch's reduction='mean'.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "engine/vector/kernels.h"
#include "engine/vector/thread_pool.h"

namespace bp::batch {

enum class Loss_kind : std::uint8_t {
  softmax_cross_entropy,
  half_squared_error,
  mean_squared_error,
  mean_absolute_error,
  huber_loss,
  binary_cross_entropy_with_logits,
  hinge_loss,
};

/// "softmax_cross_entropy"...
const char* name_of(Loss_kind kind);

/// What outputs are compared with: a label for each example, or a number for each output.
///
/// A label k stands for the row that is 1 at k and 0 elsewhere (one-hot), for hinge_loss -1 elsewhere. Where
/// there is one output only, 0 and 1 are labels too: they stand for that number, for hinge_loss -1 and 1.
template <class T>
using Targets = std::variant<std::span<const std::uint32_t>, View<const T>>;

template <class T>
class Loss {
 public:
  /// delta is huber_loss' only.
  ///
  /// Throws:    std::invalid_argument unless delta > 0.
  explicit Loss(Loss_kind kind, double delta = 1.0);

  Loss_kind kind() const { return kind_; }
  double delta() const { return delta_; }

  /// The loss of a batch; its gradient is written to dy, which may be nothing (View<T>()) where none is
  /// wanted.
  ///
  /// Shapes:    y, targets and dy B x C, or B labels; B and C are 1 or more
  /// Throws:    std::invalid_argument for other shapes, a label that is no class, and targets that the loss
  ///            is not defined for: outside of [0, 1] for the cross-entropies, whose rows sum to 1 (within
  ///            1e-5) for softmax; neither -1 nor 1 for hinge_loss.
  double operator()(View<const T> y, const Targets<T>& targets, View<T> dy,
                    const Kernels<T>& kernels = best_kernels<T>(), Thread_pool& pool = Thread_pool::alone());

 private:
  void check(View<const T> y, const Targets<T>& targets, View<T> dy) const;
  View<const T> spread(std::span<const std::uint32_t> labels, std::size_t outputs);
  void elementwise(View<const T> y, View<const T> t, View<T> dy, Thread_pool& pool);

  Loss_kind kind_;
  double delta_;
  std::vector<T> rows_;  // the loss of each example
  Matrix<T> one_hot_;
};

}  // namespace bp::batch
