// Random numbers that are the same bits everywhere.
//
// A lesson whose output is compared digit by digit needs draws that do not depend on the machine. The
// standard library fixes the bits of its engines but not of its distributions or of std::shuffle, so these
// are our own. They use whole numbers, comparisons and single rounded operations of double, and nothing of
// the mathematics library, whose last bits differ from one to the next.
//
// Not for secrets: whoever sees a few numbers can compute the rest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>

namespace bp {

/// The number after x in the SplitMix64 sequence, scrambled; turns a counter or a poor seed into good bits.
///
/// Source:  Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with the
///          constants of Vigna's splitmix64.c; his stream from a seed is splitmix64(seed + i*2^64/phi), i =
///          0, 1...
std::uint64_t splitmix64(std::uint64_t x);

/// The project's generator: xoshiro256**, period 2^256 - 1, seeded from one number by SplitMix64.
///
/// Each draw spends numbers of the one stream in a fixed order, so that the same calls after the same seed
/// give the same bits on every compiler and machine. Nothing is kept aside between calls: the four words of
/// state() are all that a checkpoint needs.
///
/// Source:  Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021.
class Random {
 public:
  using State = std::array<std::uint64_t, 4>;

  /// Every seed is good, 0 too.
  explicit Random(std::uint64_t seed);

  /// 64 bits, each value equally likely (0 once less in a period).
  std::uint64_t next();

  /// A multiple of 2^-53 in [0, 1), each equally likely.
  double uniform();

  /// A number in [low, high), spread evenly but for rounding; low itself where the two are equal.
  ///
  /// Throws:  std::invalid_argument unless low <= high and high - low is finite.
  double uniform(double low, double high);

  /// A number of the normal distribution with that mean and standard deviation; deviation 0 gives the mean.
  ///
  /// Accuracy:  before scaling, a multiple of 2^-53 in size (rounded to 53 bits from 1 on), of the exact
  ///            distribution but for errors of that order: nothing is cut off in the tails.
  /// Throws:    std::invalid_argument unless both are finite and deviation >= 0.
  double normal(double mean = 0, double deviation = 1);

  /// A whole number from 0 to n - 1, each exactly equally likely.
  ///
  /// Throws:  std::invalid_argument when n is 0.
  std::uint64_t below(std::uint64_t n);

  /// Puts the items in random order, each order equally likely: `random.shuffle(std::span(rows))`.
  ///
  /// Fisher and Yates from the last item down (Knuth, TAOCP vol. 2, algorithm 3.4.2 P): n items cost n - 1
  /// draws of below().
  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t left = items.size(); left > 1; --left) {
      using std::swap;
      swap(items[left - 1], items[static_cast<std::size_t>(below(left))]);
    }
  }

  /// What is needed to go on from here later: give it to restore().
  const State& state() const { return state_; }

  /// Goes on where state() was taken.
  ///
  /// Throws:  std::invalid_argument for four zeros, which this generator never leaves nor reaches.
  void restore(const State& state);

 private:
  bool chance_exp_minus(double g);

  State state_;
};

/// The doubles of NumPy's `np.random.seed(seed)` and `np.random.rand()`, to redo what was published with it.
///
/// MT19937 (std::mt19937 is fixed to the bit by the C++ standard); a double takes two of its 32-bit numbers,
/// the upper 27 and 26 bits of them: Matsumoto and Nishimura, genrand_res53 of mt19937ar.c.
class Numpy_random {
 public:
  explicit Numpy_random(std::uint32_t seed) : engine_(seed) {}

  /// A multiple of 2^-53 in [0, 1); rand(3, 1) is three of these, row by row.
  double uniform();

 private:
  std::mt19937 engine_;
};

}  // namespace bp
