// Softmax, cross-entropy and argmax in SIMD, held to the plain loops for every number of classes to 130.
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/framed.h"

using namespace bp::batch;
using bp::Random, bp::test::Framed, bp::test::units_apart, bp::test::worst_units;

namespace {

constexpr std::size_t rows = 3;

template <class T>
Framed<T> filled(std::size_t cols, double size) {
  Framed<T> matrix(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) matrix(i, j) = static_cast<T>(size);
  }
  return matrix;
}

/// Positive numbers whose rows sum to 1.
template <class T>
Framed<T> probabilities(Random& random, std::size_t cols) {
  Framed<T> t(random, rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    T sum = 0;
    for (std::size_t j = 0; j < cols; ++j) sum += t(i, j) = std::abs(t(i, j)) + T(0.01);
    for (std::size_t j = 0; j < cols; ++j) t(i, j) /= sum;
  }
  return t;
}

std::vector<std::uint32_t> labels_of(Random& random, std::size_t classes) {
  std::vector<std::uint32_t> labels(rows);
  for (auto& label : labels) label = std::uint32_t(random.uniform(0.0, double(classes)));
  return labels;
}

}  // namespace

TEMPLATE_TEST_CASE("softmax and its gradient of every length are those of the plain loops", "[kernels]",
                   float, double) {
  using T = TestType;
  const Kernels<T>& plain = reference_kernels<T>();
  Random random(31);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (std::size_t classes = 1; classes <= 130; ++classes) {
      constexpr double spread = 20.0;
      const Framed<T> z(random, rows, classes, spread / 2), dp(random, rows, classes);
      Framed<T> p(rows, classes), dz(rows, classes), plain_p(rows, classes), plain_dz(rows, classes);

      k->softmax_forward(z, p);
      plain.softmax_forward(z, plain_p);
      k->softmax_backward(plain_p, dp, dz);
      plain.softmax_backward(plain_p, dp, plain_dz);

      INFO(k->name << ", " << classes << " classes");
      CHECK(worst_units<T>(p, plain_p, plain_p) <= 2 * (double(classes) + 8 + spread));
      // |dp| <= 1: p (dp - mean), each within 1 and the mean within (C + 1) u.
      CHECK(worst_units<T>(dz, plain_dz, plain_p) <= 2 * (double(classes) + 5));
      CHECK((p.frame_is_whole() && dz.frame_is_whole()));
    }
  }
}

TEMPLATE_TEST_CASE("cross-entropy of every length is that of the plain loops", "[kernels]", float, double) {
  using T = TestType;
  const Kernels<T>& plain = reference_kernels<T>();
  Random random(32);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (std::size_t classes = 1; classes <= 130; ++classes) {
      constexpr double spread = 20.0, scale = 0.3;
      const Framed<T> z(random, rows, classes, spread / 2), t = probabilities<T>(random, classes);
      const std::vector<std::uint32_t> labels = labels_of(random, classes);
      Framed<T> loss(1, rows), dz(rows, classes), plain_loss(1, rows), plain_dz(rows, classes);
      const auto check = [&] {
        INFO(k->name << ", " << classes << " classes");
        const double units = 2 * (double(classes) + 8);
        for (std::size_t n = 0; n < rows; ++n) {
          CHECK(units_apart(loss(0, n), plain_loss(0, n), plain_loss(0, n) + spread) <= units);
        }
        CHECK(worst_units<T>(dz, plain_dz, filled<T>(classes, scale * spread)) <= units);
        CHECK((loss.frame_is_whole() && dz.frame_is_whole()));
      };

      k->cross_entropy_labels(z, labels.data(), scale, loss.data(), dz);
      plain.cross_entropy_labels(z, labels.data(), scale, plain_loss.data(), plain_dz);
      check();
      k->cross_entropy_targets(z, t, scale, loss.data(), dz);
      plain.cross_entropy_targets(z, t, scale, plain_loss.data(), plain_dz);
      check();
    }
  }
}

TEMPLATE_TEST_CASE("the loss may be had without its gradient, and the gradient in place of the logits",
                   "[kernels]", float, double) {
  using T = TestType;
  Random random(33);
  for (const Kernels<T>* k : available_kernels<T>()) {
    constexpr std::size_t classes = 21;
    const Framed<T> z(random, rows, classes, 5.0), t = probabilities<T>(random, classes);
    const std::vector<std::uint32_t> labels = labels_of(random, classes);
    Framed<T> in_place = z, dz(rows, classes), loss(1, rows), loss_alone(1, rows), loss_in_place(1, rows);
    const auto check = [&] {
      INFO(k->name);
      for (std::size_t n = 0; n < rows; ++n) {
        CHECK((loss(0, n) == loss_alone(0, n) && loss(0, n) == loss_in_place(0, n)));
      }
      CHECK(worst_units<T>(in_place, dz, dz) == 0.0);
    };

    k->cross_entropy_labels(z, labels.data(), 1.0, loss.data(), dz);
    k->cross_entropy_labels(z, labels.data(), 1.0, loss_alone.data(), {});
    k->cross_entropy_labels(in_place, labels.data(), 1.0, loss_in_place.data(), in_place);
    check();
    in_place = z;
    k->cross_entropy_targets(z, t, 1.0, loss.data(), dz);
    k->cross_entropy_targets(z, t, 1.0, loss_alone.data(), {});
    k->cross_entropy_targets(in_place, t, 1.0, loss_in_place.data(), in_place);
    check();
  }
}

TEMPLATE_TEST_CASE("logits that are greatest together share the probability", "[kernels]", float, double) {
  using T = TestType;
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const std::size_t classes : {2, 8, 32, 128}) {
      Matrix<T> z(1, classes), p(1, classes), dz(1, classes);
      z.fill(T(3));
      T loss = 0;
      const std::uint32_t label = 1;

      k->softmax_forward(z, p);
      k->cross_entropy_labels(z, &label, 1.0, &loss, dz);

      INFO(k->name << ", " << classes << " classes");
      CHECK(p(0, 0) == 1 / T(classes));  // powers of 2: exact
      CHECK(dz(0, 1) == 1 / T(classes) - 1);
      CHECK(units_apart(loss, static_cast<T>(std::log(double(classes))), std::log(double(classes))) <= 2.0);
    }
  }
}

TEMPLATE_TEST_CASE("a small loss keeps its digits", "[kernels]", float, double) {
  using T = TestType;
  // log(1 + e^-30), in 40-digit arithmetic.
  const Matrix<T> z{{T(0), T(-30), T(-INFINITY)}};
  const std::uint32_t label = 0;
  for (const Kernels<T>* k : available_kernels<T>()) {
    T loss = 0;
    k->cross_entropy_labels(z, &label, 1.0, &loss, {});
    INFO(k->name);
    CHECK(units_apart(loss, static_cast<T>(9.357622968839736596e-14), 9.357622968839736596e-14) <= 11.0);
  }
}

TEMPLATE_TEST_CASE("NaN and infinity among logits do what they do in the plain loops, at every place",
                   "[kernels]", float, double) {
  using T = TestType;
  const Kernels<T>& plain = reference_kernels<T>();
  constexpr std::size_t classes = 37;
  Random random(34);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const T odd : {T(NAN), T(INFINITY), T(-INFINITY)}) {
      for (std::size_t place = 0; place < classes; ++place) {
        Framed<T> z(random, rows, classes), p(rows, classes), plain_p(rows, classes);
        Framed<T> loss(1, rows), plain_loss(1, rows), dz(rows, classes), plain_dz(rows, classes);
        Framed<T> t = probabilities<T>(random, classes);
        t(1, place) = 0;  // a class that is not wanted may have -inf
        z(1, place) = odd;
        for (std::size_t j = 0; j < classes; ++j) z(2, j) = T(-INFINITY);
        const std::vector<std::uint32_t> labels(rows, std::uint32_t(place));
        std::vector<std::uint32_t> best(rows), plain_best(rows);
        INFO(k->name << ", " << odd << " at " << place);

        k->softmax_forward(z, p);
        plain.softmax_forward(z, plain_p);
        CHECK(worst_units<T>(p, plain_p, filled<T>(classes, 1.0)) <= 45.0);
        k->softmax_backward(t, z, dz);  // t(1, place) * odd is 0 * odd
        plain.softmax_backward(t, z, plain_dz);
        CHECK(worst_units<T>(dz, plain_dz, filled<T>(classes, 1.0)) <= 45.0);
        k->softmax_backward(z, t, dz);
        plain.softmax_backward(z, t, plain_dz);
        CHECK(worst_units<T>(dz, plain_dz, filled<T>(classes, 1.0)) <= 45.0);
        k->cross_entropy_labels(z, labels.data(), 1.0, loss.data(), dz);
        plain.cross_entropy_labels(z, labels.data(), 1.0, plain_loss.data(), plain_dz);
        CHECK(worst_units<T>(dz, plain_dz, filled<T>(classes, 1.0)) <= 45.0);
        for (std::size_t n = 0; n < rows; ++n) {
          CHECK(units_apart(loss(0, n), plain_loss(0, n), 4.0) <= 45.0);
        }
        k->cross_entropy_targets(z, t, 1.0, loss.data(), dz);
        plain.cross_entropy_targets(z, t, 1.0, plain_loss.data(), plain_dz);
        CHECK(worst_units<T>(dz, plain_dz, filled<T>(classes, 1.0)) <= 45.0);
        for (std::size_t n = 0; n < rows; ++n) {
          CHECK(units_apart(loss(0, n), plain_loss(0, n), 4.0) <= 45.0);
        }
        k->argmax(z, best.data());
        plain.argmax(z, plain_best.data());
        CHECK(best == plain_best);
      }
    }
  }
}

TEMPLATE_TEST_CASE("argmax of every length is the plain loops', the first of equals", "[kernels]", float,
                   double) {
  using T = TestType;
  Random random(35);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (std::size_t classes = 1; classes <= 130; ++classes) {
      Framed<T> z(random, rows, classes);
      for (std::size_t j = 0; j < classes; ++j) {
        z(0, j) = std::floor(z(0, j) * 4);  // many equals
        z(1, j) -= 2;                       // all negative: what fills up a vector must not win
      }
      std::vector<std::uint32_t> best(rows), plain_best(rows);

      k->argmax(z, best.data());
      reference_kernels<T>().argmax(z, plain_best.data());

      INFO(k->name << ", " << classes << " classes");
      CHECK(best == plain_best);
    }
  }
}
