#include "engine/model/json_text.h"

#include "tests/support/catch2.h"

TEST_CASE("text becomes JSON whatever characters it has", "[model]") {
  CHECK(bp::json_text("") == R"("")");
  CHECK(bp::json_text("T-shirt/top") == R"("T-shirt/top")");
  CHECK(bp::json_text("say \"a\"\\\n\x1b") == R"("say \"a\"\\\n\u001b")");
  CHECK(bp::json_text("é") == "\"é\"");
}

TEST_CASE("bytes that are no UTF-8 are replaced, and the rest is kept", "[model]") {
  CHECK(bp::json_text("a\xFFz") == "\"a\xEF\xBF\xBDz\"");
}
