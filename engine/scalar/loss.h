// How wrong the predictions are, as one Value to run backward from. Every loss is built from the operations
// of math.h, so that each of its steps can be drawn.
//
// y is a prediction, t its target, n their number; z are logits, s scores, k and c classes:
//
//     half_squared_error                 1/2 sum (y - t)^2                        dL/dy = y - t
//     squared_error                      sum (y - t)^2                            dL/dy = 2 (y - t)
//     mean_squared_error                 1/n sum (y - t)^2                        dL/dy = 2/n (y - t)
//     absolute_error                     sum |y - t|                              dL/dy = sign(y - t)
//     mean_absolute_error                1/n sum |y - t|                          dL/dy = 1/n sign(y - t)
//     huber_loss                         1/n sum 1/2 (y - t)^2, and straight from |y - t| = delta on
//     binary_cross_entropy               -1/n sum (t log(y) + (1 - t) log(1 - y))
//     binary_cross_entropy_with_logits   the same with y = sigmoid(z)             dL/dz = 1/n (y - t)
//     hinge_loss                         1/n sum max(0, 1 - t s)
//   for one example:
//     softmax_cross_entropy              -sum t_k log(softmax(z)_k)               dL/dz = softmax(z) - t
//     multiclass_hinge_loss              sum over k != c of max(0, 1 + s_k - s_c)
//
// 1/n divides by the number of predictions, as PyTorch's reduction='mean' does. For a batch of examples, take
// the mean() of their losses.
//
// Throws:    all of these std::invalid_argument when there is no prediction, when the numbers of predictions
//            and targets differ, when a target is not one that the loss is defined for, and for Values of
//            different graphs; std::out_of_range for stale ones.
#pragma once

#include <cstddef>
#include <span>
#include <variant>

#include "engine/scalar/math.h"

namespace bp {

/// What predictions are compared with: numbers or Values, one for each prediction. A std::vector, std::array
/// or std::span of either converts to it.
using Targets = std::variant<std::span<const double>, std::span<const Value>>;

/// 1/2 sum (y - t)^2, the loss of most worked examples: the 1/2 cancels the 2 of the derivative.
Value half_squared_error(std::span<const Value> predictions, const Targets& targets);
/// sum (y - t)^2.
Value squared_error(std::span<const Value> predictions, const Targets& targets);
/// 1/n sum (y - t)^2, which for two outputs is the half squared error, but not for any other number.
Value mean_squared_error(std::span<const Value> predictions, const Targets& targets);

/// sum |y - t|, the L1 loss. Its derivative at y = t is 0.
Value absolute_error(std::span<const Value> predictions, const Targets& targets);
/// 1/n sum |y - t|.
Value mean_absolute_error(std::span<const Value> predictions, const Targets& targets);

/// 1/n sum of (y - t)^2 / 2 where |y - t| <= delta, else delta (|y - t| - delta/2): value and slope join
/// there. PyTorch's HuberLoss; its SmoothL1Loss is this divided by delta.
///
/// Throws:    also std::invalid_argument unless delta > 0.
Value huber_loss(std::span<const Value> predictions, const Targets& targets, double delta = 1.0);

/// -1/n sum (t log(y) + (1 - t) log(1 - y)) of probabilities y, such as sigmoid gives. Targets are 0 to 1; of
/// a target 0 or 1 only the one term is recorded.
///
/// Where y has rounded to 0 or 1 and is wrong, the loss is infinite (PyTorch stops at 100): prefer the form
/// with logits.
///
/// Throws:    also std::invalid_argument when a y is below 0 or above 1, for then it is no probability. A y
///            that leaves this range in a later recompute() is not noticed.
Value binary_cross_entropy(std::span<const Value> probabilities, std::span<const double> targets);
/// The same for one prediction, without 1/n.
Value binary_cross_entropy(Value probability, double target);

/// 1/n sum (t softplus(-z) + (1 - t) softplus(z)): the above with y = sigmoid(z), for -log(sigmoid(z)) is
/// softplus(-z). Often written softplus(z) - z t, which is equal; this form keeps the digits of small losses
/// and gradients, for logits of any size.
Value binary_cross_entropy_with_logits(std::span<const Value> logits, std::span<const double> targets);
/// The same for one prediction, without 1/n.
Value binary_cross_entropy_with_logits(Value logit, double target);

/// -sum t_k log(softmax(z)_k) = logsumexp(z) - sum t_k z_k of one example, for targets that are probabilities
/// of the classes: soft, or one-hot. A class whose target is 0 is left out of the sum. math.h has the same
/// for a label.
///
/// Shapes:    one logit and one target for each class; the targets sum to 1 within 1e-6.
Value softmax_cross_entropy(std::span<const Value> logits, std::span<const double> targets);

/// 1/n sum max(0, 1 - t score), the max-margin loss for two classes, whose labels t are -1 and 1.
Value hinge_loss(std::span<const Value> scores, std::span<const double> labels);
/// The same for one prediction, without 1/n.
Value hinge_loss(Value score, double label);

/// sum over k != label of max(0, margin + s_k - s_label), for one example. Weston and Watkins, "Support
/// vector machines for multi-class pattern recognition", ESANN 1999. PyTorch's MultiMarginLoss divides by the
/// number of classes.
///
/// Shapes:    one score for each class, two or more; label counts from 0.
/// Throws:    also std::out_of_range when label is not below their number, std::invalid_argument unless
///            margin is finite and > 0.
Value multiclass_hinge_loss(std::span<const Value> scores, std::size_t label, double margin = 1.0);

// Penalties on weights, to be added to a loss. Biases are usually left out: pass weights(), not parameters().
// Throws:    std::invalid_argument when there is no weight, and unless lambda is finite and >= 0.

/// lambda * sum |w|, whose derivative at w = 0 is 0.
Value l1_penalty(std::span<const Value> weights, double lambda);
/// lambda * sum w^2, with the derivative 2 lambda w: no 1/2, as Keras' L2.
Value l2_penalty(std::span<const Value> weights, double lambda);
/// lambda/2 * sum w^2, with the derivative lambda w: what PyTorch's weight_decay adds to a gradient.
Value half_l2_penalty(std::span<const Value> weights, double lambda);

}  // namespace bp
