#include "tests/diagnosis/decimals.h"

#include <cmath>

#include "tests/support/catch2.h"

using namespace bp::test;

TEST_CASE("numbers are written with their digits, zeros too", "[diagnosis]") {
  CHECK(significant(0.00043856773, 4) == "0.0004386");
  CHECK(significant(-1.25, 4) == "-1.250");
  CHECK(significant(9.99996, 4) == "10.00");
  CHECK(significant(0.0999996, 4) == "0.1000");
  CHECK(significant(1234.4, 4) == "1234");
  CHECK(significant(12344.0, 4) == "1.234e+04");
  CHECK(significant(2.5e-12, 4) == "2.500e-12");
}

TEST_CASE("the last place is that of the digits as they are written", "[diagnosis]") {
  CHECK(std::abs(last_place(0.4386, 4) / 1e-4 - 1) < 1e-12);
  CHECK(std::abs(last_place(9.99996, 4) / 1e-2 - 1) < 1e-12);
  CHECK(std::abs(last_place(-1234.4, 4) / 1 - 1) < 1e-12);
}
