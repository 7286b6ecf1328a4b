// Plots that cannot be drawn are refused, and the line says what is wrong.
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/viz/plotted.h"
#include "viz/plot.h"

using bp::Bar_plot, bp::Boundary_plot, bp::Confusion_plot, bp::Field, bp::Gallery, bp::Heat_map,
    bp::Histogram_plot, bp::Line_plot, bp::Panels, bp::Surface_plot, bp::Weight_images;
using bp::test::contains_text, bp::test::refusal;

namespace {

Line_plot point(const std::string& title, const std::string& series) {
  return {title, {}, {}, {{series, {1}, {1}}}};
}

Heat_map two_cells() { return {"", {"step"}, {"layer"}, {"norm"}, {"a"}, {1, 2}, {3, 4}}; }

Field four_points() { return {2, 2, 0, 1, 0, 1, {1, 2, 3, 4}}; }

}  // namespace

TEST_CASE("curves, bars, galleries and matrices that cannot be drawn are refused, with the reason",
          "[plot]") {
  CHECK_THAT(refusal(Line_plot{}), contains_text("there are no series"));
  CHECK_THAT(refusal(Line_plot{"", {}, {}, {{"a", {1, 2}, {1}}}}), contains_text("'a' has 2 x and 1 y"));
  CHECK_THAT(refusal(Line_plot{"", {}, {}, {{"a", {1, NAN}, {NAN, 1}}}}), contains_text("finite"));
  CHECK_THAT(refusal(Line_plot{"", {}, {}, std::vector<bp::Series>(8, {"", {1}, {1}})}),
             contains_text("8 series are more than 7"));
  CHECK_THAT(refusal(Line_plot{"", {}, {"loss", true}, {{"a", {1, 2}, {1, 0}}}}),
             contains_text("'loss' is logarithmic, where 0 has no place (number 1 of 'a')"));
  CHECK_THAT(refusal(Line_plot{"", {"n", true}, {}, {{"a", {-1}, {1}}}}),
             contains_text("'n' is logarithmic"));

  Bar_plot bars;
  CHECK_THAT(refusal(bars), contains_text("no labels"));
  bars.labels = {"a"};
  bars.series = {{"s", {NAN}}};
  CHECK_THAT(refusal(bars), contains_text("no bar has a finite length"));
  bars.series[0].lengths = {1, 2};
  CHECK_THAT(refusal(bars), contains_text("'s' has 2 bars, and there are 1 labels"));
  bars.series[0].lengths = {0};
  bars.lengths = {"n", true};
  CHECK_THAT(refusal(bars), contains_text("'n' is logarithmic"));

  CHECK_THAT(refusal(Gallery{}), contains_text("no pictures"));
  CHECK_THAT(refusal(Gallery{.title = "", .tiles = {{{1, 2, 3}, ""}}}),
             contains_text("picture 0 has 3 pixels, and 28 x 28 are 784"));
  CHECK_THAT(refusal(Gallery{.title = "", .rows = 0, .tiles = {{{}, ""}}}), contains_text("0 x 28"));
  CHECK_THAT(refusal(Gallery{.title = "", .rows = 1, .cols = 1, .columns = 0, .tiles = {{{1}, ""}}}),
             contains_text("in a row"));
  CHECK_THAT(refusal(Confusion_plot{}), contains_text("no classes"));
  CHECK_THAT(refusal(Confusion_plot{"", {"a", "b"}, {1, 2, 3}}), contains_text("4 counts, not 3"));
}

TEST_CASE("panels that cannot share a legend, or axes, are refused", "[plot]") {
  CHECK_THAT(refusal(Panels{}), contains_text("there are no panels"));
  CHECK_THAT(refusal(Panels{"", 0, false, {point("a", "f")}}), contains_text("in a row"));
  CHECK_THAT(refusal(Panels{"", 2, false, {point("a", "f"), point("b", "g")}}),
             contains_text("the panel 'b' has other series than the first one"));
  CHECK_THAT(refusal(Panels{"", 2, false, std::vector<Line_plot>(37, point("a", "f"))}),
             contains_text("37 panels are more than 36"));
  CHECK_THAT(refusal(Panels{"", 2, false, {point("a", "f"), {}}}), contains_text("no series"));
  Panels mixed{"", 2, false, {point("a", "f"), point("b", "f")}};
  mixed.panels[1].y.logarithmic = true;
  CHECK(refusal(mixed) == "");
  mixed.shared_axes = true;
  CHECK_THAT(refusal(mixed), contains_text("some panels are logarithmic and some are not"));
}

TEST_CASE("a histogram that cannot be drawn is refused, with the reason", "[plot]") {
  Histogram_plot what;
  what.x.name = "size";
  what.samples = {{"layer 1", {1, 2}}};
  REQUIRE(refusal(what) == "");

  CHECK_THAT(refusal(Histogram_plot{}), contains_text("there are no samples"));
  what.bins = 0;
  CHECK_THAT(refusal(what), contains_text("there are no bins"));
  what.bins = 201;
  CHECK_THAT(refusal(what), contains_text("201 bins are more than 200"));
  what.bins = 10;
  what.low = what.high = 1;
  CHECK_THAT(refusal(what), contains_text("the axis 'size' cannot go from 1 to 1"));
  what.high = INFINITY;
  CHECK_THAT(refusal(what), contains_text("the axis 'size' cannot end at inf"));
  what.low = 2.5;
  what.high.reset();
  CHECK_THAT(refusal(what), contains_text("no number lies on the axis 'size'"));
  what.low = 0;
  what.x.logarithmic = true;
  CHECK_THAT(refusal(what), contains_text("cannot end at 0"));
  what.low.reset();
  what.samples = {{"layer 1", {0, -1, NAN}}};
  CHECK_THAT(refusal(what), contains_text("no number lies on the axis 'size'"));
  what.samples = {{"layer 1", {}}};
  CHECK_THAT(refusal(what), contains_text("'layer 1' has no numbers"));
  what.samples = std::vector<bp::Sample>(13, {"", {1}});
  CHECK_THAT(refusal(what), contains_text("13 samples are more than 12"));
}

TEST_CASE("a heat map that cannot be drawn is refused, with the reason", "[plot]") {
  Heat_map what = two_cells();
  REQUIRE(refusal(what) == "");

  CHECK_THAT(refusal(Heat_map{}), contains_text("there are no rows"));
  what.values = {1};
  CHECK_THAT(refusal(what), contains_text("1 rows and 2 columns have 2 values, not 1"));
  what.values = {NAN, INFINITY};
  CHECK_THAT(refusal(what), contains_text("no value is finite"));
  what = two_cells();
  what.columns = {2, 2};
  CHECK_THAT(refusal(what), contains_text("number 1 is 2"));
  what.columns = {NAN, 2};
  CHECK_THAT(refusal(what), contains_text("number 0 is nan"));
  what.columns = {0, 2};
  what.x.logarithmic = true;
  CHECK_THAT(refusal(what), contains_text("'step' is logarithmic"));
  what = two_cells();
  what.y.logarithmic = true;
  CHECK_THAT(refusal(what), contains_text("the axis 'layer' cannot be logarithmic here"));
  what = two_cells();
  what.shade.logarithmic = true;
  what.values = {0, 1};
  CHECK(refusal(what) == "");
  what.values = {1, -2};
  CHECK_THAT(refusal(what),
             contains_text("'norm' is logarithmic, where -2 has no place (row 'a', column 1)"));
  what.rows.resize(61);
  CHECK_THAT(refusal(what), contains_text("61 rows are more than 60"));
}

TEST_CASE("a field that cannot be drawn is refused as a boundary and as a surface", "[plot]") {
  const auto refused = [](const Field& field) {
    const std::string boundary = refusal(Boundary_plot{.title = "", .x = {}, .y = {}, .scores = field});
    CHECK(boundary == refusal(Surface_plot{.title = "", .x = {}, .y = {}, .losses = field}));
    return boundary;
  };
  Field field = four_points();
  REQUIRE(refused(field) == "");

  CHECK_THAT(refused(Field{}), contains_text("a grid of 0 x 0 points; from 2 to 500"));
  CHECK_THAT(refused(Field{501, 2, 0, 1, 0, 1, std::vector<double>(1002)}), contains_text("501 x 2"));
  field.values = {1, 2, 3};
  CHECK_THAT(refused(field), contains_text("a grid of 2 x 2 points has 4 values, not 3"));
  field.values = {NAN, INFINITY, NAN, -INFINITY};
  CHECK_THAT(refused(field), contains_text("no value of the grid is finite"));
  field = four_points();
  field.x1 = field.x0;
  CHECK_THAT(refused(field), contains_text("a rectangle from (0, 0) to (0, 1)"));
  field = four_points();
  field.y0 = NAN;
  CHECK_THAT(refused(field), contains_text("a rectangle"));
}

TEST_CASE("a boundary and a surface with too much or too little upon them are refused", "[plot]") {
  Boundary_plot boundary{.title = "", .x = {"a"}, .y = {"b"}, .scores = four_points()};
  boundary.classes.resize(3);
  CHECK_THAT(refusal(boundary), contains_text("3 classes; a boundary is between 2"));
  boundary.classes = {{"c", {1, 2}, {1}}};
  CHECK_THAT(refusal(boundary), contains_text("'c' has 2 x and 1 y"));
  boundary.classes.clear();
  boundary.level = NAN;
  CHECK_THAT(refusal(boundary), contains_text("at the level nan"));
  boundary.level = 0;
  boundary.x.logarithmic = true;
  CHECK_THAT(refusal(boundary), contains_text("the axis 'a' cannot be logarithmic here"));

  Surface_plot surface{.title = "", .x = {"a"}, .y = {"b"}, .losses = four_points()};
  surface.lines = 61;
  CHECK_THAT(refusal(surface), contains_text("61 contour lines are more than 60"));
  surface.lines = 0;
  CHECK(refusal(surface) == "");
  surface.paths.resize(8);
  CHECK_THAT(refusal(surface), contains_text("8 paths are more than 7"));
  surface.paths = {{"p", {1}, {}}};
  CHECK_THAT(refusal(surface), contains_text("'p' has 1 x and 0 y"));
  surface.paths.clear();
  surface.shade.logarithmic = true;
  CHECK(refusal(surface) == "");
  surface.losses.values[3] = 0;
  CHECK_THAT(refusal(surface), contains_text("'loss' is logarithmic, where 0 has no place (number 3"));
  surface.y.logarithmic = true;
  CHECK_THAT(refusal(surface), contains_text("the axis 'b' cannot be logarithmic here"));
}

TEST_CASE("pictures of weights that cannot be drawn are refused, with the reason", "[plot]") {
  Weight_images what{.title = "", .rows = 1, .cols = 2, .tiles = {{{1, NAN}, ""}}};
  REQUIRE(refusal(what) == "");

  CHECK_THAT(refusal(Weight_images{}), contains_text("no pictures"));
  what.tiles.push_back({{1}, ""});
  CHECK_THAT(refusal(what), contains_text("picture 1 has 1 pixels, and 1 x 2 are 2"));
  what.tiles = {{{NAN, INFINITY}, ""}};
  CHECK_THAT(refusal(what), contains_text("no weight is finite"));
}
