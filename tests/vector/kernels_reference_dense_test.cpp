// The dense layer, penalties and gathering as plain loops: sums done by hand, differences, empty batches.
#include <array>
#include <cmath>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::random_matrix, bp::test::gradient_error, bp::test::difference_tolerance;

namespace {

template <class T>
std::vector<T> numbers(const Matrix<T>& matrix) {
  return {matrix.span().begin(), matrix.span().end()};
}

}  // namespace

TEMPLATE_TEST_CASE("forward and backward of two examples are the sums done by hand", "[kernels]", float,
                   double) {
  using T = TestType;
  const Kernels<T>& k = reference_kernels<T>();
  const Matrix<T> x{{1, 2, 3}, {4, 5, 6}}, w{{1, 0, -1}, {2, 1, 0}}, dz{{1, -2}, {3, 5}};
  const std::vector<T> bias = {10, -20};
  Matrix<T> z(2, 2), y(2, 2), dx(2, 3), dw(2, 3);
  std::vector<T> db(2);

  k.dense_forward(x, {w, nullptr}, bias.data(), {Curve::relu}, z, y);
  k.dense_backward_input(dz, w, {}, {}, dx);
  k.dense_backward_weights(dz, x, dw, db.data());

  CHECK(numbers(z) == std::vector<T>{8, -16, 8, -7});  // 1 - 3 + 10, 2 + 2 - 20; 4 - 6 + 10, 8 + 5 - 20
  CHECK(numbers(y) == std::vector<T>{8, 0, 8, 0});
  CHECK(numbers(dx) == std::vector<T>{-3, -2, -1, 13, 5, -3});   // 1 w[0] - 2 w[1]; 3 w[0] + 5 w[1]
  CHECK(numbers(dw) == std::vector<T>{13, 17, 21, 18, 21, 24});  // 1 x[0] + 3 x[1]; -2 x[0] + 5 x[1]
  CHECK(db == std::vector<T>{4, 3});
}

TEST_CASE("all gradients of two dense layers agree with differences, for shapes down to 1 x 1", "[kernels]") {
  const Kernels<double>& k = reference_kernels<double>();
  Random random(3);
  for (const auto& [examples, inputs, hidden, outputs] : std::vector<std::array<std::size_t, 4>>{
           {1, 1, 1, 1}, {1, 5, 1, 4}, {6, 1, 3, 1}, {4, 3, 5, 2}, {3, 4, 4, 4}}) {
    for (const Curve curve : {Curve::identity, Curve::tanh, Curve::gelu, Curve::softplus}) {
      const Activation f{curve};
      Matrix<double> x = random_matrix<double>(random, examples, inputs);
      Matrix<double> w1 = random_matrix<double>(random, hidden, inputs),
                     b1 = random_matrix<double>(random, 1, hidden);
      Matrix<double> w2 = random_matrix<double>(random, outputs, hidden);
      const Matrix<double> dy = random_matrix<double>(random, examples, outputs);
      Matrix<double> z(examples, hidden), h(examples, hidden), y(examples, outputs);
      const auto loss = [&] {
        k.dense_forward(x, {w1, nullptr}, b1.data(), f, z, h);
        k.dense_forward(h, {w2, nullptr}, nullptr, {}, {}, y);
        return bp::test::weigh(y, dy);
      };
      Matrix<double> dz(examples, hidden), dx(examples, inputs), dw1(hidden, inputs), db1(1, hidden);
      Matrix<double> dw2(outputs, hidden);

      loss();
      k.dense_backward_weights(dy, h, dw2, nullptr);
      k.dense_backward_input(dy, w2, f, reads_input(curve) ? z : h, dz);
      k.dense_backward_weights(dz, x, dw1, db1.data());
      k.dense_backward_input(dz, w1, {}, {}, dx);

      INFO(examples << " examples, " << inputs << "-" << hidden << "-" << outputs << ", curve "
                    << int(curve));
      CHECK(gradient_error(w2.span(), dw2.span(), loss) <= difference_tolerance);
      CHECK(gradient_error(w1.span(), dw1.span(), loss) <= difference_tolerance);
      CHECK(gradient_error(b1.span(), db1.span(), loss) <= difference_tolerance);
      CHECK(gradient_error(x.span(), dx.span(), loss) <= difference_tolerance);
    }
  }
}

TEMPLATE_TEST_CASE("an empty batch has gradients of 0, and no inputs leave the bias", "[kernels]", float,
                   double) {
  using T = TestType;
  const Kernels<T>& k = reference_kernels<T>();
  const Matrix<T> w{{1, 2}, {3, 4}, {5, 6}};
  const std::vector<T> bias = {7, 8, 9};
  Matrix<T> nothing_in(0, 2), nothing_out(0, 3), dw(3, 2), y(1, 3);
  std::vector<T> db = {7, 7, 7};
  dw.fill(7);

  k.dense_forward(nothing_in, {w, nullptr}, bias.data(), {Curve::tanh}, {}, nothing_out);
  k.dense_backward_weights(nothing_out, nothing_in, dw, db.data());
  k.dense_backward_input(nothing_out, w, {}, {}, nothing_in);
  k.dense_forward(Matrix<T>(1, 0), {Matrix<T>(3, 0), nullptr}, bias.data(), {}, {}, y);

  CHECK(numbers(dw) == std::vector<T>(6, 0));
  CHECK(db == std::vector<T>(3, 0));
  CHECK(numbers(y) == bias);
}

TEST_CASE("one NaN or infinity reaches what depends on it and nothing else", "[kernels]") {
  const Kernels<double>& k = reference_kernels<double>();
  const Matrix<double> x{{1, NAN}, {INFINITY, 1}, {1, 1}}, w{{1, 1}, {2, 0}};
  const Matrix<double> dz{{1, 2}, {3, 4}, {5, 6}};
  Matrix<double> y(3, 2), dw(2, 2);

  k.dense_forward(x, {w, nullptr}, nullptr, {}, {}, y);
  k.dense_backward_weights(dz, x, dw, nullptr);

  CHECK((std::isnan(y(0, 0)) && std::isnan(y(0, 1))));  // 0 * NaN too
  CHECK((y(1, 0) == INFINITY && y(1, 1) == INFINITY));
  CHECK((y(2, 0) == 2 && y(2, 1) == 2));
  CHECK((dw(0, 0) == INFINITY && std::isnan(dw(0, 1))));
}

TEST_CASE("a sum of a million floats is right to its last bits", "[kernels]") {
  // 0.1f a million times: a float that adds them up strays to 100,958.
  const std::size_t count = 1'000'000;
  Matrix<float> x(1, count), w(1, count), y(1, 1);
  x.fill(0.1f);
  w.fill(1.0f);

  reference_kernels<float>().dense_forward(x, {w, nullptr}, nullptr, {}, {}, y);

  CHECK(y(0, 0) == static_cast<float>(1e6 * static_cast<double>(0.1f)));
}

TEST_CASE("penalties add their gradients to those of the loss", "[kernels]") {
  const Kernels<double>& k = reference_kernels<double>();
  Matrix<double> w{{0.5, -0.25}, {0.0, 2.0}}, dw{{1, 2}, {3, 4}};
  std::vector<double> penalty(2);

  k.penalize(w, 0.5, 2.0, dw, penalty.data());

  CHECK(numbers(dw) == std::vector<double>{1 + 0.5 + 2, 2 - 0.5 - 1, 3, 4 + 0.5 + 8});
  CHECK(penalty == std::vector<double>{0.5 * 0.75 + 2 * 0.3125, 0.5 * 2 + 2 * 4});
}

TEST_CASE("pictures are gathered by row number, in any order and more than once", "[kernels]") {
  const std::vector<std::uint8_t> bytes = {0, 51, 255, 102, 204, 1};
  const std::vector<std::uint32_t> rows = {2, 0, 2};
  Matrix<double> x(3, 2);

  reference_kernels<double>().gather_bytes(bytes.data(), rows.data(), 0.5, -1.0, x, {});

  CHECK(numbers(x) == std::vector<double>{101, -0.5, -1, 24.5, 101, -0.5});
}
