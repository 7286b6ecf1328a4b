#include "engine/vector/float_mode.h"

#include "tests/support/catch2.h"

using namespace bp::batch;

namespace {

// 2^-127, which is a denormal; volatile, so that it is this processor that computes it now.
float half_of_the_smallest() {
  volatile float smallest = 0x1p-126f, half = 0.5f;
  return smallest * half;
}

#if defined(__x86_64__) || defined(__aarch64__)
constexpr bool can_flush = true;
#else
constexpr bool can_flush = false;
#endif

}  // namespace

TEST_CASE("denormals are 0 while the guard lives, and back when it has gone", "[float_mode]") {
  const Float_mode before = Float_mode::current();
  float inside = 1.0f;

  {
    const Flush_denormals flush;
    const Flush_denormals again;  // one inside the other does no harm
    inside = half_of_the_smallest();
  }

  if (can_flush) CHECK(inside == 0.0f);
  CHECK(half_of_the_smallest() == 0x1p-127f);
  CHECK(Float_mode::current() == before);
}

TEST_CASE("a caller who had denormals flushed finds them so", "[float_mode]") {
  const Float_mode before = Float_mode::current();
  before.flushing().apply();

  { const Flush_denormals flush; }
  const bool still = Float_mode::current() == before.flushing();
  before.apply();

  CHECK(still);
  CHECK(Float_mode::current() == before);
}

TEST_CASE("denormals as operands count as 0 too", "[float_mode]") {
  volatile float denormal = 0x1p-130f, large = 0x1p100f;
  float product = 1.0f;

  {
    const Flush_denormals flush;
    product = denormal * large;
  }

  if (can_flush) CHECK(product == 0.0f);
  CHECK(denormal * large == 0x1p-30f);
}
