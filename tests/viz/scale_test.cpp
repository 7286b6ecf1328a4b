// Signs and sizes as colours, arrow heads and widths.
#include "viz/scale.h"

#include <cmath>
#include <limits>
#include <string>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "viz/dot.h"

using bp::Graph, bp::Scale, bp::Value;
using bp::test::contains_text;

TEST_CASE("a size is measured by its logarithm, over two decades below the largest", "[scale]") {
  Scale scale;
  for (const double number : {-100.0, 10.0, 0.0, 0.5, std::nan("")}) scale.add(number);

  CHECK(scale.share(100.0) == 1.0);
  CHECK(std::abs(scale.share(-10.0) - 0.5) < 1e-12);
  CHECK(std::abs(scale.share(1.0) - 0.0) < 1e-12);
  CHECK(scale.share(1e-300) == 0.0);
  CHECK(scale.share(0.0) == 0.0);
  CHECK(scale.share(std::numeric_limits<double>::infinity()) == 1.0);
}

TEST_CASE("where all have one size none stands out", "[scale]") {
  Scale scale;
  scale.add(-2.0);
  scale.add(2.0);

  CHECK(std::abs(scale.share(2.0) - 1.0 / 3.0) < 1e-12);
}

TEST_CASE("a negative arrow differs from a positive one by more than its colour", "[scale]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(-30.0, "b");
  const Value L = (a * b).named("L");

  const std::string dot = bp::to_dot(L);

  const auto line = [&](const std::string& begin) {
    const std::size_t place = dot.find(begin);
    return dot.substr(place, dot.find('\n', place) - place);
  };
  // dL/da = b = -30, dL/db = a = 2: a share of 1 + log10(2 / 30) / 2 = 0.412, a width of 0.8 + 1.6 * 0.412.
  CHECK_THAT(line("n0 -> n2"), contains_text("arrowhead=empty") && contains_text("penwidth=2.4") &&
                                   contains_text("color=\"#b85000\""));
  CHECK_THAT(line("n1 -> n2"), !contains_text("arrowhead") && contains_text("penwidth=1.5") &&
                                   contains_text("color=\"#1d5fa6\""));
}

TEST_CASE("a gradient stands on a colour of its sign; 0, nan and none on nothing", "[scale]") {
  Scale scale;
  scale.add(8.0);
  scale.add(0.01);

  CHECK(bp::tint_of(8.0, scale) != bp::tint_of(-8.0, scale));
  CHECK(bp::tint_of(8.0, scale) != bp::tint_of(0.01, scale));
  CHECK(bp::tint_of(0.0, scale).empty());
  CHECK(bp::tint_of(std::nan(""), scale).empty());
}

TEST_CASE("signs can be left out", "[scale]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a");
  const Value L = (-a).named("L");
  L.backward();
  bp::Picture_options plain;
  plain.signs = false;

  CHECK_THAT(bp::to_dot(L, plain), !contains_text("penwidth") && !contains_text("arrowhead") &&
                                       !contains_text("orange") && !contains_text("#9ec8f0"));
  CHECK_THAT(bp::to_dot(L), contains_text("arrowhead=empty") && contains_text("orange"));
}
