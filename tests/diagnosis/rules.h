// The rules of differentiation as a learner knows them: rightly, or with one of the slips.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "tests/diagnosis/slips.h"

namespace bp::test {

class Rules {
 public:
  explicit Rules(const Slips& slips) : slips_(slips) {}

  /// d(x^n)/dx
  double power(double x, double n) const {
    using enum Slips::Power;
    switch (slips_.power) {
      case exponent_stays: return n * std::pow(x, n);
      case no_factor: return std::pow(x, n - 1);
      case lowered_first: return (n - 1) * std::pow(x, n - 1);
      case raised: return std::pow(x, n + 1) / (n + 1);
      case right: break;
    }
    return n * std::pow(x, n - 1);
  }

  /// d(u/v)/du = 1/v and d(u/v)/dv = -u/v^2
  std::pair<double, double> over(double u, double v) const {
    using enum Slips::Quotient;
    switch (slips_.quotient) {
      case plus: return {1 / v, u / (v * v)};
      case not_squared: return {1 / v, -u / v};
      case swapped: return {-1 / v, u / (v * v)};  // (u v' - u' v) / v^2
      case undivided: return {v, -u};              // u' v - u v'
      case right: break;
    }
    return {1 / v, -u / (v * v)};
  }

  /// The place at which the derivative of the outer function is taken, in f(g(x)): g(x), and not x.
  double at(double g_of_x, double x) const { return slips_.outer_at_inner ? x : g_of_x; }

  /// A local derivative, given in turn: the one that is forgotten is 1. Those of tanh and sigmoid do not pass
  /// through here: to leave out an activation's is a mistake of its own.
  double local(double derivative) { return given_++ == slips_.forgotten ? 1 : derivative; }

  /// What a value receives from its uses, which are given in the order of the calculation. A sweep backward
  /// ends at the first.
  double meet(const std::vector<double>& uses) const {
    if (slips_.overwrites || slips_.path == Slips::Path::first) return uses.front();
    if (slips_.path == Slips::Path::last) return uses.back();
    double sum = 0;
    for (const double use : uses) sum += use;
    return sum;
  }

 private:
  const Slips& slips_;
  std::size_t given_ = 0;
};

}  // namespace bp::test
