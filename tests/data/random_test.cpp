// The generator against its published vectors, what its distributions promise of every draw, and its errors.
#include "engine/data/random.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

#include "tests/support/catch2.h"

using bp::Numpy_random, bp::Random, bp::splitmix64;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("splitmix64 gives the published stream of seeds 0 and 1234567", "[random]") {
  const std::uint64_t step = 0x9E3779B97F4A7C15;
  const std::vector<std::uint64_t> from_0 = {0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F,
                                             0xF88BB8A8724C81EC, 0x1B39896A51A8749B};
  const std::vector<std::uint64_t> from_1234567 = {6457827717110365317u, 3203168211198807973u,
                                                   9817491932198370423u, 4593380528125082431u,
                                                   16408922859458223821u};

  for (std::uint64_t i = 0; i < 5; ++i) {
    CHECK(splitmix64(i * step) == from_0[i]);
    CHECK(splitmix64(1234567 + i * step) == from_1234567[i]);
  }
  CHECK(splitmix64(1) == 10451216379200822465u);
  CHECK(splitmix64(2) == 10905525725756348110u);
}

TEST_CASE("next gives xoshiro256** of the reference program, from state 1 2 3 4 and from seeds", "[random]") {
  const std::vector<std::uint64_t> from_1234 = {11520,
                                                0,
                                                1509978240,
                                                1215971899390074240u,
                                                1216172134540287360u,
                                                607988272756665600u,
                                                16172922978634559625u,
                                                8476171486693032832u,
                                                10595114339597558777u,
                                                2904607092377533576u};
  Random random(0), one(1);

  for (const std::uint64_t expected : {0x99EC5F36CB75F2B4u, 0xBF6E1F784956452Au, 0x1A5F849D4933E6E0u,
                                       0x6AA594F1262D2D2Cu, 0xBBA5AD4A1F842E59u}) {
    CHECK(random.next() == expected);
  }
  for (const std::uint64_t expected : {0xB3F2AF6D0FC710C5u, 0x853B559647364CEAu, 0x92F89756082A4514u}) {
    CHECK(one.next() == expected);
  }
  random.restore({1, 2, 3, 4});
  for (const std::uint64_t expected : from_1234) CHECK(random.next() == expected);
}

TEST_CASE("the distributions give the bits of an independent program", "[random]") {
  // A few lines of Python that do the same arithmetic on whole numbers and IEEE doubles.
  Random uniform(7), normal(2024), dice(3), large(3);

  for (const double expected :
       {0x1.66b1f5ee9df2ep-1, 0x1.1d70f6593d20ap-2, 0x1.ade3a6932a58fp-1, 0x1.f65270e63d00ep-1}) {
    CHECK(uniform.uniform() == expected);
  }
  for (const double expected :
       {-0x1.272314b15ee50p-4, 0x1.072ce94cf145ep-2, 0x1.c143cac42d971p-1, 0x1.9f43734d5db5ap-2,
        0x1.1a3b96e39a400p-6, 0x1.0cd3587fba644p+0, -0x1.676c5b8325242p-1, 0x1.64e7be882175ep-1}) {
    CHECK(normal.normal() == expected);
  }
  for (const std::uint64_t expected : {2, 4, 5, 4, 2, 5, 2, 2, 5, 2, 0, 1}) CHECK(dice.below(6) == expected);
  for (const std::uint64_t expected : {12740027877540924608u, 11816633889728259310u, 9849853469235559402u}) {
    CHECK(large.below(std::uint64_t{3} << 62) == expected);
  }
}

TEST_CASE("uniform draws multiples of 2^-53 in [0, 1) and uses every one of the 53 bits", "[random]") {
  Random random(1), words(1);
  std::uint64_t seen_one = 0, seen_zero = 0;

  for (int i = 0; i < 1000; ++i) {
    const double drawn = random.uniform();
    const auto steps = static_cast<std::uint64_t>(drawn * 0x1p53);
    CHECK(static_cast<double>(steps) * 0x1p-53 == drawn);
    CHECK(steps == words.next() >> 11);
    CHECK(drawn < 1);
    seen_one |= steps;
    seen_zero |= ~steps;
  }

  const std::uint64_t all_53 = (std::uint64_t{1} << 53) - 1;
  CHECK((seen_one & all_53) == all_53);
  CHECK((seen_zero & all_53) == all_53);
}

TEST_CASE("normal(mean, deviation) shifts and stretches the same draws", "[random]") {
  Random random(10), standard(10);

  for (int i = 0; i < 100; ++i) CHECK(random.normal(3, 0.25) == 3 + 0.25 * standard.normal());
  CHECK(random.normal(-7, 0) == -7);
}

TEST_CASE("below stays below n for every kind of n", "[random]") {
  Random random(12);
  const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max(), half = std::uint64_t{1} << 63;

  for (const std::uint64_t n :
       {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1000}, half, half + 1, largest}) {
    std::uint64_t top = 0;
    for (int i = 0; i < 10'000; ++i) top = std::max(top, random.below(n));
    CHECK(top < n);
    // 10,000 draws that all miss the upper tenth have a chance of .9^10000.
    CHECK(top >= n - 1 - n / 10);
  }
}

TEST_CASE("shuffle permutes, the same way for the same seed", "[random]") {
  std::vector<int> ten(10), thousand(1000);
  std::iota(ten.begin(), ten.end(), 0);
  std::iota(thousand.begin(), thousand.end(), 0);
  const std::vector<int> sorted = thousand;
  Random random(11);

  random.shuffle(std::span(ten));
  random.shuffle(std::span(thousand));

  CHECK(ten == std::vector<int>{2, 8, 4, 3, 7, 0, 1, 9, 6, 5});  // by the independent program
  CHECK(thousand != sorted);
  std::sort(thousand.begin(), thousand.end());
  CHECK(thousand == sorted);
}

TEST_CASE("shuffling nothing or one thing draws nothing; things that only move can be shuffled", "[random]") {
  Random random(14);
  const Random::State before = random.state();
  std::vector<std::unique_ptr<int>> one;
  one.push_back(std::make_unique<int>(5));

  random.shuffle(std::span<int>());
  random.shuffle(std::span(one));

  CHECK(random.state() == before);
  CHECK(*one[0] == 5);
}

TEST_CASE("restore goes on with the same stream of every distribution", "[random]") {
  Random random(15);
  for (int i = 0; i < 101; ++i) random.normal();
  const Random::State saved = random.state();
  const auto next_draws = [](Random& from) {
    std::vector<double> drawn;
    for (int i = 0; i < 50; ++i) {
      drawn.push_back(from.normal(1, 2));
      drawn.push_back(from.uniform());
      drawn.push_back(static_cast<double>(from.below(97)));
    }
    return drawn;
  };

  const std::vector<double> first = next_draws(random), onward = next_draws(random);
  Random other(999);
  other.restore(saved);

  CHECK(next_draws(other) == first);
  CHECK(next_draws(other) == onward);
  CHECK(first != onward);
}

TEST_CASE("a different seed is a different stream", "[random]") {
  std::vector<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) firsts.push_back(Random(seed).next());

  std::sort(firsts.begin(), firsts.end());

  CHECK(std::adjacent_find(firsts.begin(), firsts.end()) == firsts.end());
}

TEST_CASE("arguments that make no distribution are refused and draw nothing", "[random]") {
  Random random(16);
  const Random::State before = random.state();
  const double largest = std::numeric_limits<double>::max();

  CHECK_THROWS_AS(random.below(0), std::invalid_argument);
  CHECK_THROWS_AS(random.uniform(1, 0), std::invalid_argument);
  CHECK_THROWS_AS(random.uniform(not_a_number, 1), std::invalid_argument);
  CHECK_THROWS_AS(random.uniform(0, not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(random.uniform(0, infinity), std::invalid_argument);
  CHECK_THROWS_AS(random.uniform(infinity, infinity), std::invalid_argument);
  CHECK_THROWS_AS(random.uniform(-largest, largest), std::invalid_argument);
  CHECK_THROWS_AS(random.normal(0, -1), std::invalid_argument);
  CHECK_THROWS_AS(random.normal(0, not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(random.normal(not_a_number, 1), std::invalid_argument);
  CHECK_THROWS_AS(random.normal(infinity, 1), std::invalid_argument);
  CHECK_THROWS_AS(random.normal(0, infinity), std::invalid_argument);
  CHECK_THROWS_AS(random.restore({0, 0, 0, 0}), std::invalid_argument);
  CHECK(random.state() == before);
}

TEST_CASE("Numpy_random gives the doubles of numpy.random.seed(42) and rand", "[random]") {
  Numpy_random random(42);

  // rand(3, 1), rand(1), and four more, to the bit (NumPy 1.24).
  for (const double expected :
       {0x1.7f8771e5f51ecp-2, 0x1.e6c4068bbd654p-1, 0x1.76c7e8f1e6751p-1, 0x1.32835d6632cbp-1,
        0.15601864044243652, 0.15599452033620265, 0.058083612168199461, 0.86617614577493518}) {
    CHECK(random.uniform() == expected);
  }
  CHECK(0x1.7f8771e5f51ecp-2 == 0.37454011884736249);
}
