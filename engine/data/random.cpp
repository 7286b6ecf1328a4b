// The generator and its distributions: see random.h for what they promise.
#include "engine/data/random.h"

#include <bit>
#include <cfloat>
#include <cmath>
#include <stdexcept>

namespace bp {

// Wider intermediate results (x87) would give other bits; so would a fused multiply-add, which the build's
// -ffp-contract=off forbids.
static_assert(FLT_EVAL_METHOD == 0, "double operations must round to double");

namespace {

constexpr std::uint64_t golden_step = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio, made odd
constexpr double unit_53 = 0x1p-53;

}  // namespace

std::uint64_t splitmix64(std::uint64_t x) {
  x += golden_step;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// SplitMix64 is one to one and its four counters differ, so at most one word can be 0: never all four.
Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    word = splitmix64(seed);
    seed += golden_step;
  }
}

std::uint64_t Random::next() {
  auto& [a, b, c, d] = state_;
  const std::uint64_t result = std::rotl(b * 5, 7) * 9;
  const std::uint64_t shifted = b << 17;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= shifted;
  d = std::rotl(d, 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * unit_53; }

double Random::uniform(double low, double high) {
  if (low > high || !std::isfinite(high - low)) {  // NaN has no finite distance either
    throw std::invalid_argument("uniform(low, high): needs low <= high with a finite distance");
  }
  const double drawn = low + (high - low) * uniform();
  // The sum can round up to high itself: with few doubles between the two it would do so often.
  return drawn < high ? drawn : std::nextafter(high, low);
}

// True with probability e^-g, for g in [0, 1], by comparisons alone (von Neumann, 1951).
//
// Draw u1, u2, ... while g > u1 > u2 > ... and let n be the length of that run.
//   P(n >= m) = g^m / m!          m numbers below g, in the one falling order among m!
//   P(n even) = sum over even m of g^m/m! - g^(m+1)/(m+1)!  =  1 - g + g^2/2 - ...  =  e^-g
bool Random::chance_exp_minus(double g) {
  bool even = true;
  for (double last = g, drawn = uniform(); drawn < last; last = drawn, drawn = uniform()) even = !even;
  return even;
}

// Karney, "Sampling exactly from the normal distribution", ACM TOMS 42(1), 2016, algorithm N, on doubles.
//
// |z| is drawn as k + x, whole part and fraction, and (k + x)^2/2 = k/2 + k(k - 1)/2 + x(2k + x)/2:
//   k is geometric with e^(-k/2), and kept with probability e^(-k(k - 1)/2): k(k - 1) chances of e^(-1/2);
//   x is uniform, and kept with probability e^(-x(2k + x)/2): k + 1 chances of the (k + 1)th root of that,
//   whose exponent is at most 1. What fails starts again from k.
// Box and Muller would need log and cos, whose last bits the mathematics libraries do not agree on. The
// price: 108 ns a number where uniform() takes 3 (GCC 12, -O2), which a network's first weights can afford.
double Random::normal(double mean, double deviation) {
  if (!std::isfinite(mean) || !std::isfinite(deviation) || deviation < 0) {
    throw std::invalid_argument("normal(mean, deviation): needs both finite and deviation >= 0");
  }
  const auto all_of = [this](int chances, double g) {
    while (chances > 0 && chance_exp_minus(g)) --chances;
    return chances == 0;
  };
  for (;;) {
    int k = 0;
    while (chance_exp_minus(0.5)) ++k;
    if (!all_of(k * (k - 1), 0.5)) continue;
    const double x = uniform();
    if (!all_of(k + 1, x * (2 * k + x) / (2 * k + 2))) continue;
    const double z = next() >> 63 ? -(k + x) : k + x;
    return mean + deviation * z;
  }
}

// 2^64 mod n numbers too many would favour the small remainders; they are drawn again.
std::uint64_t Random::below(std::uint64_t n) {
  if (n == 0) throw std::invalid_argument("below(n): there is no whole number below 0, n must be at least 1");
  const std::uint64_t surplus = (0 - n) % n;
  for (;;) {
    if (const std::uint64_t drawn = next(); drawn >= surplus) return drawn % n;
  }
}

void Random::restore(const State& state) {
  if (state == State{})
    throw std::invalid_argument("restore(state): four zeros are no state of this generator");
  state_ = state;
}

double Numpy_random::uniform() {
  // Two statements: the order of evaluation within one expression would be the compiler's choice.
  const auto upper = static_cast<std::uint64_t>(engine_() >> 5);
  const auto lower = static_cast<std::uint64_t>(engine_() >> 6);
  return static_cast<double>(upper << 26 | lower) * unit_53;
}

}  // namespace bp
