#include "engine/worksheet/text_width.h"

#include "tests/support/catch2.h"

using bp::worksheet::bytes_that_fit;
using bp::worksheet::text_width;

TEST_CASE("a letter takes one column, a broad one two", "[text_width]") {
  CHECK(text_width("") == 0);
  CHECK(text_width("out_h1") == 6);
  CHECK(text_width("\u03B1\u00E9") == 2);
  CHECK(text_width("\u53D8\u91CF") == 4);
  CHECK(text_width("\U00020000") == 2);
}

TEST_CASE("a text is cut between characters, and at least one is taken", "[text_width]") {
  CHECK(bytes_that_fit("abc", 2) == 2);
  CHECK(bytes_that_fit("abc", 9) == 3);
  CHECK(bytes_that_fit("\u00E9\u00E9", 1) == 2);
  CHECK(bytes_that_fit("\u53D8\u91CF", 3) == 3);
  CHECK(bytes_that_fit("\u53D8", 1) == 3);
}
