#include "viz/html.h"

#include <stdexcept>
#include <string>

#include "tests/support/catch2.h"
#include "viz/web.h"

using namespace bp;

TEST_CASE("names in a page's title and numbers are text, whatever stands in them", "[html]") {
  const std::string html = to_html(
      {.title = "</title><script>alert(1)</script>\"'", .data = {{"graph", R"({"name":"</script><b>"})"}}});

  CHECK(html.find("<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;</title>") !=
        std::string::npos);
  CHECK(html.find(R"({"name":"\u003c/script>\u003cb>"})") != std::string::npos);
}

TEST_CASE("a page loads nothing: its policy forbids it, and its styles and scripts are in it", "[html]") {
  const std::string html = to_html({.title = "t", .styles = {web::common_css}, .scripts = {"run();\n"}});

  CHECK(html.find("default-src 'none'") != std::string::npos);
  CHECK(html.find(web::common_css) != std::string::npos);
  CHECK(html.find("run();\n") != std::string::npos);
  CHECK(html.find("http://") == std::string::npos);
  CHECK(html.find("https://") == std::string::npos);
}

TEST_CASE("a script or style sheet that would end its own element is refused", "[html]") {
  CHECK_THROWS_AS(to_html({.scripts = {"'</script>'"}}), std::invalid_argument);
  CHECK_THROWS_AS(to_html({.scripts = {"'<!--'"}}), std::invalid_argument);
  CHECK_THROWS_AS(to_html({.styles = {"</style>"}}), std::invalid_argument);
}
