// Schedules: their values by hand, their ends, and their errors.
#include "engine/data/schedule.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/support/catch2.h"

using bp::cosine_decay, bp::exponential_decay, bp::step_decay;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// A few roundings of numbers of size 1.
constexpr double few_ulps = 4 * std::numeric_limits<double>::epsilon();

}  // namespace

TEST_CASE("step decay keeps the rate for a while, then multiplies it", "[schedule]") {
  CHECK(step_decay(0.8, 0, 30) == 0.8);
  CHECK(step_decay(0.8, 29, 30) == 0.8);
  CHECK(std::abs(step_decay(0.8, 30, 30) - 0.08) <= few_ulps);
  CHECK(std::abs(step_decay(0.8, 89, 30) - 0.008) <= few_ulps);
  CHECK(step_decay(0.8, 7, 2, 0.5) == 0.1);
}

TEST_CASE("exponential decay multiplies the rate every time", "[schedule]") {
  CHECK(exponential_decay(0.8, 0, 0.5) == 0.8);
  CHECK(exponential_decay(0.8, 1, 0.5) == 0.4);
  CHECK(exponential_decay(0.8, 5, 0.5) == 0.025);
  CHECK(exponential_decay(0.8, 7, 1.0) == 0.8);
  CHECK(exponential_decay(0.8, 13, 0.9) == step_decay(0.8, 13, 1, 0.9));
}

TEST_CASE("cosine decay starts at the first rate, is half-way half-way, and ends at the last", "[schedule]") {
  CHECK(cosine_decay(0.9, 0, 40, 0.1) == 0.9);
  CHECK(std::abs(cosine_decay(0.9, 20, 40, 0.1) - 0.5) <= few_ulps);
  CHECK(cosine_decay(0.9, 40, 40, 0.1) == 0.1);
  CHECK(cosine_decay(0.9, 80, 40, 0.1) == 0.1);
  CHECK(cosine_decay(0.9, 40, 40) == 0.0);
  // A third of the way the cosine is 1/2, so three quarters of the fall are left.
  CHECK(std::abs(cosine_decay(0.9, 10, 30, 0.1) - 0.7) <= few_ulps);
}

TEST_CASE("cosine decay falls all the way, slowly at both ends, and is symmetric about its middle",
          "[schedule]") {
  for (std::size_t time = 0; time < 50; ++time) {
    const double here = cosine_decay(0.9, time, 50, 0.1);

    CHECK(cosine_decay(0.9, time + 1, 50, 0.1) < here);
    CHECK(std::abs(here + cosine_decay(0.9, 50 - time, 50, 0.1) - 1.0) <= few_ulps);
  }
  CHECK(0.9 - cosine_decay(0.9, 1, 50, 0.1) < 0.1 * (0.9 - cosine_decay(0.9, 10, 50, 0.1)));
}

TEST_CASE("schedules refuse rates and factors below 0 or not finite, and no time at all", "[schedule]") {
  CHECK_THROWS_AS(step_decay(-0.1, 1, 2), std::invalid_argument);
  CHECK_THROWS_MATCHES(step_decay(0.1, 1, 0), std::invalid_argument,
                       Catch::Matchers::Message("backstep: the length of a step of a schedule is 0"));
  CHECK_THROWS_AS(step_decay(0.1, 1, 2, not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(exponential_decay(infinity, 1, 0.5), std::invalid_argument);
  CHECK_THROWS_AS(exponential_decay(0.1, 1, -0.5), std::invalid_argument);
  CHECK_THROWS_AS(cosine_decay(not_a_number, 1, 2), std::invalid_argument);
  CHECK_THROWS_AS(cosine_decay(0.1, 1, 0), std::invalid_argument);
  CHECK_THROWS_AS(cosine_decay(0.1, 1, 2, -0.1), std::invalid_argument);
}
