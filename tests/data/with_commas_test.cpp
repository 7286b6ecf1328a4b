#include "engine/data/with_commas.h"

#include "tests/support/catch2.h"

TEST_CASE("a comma stands before every three digits, and nowhere else", "[text]") {
  CHECK(bp::with_commas(0) == "0");
  CHECK(bp::with_commas(999) == "999");
  CHECK(bp::with_commas(1000) == "1,000");
  CHECK(bp::with_commas(101770) == "101,770");
  CHECK(bp::with_commas("1152921504606846976000") == "1,152,921,504,606,846,976,000");
  CHECK(bp::with_commas(18446744073709551615u) == "18,446,744,073,709,551,615");
}
