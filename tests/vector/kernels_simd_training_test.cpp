// Batch normalisation, dropout, penalties, gathering and the optimizers in SIMD, held to the plain loops for
// every length from 0 to 130.
#include <functional>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/framed.h"

using namespace bp::batch;
using bp::Random, bp::test::Framed, bp::test::units_apart, bp::test::worst_units, bp::test::unit;

namespace {

template <class T>
double largest(const Framed<T>& matrix, std::size_t column) {
  double size = 0.0;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    size = std::max(size, std::abs(static_cast<double>(matrix(i, column))));
  }
  return size;
}

template <class T>
Framed<T> positive(Random& random, std::size_t cols) {
  Framed<T> matrix(random, 1, cols);
  for (std::size_t j = 0; j < cols; ++j) matrix(0, j) = std::abs(matrix(0, j)) + T(0.25);
  return matrix;
}

}  // namespace

TEMPLATE_TEST_CASE("batch normalisation of every length is that of the plain loops", "[kernels]", float,
                   double) {
  using T = TestType;
  const Kernels<T>& plain = reference_kernels<T>();
  Random random(41);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (std::size_t cols = 0; cols <= 130; ++cols) {
      const std::size_t rows = 1 + cols % 19;
      const Framed<T> x(random, rows, cols), dy(random, rows, cols), gamma = positive<T>(random, cols),
                                                                     beta(random, 1, cols);
      Framed<T> mean(1, cols), variance(1, cols), y(rows, cols), dx(rows, cols), dgamma(1, cols),
          dbeta(1, cols);
      Framed<T> plain_mean = mean, plain_variance = variance, plain_y = y, plain_dx = dx,
                plain_dgamma = dgamma, plain_dbeta = dbeta;
      constexpr double epsilon = 0.125;

      k->batch_norm_statistics(x, mean.data(), variance.data());
      plain.batch_norm_statistics(x, plain_mean.data(), plain_variance.data());
      const T *m = plain_mean.data(), *v = plain_variance.data();  // the same for both: one step at a time
      k->batch_norm_forward(x, m, v, epsilon, gamma.data(), beta.data(), y);
      plain.batch_norm_forward(x, m, v, epsilon, gamma.data(), beta.data(), plain_y);
      k->batch_norm_backward(x, m, v, epsilon, gamma.data(), dy, dgamma.data(), dbeta.data(), dx);
      plain.batch_norm_backward(x, m, v, epsilon, gamma.data(), dy, plain_dgamma.data(), plain_dbeta.data(),
                                plain_dx);

      INFO(k->name << ", " << rows << " x " << cols);
      const double units = 2 * (double(rows) + 8);
      for (std::size_t c = 0; c < cols; ++c) {
        CHECK(units_apart(mean(0, c), plain_mean(0, c), largest(x, c)) <= units);
        CHECK(units_apart(variance(0, c), plain_variance(0, c), double(plain_variance(0, c))) <=
              units + double(rows * rows) * unit<T> / std::max(1e-9, double(plain_variance(0, c))));
        // |x^| <= 2 / sqrt(epsilon) < 6, gamma <= 1.25, |dy| <= 1: no term is above 8, r is below 3, and the
        // two sums have `rows` terms.
        CHECK(units_apart(dbeta(0, c), plain_dbeta(0, c), double(rows)) <= units);
        CHECK(units_apart(dgamma(0, c), plain_dgamma(0, c), 6.0 * double(rows)) <= units);
        for (std::size_t n = 0; n < rows; ++n) {
          CHECK(units_apart(y(n, c), plain_y(n, c), 9.0) <= 10.0);
          CHECK(units_apart(dx(n, c), plain_dx(n, c), 8.0 * 3.0 * 6.0) <= units);
        }
      }
      CHECK((mean.frame_is_whole() && variance.frame_is_whole() && y.frame_is_whole() &&
             dx.frame_is_whole() && dgamma.frame_is_whole() && dbeta.frame_is_whole()));
    }
  }
}

TEMPLATE_TEST_CASE("dropout of every length drops what the plain loops drop, wherever a part begins",
                   "[kernels]", float, double) {
  using T = TestType;
  Random random(42);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (std::size_t cols = 0; cols <= 130; ++cols) {
      Dropout half{.key = 0xfedcba9876543210u + cols, .drop_below = 0x80000000u, .scale = 1.0 / 0.7};
      half.first_row = cols % 2 == 0 ? 3 : 40'000'000;  // and past 2^32 elements
      if (cols % 3 == 0) half.drop_below = 0x4ccccccdu;
      Framed<T> x(random, 5, cols), y(5, cols), plain_y(5, cols);
      if (cols > 0) x(2, cols / 2) = T(NAN), x(3, cols - 1) = T(INFINITY);

      k->dropout(x, half, y);
      reference_kernels<T>().dropout(x, half, plain_y);

      INFO(k->name << ", " << cols << " columns");
      CHECK(worst_units<T>(y, plain_y, plain_y) <= 4.0);  // 1/0.7 rounded, and the product, once more each
      CHECK(y.frame_is_whole());
    }
  }
}

TEMPLATE_TEST_CASE("penalties of every length are those of the plain loops", "[kernels]", float, double) {
  using T = TestType;
  Random random(43);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (std::size_t cols = 0; cols <= 130; ++cols) {
      Framed<T> w(random, 3, cols), dw(random, 3, cols), penalty(1, 3);
      for (std::size_t j = 0; j < cols; j += 5) w(1, j) = 0;
      if (cols > 0) w(2, cols / 2) = T(NAN);
      Framed<T> plain_dw = dw, plain_penalty = penalty;

      k->penalize(w, 0.3, 0.7, dw, penalty.data());
      reference_kernels<T>().penalize(w, 0.3, 0.7, plain_dw, plain_penalty.data());

      INFO(k->name << ", " << cols << " columns");
      CHECK(worst_units<T>(penalty, plain_penalty, plain_penalty) <= 2 * (double(cols) + 4));
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < cols; ++j) CHECK(units_apart(dw(i, j), plain_dw(i, j), 2.7) <= 5.0);
      }
      CHECK((dw.frame_is_whole() && penalty.frame_is_whole()));
    }
  }
}

TEMPLATE_TEST_CASE("gathered pictures of every length are those of the plain loops", "[kernels]", float,
                   double) {
  using T = TestType;
  Random random(44);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (std::size_t cols = 0; cols <= 130; ++cols) {
      std::vector<std::uint8_t> bytes(4 * cols);  // no byte more: nothing may be read beyond
      for (auto& byte : bytes) byte = std::uint8_t(random.uniform(0.0, 256.0));
      const std::vector<std::uint32_t> rows = {3, 0, 3};
      Framed<T> x(3, cols), plain_x(3, cols);

      k->gather_bytes(bytes.data(), rows.data(), 1.0 / 255.0, -0.5, x);
      reference_kernels<T>().gather_bytes(bytes.data(), rows.data(), 1.0 / 255.0, -0.5, plain_x);

      INFO(k->name << ", " << cols << " columns");
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < cols; ++j) CHECK(units_apart(x(i, j), plain_x(i, j), 1.5) <= 3.0);
      }
      CHECK(x.frame_is_whole());
    }
  }
}

namespace {

/// An update: of the two moments some use one, some none.
template <class T>
using Update = std::function<void(const Kernels<T>&, std::size_t n, const T* g, T* m, T* v, T* p)>;

constexpr Adam_step adam{.beta1 = 0.9,
                         .rest1 = 0.1,
                         .beta2 = 0.999,
                         .rest2 = 0.001,
                         .epsilon = 1e-8,
                         .length = 0.01 / 0.19,
                         .root_scale = 22.4};
constexpr Adam_step adam_w = [] {
  Adam_step step = adam;
  step.keep = 0.995;
  return step;
}();

template <class T>
std::vector<Update<T>> all_updates() {
  return {
      [](auto& k, auto n, auto* g, auto*, auto*, auto* p) { k.sgd({0.3}, n, g, p); },
      [](auto& k, auto n, auto* g, auto* m, auto*, auto* p) {
        k.momentum({0.3, 0.9}, n, g, m, p);
      },
      [](auto& k, auto n, auto* g, auto* m, auto*, auto* p) {
        k.momentum({0.3, 0.9, true}, n, g, m, p);
      },
      [](auto& k, auto n, auto* g, auto*, auto* v, auto* p) {
        k.adagrad({0.3, 1e-10}, n, g, v, p);
      },
      [](auto& k, auto n, auto* g, auto*, auto* v, auto* p) {
        k.rmsprop({0.1, 0.99, 0.01, 1e-8}, n, g, v, p);
      },
      [](auto& k, auto n, auto* g, auto* m, auto* v, auto* p) { k.adam(adam, n, g, m, v, p); },
      [](auto& k, auto n, auto* g, auto* m, auto* v, auto* p) { k.adam(adam_w, n, g, m, v, p); },
  };
}

}  // namespace

TEMPLATE_TEST_CASE("updates of every length are those of the plain loops", "[kernels]", float, double) {
  using T = TestType;
  Random random(45);
  for (const Kernels<T>* k : available_kernels<T>()) {
    int number = 0;
    for (const Update<T>& update : all_updates<T>()) {
      for (std::size_t n = 0; n <= 130; ++n) {
        Framed<T> g(random, 1, n), m(random, 1, n), v = positive<T>(random, n), p(random, 1, n);
        for (std::size_t i = 0; i < n; i += 3) {
          g(0, i) *= T(1e-6);
          v(0, i) *= i % 2 == 0 ? T(1e-12) : T(0);  // 0: a parameter's first step
          m(0, i) = T(0);
        }
        Framed<T> plain_m = m, plain_v = v, plain_p = p, old_p = p;

        update(*k, n, g.data(), m.data(), v.data(), p.data());
        update(reference_kernels<T>(), n, g.data(), plain_m.data(), plain_v.data(), plain_p.data());

        INFO(k->name << ", update " << number << ", length " << n);
        for (std::size_t i = 0; i < n; ++i) {
          // The plain loops' own rounding is 1 u in float, as much as ours in double.
          constexpr double twice = sizeof(T) == 8 ? 2.0 : 1.0;
          const double change =
              1.9 * (std::abs(double(plain_p(0, i) - old_p(0, i))) + std::abs(double(g(0, i))));
          CHECK(units_apart(m(0, i), plain_m(0, i), 1.9) <= twice * 4 + 1);
          CHECK(units_apart(v(0, i), plain_v(0, i), double(plain_v(0, i))) <= twice * 4 + 1);
          CHECK(units_apart(p(0, i), plain_p(0, i), 1.0) <= twice * (4 + 8 * change) + 1);
        }
        CHECK((m.frame_is_whole() && v.frame_is_whole() && p.frame_is_whole()));
      }
      ++number;
    }
  }
}

TEMPLATE_TEST_CASE("a gradient that is NaN or infinite spoils its parameter alone, as in the plain loops",
                   "[kernels]", float, double) {
  using T = TestType;
  Random random(46);
  for (const Kernels<T>* k : available_kernels<T>()) {
    int number = 0;
    for (const Update<T>& update : all_updates<T>()) {
      for (const T odd : {T(NAN), T(INFINITY), T(-INFINITY)}) {
        Framed<T> g(random, 1, 37), m(random, 1, 37), v = positive<T>(random, 37), p(random, 1, 37);
        g(0, 5) = g(0, 36) = odd;
        Framed<T> plain_m = m, plain_v = v, plain_p = p;

        update(*k, 37, g.data(), m.data(), v.data(), p.data());
        update(reference_kernels<T>(), 37, g.data(), plain_m.data(), plain_v.data(), plain_p.data());

        INFO(k->name << ", update " << number << ", " << odd);
        for (std::size_t i = 0; i < 37; ++i) {
          CHECK(units_apart(m(0, i), plain_m(0, i), 2.0) <= 10.0);
          CHECK(units_apart(v(0, i), plain_v(0, i), 2.0) <= 10.0);
          CHECK(units_apart(p(0, i), plain_p(0, i), 2.0) <= 40.0);
        }
      }
      ++number;
    }
  }
}
