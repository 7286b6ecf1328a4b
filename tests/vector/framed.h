// For tests of kernels: matrices at odd places with an odd stride, in a frame that nothing may touch; and how
// far results are apart.
#pragma once

#include <cmath>
#include <limits>

#include "engine/data/random.h"
#include "engine/vector/matrix.h"

namespace bp::test {

/// A matrix within a larger one: its rows are 3 numbers farther apart than they are long and begin at an
/// address that suits no vector.
template <class T>
class Framed {
 public:
  Framed(std::size_t rows, std::size_t cols) : all_(rows + 2, cols + 3), rows_(rows), cols_(cols) {
    all_.fill(frame);
  }
  Framed(Random& random, std::size_t rows, std::size_t cols, double size = 1.0) : Framed(rows, cols) {
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < cols; ++j) view()(i, j) = static_cast<T>(random.uniform(-size, size));
    }
  }

  batch::View<T> view() { return all_.view().row_range(1, rows_ + 1).column_range(1, cols_ + 1); }
  batch::View<const T> view() const { return all_.view().row_range(1, rows_ + 1).column_range(1, cols_ + 1); }
  operator batch::View<T>() { return view(); }
  operator batch::View<const T>() const { return view(); }
  T& operator()(std::size_t i, std::size_t j) { return view()(i, j); }
  const T& operator()(std::size_t i, std::size_t j) const { return view()(i, j); }
  /// Of a matrix with one row: its numbers.
  T* data() { return all_.data() + all_.cols() + 1; }
  const T* data() const { return all_.data() + all_.cols() + 1; }
  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }

  /// Whether everything around the matrix is as it was.
  bool frame_is_whole() const {
    for (std::size_t i = 0; i < all_.rows(); ++i) {
      for (std::size_t j = 0; j < all_.cols(); ++j) {
        const bool inside = i >= 1 && i <= rows_ && j >= 1 && j <= cols_;
        if (!inside && all_(i, j) != frame) return false;
      }
    }
    return true;
  }

 private:
  static constexpr T frame = T(-77.25);
  batch::Matrix<T> all_;
  std::size_t rows_, cols_;
};

/// A row of numbers between 0.25 and 1.25.
template <class T>
Framed<T> positive(Random& random, std::size_t cols) {
  Framed<T> matrix(random, 1, cols);
  for (std::size_t j = 0; j < cols; ++j) matrix(0, j) = std::abs(matrix(0, j)) + T(0.25);
  return matrix;
}

/// 2^-24 for float, 2^-53 for double.
template <class T>
inline constexpr double unit = 0.5 * static_cast<double>(std::numeric_limits<T>::epsilon());

/// How many units of size got and want are apart; both NaN or both the same infinity: 0. Where both are below
/// the smallest normal number: 0.
template <class T>
double units_apart(T got, T want, double size) {
  if (std::isnan(got) && std::isnan(want)) return 0.0;
  if (got == want) return 0.0;
  constexpr T tiny = std::numeric_limits<T>::min();
  if (std::abs(got) <= tiny && std::abs(want) <= tiny) return 0.0;
  if (!std::isfinite(got) || !std::isfinite(want)) return INFINITY;
  return std::abs(static_cast<double>(got) - static_cast<double>(want)) / (unit<T> * size);
}

/// The greatest units_apart of two matrices of one shape, where numbers are of the size of `size`'s.
template <class T>
double worst_units(batch::View<const T> got, batch::View<const T> want, batch::View<const T> size) {
  double worst = 0.0;
  for (std::size_t i = 0; i < got.rows; ++i) {
    for (std::size_t j = 0; j < got.cols; ++j) {
      const double units = units_apart(got(i, j), want(i, j), std::abs(static_cast<double>(size(i, j))));
      if (!(units <= worst)) worst = units;
    }
  }
  return worst;
}

}  // namespace bp::test
