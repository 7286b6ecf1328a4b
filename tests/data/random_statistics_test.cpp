// The distributions against what they say they draw.
//
// The seeds are fixed, so a statistical check gives the same answer every time: it either found a wrong
// distribution when it was written or never will by chance. Its bounds are those that a right one breaks once
// in about a thousand seeds.
#include "engine/data/random.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

#include "tests/support/catch2.h"

using bp::Random;

namespace {

std::vector<double> draw(int count, const std::function<double()>& one) {
  std::vector<double> drawn(static_cast<std::size_t>(count));
  std::generate(drawn.begin(), drawn.end(), one);
  return drawn;
}

// Pearson's sum of (observed - expected)^2/expected, all classes equally likely.
double chi_square(const std::vector<int>& observed) {
  const double expected =
      std::accumulate(observed.begin(), observed.end(), 0.0) / static_cast<double>(observed.size());
  double sum = 0;
  for (const int count : observed) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

// Kolmogorov and Smirnov: the largest gap between the sample's distribution and F, times sqrt(n). A sample of
// F exceeds 1.95 once in a thousand times.
double distance_from(const std::function<double(double)>& F, std::vector<double> sample) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double gap = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double at = F(sample[i]), below = static_cast<double>(i) / n,
                 above = static_cast<double>(i + 1) / n;
    gap = std::max({gap, at - below, above - at});
  }
  return gap * std::sqrt(n);
}

double normal_below(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

double mean_of(const std::vector<double>& sample, const std::function<double(double)>& of) {
  double sum = 0;
  for (const double x : sample) sum += of(x);
  return sum / static_cast<double>(sample.size());
}

}  // namespace

TEST_CASE("uniform is spread evenly, alone and in neighbouring pairs", "[random]") {
  Random random(5);
  const auto sample = draw(200'000, [&] { return random.uniform(); });
  std::vector<int> cells(256), pairs(256);

  for (const double x : sample) ++cells[static_cast<std::size_t>(x * 256)];
  for (std::size_t i = 0; i + 1 < sample.size(); i += 2) {
    ++pairs[static_cast<std::size_t>(sample[i] * 16) * 16 + static_cast<std::size_t>(sample[i + 1] * 16)];
  }

  // With 255 degrees of freedom chi-square is below 191 or above 331 once in a thousand times each.
  for (const auto& counts : {cells, pairs}) {
    CHECK(chi_square(counts) > 191);
    CHECK(chi_square(counts) < 331);
  }
  CHECK(distance_from([](double x) { return x; }, sample) < 1.95);
  // The mean of n has the standard deviation sqrt(1/12/n), its square's mean sqrt(4/45/n): 4 of each.
  CHECK(std::abs(mean_of(sample, [](double x) { return x; }) - 0.5) < 4 * std::sqrt(1 / 12.0 / 200'000));
  CHECK(std::abs(mean_of(sample, [](double x) { return x * x; }) - 1 / 3.0) <
        4 * std::sqrt(4 / 45.0 / 200'000));
}

TEST_CASE("uniform(low, high) fills its interval and never reaches high", "[random]") {
  Random random(6), same(6);

  const auto sample = draw(10'000, [&] { return random.uniform(-3, 5); });

  for (const double x : sample) CHECK(x == -3 + 8 * same.uniform());
  CHECK(distance_from([](double x) { return (x + 3) / 8; }, sample) < 1.95);
  // One double in the interval: half of the sums round up to high.
  for (int i = 0; i < 100; ++i) CHECK(random.uniform(1, std::nextafter(1.0, 2.0)) == 1);
  for (int i = 0; i < 100; ++i) CHECK(random.uniform(-1, std::nextafter(-1.0, 0.0)) == -1);
  CHECK(random.uniform(2.5, 2.5) == 2.5);
}

TEST_CASE("normal has the normal distribution, its tails included", "[random]") {
  Random random(8);
  const int n = 400'000;
  const auto z = draw(n, [&] { return random.normal(); });
  const auto beyond = [&](double x) {
    return static_cast<double>(std::count_if(z.begin(), z.end(), [&](double v) { return std::abs(v) > x; }));
  };

  CHECK(distance_from(normal_below, z) < 1.95);
  // Standard deviations of the first four moments of n draws; 4 of each.
  const auto power = [](int p) { return [p](double x) { return std::pow(x, p); }; };
  CHECK(std::abs(mean_of(z, power(1))) < 4 * std::sqrt(1.0 / n));
  CHECK(std::abs(mean_of(z, power(2)) - 1) < 4 * std::sqrt(2.0 / n));
  CHECK(std::abs(mean_of(z, power(3))) < 4 * std::sqrt(15.0 / n));
  CHECK(std::abs(mean_of(z, power(4)) - 3) < 4 * std::sqrt(96.0 / n));
  // The number beyond x is a count of mean m = n*2*Q(x), of standard deviation about sqrt(m).
  for (const double x : {1.0, 2.0, 3.0, 4.0}) {
    const double m = n * 2 * normal_below(-x);
    CHECK(std::abs(beyond(x) - m) < 4 * std::sqrt(m));
  }
}

TEST_CASE("normal draws are independent of the ones before", "[random]") {
  Random random(9);
  const int n = 200'000;
  const auto z = draw(n, [&] { return random.normal(); });

  // Sums of n products of two independent normal numbers: standard deviation sqrt(n).
  for (const std::size_t lag : {1u, 2u, 3u, 7u}) {
    double signed_sum = 0, size_sum = 0;
    for (std::size_t i = lag; i < z.size(); ++i) {
      signed_sum += z[i] * z[i - lag];
      size_sum += (z[i] * z[i] - 1) * (z[i - lag] * z[i - lag] - 1) / 2;
    }
    CHECK(std::abs(signed_sum) < 4 * std::sqrt(n));
    CHECK(std::abs(size_sum) < 4 * std::sqrt(n));
  }
}

TEST_CASE("below is even where the remainder of a draw would not be", "[random]") {
  Random random(11);
  const std::uint64_t quarter = std::uint64_t{1} << 62;
  std::vector<int> thirds(3), dice(6);

  // 2^64 is 4 quarters: next() % (3 quarters) would fall in the first third twice as often.
  for (int i = 0; i < 30'000; ++i) ++thirds[random.below(3 * quarter) / quarter];
  for (int i = 0; i < 60'000; ++i) ++dice[random.below(6)];

  CHECK(chi_square(thirds) < 13.8);  // 2 degrees of freedom: more once in a thousand times
  CHECK(chi_square(dice) < 20.5);    // 5 degrees of freedom
}

TEST_CASE("shuffle gives every order equally often", "[random]") {
  Random random(13);
  std::vector<int> times(24);

  for (int i = 0; i < 24'000; ++i) {
    std::vector<int> four = {0, 1, 2, 3}, order = four;
    random.shuffle(std::span(four));
    std::size_t which = 0;
    while (order != four && std::next_permutation(order.begin(), order.end())) ++which;
    ++times[which];
  }

  CHECK(chi_square(times) < 49.8);  // 23 degrees of freedom: more once in a thousand times
}
