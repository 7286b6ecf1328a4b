// The activations in SIMD, held to the plain loops over the whole range of numbers, to the accuracy that
// kernels.h states.
#include <array>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/support/every_curve.h"
#include "tests/vector/framed.h"

using namespace bp::batch;
using bp::Random, bp::test::every_curve, bp::test::Framed, bp::test::units_apart;

namespace {

/// Both signs of: 0, every size down to the smallest and up to the largest, and a dense grid where the curves
/// bend.
template <class T>
Matrix<T> places() {
  std::vector<T> z;
  for (T size = std::numeric_limits<T>::denorm_min(); std::isfinite(size); size *= T(1.7)) z.push_back(size);
  for (double at = 0.0; at < 45.0; at += 0.0007) z.push_back(static_cast<T>(at));
  for (double at = 45.0; at < 800.0; at += 0.11) z.push_back(static_cast<T>(at));
  Matrix<T> both(2, z.size());
  for (std::size_t i = 0; i < z.size(); ++i) both(0, i) = z[i], both(1, i) = -z[i];
  return both;
}

/// The exponents of e whose rounding the contract lets through.
double exponent(Curve curve, double z) {
  if (curve == Curve::gelu) return 0.5 * z * z;
  if (curve == Curve::gelu_tanh) return std::abs(1.5957691216057307 * (z + 0.044715 * z * z * z));
  return 0.0;
}

/// Whether both are so small that they, or z times them, come from a factor below the smallest normal number.
template <class T>
bool near_smallest(T a, T b, double z) {
  const double small = 4 * std::max(1.0, std::abs(z)) * double(std::numeric_limits<T>::min());
  return std::abs(z) < 1000.0 && std::abs(double(a)) <= small && std::abs(double(b)) <= small;
}

bool crosses_zero(Curve curve) {
  return curve == Curve::gelu || curve == Curve::gelu_tanh || curve == Curve::silu || curve == Curve::mish;
}

// The plain loops of float calculate in double: what they are off by is 1 rounding. Those of double are off
// by as much as the C library's functions, 1 to 2 u each.
template <class T>
constexpr double plain_error = sizeof(T) == 8 ? 6.0 : 0.5;

}  // namespace

TEMPLATE_TEST_CASE("activations are as accurate as the contract says, over the whole range", "[kernels]",
                   float, double) {
  using T = TestType;
  const Matrix<T> z = places<T>();
  Matrix<T> ours(2, z.cols()), plain(2, z.cols());
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const Curve curve : every_curve()) {
      k->activation_forward(z, {curve}, ours);
      reference_kernels<T>().activation_forward(z, {curve}, plain);

      double worst = 0.0, where = 0.0;
      for (std::size_t i = 0; i < z.size(); ++i) {
        const double at = z.span()[i], want = plain.span()[i];
        if (near_smallest(ours.span()[i], plain.span()[i], at)) continue;
        const double excess =
            units_apart(ours.span()[i], plain.span()[i], std::abs(want)) - 4.0 * exponent(curve, at);
        if (!(excess <= worst)) worst = excess, where = at;
      }
      INFO(k->name << ", " << name_of(curve) << " at " << where);
      CHECK(worst <= 8.0 + plain_error<T>);
    }
  }
}

TEMPLATE_TEST_CASE("derivatives are as accurate as the contract says, over the whole range", "[kernels]",
                   float, double) {
  using T = TestType;
  const Matrix<T> saved = places<T>();
  Matrix<T> dy(2, saved.cols()), ours(2, saved.cols()), plain(2, saved.cols());
  dy.fill(T(-0.75));
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const Curve curve : every_curve()) {
      k->activation_backward(saved, {curve}, dy, ours);
      reference_kernels<T>().activation_backward(saved, {curve}, dy, plain);

      double worst = 0.0, where = 0.0;
      for (std::size_t i = 0; i < saved.size(); ++i) {
        const double at = saved.span()[i], want = std::abs(plain.span()[i]);
        if (near_smallest(ours.span()[i], plain.span()[i], at)) continue;
        const double size = crosses_zero(curve) ? std::max(want, 0.75) : want;
        const double units = units_apart(ours.span()[i], plain.span()[i], size);
        if (!(units <= worst)) worst = units, where = at;
      }
      INFO(k->name << ", " << name_of(curve) << " at " << where);
      CHECK(worst <= 8.0 + plain_error<T>);
    }
  }
}

TEMPLATE_TEST_CASE("activations of every length have the bits of a whole vector's, and touch nothing else",
                   "[kernels]", float, double) {
  using T = TestType;
  Random random(21);
  const Framed<T> z(random, 1, 131, 6.0), dy(random, 1, 131);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const Curve curve : every_curve()) {
      Framed<T> y(1, 131), dz(1, 131);
      k->activation_forward(z, {curve, 0.3}, y);
      k->activation_backward(z, {curve, 0.3}, dy, dz);

      for (std::size_t length = 0; length <= 130; ++length) {
        Framed<T> part(2, length), gradient(2, length);
        for (std::size_t i = 0; i < 2; ++i) {  // from two places, of different alignment
          k->activation_forward(z.view().column_range(i, i + length), {curve, 0.3},
                                part.view().row_range(i, i + 1));
          k->activation_backward(z.view().column_range(i, i + length), {curve, 0.3},
                                 dy.view().column_range(i, i + length), gradient.view().row_range(i, i + 1));
        }
        bool same = part.frame_is_whole() && gradient.frame_is_whole();
        for (std::size_t i = 0; i < 2; ++i) {
          for (std::size_t j = 0; j < length; ++j) {
            same = same && part(i, j) == y(0, i + j) && gradient(i, j) == dz(0, i + j);
          }
        }
        INFO(k->name << ", " << name_of(curve) << ", length " << length);
        CHECK(same);
      }
    }
  }
}

TEMPLATE_TEST_CASE("activations treat NaN, infinity, kinks and huge numbers as the plain loops do",
                   "[kernels]", float, double) {
  using T = TestType;
  const T nan = T(NAN), inf = T(INFINITY), big = std::numeric_limits<T>::max();
  // At every place of a vector and of a rest.
  const std::vector<T> odd = {nan,  inf,  -inf, T(0), -T(0),   T(1),    T(-1),
                              T(6), T(7), big,  -big, T(1e20), T(-1e20)};
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const Curve curve : every_curve()) {
      for (const T above : {T(2), nan, inf, -inf, T(0)}) {
        Matrix<T> z(1, 45), dy(1, 45), y(1, 45), dz(1, 45), plain_y(1, 45), plain_dz(1, 45);
        for (std::size_t i = 0; i < z.size(); ++i) z(0, i) = odd[i % odd.size()];
        dy.fill(above);

        k->activation_forward(z, {curve, 0.3}, y);
        k->activation_backward(z, {curve, 0.3}, dy, dz);
        reference_kernels<T>().activation_forward(z, {curve, 0.3}, plain_y);
        reference_kernels<T>().activation_backward(z, {curve, 0.3}, dy, plain_dz);

        for (std::size_t i = 0; i < z.size(); ++i) {
          INFO(k->name << ", " << name_of(curve) << " at " << z(0, i) << ", gradient " << above);
          CHECK(units_apart(y(0, i), plain_y(0, i), std::abs(double(plain_y(0, i)))) <= 10.0);
          CHECK(units_apart(dz(0, i), plain_dz(0, i), std::max(1.0, std::abs(double(plain_dz(0, i))))) <=
                15.0);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("an activation may write where it reads", "[kernels]", float, double) {
  using T = TestType;
  Random random(22);
  for (const Kernels<T>* k : available_kernels<T>()) {
    Framed<T> z(random, 3, 37, 3.0), dy(random, 3, 37), y(3, 37), dz(3, 37);
    k->activation_forward(z, {Curve::silu}, y);
    k->activation_backward(z, {Curve::silu}, dy, dz);
    k->activation_backward(z, {Curve::silu}, dy, dy);
    k->activation_forward(z, {Curve::silu}, z);

    bool same = true;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 37; ++j) same = same && z(i, j) == y(i, j) && dy(i, j) == dz(i, j);
    }
    INFO(k->name);
    CHECK(same);
  }
}
