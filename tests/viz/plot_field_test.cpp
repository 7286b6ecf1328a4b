// Decision boundaries and loss surfaces: what a viewer finds.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/plotted.h"
#include "viz/plot.h"

using bp::Boundary_plot, bp::Surface_plot;
using bp::test::contains_text, bp::test::csv_of, bp::test::has_gnuplot, bp::test::Image, bp::test::Place,
    bp::test::png_of, bp::test::Spot, bp::test::spot_of, bp::test::svg_of, bp::test::words_of;

namespace {

// Rising to the right: -1 at the left edge, 1 at the right one.
Boundary_plot slope() {
  Boundary_plot what{.title = "Slope",
                     .x = {"a"},
                     .y = {"b"},
                     .shade = {"logit"},
                     .scores = {.nx = 41, .ny = 21, .x0 = -1, .x1 = 1}};
  what.scores.fill([](double x, double) { return x; });
  what.classes = {{"left", {-0.5, -0.6, -0.7, -0.8}, {0.2, 0.3, 0.2, 0.3}}, {"right", {0.5}, {0.8}}};
  return what;
}

// 10^x from 1 to 10,000, which in the logarithm rises evenly.
Surface_plot cliff() {
  Surface_plot what{.title = "Cliff",
                    .x = {"w1"},
                    .y = {"w2"},
                    .losses = {.nx = 81, .ny = 11, .x0 = 0, .x1 = 4},
                    .paths = {}};
  what.losses.fill([](double x, double) { return std::pow(10, x); });
  what.lines = 3;
  return what;
}

// In points from the left: where each contour line of the SVG begins.
std::vector<double> contours_of(const Surface_plot& what) {
  std::vector<double> found;
  for (const bp::test::Xml_piece& piece : bp::test::read_xml(svg_of(what))) {
    if (piece.tag != "path") continue;
    const auto stroke = piece.attributes.find("stroke");
    if (stroke == piece.attributes.end() || stroke->second != "rgb( 85,  85,  85)") continue;
    const std::string& line = piece.attributes.at("d");
    for (std::size_t at = line.find('M'); at != std::string::npos; at = line.find('M', at + 1)) {
      found.push_back(std::stod(line.substr(at + 1)));
    }
  }
  return found;
}

}  // namespace

// ---- Decision boundaries --------------------------------------------------------------------------------

TEST_CASE("a boundary stands where the score is the level, the lower class's colour on its lower side",
          "[plot]") {
  if (!has_gnuplot()) return;
  Boundary_plot what = slope();
  const Image image = png_of(what);

  // The shades of the left and the right edge, in whose middle is the level 0.
  const Spot low = spot_of(image, 0xF3AE5E), high = spot_of(image, 0x3F7FB8), line = spot_of(image, 0);
  const Spot left = spot_of(image, 0xA84300), right = spot_of(image, 0x00305E);
  CHECK(low.x < line.x);
  CHECK(line.x < high.x);
  CHECK(left.x < line.x);
  CHECK(line.x < right.x);
  CHECK(left.count > right.count);  // four triangles, one circle, and one of each in the legend
  CHECK(right.y < left.y);          // b = 0.8 is above 0.25
  what.level = 0.5;
  CHECK(spot_of(png_of(what), 0).x > line.x + 0.05);
  const std::string words = words_of(what);
  for (const char* word : {"Slope", "a", "b", "left", "right", "logit = 0.5"}) {
    CHECK_THAT(words, contains_text(word));
  }
}

TEST_CASE("a score that never comes to the level has no boundary, and no warning", "[plot]") {
  if (!has_gnuplot()) return;
  Boundary_plot what = slope();

  for (const double level : {1.0, -1.0, 7.0}) {
    what.level = level;
    CHECK_THAT(words_of(what), !contains_text("logit = "));
  }
  what.level = 0;
  what.scores.fill([](double, double) { return 0.0; });
  what.classes = {{"none", {NAN}, {1}}};
  CHECK_THAT(words_of(what), !contains_text("logit = "));
}

TEST_CASE("where a field is not finite it is grey", "[plot]") {
  if (!has_gnuplot()) return;
  Boundary_plot what = slope();
  what.scores.fill([](double x, double y) { return y > 0.5 ? std::log(-1.0) : x < -0.9 ? INFINITY : x; });

  const Spot grey = spot_of(png_of(what), 0xA0A0A0);

  CHECK(grey.count > 100000);
  CHECK(grey.y < 0.5);
}

TEST_CASE("the CSV of a boundary has its grid, then its points", "[plot]") {
  Boundary_plot what{.title = "", .x = {}, .y = {}, .scores = {2, 2, -1, 1, 0, 3, {0.1, 0.2, 0.3, 0.4}}};
  what.classes = {{"left", {5}, {6}}};

  CHECK(csv_of(what) == "class,x,y,score\n,-1,0,0.1\n,1,0,0.2\n,-1,3,0.3\n,1,3,0.4\nleft,5,6,\n");
}

// ---- Loss surfaces --------------------------------------------------------------------------------------

TEST_CASE("contour lines are evenly spaced in the loss, or in its logarithm", "[plot]") {
  if (!has_gnuplot()) return;
  Surface_plot what = cliff();

  // Losses of 2500.75, 5000.5 and 7500.25: at x = 3.398, 3.699, 3.875.
  std::vector<double> at = contours_of(what);
  REQUIRE(at.size() == 3);
  std::sort(at.begin(), at.end());
  CHECK((at[1] - at[0]) / (at[2] - at[1]) == Approx((3.699 - 3.398) / (3.875 - 3.699)).epsilon(0.1));

  // 10, 100 and 1000: at x = 1, 2, 3.
  what.shade.logarithmic = true;
  at = contours_of(what);
  REQUIRE(at.size() == 3);
  std::sort(at.begin(), at.end());
  CHECK((at[1] - at[0]) / (at[2] - at[1]) == Approx(1).epsilon(0.03));
  what.lines = 0;
  CHECK(contours_of(what).empty());
}

TEST_CASE("a path has its colour, its name, a start and an end, and its gap where it is not finite",
          "[plot]") {
  if (!has_gnuplot()) return;
  Surface_plot what = cliff();
  what.paths = {
      {"SGD", {0.5, 1, NAN, 2}, {0.5, 0.5, 0.5, 0.5}}, {"Adam", {1, 9}, {0.1, 0.9}}, {"lost", {NAN}, {NAN}}};

  const Image image = png_of(what);
  const std::string words = words_of(what);

  CHECK(spot_of(image, 0x0072B2).count > 500);
  CHECK(spot_of(image, 0xD55E00).count > 300);
  for (const char* word : {"Cliff", "w1", "w2", "loss", "SGD", "Adam", "start", "end"}) {
    CHECK_THAT(words, contains_text(word));
  }
  CHECK_THAT(words, !contains_text("lost"));
  what.paths = {{"lost", {NAN}, {NAN}}};
  CHECK_THAT(words_of(what), !contains_text("start"));
}

TEST_CASE("a path's last point is marked, too", "[plot]") {
  if (!has_gnuplot()) return;
  Surface_plot what = cliff();
  what.paths = {{"SGD", {0.5, 3}, {0.5, 0.5}}};

  const Image image = png_of(what);

  // Within the axes, right of the middle, there is no other black.
  std::size_t black = 0;
  for (std::size_t y = image.height / 4; y < image.height * 7 / 10; ++y) {
    for (std::size_t x = image.width / 2; x < image.width * 8 / 10; ++x) {
      black += image.pixels[y * image.width + x] == 0;
    }
  }
  CHECK(black > 100);
}

TEST_CASE("a flat surface, and one that is finite at one point, are drawn without a warning", "[plot]") {
  if (!has_gnuplot()) return;
  Surface_plot what = cliff();
  what.losses.fill([](double, double) { return 3.0; });
  CHECK(png_of(what).dark() > 100);
  what.shade.logarithmic = true;
  CHECK(png_of(what).dark() > 100);
  what.losses.fill([](double x, double y) { return x == 0 && y == 0 ? 3.0 : NAN; });
  CHECK(png_of(what).dark() > 100);
}

TEST_CASE("the CSV of a surface has its grid, then its paths", "[plot]") {
  Surface_plot what{.title = "",
                    .x = {"a"},
                    .y = {"b"},
                    .losses = {2, 2, 0, 1, 0, 1, {1, 2, 3, INFINITY}},
                    .paths = {{"p", {5}, {6}}}};

  CHECK(csv_of(what) == "path,a,b,loss\n,0,0,1\n,1,0,2\n,0,1,3\n,1,1,inf\np,5,6,\n");
}

TEST_CASE("hostile texts on a field are shown, not run", "[plot]") {
  if (!has_gnuplot()) return;
  const Place place;
  const std::string run = "touch " + (place / "run").string();
  const std::string hostile = "'`" + run + "`\"; system('" + run + "') \\ %s%n 50% @x $y &#x1; <b>]]>_^{";
  Boundary_plot boundary = slope();
  boundary.title = boundary.x.name = boundary.y.name = boundary.shade.name = boundary.classes[0].name =
      hostile;
  Surface_plot surface = cliff();
  surface.title = surface.x.name = surface.y.name = surface.shade.name = hostile;
  surface.paths = {{hostile, {1, 2}, {0, 1}}};

  for (const std::string& words : {words_of(boundary), words_of(surface)}) {
    CHECK_THAT(words, contains_text("'`touch "));
  }
  CHECK(place.names().empty());
}
