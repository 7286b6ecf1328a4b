// The functions that the table of operations is written in, for numbers (double) and, as templates, for dual
// numbers. Each takes the form that keeps its digits and lets NaN through.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace bp::elementary {

using std::abs, std::exp, std::expm1, std::log, std::log1p, std::sqrt;
using std::acos, std::asin, std::atan, std::atan2, std::cos, std::hypot, std::sin, std::tan;
using std::cosh, std::erf, std::erfc, std::pow, std::sinh, std::tanh;

/// The number itself; of a dual number, its value.
inline double plain_number(double x) { return x; }

/// The derivative by an input that only chooses, as the class of softmax_cross_entropy does.
inline double no_slope(double) { return 0.0; }

inline constexpr double two_over_root_pi = 2.0 * std::numbers::inv_sqrtpi;
inline constexpr double root_half = std::numbers::sqrt2 / 2.0;
inline constexpr double normal_peak = 0.39894228040143267794;           // 1 / sqrt(2 pi)
inline constexpr double root_eight_over_pi = 1.5957691216057307117598;  // 2 sqrt(2 / pi)

// Klambauer et al., Self-Normalizing Neural Networks (2017), appendix: the fixed point with mean 0,
// variance 1.
inline constexpr double selu_scale = 1.0507009873554804934193349852946;
inline constexpr double selu_alpha = 1.6732632423543772848170429916717;

/// 1 where x > 0, else 0: the derivative of relu, 0 at the kink as in PyTorch. 1 for NaN, so that what comes
/// from above stays visible.
template <class T>
T step(T x) {
  return x <= 0.0 ? T(0.0) : T(1.0);
}

/// -1, 0 or 1: the derivative of |x|, 0 at the kink as in PyTorch. NaN for NaN.
template <class T>
T sign(T x) {
  return x > 0.0 ? T(1.0) : x < 0.0 ? T(-1.0) : T(x * 0.0);
}

/// The share of the gradient that max(x, y) passes to x: all, none, or half where both are equal, as in
/// PyTorch.
inline double prefers(double x, double y) { return x > y ? 1.0 : x < y ? 0.0 : x == y ? 0.5 : x + y; }

/// d/dx x^y = y x^(y-1), and 0 where y is 0, even at x = 0 where the formula says 0 * inf.
inline double power_rule(double x, double y) { return y == 0.0 ? 0.0 : y * std::pow(x, y - 1.0); }

/// d/dy x^y = x^y log(x), and 0 at x = 0 with y >= 0 where the formula says 0 * -inf.
inline double exponent_rule(double x, double y, double out) {
  return x == 0.0 && y >= 0.0 ? 0.0 : out * std::log(x);
}

template <class T>
T square(T x) {
  return x * x;
}

// A comparison with NaN is false: each order below returns the NaN when there is one.
template <class T>
T min(T x, T y) {
  return x < y || x != x ? x : y;
}
template <class T>
T max(T x, T y) {
  return x > y || x != x ? x : y;
}

// exp(-x) overflows to inf below x = -709, and 1 / inf is the 0 that is wanted.
template <class T>
T sigmoid(T x) {
  return 1.0 / (1.0 + exp(-x));
}

// log(1 + e^x) without overflow for large x and without loss of digits for small: the exponent is never
// positive.
template <class T>
T softplus(T x) {
  return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

template <class T>
T relu(T x) {
  return x < 0.0 ? T(0.0) : x;
}
// The same without a branch, for the signs in a hidden layer are as good as random: all bits stay, or none.
inline double relu(double x) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & (std::uint64_t{x < 0.0} - 1));
}

template <class T>
T leaky_relu(T x, T slope) {
  return x > 0.0 ? x : slope * x;
}

template <class T>
T elu(T x) {
  return x > 0.0 ? x : expm1(x);
}

template <class T>
T selu(T x) {
  return selu_scale * (x > 0.0 ? x : selu_alpha * expm1(x));
}

// erfc(-x / sqrt 2) / 2 and not (1 + erf(x / sqrt 2)) / 2, which has no digit left at x = -9.
template <class T>
T gelu(T x) {
  return 0.5 * x * erfc(-root_half * x);
}

/// 2 sqrt(2/pi) (x + 0.044715 x^3), the bend inside gelu_tanh (Hendrycks and Gimpel, 2016), and its slope.
template <class T>
T gelu_bend(T x) {
  return root_eight_over_pi * (x * (1.0 + 0.044715 * (x * x)));
}
template <class T>
T gelu_bend_slope(T x) {
  return root_eight_over_pi * (1.0 + 0.134145 * (x * x));
}

template <class T>
T gelu_tanh(T x) {
  return x * sigmoid(gelu_bend(x));
}

template <class T>
T softsign(T x) {
  return x / (1.0 + abs(x));
}

template <class T>
T hard_tanh(T x) {
  return max(T(-1.0), min(x, T(1.0)));
}

}  // namespace bp::elementary
