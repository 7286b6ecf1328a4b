// Batch normalisation, dropout and the optimizers' updates as plain loops.
#include <cmath>
#include <set>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::random_matrix, bp::test::gradient_error, bp::test::difference_tolerance;

namespace {

const Kernels<double>& kernels = reference_kernels<double>();

Dropout half() { return {.key = 0x0123456789abcdef, .drop_below = 0x80000000u, .scale = 2.0}; }

}  // namespace

TEST_CASE("the variance of a batch divides by its size, and survives a large mean", "[kernels]") {
  const Matrix<double> x{{1, 1e8 + 1}, {2, 1e8 + 2}, {6, 1e8 + 6}};
  std::vector<double> mean(2), variance(2);

  kernels.batch_norm_statistics(x, mean.data(), variance.data());

  CHECK(mean == std::vector<double>{3, 1e8 + 3});
  CHECK(variance == std::vector<double>{14.0 / 3, 14.0 / 3});  // (4 + 1 + 9) / 3
}

TEST_CASE("batch normalisation puts a column where gamma and beta say", "[kernels]") {
  // Mean 3, variance 4, epsilon 5: r = 1/3.
  const Matrix<double> x{{1, 7}, {5, 7}};
  const std::vector<double> gamma = {6, 2}, beta = {10, -1};
  std::vector<double> mean(2), variance(2);
  Matrix<double> y(2, 2);

  kernels.batch_norm_statistics(x, mean.data(), variance.data());
  kernels.batch_norm_forward(x, mean.data(), variance.data(), 5.0, gamma.data(), beta.data(), y);

  CHECK(std::abs(y(0, 0) - 6.0) <= 0x1p-50);  // 10 - 6 * 2/3
  CHECK(std::abs(y(1, 0) - 14.0) <= 0x1p-50);
  CHECK(y(0, 1) == -1.0);  // a constant column is beta
}

TEST_CASE("batch normalisation's gradients go through mean and variance too", "[kernels]") {
  Random random(4);
  for (const std::size_t rows : {1, 2, 7}) {
    constexpr std::size_t cols = 3;
    Matrix<double> x = random_matrix<double>(random, rows, cols), y(rows, cols), dx(rows, cols);
    Matrix<double> gamma = random_matrix<double>(random, 1, cols),
                   beta = random_matrix<double>(random, 1, cols);
    const Matrix<double> dy = random_matrix<double>(random, rows, cols);
    Matrix<double> dgamma(1, cols), dbeta(1, cols);
    std::vector<double> mean(cols), variance(cols);
    constexpr double epsilon =
        0.5;  // large, so that a column of equal numbers is no wall for the differences
    const auto loss = [&] {
      kernels.batch_norm_statistics(x, mean.data(), variance.data());
      kernels.batch_norm_forward(x, mean.data(), variance.data(), epsilon, gamma.data(), beta.data(), y);
      return bp::test::weigh(y, dy);
    };

    loss();
    kernels.batch_norm_backward(x, mean.data(), variance.data(), epsilon, gamma.data(), dy, dgamma.data(),
                                dbeta.data(), dx);

    INFO(rows << " rows");
    CHECK(gradient_error(x.span(), dx.span(), loss) <= difference_tolerance);
    CHECK(gradient_error(gamma.span(), dgamma.span(), loss) <= difference_tolerance);
    CHECK(gradient_error(beta.span(), dbeta.span(), loss) <= difference_tolerance);
    for (std::size_t c = 0; c < cols; ++c) {  // moving a whole column changes nothing
      double sum = 0.0;
      for (std::size_t n = 0; n < rows; ++n) sum += dx(n, c);
      CHECK(std::abs(sum) <= 1e-15);
    }
  }
}

TEST_CASE("dropout keeps as many as it should, each as often as the other", "[kernels]") {
  constexpr std::size_t rows = 1000, cols = 300;
  Matrix<double> ones(rows, cols), y(rows, cols);
  ones.fill(1.0);
  for (const double rate : {0.2, 0.5, 0.9}) {
    Dropout dropout = half();
    dropout.drop_below = static_cast<std::uint32_t>(rate * 0x1p32);
    dropout.scale = 1.0 / (1.0 - rate);

    kernels.dropout(ones, dropout, y);

    double kept = 0, neighbours = 0, below = 0, others = 0;
    for (std::size_t n = 0; n + 1 < rows; ++n) {
      for (std::size_t c = 0; c + 1 < cols; ++c) {
        others += y(n, c) != 0.0 && y(n, c) != dropout.scale;
        kept += y(n, c) > 0;
        neighbours += y(n, c) > 0 && y(n, c + 1) > 0;
        below += y(n, c) > 0 && y(n + 1, c) > 0;
      }
    }
    // Of m draws with chance q the share strays by sqrt(q (1 - q) / m); five of these. Pairs overlap: twice
    // that.
    const double m = (rows - 1) * (cols - 1), q = 1.0 - rate;
    INFO("rate " << rate);
    CHECK(others == 0);
    CHECK(std::abs(kept / m - q) <= 5.0 * std::sqrt(q * rate / m));
    CHECK(std::abs(neighbours / m - q * q) <= 10.0 * std::sqrt(q * q * (1 - q * q) / m));
    CHECK(std::abs(below / m - q * q) <= 10.0 * std::sqrt(q * q * (1 - q * q) / m));
  }
}

TEST_CASE("masks of neighbouring keys have nothing to do with each other", "[kernels]") {
  constexpr int draws = 100'000;
  for (const std::uint64_t difference :
       {std::uint64_t(1), std::uint64_t(1) << 32, std::uint64_t(0x5bd1e995)}) {
    Dropout one = half(), other = half();
    other.key += difference;
    int same = 0;

    for (std::uint32_t i = 0; i < draws; ++i) same += dropout_keeps(one, i) == dropout_keeps(other, i);

    INFO("keys " << difference << " apart");
    CHECK(std::abs(same / double(draws) - 0.5) <= 5.0 * 0.5 / std::sqrt(double(draws)));
  }
}

TEST_CASE("mix32 loses nothing and turns over half of its bits for one of its input", "[kernels]") {
  std::set<std::uint32_t> seen;
  double turned = 0;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    seen.insert(mix32(i));
    for (int bit = 0; bit < 32; ++bit) turned += __builtin_popcount(mix32(i) ^ mix32(i ^ (1u << bit)));
  }

  CHECK(seen.size() == 20'000);
  CHECK(std::abs(turned / (20'000 * 32.0) - 16.0) <= 0.05);  // 640,000 times 16 +- 2.8: 5 deviations are 0.02
  CHECK(mix32(0) == 0);                                      // which is why the key comes in before
}

TEST_CASE("dropout's backward drops what forward dropped, even infinities, in parts as in the whole",
          "[kernels]") {
  Random random(5);
  const Matrix<double> x = random_matrix<double>(random, 8, 5);
  Matrix<double> dy(8, 5), y(8, 5), dx(8, 5), parts(8, 5);
  dy.fill(INFINITY);
  Dropout lower = half();
  lower.first_row = 3;

  kernels.dropout(x, half(), y);
  kernels.dropout(dy, half(), dx);
  kernels.dropout(x.view().row_range(0, 3), half(), parts.view().row_range(0, 3));
  kernels.dropout(x.view().row_range(3, 8), lower, parts.view().row_range(3, 8));

  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool kept = dropout_keeps(half(), static_cast<std::uint32_t>(i));
    CHECK(y.span()[i] == (kept ? 2.0 * x.span()[i] : 0.0));
    CHECK(dx.span()[i] == (kept ? INFINITY : 0.0));
    CHECK(parts.span()[i] == y.span()[i]);
  }
}

TEST_CASE("two steps of each optimizer are those of its formula, done by hand", "[kernels]") {
  const std::vector<double> g1 = {2.0}, g2 = {-1.0};
  std::vector<double> p = {1.0}, m = {0.0}, v = {0.0};

  SECTION("SGD") {
    kernels.sgd({0.25}, 1, g1.data(), p.data());
    CHECK(p[0] == 0.5);
  }
  SECTION("momentum") {
    kernels.momentum({0.25, 0.5}, 1, g1.data(), m.data(), p.data());
    CHECK((m[0] == 2.0 && p[0] == 0.5));
    kernels.momentum({0.25, 0.5}, 1, g2.data(), m.data(), p.data());
    CHECK((m[0] == 0.0 && p[0] == 0.5));
  }
  SECTION("Nesterov") {
    kernels.momentum({0.25, 0.5, true}, 1, g1.data(), m.data(), p.data());
    CHECK((m[0] == 2.0 && p[0] == 1.0 - 0.25 * (2.0 + 1.0)));
    kernels.momentum({0.25, 0.5, true}, 1, g2.data(), m.data(), p.data());
    CHECK((m[0] == 0.0 && p[0] == 0.25 + 0.25));
  }
  SECTION("AdaGrad") {
    kernels.adagrad({0.5, 2.0}, 1, g1.data(), v.data(), p.data());
    CHECK((v[0] == 4.0 && p[0] == 1.0 - 0.5 * 2.0 / (2.0 + 2.0)));
    v[0] = 8.0;
    kernels.adagrad({0.5, 2.0}, 1, g2.data(), v.data(), p.data());
    CHECK((v[0] == 9.0 && std::abs(p[0] - (0.75 + 0.5 / 5.0)) <= 0x1p-52));
  }
  SECTION("RMSProp") {
    kernels.rmsprop({0.5, 0.75, 0.25, 1.0}, 1, g1.data(), v.data(), p.data());
    CHECK((v[0] == 1.0 && p[0] == 0.5));  // 0.25 * 4; 1 - 0.5 * 2 / (1 + 1)
    kernels.rmsprop({0.5, 0.75, 0.25, 1.0}, 1, g2.data(), v.data(), p.data());
    CHECK((v[0] == 1.0 && p[0] == 0.75));
  }
  SECTION("Adam: the first step is learning_rate, whatever the size of the gradient") {
    for (const double g : {1e-3, -50.0}) {
      p[0] = 1.0, m[0] = v[0] = 0.0;
      const Adam_step step{.rest1 = 0.1,
                           .rest2 = 0.001,
                           .epsilon = 1e-30,
                           .length = 0.01 / 0.1,
                           .root_scale = 1.0 / std::sqrt(0.001)};
      kernels.adam(step, 1, &g, m.data(), v.data(), p.data());
      CHECK(std::abs(p[0] - (g > 0 ? 0.99 : 1.01)) <= 4e-16);
      CHECK(std::abs(m[0] - 0.1 * g) <= 1e-15 * std::abs(g));
    }
  }
  SECTION("AdamW: the weight shrinks beside Adam's step") {
    const Adam_step step{
        .rest1 = 0.5, .rest2 = 0.25, .epsilon = 1.0, .length = 0.5, .root_scale = 2.0, .keep = 0.875};
    kernels.adam(step, 1, g1.data(), m.data(), v.data(), p.data());
    CHECK((m[0] == 1.0 && v[0] == 1.0));
    CHECK(p[0] == 0.875 - 0.5 / 3.0);
  }
}

TEST_CASE("Adam's small shares keep their digits in float", "[kernels]") {
  // 1 - 0.999f is 0.00100005; the share is given as it is in double.
  const float g = 1.0f;
  float m = 0.0f, v = 0.0f, p = 0.0f;
  const Adam_step step{
      .rest1 = 1.0 - 0.9, .rest2 = 1.0 - 0.999, .epsilon = 1e-8, .length = 0.01, .root_scale = 1.0};

  reference_kernels<float>().adam(step, 1, &g, &m, &v, &p);

  CHECK(m == 0.1f);
  CHECK(v == 0.001f);
}
