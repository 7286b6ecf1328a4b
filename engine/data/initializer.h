// How the weights of a layer start. Both engines draw from these.
//
// Weights that are all equal stay equal: each neuron of the layer computes, and learns, the same. So they are
// drawn at random, of such a size that signals neither fade nor swell from layer to layer.
#pragma once

#include <cstddef>

#include "engine/data/random.h"

namespace bp {

/// A distribution of weights, perhaps scaled by the layer's fan-in I (its inputs) and fan-out O (its
/// outputs).
class Initializer {
 public:
  static Initializer zeros() { return constant(0.0); }
  static Initializer constant(double value);
  /// Throws:    std::invalid_argument unless low <= high, both finite.
  static Initializer uniform(double low, double high);
  /// Throws:    std::invalid_argument unless both are finite and deviation >= 0.
  static Initializer normal(double mean, double deviation);

  // For activations that are straight around 0. Variance gain^2 * 2 / (I + O), a compromise between 1/I,
  // which keeps the size of a signal on its way forward, and 1/O, which keeps that of a gradient on its way
  // back. Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
  // networks", AISTATS 2010, equations 10 to 12 and 16. The gain is PyTorch's.

  /// Uniform in +-gain * sqrt(6 / (I + O)), whose variance is the square of that over 3.
  ///
  /// Throws:    like xavier_normal, std::invalid_argument unless gain is finite and >= 0.
  static Initializer xavier_uniform(double gain = 1.0);
  /// Normal with deviation gain * sqrt(2 / (I + O)). Not cut off at two deviations as Keras' is.
  static Initializer xavier_normal(double gain = 1.0);

  // For relu, which halves the mean square of what passes through it, and leaky_relu, which keeps
  // (1 + slope^2) / 2 of it. Variance 2 / ((1 + slope^2) * I).
  // Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015, equations 10 and 15.

  /// Uniform in +-sqrt(6 / ((1 + slope^2) * I)).
  ///
  /// Throws:    like he_normal, std::invalid_argument unless slope is finite.
  static Initializer he_uniform(double slope = 0.0);
  /// Normal with deviation sqrt(2 / ((1 + slope^2) * I)). Not cut off as Keras' is.
  static Initializer he_normal(double slope = 0.0);

  /// One weight of a layer of that fan-in and fan-out, each 1 or more. A constant draws no random number.
  ///
  /// Throws:    std::invalid_argument for a fan of 0.
  double operator()(Random& random, std::size_t fan_in, std::size_t fan_out) const;

 private:
  enum class Draw { constant, uniform, normal };
  enum class Fan { none, in, mean };

  Initializer(Draw draw, Fan fan, double a, double b) : draw_(draw), fan_(fan), a_(a), b_(b) {}

  Draw draw_;
  Fan fan_;
  double a_, b_;  // by fan: none: the value; low and high; mean and deviation. Else: 0 and variance * fan
};

}  // namespace bp
