// Matrix and View: shape, memory, copies, and sizes that cannot be.
#include "engine/vector/matrix.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "tests/support/catch2.h"

using bp::batch::Matrix, bp::batch::View;

namespace {

template <class T>
bool is_aligned(const Matrix<T>& matrix) {
  return reinterpret_cast<std::uintptr_t>(matrix.data()) % Matrix<T>::alignment == 0;
}

template <class T>
std::vector<T> numbers(const Matrix<T>& matrix) {
  return {matrix.span().begin(), matrix.span().end()};
}

}  // namespace

TEMPLATE_TEST_CASE("a new matrix is aligned and all 0", "[matrix]", float, double) {
  for (const std::size_t cols : {1, 3, 17, 784}) {
    Matrix<TestType> used(5, cols);  // so that the next one may get memory that has been written to
    used.fill(TestType(7));
    used = Matrix<TestType>();

    const Matrix<TestType> matrix(5, cols);

    CHECK(matrix.rows() == 5);
    CHECK(matrix.cols() == cols);
    CHECK(is_aligned(matrix));
    CHECK(numbers(matrix) == std::vector<TestType>(5 * cols, TestType(0)));
  }
}

TEMPLATE_TEST_CASE("rows follow each other without a gap", "[matrix]", float, double) {
  Matrix<TestType> matrix{{1, 2, 3}, {4, 5, 6}};

  CHECK(numbers(matrix) == std::vector<TestType>{1, 2, 3, 4, 5, 6});
  CHECK(matrix(1, 0) == 4);
  CHECK(matrix.row(1).size() == 3);
  CHECK(&matrix.row(1)[2] == matrix.data() + 5);
}

TEST_CASE("rows of different lengths are refused by number", "[matrix]") {
  CHECK_THROWS_WITH((Matrix<double>{{1, 2}, {3, 4}, {5}}),
                    "backstep: row 2 of a matrix has 1 numbers, row 0 has 2");
}

TEST_CASE("a copy has numbers of its own, and assigning to itself changes nothing", "[matrix]") {
  Matrix<double> matrix{{1, 2}, {3, 4}};
  Matrix<double>& same = matrix;

  Matrix<double> copy = matrix, assigned(7, 7);
  assigned = matrix;
  copy(0, 0) = 10;
  assigned(1, 1) = 40;
  matrix = same;

  CHECK(numbers(matrix) == std::vector<double>{1, 2, 3, 4});
  CHECK(numbers(copy) == std::vector<double>{10, 2, 3, 4});
  CHECK(numbers(assigned) == std::vector<double>{1, 2, 3, 40});
  CHECK(assigned.rows() == 2);
}

TEST_CASE("moving hands the memory over and leaves nothing behind", "[matrix]") {
  Matrix<float> matrix{{1, 2}, {3, 4}};
  const float* place = matrix.data();

  Matrix<float> moved(std::move(matrix));
  Matrix<float> assigned(3, 3);
  assigned = std::move(moved);

  CHECK(assigned.data() == place);
  CHECK(numbers(assigned) == std::vector<float>{1, 2, 3, 4});
  CHECK(matrix.size() == 0);  // what is left behind is part of the contract
  CHECK(moved.rows() == 0);
  CHECK(moved.data() == nullptr);
}

TEST_CASE("a smaller batch and the next full one use the same memory", "[matrix]") {
  Matrix<float> matrix(32, 10);
  const float* place = matrix.data();

  matrix.resize(7, 10);
  CHECK(matrix.data() == place);
  CHECK(matrix.size() == 70);
  matrix.resize(0, 10);
  CHECK(matrix.data() == place);
  matrix.resize(10, 32);
  CHECK(matrix.data() == place);
  CHECK(matrix.cols() == 32);

  matrix.resize(33, 10);
  CHECK(is_aligned(matrix));
  matrix.fill(2);
  CHECK(numbers(matrix) == std::vector<float>(330, 2));
}

TEST_CASE("a size that overflows is refused before anything is allocated, and the matrix stays", "[matrix]") {
  Matrix<double> matrix{{1, 2}, {3, 4}};
  constexpr std::size_t half = std::size_t(1) << 32;

  CHECK_THROWS_AS(matrix.resize(half, half), std::length_error);      // 2^64 numbers: 0 of them
  CHECK_THROWS_AS(matrix.resize(half, half / 8), std::length_error);  // 2^64 bytes
  CHECK_THROWS_WITH(matrix.resize(half, half / 16),                   // 2^63 bytes
                    "backstep: a matrix of 4294967296 x 268435456 numbers is too large for this machine");
  CHECK(numbers(matrix) == std::vector<double>{1, 2, 3, 4});
  CHECK(Matrix<double>(half * half - 1, 0).size() == 0);
}

TEST_CASE("a view of rows and columns sees and writes the numbers of the matrix", "[matrix]") {
  Matrix<double> matrix{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};

  const View<double> part = matrix.view().row_range(1, 3).column_range(1, 2);
  part(1, 0) = 80;
  const View<const double> read = part;

  CHECK(part.rows == 2);
  CHECK(part.cols == 1);
  CHECK(part.row(1) == matrix.data() + 7);
  CHECK(read(0, 0) == 5);
  CHECK(matrix(2, 1) == 80);
  CHECK(matrix.view().row_range(3, 3).rows == 0);
  CHECK(Matrix<double>().view().row_range(0, 0).data == nullptr);
}
