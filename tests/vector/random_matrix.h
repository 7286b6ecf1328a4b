// For tests of kernels: random numbers, and derivatives by finite differences.
#pragma once

#include <cmath>
#include <vector>

#include "engine/data/random.h"
#include "engine/vector/matrix.h"

namespace bp::test {

/// Numbers between -1 and 1, times `size`.
template <class T>
batch::Matrix<T> random_matrix(Random& random, std::size_t rows, std::size_t cols, double size = 1.0) {
  batch::Matrix<T> matrix(rows, cols);
  for (T& number : matrix.span()) number = static_cast<T>(random.uniform(-size, size));
  return matrix;
}

/// sum_ij a[i][j] b[i][j]: a loss whose gradient by a is b.
inline double weigh(const batch::Matrix<double>& a, const batch::Matrix<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a.span()[i] * b.span()[i];
  return sum;
}

/// The greatest |dx - d loss()/dx| over the numbers x that loss reads, by five points h = 1e-3 apart:
///
///     (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h = f' + h^4/30 f^(5)
///
/// For functions and derivatives of size 1 both that error and that of rounding, 2^-52 / h, are below 1e-12.
template <class Loss>
double gradient_error(std::span<double> x, std::span<const double> dx, Loss loss) {
  constexpr double h = 1e-3;
  double worst = x.size() == dx.size() ? 0.0 : INFINITY;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = x[i];
    const auto f = [&](double step) {
      x[i] = at + step * h;
      const double value = loss();
      x[i] = at;
      return value;
    };
    const double slope = (f(-2) - 8 * f(-1) + 8 * f(1) - f(2)) / (12 * h);
    const double error = std::abs(dx[i] - slope);
    if (!(error <= worst)) worst = error;  // NaN too
  }
  return worst;
}

/// What gradient_error may be where the fifth derivatives and the sums are of size 1 to 100.
constexpr double difference_tolerance = 1e-10;

}  // namespace bp::test
