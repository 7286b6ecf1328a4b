// Batch normalisation, dropout, penalties and gathering in SIMD, held to the plain loops for every length
// from 0 to 130, NaN and infinity.
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/framed.h"

using namespace bp::batch;
using bp::Random, bp::test::Framed, bp::test::positive, bp::test::units_apart, bp::test::worst_units,
    bp::test::unit;

namespace {

template <class T>
double largest(const Framed<T>& matrix, std::size_t column) {
  double size = 0.0;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    size = std::max(size, std::abs(static_cast<double>(matrix(i, column))));
  }
  return size;
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

TEMPLATE_TEST_CASE("the variance of numbers far from 0 keeps its digits", "[kernels]", float, double) {
  using T = TestType;
  constexpr std::size_t rows = 19, cols = 37;
  constexpr double mean_error = double(rows + 8) * unit<T> * 1001.0;  // as the contract allows it
  Random random(48);
  Framed<T> x(random, rows, cols);
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t c = 0; c < cols; ++c) x(n, c) += T(1000);
  }
  for (const Kernels<T>* k : available_kernels<T>()) {
    Framed<T> mean(1, cols), variance(1, cols), plain_mean(1, cols), plain_variance(1, cols);

    k->batch_norm_statistics(x, mean.data(), variance.data());
    reference_kernels<T>().batch_norm_statistics(x, plain_mean.data(), plain_variance.data());

    INFO(k->name);
    for (std::size_t c = 0; c < cols; ++c) {
      const double want = plain_variance(0, c);  // near 1/3; mean(x^2) - mean(x)^2 would be off by 10^6 u
      CHECK(std::abs(mean(0, c) - plain_mean(0, c)) <= mean_error);
      CHECK(std::abs(variance(0, c) - want) <=
            2 * double(rows + 8) * unit<T> * want + mean_error * mean_error);
    }
  }
}

TEMPLATE_TEST_CASE("NaN and infinity spoil what the plain loops of batch normalisation let them spoil",
                   "[kernels]", float, double) {
  using T = TestType;
  constexpr std::size_t rows = 5, cols = 37;
  const Kernels<T>& plain = reference_kernels<T>();
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const T odd : {T(NAN), T(INFINITY), T(-INFINITY)}) {
      for (int place = 0; place < 6; ++place) {
        Random random(47);
        Framed<T> x(random, rows, cols), dy(random, rows, cols), gamma = positive<T>(random, cols),
                                                                 beta(random, 1, cols);
        Framed<T> mean(random, 1, cols), variance = positive<T>(random, cols);
        for (const std::size_t c : {std::size_t(5), cols - 1}) {  // in a whole vector, and in the rest
          Framed<T>* const spoilt[] = {&x, &dy, &gamma, &beta, &mean, &variance};
          (*spoilt[place])(place < 2 ? 3 : 0, c) = odd;
        }
        Framed<T> centre(1, cols), spread(1, cols), y(rows, cols), dx(rows, cols), dgamma(1, cols),
            dbeta(1, cols);
        Framed<T> plain_centre = centre, plain_spread = spread, plain_y = y, plain_dx = dx,
                  plain_dgamma = dgamma, plain_dbeta = dbeta;
        const auto run = [&](const Kernels<T>& kernels, Framed<T>& m, Framed<T>& v, Framed<T>& out,
                             Framed<T>& dg, Framed<T>& db, Framed<T>& in) {
          kernels.batch_norm_statistics(x, m.data(), v.data());
          kernels.batch_norm_forward(x, mean.data(), variance.data(), 0.125, gamma.data(), beta.data(), out);
          kernels.batch_norm_backward(x, mean.data(), variance.data(), 0.125, gamma.data(), dy, dg.data(),
                                      db.data(), in);
        };

        run(*k, centre, spread, y, dgamma, dbeta, dx);
        run(plain, plain_centre, plain_spread, plain_y, plain_dgamma, plain_dbeta, plain_dx);

        INFO(k->name << ", " << odd << " in argument " << place);
        const auto check = [](const Framed<T>& ours, const Framed<T>& theirs) {
          double worst = 0.0;  // in units of the greatest number that is not spoilt: none is above 100
          for (std::size_t n = 0; n < ours.rows(); ++n) {
            for (std::size_t c = 0; c < cols; ++c) {
              worst = std::max(worst, units_apart(ours(n, c), theirs(n, c), 100.0));
            }
          }
          CHECK(worst <= 2 * (double(rows) + 8));
        };
        check(centre, plain_centre);
        check(spread, plain_spread);
        check(y, plain_y);
        check(dgamma, plain_dgamma);
        check(dbeta, plain_dbeta);
        check(dx, plain_dx);
      }
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
      const T odd[] = {T(NAN), T(INFINITY), T(-INFINITY)};
      if (cols > 0) w(2, cols / 2) = odd[cols % 3];
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

      k->gather_bytes(bytes.data(), rows.data(), 1.0 / 255.0, -0.5, x, {});
      reference_kernels<T>().gather_bytes(bytes.data(), rows.data(), 1.0 / 255.0, -0.5, plain_x, {});

      INFO(k->name << ", " << cols << " columns");
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < cols; ++j) CHECK(units_apart(x(i, j), plain_x(i, j), 1.5) <= 3.0);
      }
      CHECK(x.frame_is_whole());
    }
  }
}
