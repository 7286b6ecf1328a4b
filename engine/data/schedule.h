// Learning rates that change as training goes on: pure functions of how far it has come. Both engines use
// them.
//
//     for (std::size_t epoch = 0; epoch < 30; ++epoch) {
//       optimizer.set_learning_rate(cosine_decay(0.1, epoch, 30));
//
// The time counts from 0, in epochs or in steps, as you like.
#pragma once

#include <cstddef>

namespace bp {

/// initial * factor^floor(time / every): a stair. PyTorch's StepLR.
///
/// Throws:    std::invalid_argument when every is 0; like the others, unless rates and factors are finite and
///            not negative.
double step_decay(double initial, std::size_t time, std::size_t every, double factor = 0.1);

/// initial * factor^time. PyTorch's ExponentialLR.
double exponential_decay(double initial, std::size_t time, double factor);

/// Half a cosine wave from `initial` at time 0 to `last` at `duration`, and `last` from then on:
/// last + (initial - last) * (1 + cos(pi * time / duration)) / 2.
///
/// Loshchilov and Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR 2017, equation 5,
/// without restarts. PyTorch's CosineAnnealingLR does the same as far as `duration`, then climbs again.
///
/// Throws:    also std::invalid_argument when duration is 0.
double cosine_decay(double initial, std::size_t time, std::size_t duration, double last = 0.0);

}  // namespace bp
