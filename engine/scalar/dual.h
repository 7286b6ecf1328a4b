// Dual numbers: a number together with its slope, which is forward-mode differentiation.
//
// Replace x by x + e, where e^2 = 0, and calculate as usual: f(x + e) = f(x) + f'(x) e. So a function that is
// evaluated with Dual{x, 1} gives its value and its derivative at x, without a tape and without a backward
// pass. The gradient check uses this as its second opinion. That is why every slope below is written from
// calculus, mostly in another form than in op_table.def: the two have the value column in common and nothing
// else.
//
//     Dual y = Rule<Op::tanh>::value(Dual{0.5, 1.0});    // y.slope is tanh'(0.5)
//
// At a kink the slope is the one that backward() documents, stated here a second time: relu'(0) = 0,
// |x|'(0) = 0, hard_tanh'(-1) = hard_tanh'(1) = 0, and where x = y each of them has half of min and of max.
#pragma once

#include <cmath>
#include <compare>
#include <numbers>

#include "engine/scalar/elementary.h"

namespace bp {

class Value;

/// A number and its derivative by one chosen input. Comparisons look at the number alone.
struct Dual {
  double value = 0.0;
  double slope = 0.0;

  Dual() = default;
  Dual(double number, double its_slope = 0.0) : value(number), slope(its_slope) {}

  friend auto operator<=>(Dual a, Dual b) { return a.value <=> b.value; }
  friend bool operator==(Dual a, Dual b) { return a.value == b.value; }

  friend Dual operator-(Dual a) { return {-a.value, -a.slope}; }
  friend Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
  friend Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.slope - b.slope}; }
  friend Dual operator*(Dual a, Dual b) { return {a.value * b.value, chain(b.value, a) + chain(a.value, b)}; }
  // (a/b)' = a'/b - a b'/b^2
  friend Dual operator/(Dual a, Dual b) {
    const double quotient = a.value / b.value;
    return {quotient, chain(1.0 / b.value, a) - chain(quotient / b.value, b)};
  }

  friend double plain_number(Dual x) { return x.value; }

  friend Dual exp(Dual x) { return {std::exp(x.value), chain(std::exp(x.value), x)}; }
  friend Dual expm1(Dual x) { return {std::expm1(x.value), chain(std::exp(x.value), x)}; }
  friend Dual log(Dual x) { return {std::log(x.value), chain(1.0 / x.value, x)}; }
  friend Dual log1p(Dual x) { return {std::log1p(x.value), chain(1.0 / (1.0 + x.value), x)}; }
  friend Dual sqrt(Dual x) { return {std::sqrt(x.value), chain(1.0 / (2.0 * std::sqrt(x.value)), x)}; }
  friend Dual abs(Dual x) { return {std::abs(x.value), chain(sign_of(x.value), x)}; }

  friend Dual sin(Dual x) { return {std::sin(x.value), chain(std::cos(x.value), x)}; }
  friend Dual cos(Dual x) { return {std::cos(x.value), chain(-std::sin(x.value), x)}; }
  friend Dual tan(Dual x) {
    return {std::tan(x.value), chain(1.0 / (std::cos(x.value) * std::cos(x.value)), x)};
  }
  // The fused 1 - x^2 is rounded once, so it keeps its digits next to 1.
  friend Dual asin(Dual x) {
    return {std::asin(x.value), chain(1.0 / std::sqrt(std::fma(-x.value, x.value, 1.0)), x)};
  }
  friend Dual acos(Dual x) {
    return {std::acos(x.value), chain(-1.0 / std::sqrt(std::fma(-x.value, x.value, 1.0)), x)};
  }
  friend Dual atan(Dual x) { return {std::atan(x.value), chain(1.0 / (1.0 + x.value * x.value), x)}; }
  // The angle of the point (b, a). Both are divided by the larger one first: a^2 + b^2 may overflow.
  friend Dual atan2(Dual a, Dual b) {
    const double size = std::fmax(std::abs(a.value), std::abs(b.value));
    const double u = a.value / size, v = b.value / size;
    const double square = u * u + v * v;
    return {std::atan2(a.value, b.value), chain(v / square / size, a) - chain(u / square / size, b)};
  }

  friend Dual sinh(Dual x) { return {std::sinh(x.value), chain(std::cosh(x.value), x)}; }
  friend Dual cosh(Dual x) { return {std::cosh(x.value), chain(std::sinh(x.value), x)}; }
  // tanh' = 4 / (e^x + e^-x)^2, above and below divided by e^(2|x|).
  friend Dual tanh(Dual x) {
    const double shrunk = std::exp(-2.0 * std::abs(x.value));
    return {std::tanh(x.value), chain(4.0 * shrunk / ((1.0 + shrunk) * (1.0 + shrunk)), x)};
  }
  friend Dual erf(Dual x) { return {std::erf(x.value), chain(bell(x.value), x)}; }
  friend Dual erfc(Dual x) { return {std::erfc(x.value), chain(-bell(x.value), x)}; }

  // a^b = e^(b log a). By a: b a^(b-1), and 0 for b = 0. By b: a^b log a, and at a = 0 the limit 0.
  friend Dual pow(Dual a, Dual b) {
    const double power = std::pow(a.value, b.value);
    const double by_a = b.value == 0.0 ? 0.0 : b.value * std::pow(a.value, b.value - 1.0);
    const double by_b = a.value == 0.0 && b.value >= 0.0 ? 0.0 : std::log(a.value) * power;
    return {power, chain(by_a, a) + chain(by_b, b)};
  }
  friend Dual hypot(Dual a, Dual b) {
    const double length = std::hypot(a.value, b.value);
    return {length, chain(a.value / length, a) + chain(b.value / length, b)};
  }

  // What follows could be left to the templates of elementary.h but for a kink's convention, an overflow on
  // the way to a number that is small, or a difference of two numbers that are almost equal.

  friend Dual min(Dual a, Dual b) {
    const double share = a.value < b.value ? 1.0 : a.value == b.value ? 0.5 : 0.0;
    return {elementary::min(a.value, b.value), chain(share, a) + chain(1.0 - share, b)};
  }
  friend Dual max(Dual a, Dual b) {
    const double share = a.value > b.value ? 1.0 : a.value == b.value ? 0.5 : 0.0;
    return {elementary::max(a.value, b.value), chain(share, a) + chain(1.0 - share, b)};
  }
  friend Dual relu(Dual x) { return {elementary::relu(x.value), x.value <= 0.0 ? 0.0 : x.slope}; }
  friend Dual hard_tanh(Dual x) {
    return {elementary::hard_tanh(x.value), std::abs(x.value) >= 1.0 ? 0.0 : x.slope};
  }
  // sigmoid' = 1 / (e^(x/2) + e^(-x/2))^2
  friend Dual sigmoid(Dual x) {
    const double twice_cosh = 2.0 * std::cosh(0.5 * x.value);
    return {elementary::sigmoid(x.value), chain(1.0 / twice_cosh / twice_cosh, x)};
  }
  friend Dual softsign(Dual x) {
    const double below = 1.0 + std::abs(x.value);
    return {elementary::softsign(x.value), chain(1.0 / below / below, x)};
  }

 private:
  // The chain rule. What does not depend on the input passes nothing on, even where the derivative is
  // infinite: 0 * inf must not become NaN. backward() does the same.
  static double chain(double derivative, Dual x) { return x.slope == 0.0 ? 0.0 : derivative * x.slope; }
  static double sign_of(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x; }
  // d/dx erf(x): the area under the whole bell is 2.
  static double bell(double x) { return 2.0 / std::sqrt(std::numbers::pi) * std::exp(-x * x); }
};

/// d(root)/d(input) by one pass forward over the tape with Duals, from the leaves' present numbers.
///
/// Cost:      one evaluation of everything recorded up to `root`, and 16 bytes for each node; no recursion.
/// Returns:   0 where no path joins the two, 1 for root and input the same.
/// Throws:    std::invalid_argument when the input belongs to another graph or to none, std::out_of_range for
///            a stale handle. Neither gradients nor numbers of the graph change.
double forward_derivative(Value root, Value input);

}  // namespace bp
