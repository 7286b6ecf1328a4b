// Matrix<T>, the numbers of a batch or of a layer's weights; View<T>, a window on such numbers.
//
//     Matrix<float> x(32, 784);        // 32 examples of 784 inputs, all 0
//     x(3, 100) = 0.5f;                // row 3, column 100, from 0
//     View<const float> part = x.view().row_range(0, 16);  // the first half of the batch; nothing is copied
//
// A row stands next to the row before it, with nothing in between (row-major, contiguous). The first number
// is aligned to a cache line; other rows are where they fall.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace bp::batch {

/// A window on a matrix that somebody else owns: rows of `cols` numbers, each `stride` numbers after the row
/// before it. View<const T> only reads. It is valid for as long as the numbers stay where they are.
template <class T>
struct View {
  T* data = nullptr;
  std::size_t rows = 0, cols = 0, stride = 0;

  T* row(std::size_t i) const {
    assert(i < rows);
    return data + i * stride;
  }
  T& operator()(std::size_t i, std::size_t j) const {
    assert(i < rows && j < cols);
    return data[i * stride + j];
  }

  /// Rows first to last - 1.
  View row_range(std::size_t first, std::size_t last) const {
    assert(first <= last && last <= rows);
    return {first < last ? data + first * stride : data, last - first, cols, stride};
  }
  /// Columns first to last - 1.
  View column_range(std::size_t first, std::size_t last) const {
    assert(first <= last && last <= cols);
    return {first < last ? data + first : data, rows, last - first, stride};
  }

  operator View<const T>() const requires(!std::is_const_v<T>) { return {data, rows, cols, stride}; }
};

/// Row-major numbers, float or double, that it owns; or words of bits.
template <class T>
class Matrix {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::uint64_t>);

 public:
  /// Where the first number stands: at a multiple of this many bytes, a cache line and the widest vector.
  static constexpr std::size_t alignment = 64;

  Matrix() = default;
  /// All numbers are 0.
  ///
  /// Throws:    std::length_error when so many numbers have no room in the address space, std::bad_alloc when
  ///            the system does not give the memory; either before anything is allocated.
  Matrix(std::size_t rows, std::size_t cols) { resize(rows, cols); }  // new memory is 0
  /// The numbers as they are written: {{1, 2, 3}, {4, 5, 6}} has 2 rows and 3 columns.
  ///
  /// Throws:    std::invalid_argument when the rows are not equally long.
  Matrix(std::initializer_list<std::initializer_list<T>> rows)
      : Matrix(rows.size(), rows.size() == 0 ? 0 : rows.begin()->size()) {
    std::size_t i = 0;
    for (const auto& row : rows) {
      if (row.size() != cols_) {
        throw std::invalid_argument("backstep: row " + std::to_string(i) + " of a matrix has " +
                                    std::to_string(row.size()) + " numbers, row 0 has " +
                                    std::to_string(cols_));
      }
      std::copy(row.begin(), row.end(), data() + i * cols_);
      ++i;
    }
  }

  Matrix(const Matrix& other) {
    resize(other.rows_, other.cols_);
    std::copy_n(other.data(), size(), data());
  }
  Matrix& operator=(const Matrix& other) {
    if (this != &other) {
      resize(other.rows_, other.cols_);
      std::copy_n(other.data(), size(), data());
    }
    return *this;
  }
  /// What is moved from is left with 0 rows and 0 columns.
  Matrix(Matrix&& other) noexcept { swap(other); }
  Matrix& operator=(Matrix&& other) noexcept {
    Matrix(std::move(other)).swap(*this);
    return *this;
  }
  void swap(Matrix& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(capacity_, other.capacity_);
    std::swap(rows_, other.rows_);
    std::swap(cols_, other.cols_);
  }

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t size() const { return rows_ * cols_; }

  T* data() { return memory_.get(); }
  const T* data() const { return memory_.get(); }
  /// All numbers, row after row.
  std::span<T> span() { return {data(), size()}; }
  std::span<const T> span() const { return {data(), size()}; }
  std::span<T> row(std::size_t i) { return {view().row(i), cols_}; }
  std::span<const T> row(std::size_t i) const { return {view().row(i), cols_}; }
  T& operator()(std::size_t i, std::size_t j) { return view()(i, j); }
  const T& operator()(std::size_t i, std::size_t j) const { return view()(i, j); }

  View<T> view() { return {data(), rows_, cols_, cols_}; }
  View<const T> view() const { return {data(), rows_, cols_, cols_}; }
  operator View<T>() { return view(); }
  operator View<const T>() const { return view(); }

  void fill(T number) { std::fill_n(data(), size(), number); }

  /// Another shape. What the numbers are afterwards is not defined: overwrite them. Memory is kept, so that
  /// only a matrix larger than all before it allocates: the last, smaller batch of an epoch does not.
  ///
  /// Throws:    as the constructor, and the matrix is then as it was.
  void resize(std::size_t rows, std::size_t cols) {
    constexpr std::size_t most = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(T);
    if (cols != 0 && rows > most / cols) {
      throw std::length_error("backstep: a matrix of " + std::to_string(rows) + " x " + std::to_string(cols) +
                              " numbers is too large for this machine");
    }
    if (rows * cols > capacity_) {
      memory_.reset(new (std::align_val_t(alignment)) T[rows * cols]());
      capacity_ = rows * cols;
    }
    rows_ = rows;
    cols_ = cols;
  }

 private:
  struct Release {
    void operator()(T* memory) const { ::operator delete[](memory, std::align_val_t(alignment)); }
  };

  std::unique_ptr<T[], Release> memory_;
  std::size_t capacity_ = 0;  // numbers that memory_ has room for
  std::size_t rows_ = 0, cols_ = 0;
};

}  // namespace bp::batch
