// Activations, softmax, cross-entropy and argmax as plain loops: PyTorch's numbers, tails, kinks, NaN.
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/support/every_curve.h"
#include "tests/support/pytorch_layers.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::every_curve, bp::test::random_matrix, bp::test::gradient_error,
    bp::test::difference_tolerance;
namespace pytorch = bp::test::pytorch;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

const Kernels<double>& kernels = reference_kernels<double>();

Curve curve_of(const pytorch::Activation_figures& figures) {
  for (const Curve curve : every_curve()) {
    if (name_of(curve) == std::string(figures.name)) return curve;
  }
  throw std::logic_error(figures.name);
}

template <class T>
T value_of(Activation f, T z) {
  Matrix<T> y(1, 1);
  reference_kernels<T>().activation_forward(Matrix<T>{{z}}, f, y);
  return y(0, 0);
}

// Forward, then dz with what this activation saves.
template <class T>
T derivative_of(Activation f, T z, T dy = T(1)) {
  const Matrix<T> saved{{reads_input(f.curve) ? z : value_of(f, z)}};
  Matrix<T> dz(1, 1);
  reference_kernels<T>().activation_backward(saved, f, Matrix<T>{{dy}}, dz);
  return dz(0, 0);
}

template <class T>
bool close(T got, double want, double units) {
  const double error = std::abs(static_cast<double>(got) - want);
  return error <= units * 0.5 * static_cast<double>(std::numeric_limits<T>::epsilon()) * std::abs(want);
}

double total(const std::vector<double>& losses) {
  double sum = 0.0;
  for (const double loss : losses) sum += loss;
  return sum;
}

}  // namespace

TEST_CASE("every activation has PyTorch's values and derivatives", "[kernels]") {
  for (const pytorch::Activation_figures& want : pytorch::activations) {
    const Activation f{curve_of(want)};
    for (std::size_t i = 0; i < pytorch::points; ++i) {
      const double at = pytorch::point[i];
      INFO(want.name << " at " << at);
      // 0.3 is no power of 2 and no 1: a backward that forgets to multiply would show.
      const double dz = derivative_of<double>(f, at, 0.3);
      const float z = static_cast<float>(at);  // exactly the same point

      // PyTorch takes the derivatives of sigmoid and tanh from y, where 1 - y^2 at 3 has lost 100 units, and
      // erf's side of GELU, where 1 + erf(-3/sqrt 2) has lost 1,000. One unit of a number near 3 is 4.4e-16.
      CHECK(std::abs(value_of<double>(f, at) - want.value[i]) <= 4.5e-16);
      CHECK(std::abs(dz - 0.3 * want.derivative[i]) <= 4e-16);
      CHECK(std::abs(value_of<float>(f, z) - want.value[i]) <= 0x1p-24 * 3.2);
      CHECK(std::abs(derivative_of<float>(f, z) - want.derivative[i]) <= 0x1p-24 * 1.2);
    }
  }
}

TEST_CASE("derivatives are those of the values, for any gradient from above", "[kernels]") {
  Random random(1);
  for (const Curve curve : every_curve()) {
    const Activation f{curve, 0.2};
    Matrix<double> z = random_matrix<double>(random, 4, 5, 0.9), y(4, 5), dz(4, 5);
    for (double& number : z.span()) number += number < 0 ? -0.02 : 0.02;  // away from the kinks
    const Matrix<double> dy = random_matrix<double>(random, 4, 5);

    kernels.activation_forward(z, f, y);
    kernels.activation_backward(reads_input(curve) ? z : y, f, dy, dz);

    INFO(name_of(curve));
    CHECK(gradient_error(z.span(), dz.span(), [&] {
            kernels.activation_forward(z, f, y);
            return bp::test::weigh(y, dy);
          }) <= difference_tolerance);
  }
}

TEST_CASE("the tails keep their digits where the plain formulas have lost them", "[kernels]") {
  // 40-digit arithmetic.
  CHECK(close(derivative_of<double>({Curve::sigmoid}, 40.0), 4.248354255291588995e-18, 4));
  CHECK(close(derivative_of<float>({Curve::sigmoid}, 40.0f), 4.248354255291588995e-18, 4));
  CHECK(close(derivative_of<float>({Curve::tanh}, 12.0f), 1.510053817790809e-10, 4));
  CHECK(close(derivative_of<float>({Curve::elu}, -20.0f), 2.061153622438557828e-9, 4));
  CHECK(close(value_of<float>({Curve::softplus}, -30.0f), 9.357622968839736596e-14, 4));
  CHECK(close(value_of<double>({Curve::elu}, -1e-10), -9.9999999995e-11, 4));
  CHECK(value_of<float>({Curve::softplus}, 1000.0f) == 1000.0f);
  CHECK(value_of<float>({Curve::mish}, 1000.0f) == 1000.0f);
  CHECK(value_of<double>({Curve::relu6}, 1000.0) == 6.0);
  CHECK(value_of<float>({Curve::sigmoid}, -1000.0f) == 0.0f);
}

TEST_CASE("at a kink the derivative is PyTorch's", "[kernels]") {
  CHECK(derivative_of<double>({Curve::relu}, 0.0) == 0.0);
  CHECK(derivative_of<double>({Curve::leaky_relu, 0.25}, 0.0) == 0.25);
  CHECK(derivative_of<double>({Curve::hard_tanh}, 1.0) == 0.0);
  CHECK(derivative_of<double>({Curve::hard_tanh}, -1.0) == 0.0);
  CHECK(derivative_of<double>({Curve::relu6}, 6.0) == 0.0);
  CHECK(derivative_of<double>({Curve::selu}, 0.0) == 1.0507009873554804934 * 1.6732632423543772848);
}

TEST_CASE("NaN goes through every activation, and a closed ReLU stops even an infinite gradient",
          "[kernels]") {
  for (const Curve curve : every_curve()) {
    INFO(name_of(curve));
    CHECK(std::isnan(value_of<double>({curve}, not_a_number)));
    CHECK(std::isnan(derivative_of<double>({curve}, 0.5, not_a_number)));
  }
  CHECK(derivative_of<double>({Curve::relu}, not_a_number, 2.0) == 2.0);
  CHECK(derivative_of<double>({Curve::relu}, -1.0, infinity) == 0.0);
  CHECK(derivative_of<double>({Curve::hard_tanh}, -3.0, infinity) == 0.0);
  CHECK(derivative_of<double>({Curve::relu6}, 7.0, infinity) == 0.0);
  CHECK(value_of<double>({Curve::tanh}, -infinity) == -1.0);
  CHECK(value_of<double>({Curve::elu}, -infinity) == -1.0);
  CHECK(std::isnan(value_of<double>({Curve::silu}, -infinity)));
  CHECK(std::isnan(value_of<double>({Curve::gelu}, -infinity)));
}

TEST_CASE("the backward pass of the identity needs nothing saved, and may write where it reads",
          "[kernels]") {
  Matrix<double> dy{{1, 2}, {3, 4}};

  kernels.activation_backward({}, {Curve::identity}, dy, dy);
  CHECK(dy(1, 0) == 3);
  kernels.activation_backward(Matrix<double>{{-1, 1}, {0, 5}}, {Curve::relu}, dy, dy);
  CHECK(dy(0, 0) == 0);
  CHECK(dy(1, 1) == 4);
}

TEST_CASE("softmax is e^z over its sum, whatever is added to all logits", "[kernels]") {
  // e^0 : e^log 2 : e^log 5 = 1 : 2 : 5.
  for (const double shift : {0.0, -1000.0, 1000.0}) {
    const Matrix<double> z{{shift, shift + std::log(2.0), shift + std::log(5.0)}};
    Matrix<double> p(1, 3);

    kernels.softmax_forward(z, p);

    // shift + log 2 is rounded at 1000: by 2^-44, which is that of p.
    CHECK(std::abs(p(0, 0) - 1.0 / 8) <= 0x1p-44);
    CHECK(std::abs(p(0, 1) - 2.0 / 8) <= 0x1p-44);
    CHECK(std::abs(p(0, 2) - 5.0 / 8) <= 0x1p-44);
  }
}

TEST_CASE("softmax's gradient has the off-diagonal terms", "[kernels]") {
  Random random(2);
  Matrix<double> z = random_matrix<double>(random, 3, 4), p(3, 4), dz(3, 4);
  const Matrix<double> dp = random_matrix<double>(random, 3, 4);

  kernels.softmax_forward(z, p);
  kernels.softmax_backward(p, dp, dz);

  CHECK(gradient_error(z.span(), dz.span(), [&] {
          kernels.softmax_forward(z, p);
          return bp::test::weigh(p, dp);
        }) <= difference_tolerance);
}

TEST_CASE("cross-entropy has PyTorch's losses and gradients, for labels and for probabilities", "[kernels]") {
  const Matrix<double> z{{0.2, -1.3, 0.7}, {1.5, 0.1, -0.4}};
  const Matrix<double> targets{{0.0, 1.0, 0.0}, {0.25, 0.5, 0.25}};
  const std::vector<std::uint32_t> labels = {1, 0};
  std::vector<double> loss(2);
  Matrix<double> dz(2, 3);

  SECTION("labels") {
    const Matrix<double> want{{0.17410371394186744, -0.4611522104257147, 0.2870484964838473},
                              {-0.14187628886624604, 0.08831221988108463, 0.0535640689851614}};
    kernels.cross_entropy_labels(z, labels.data(), 0.5, loss.data(), dz);
    CHECK(std::abs(total(loss) / 2 - 1.4443432647650452) <= 4e-16);
    for (std::size_t i = 0; i < 6; ++i) CHECK(std::abs(dz.span()[i] - want.span()[i]) <= 2e-16);
  }
  SECTION("probabilities") {
    const Matrix<double> want{{0.17410371394186744, -0.4611522104257147, 0.2870484964838473},
                              {0.23312371113375396, -0.16168778011891538, -0.0714359310148386}};
    kernels.cross_entropy_targets(z, targets, 0.5, loss.data(), dz);
    CHECK(std::abs(total(loss) / 2 - 2.0318432647650453) <= 8e-16);
    for (std::size_t i = 0; i < 6; ++i) CHECK(std::abs(dz.span()[i] - want.span()[i]) <= 2e-16);
  }
}

TEST_CASE("cross-entropy of extreme logits is exact, and a small loss keeps its digits", "[kernels]") {
  const Matrix<double> z{{1000.0, 0.0, -1000.0}, {1000.0, 0.0, -1000.0}, {0.0, -40.0, -infinity}};
  const std::vector<std::uint32_t> labels = {0, 2, 0};
  std::vector<double> loss(3);
  Matrix<double> dz(3, 3);

  kernels.cross_entropy_labels(z, labels.data(), 1.0, loss.data(), dz);

  CHECK(loss[0] == 0.0);
  CHECK(dz(0, 0) == 0.0);
  CHECK(loss[1] == 2000.0);
  CHECK(dz(1, 0) == 1.0);
  CHECK(dz(1, 2) == -1.0);
  CHECK(close(loss[2], 4.248354255291588995e-18, 4));  // log(1 + e^-40)
}

TEST_CASE("a class that is not wanted may have the logit -inf; NaN and +inf spoil their row alone",
          "[kernels]") {
  const Matrix<double> z{{0, -infinity}, {infinity, 0}, {0, not_a_number}, {-infinity, -infinity}, {1, 1}};
  const Matrix<double> targets{{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}};
  std::vector<double> loss(5), labelled(5);
  Matrix<double> dz(5, 2), p(5, 2);

  kernels.cross_entropy_targets(z, targets, 1.0, loss.data(), dz);
  kernels.cross_entropy_labels(z, std::vector<std::uint32_t>(5, 0).data(), 1.0, labelled.data(), {});
  kernels.softmax_forward(z, p);

  CHECK(loss[0] == 0.0);
  CHECK(labelled[0] == 0.0);
  for (std::size_t n : {1, 2, 3}) {
    CHECK(std::isnan(loss[n]));
    CHECK(std::isnan(labelled[n]));
    CHECK((std::isnan(dz(n, 0)) && std::isnan(dz(n, 1))));
    CHECK((std::isnan(p(n, 0)) && std::isnan(p(n, 1))));
  }
  CHECK(p(4, 0) == 0.5);
}

TEST_CASE("argmax takes the first of equals, and a NaN before all", "[kernels]") {
  const Matrix<float> z{{1, 3, 3}, {-5, -7, -6}, {1, NAN, 9}, {-INFINITY, -INFINITY, -INFINITY}};
  std::vector<std::uint32_t> best(4, 77);

  reference_kernels<float>().argmax(z, best.data());

  CHECK(best == std::vector<std::uint32_t>{1, 0, 1, 0});
}
