// How fast a loop is, no test can know. That it does the work that is counted, it can.
#include "engine/vector/peak.h"

#include <cmath>
#include <string>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"

using namespace bp::batch;

TEST_CASE("there is a loop for each implementation of the kernels, in the same order", "[peak]") {
  std::vector<std::string> loops, kernels;

  for (const Multiply_adds& loop : multiply_add_loops()) loops.push_back(loop.name);
  for (const Kernels<float>* k : available_kernels<float>()) kernels.push_back(k->name);

  CHECK(loops == kernels);
}

TEST_CASE("every loop does all the multiply-adds that are counted", "[peak]") {
  // x = x/2 + 1 has the fixed point 2, and halves the distance from it: from c, after r rounds, it is at
  // 2 + (c - 2) / 2^r. The c are 0 to 11, 5.5 in the mean. All of it is exact in float.
  for (const Multiply_adds& loop : multiply_add_loops()) {
    INFO(loop.name);
    const float numbers = static_cast<float>(loop.numbers);

    CHECK(loop.run(0) == numbers * 5.5f);
    CHECK(loop.run(1) == numbers * 3.75f);
    CHECK(loop.run(2) == numbers * 2.875f);
    CHECK(loop.run(7) == numbers * (2.0f + 3.5f / 128.0f));
    CHECK(loop.numbers % Multiply_adds::chains == 0);
  }
}

TEST_CASE("a peak is a number of operations a second, however little time there is", "[peak]") {
  for (const Multiply_adds& loop : multiply_add_loops()) {
    INFO(loop.name);

    const double peak = measure_peak(loop, 0.0);

    CHECK(std::isfinite(peak));
    CHECK(peak > 0.0);
  }
}
