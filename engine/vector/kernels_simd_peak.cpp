// The loops that measure a machine's peak, one for each instruction set: see peak.h.
#include <algorithm>
#include <array>
#include <chrono>

#include "engine/vector/kernels_simd.h"
#include "engine/vector/peak.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

#include "engine/vector/kernels_simd_tile.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

// 12 sums beside the two factors: 14 registers, and every instruction set has 16. A multiply-add takes 3 to 5
// clocks and two are begun in each, so that 10 chains keep the multipliers busy.
float multiply_adds(std::size_t rounds) {
  constexpr std::size_t chains = Multiply_adds::chains;
  Vector<float> x[chains];
  BP_UNROLL_ALL
  for (std::size_t c = 0; c < chains; ++c) x[c] = all<float>(double(c));
  const Vector<float> half = all<float>(0.5), one = all<float>(1.0);

  for (std::size_t round = 0; round < rounds; ++round) {
    BP_UNROLL_ALL
    for (std::size_t c = 0; c < chains; ++c) x[c] = hn::MulAdd(x[c], half, one);
  }

  Vector<float> sum = x[0];
  BP_UNROLL_ALL
  for (std::size_t c = 1; c < chains; ++c) sum = hn::Add(sum, x[c]);
  return sum_of<float>(sum);
}

inline constexpr Multiply_adds loop = {
    .name = target_name, .numbers = Multiply_adds::chains * lanes<float>, .run = multiply_adds};

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif

#if HWY_ONCE

namespace bp::batch {

namespace {

// For a compiler that makes vectors of four, as GCC and Clang do for every x86-64 and AArch64. Of 12 single
// numbers GCC made 3 such vectors, which reached a third of the speed.
constexpr std::size_t plain_numbers = 4 * Multiply_adds::chains;

float plain_multiply_adds(std::size_t rounds) {
  std::array<float, plain_numbers> x;
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % Multiply_adds::chains);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (float& number : x) number = number * 0.5f + 1.0f;
  }
  float sum = 0.0f;
  for (const float number : x) sum += number;
  return sum;
}

double seconds_now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

const std::vector<Multiply_adds>& multiply_add_loops() {
  static const std::vector<Multiply_adds> all = [] {
    [[maybe_unused]] const std::int64_t machine = hwy::SupportedTargets();
    std::vector<Multiply_adds> found;
#if HWY_TARGETS & HWY_AVX3
    if (machine & HWY_AVX3) found.push_back(N_AVX3::loop);
#endif
#if HWY_TARGETS & HWY_AVX2
    if (machine & HWY_AVX2) found.push_back(N_AVX2::loop);
#endif
#if HWY_TARGETS & HWY_SSE4
    if (machine & HWY_SSE4) found.push_back(N_SSE4::loop);
#endif
#if HWY_TARGETS & HWY_NEON
    if (machine & HWY_NEON) found.push_back(N_NEON::loop);
#endif
    found.push_back({"reference", plain_numbers, plain_multiply_adds});
    return found;
  }();
  return all;
}

double measure_peak(const Multiply_adds& loop, double seconds) {
  constexpr double turns = 20.0;
  volatile float result = 0.0f;  // somebody has to want the numbers, or the compiler may drop the loop
  double best = 0.0;
  std::size_t rounds = 1000;
  const double end = seconds_now() + seconds;
  do {
    const double start = seconds_now();
    result = loop.run(rounds);
    const double taken = seconds_now() - start;
    best = std::max(best, 2.0 * double(rounds) * double(loop.numbers) / std::max(taken, 1e-9));
    if (taken < seconds / turns) rounds *= 2;  // until a turn is long beside the clock's own time
  } while (seconds_now() < end);
  static_cast<void>(result);
  return best;
}

}  // namespace bp::batch

#endif
