// Graphviz's SVG in parts.
#include "viz/svg_parts.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/catch2.h"
#include "viz/render.h"

using bp::parts_of_svg, bp::Svg_parts;

TEST_CASE("a drawing's parts are its nodes and edges, and put together they are all of it", "[svg]") {
  const std::string svg =
      bp::render("digraph g { a [id=first]; b [id=second]; a -> b [id=line]; }", bp::Picture_format::svg)
          .bytes;

  const Svg_parts parts = parts_of_svg(svg);

  std::vector<std::string> found;
  for (const Svg_parts::Group& group : parts.groups) {
    found.push_back(std::string(group.id) + ": " + std::string(group.title));
    CHECK(group.content.substr(0, 7) == "<title>");
    CHECK(group.content.find("<g ") == std::string_view::npos);
  }
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{"first: a", "line: a&#45;&gt;b", "second: b"});
  CHECK(svg.compare(0, parts.opening.size(), parts.opening) == 0);
  CHECK(parts.closing == "</g>\n</svg>\n");
}

TEST_CASE("what is cut off or no drawing of Graphviz's is refused", "[svg]") {
  const std::string svg = bp::render("digraph g { a; }", bp::Picture_format::svg).bytes;
  CHECK_NOTHROW(parts_of_svg(svg));
  CHECK_THROWS_AS(parts_of_svg(""), std::runtime_error);
  CHECK_THROWS_AS(parts_of_svg("<svg></svg>"), std::runtime_error);
  CHECK_THROWS_AS(parts_of_svg(svg.substr(0, svg.find("</title>\n<ellipse"))), std::runtime_error);
}
