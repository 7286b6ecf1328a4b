#include "engine/data/check.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/support/catch2.h"

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a share is from 0 to below 1, and the refusal names it", "[optimizer]") {
  CHECK(bp::check_share(0.0, "beta1") == 0.0);
  CHECK(bp::check_share(0.999, "beta1") == 0.999);

  for (const double bad : {-1e-300, 1.0, infinity, std::nan("")}) {
    CHECK_THROWS_AS(bp::check_share(bad, "beta1"), std::invalid_argument);
  }
  CHECK_THROWS_WITH(bp::check_share(1.5, "beta1"), "backstep: beta1 is 1.5; it must be from 0 to below 1");
}

TEST_CASE("a rate may be 0 but not negative or infinite", "[optimizer]") {
  CHECK(bp::check_not_negative(0.0, "learning_rate") == 0.0);
  CHECK(bp::check_not_negative(3.0, "learning_rate") == 3.0);

  for (const double bad : {-1e-300, infinity, -infinity, std::nan("")}) {
    CHECK_THROWS_AS(bp::check_not_negative(bad, "learning_rate"), std::invalid_argument);
  }
}

TEST_CASE("epsilon is above 0", "[optimizer]") {
  CHECK(bp::check_epsilon(1e-300) == 1e-300);

  for (const double bad : {0.0, -1e-8, infinity, std::nan("")}) {
    CHECK_THROWS_AS(bp::check_epsilon(bad), std::invalid_argument);
  }
}
