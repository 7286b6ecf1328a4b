// Small multiples, histograms, heat maps and pictures of weights: what a viewer finds.
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/plotted.h"
#include "viz/plot.h"

using bp::Heat_map, bp::Histogram_plot, bp::Line_plot, bp::Panels, bp::Weight_images;
using bp::test::contains_text, bp::test::csv_of, bp::test::has_gnuplot, bp::test::Image, bp::test::Place,
    bp::test::png_of, bp::test::Spot, bp::test::spot_of, bp::test::words_of;

namespace {

constexpr std::uint32_t darkest = 0x440154, lightest = 0xFDE725;  // of a heat map

Line_plot curve_and_derivative(const std::string& name, double scale) {
  return {name,
          {"x"},
          {},
          {{"f", {0, 1, 2}, {0, scale, 4 * scale}}, {"df", {0, 1, 2}, {0, 2 * scale, 4 * scale}}}};
}

Histogram_plot histogram_of(std::vector<double> values, std::size_t bins) {
  Histogram_plot what;
  what.samples.push_back({"a", std::move(values)});
  what.bins = bins;
  return what;
}

}  // namespace

// ---- Small multiples ------------------------------------------------------------------------------------

TEST_CASE("panels stand in rows, each with its title, and the legend once", "[plot]") {
  if (!has_gnuplot()) return;
  const Panels what{"Curves",
                    2,
                    false,
                    {curve_and_derivative("first", 1), curve_and_derivative("second", 10),
                     curve_and_derivative("third", 100)}};

  const Image image = png_of(what);
  const std::string words = words_of(what);

  CHECK(image.width == 2 * (2 * 300 + 8));
  CHECK(image.count(0x0072B2) > 1500);
  CHECK(image.count(0xD55E00) > 1000);
  for (const char* word : {"Curves", "first", "second", "third"}) CHECK_THAT(words, contains_text(word));
  CHECK(words.find("df") == words.rfind("df"));
}

TEST_CASE("panels of one column stand below each other", "[plot]") {
  if (!has_gnuplot()) return;
  const Panels what{
      "",
      1,
      false,
      {curve_and_derivative("a", 1), curve_and_derivative("b", 1), curve_and_derivative("c", 1)}};

  const Image image = png_of(what);

  CHECK(image.height > image.width);
  CHECK(spot_of(image, 0xD55E00).y == Approx(0.5).margin(0.05));
}

TEST_CASE("panels that share their axes show heights that can be compared", "[plot]") {
  if (!has_gnuplot()) return;
  // The second curve is half as high: on shared axes its highest tic is not 4 but 8, as that of the first.
  Panels what{"", 1, false, {curve_and_derivative("high", 2), curve_and_derivative("low", 1)}};
  what.panels[0].series.resize(1);
  what.panels[1].series.resize(1);

  const Spot apart = spot_of(png_of(what), 0x0072B2);
  what.shared_axes = true;
  const Spot shared = spot_of(png_of(what), 0x0072B2);

  CHECK(shared.y > apart.y + 0.01);  // the lower curve has sunk
}

TEST_CASE("the CSV of panels names the panel of each point", "[plot]") {
  CHECK(csv_of(Panels{"", 2, false, {curve_and_derivative("a", 1), curve_and_derivative("b", 2)}}) ==
        "panel,series,x,y\na,f,0,0\na,f,1,1\na,f,2,4\na,df,0,0\na,df,1,2\na,df,2,4\n"
        "b,f,0,0\nb,f,1,2\nb,f,2,8\nb,df,0,0\nb,df,1,4\nb,df,2,8\n");
}

// ---- Histograms -----------------------------------------------------------------------------------------

TEST_CASE("a bin has its lower edge, the last one also its upper, and what lies outside is counted",
          "[plot]") {
  CHECK(csv_of(histogram_of({0, 0.5, 0.49, 1, 1}, 2)) == "sample,from,to,count\na,0,0.5,2\na,0.5,1,3\n");

  Histogram_plot cut = histogram_of({-3, 0, 1, 2, INFINITY, NAN, 5, 6}, 1);
  cut.low = 0;
  cut.high = 2;
  CHECK(csv_of(cut) == "sample,from,to,count\na,-inf,0,1\na,0,2,3\na,2,inf,2\na,nan,nan,2\n");
}

TEST_CASE("on a logarithmic axis bins are even in the logarithm, and zeros lie below", "[plot]") {
  Histogram_plot what = histogram_of({1, 3, 30, 100, 0, -1}, 2);
  what.x.logarithmic = true;

  const std::string csv = csv_of(what);

  // The middle edge is 10, but for the rounding of exp(log(100) / 2).
  CHECK_THAT(csv, contains_text("a,-inf,1,2\na,1,10.") || contains_text("a,-inf,1,2\na,1,9.99"));
  CHECK_THAT(csv, contains_text(",100,2\n"));
}

TEST_CASE("numbers that are all the same stand in a bin in the middle", "[plot]") {
  CHECK_THAT(csv_of(histogram_of({0, 0}, 1)), contains_text("a,-0.5,0.5,2\n"));
  CHECK_THAT(csv_of(histogram_of({6, 6}, 1)), contains_text("a,3,9,2\n"));
  Histogram_plot what = histogram_of({8}, 1);
  what.x.logarithmic = true;
  CHECK_THAT(csv_of(what), contains_text("a,4,16,1\n"));
}

TEST_CASE("an end of the axis that was asked for stays where it is", "[plot]") {
  Histogram_plot what = histogram_of({2, 2, 1}, 1);
  what.low = 2;
  CHECK(csv_of(what) == "sample,from,to,count\na,-inf,2,1\na,2,3,2\n");

  what.low.reset();
  what.high = 1;
  CHECK(csv_of(what) == "sample,from,to,count\na,0.5,1,1\na,1,inf,2\n");
}

TEST_CASE("a histogram has a panel for each sample, and says what share of it lies outside", "[plot]") {
  if (!has_gnuplot()) return;
  Histogram_plot what = histogram_of({0, 1, 2, 3}, 4);
  what.title = "Activations";
  what.x.name = "activation";
  what.samples.push_back({"layer 2", {NAN, 9, -1, 1}});
  what.low = 0;
  what.high = 4;

  const std::string words = words_of(what);

  for (const char* word : {"Activations", "activation", "a", "n = 4", "layer 2", "share",
                           "n = 4; outside: 25 % below, 25 % above, 25 % not finite"}) {
    CHECK_THAT(words, contains_text(word));
  }
  // The axis goes from 0.127 to 0.973 of the width: 4 bars around 0.55 and one around 0.444, of one height.
  CHECK(spot_of(png_of(what), 0x0072B2).x == Approx((4 * 0.55 + 0.444) / 5).margin(0.003));
}

TEST_CASE("the axis of shares has a tic that its tallest bar reaches", "[plot]") {
  if (!has_gnuplot()) return;

  const std::string words = words_of(histogram_of({0, 0, 0, 1, 1, 1, 1, 1}, 2));  // 62.5 %

  CHECK_THAT(words, contains_text("50%") && !contains_text("100%"));
}

// ---- Heat maps ------------------------------------------------------------------------------------------

TEST_CASE("a heat map's first row is on top, and a column reaches half way to its neighbours", "[plot]") {
  if (!has_gnuplot()) return;
  // From -5 to 5, to 25, to 55: the last column is half of the row.
  const Heat_map what{"Norms",     {"step"},          {"layer"}, {"norm"}, {"upper", "lower"},
                      {0, 10, 40}, {0, 0, 1, 0, 0, 0}};

  const Image image = png_of(what);
  const Spot light = spot_of(image, lightest), dark = spot_of(image, darkest);

  const double cells = 2 * 480 * 2 * 110;  // the PNG's pixels of both rows
  CHECK(static_cast<double>(light.count) == Approx(cells / 4).epsilon(0.03));
  CHECK(static_cast<double>(dark.count) == Approx(cells * 3 / 4).epsilon(0.03));
  CHECK(light.y < dark.y);
  CHECK(light.x > dark.x);
  const std::string words = words_of(what);
  for (const char* word : {"Norms", "step", "layer", "norm", "upper", "lower"}) {
    CHECK_THAT(words, contains_text(word));
  }
  CHECK_THAT(words, !contains_text("exactly 0") && !contains_text("not finite"));
}

TEST_CASE("on a logarithmic axis a column reaches to the geometric mean of its neighbours", "[plot]") {
  if (!has_gnuplot()) return;
  // From 10^-0.5 to 10^0.5, to 10^2, to 10^4: the last column is 2 of 4.5 decades.
  const Image image = png_of(Heat_map{"", {"step", true}, {}, {}, {"a"}, {1, 10, 1000}, {0, 0, 1}});

  CHECK(static_cast<double>(spot_of(image, lightest).count) == Approx(960 * 220 * 2 / 4.5).epsilon(0.03));
}

TEST_CASE("between two cells of one shade there is no pale line", "[plot]") {
  if (!has_gnuplot()) return;
  Heat_map what{"", {}, {}, {}, {"a", "b"}, {}, {}};
  for (int i = 0; i < 2 * 97; ++i) {  // whose edges lie between two pixels
    if (i < 97) what.columns.push_back(i);
    what.values.push_back(i < 97 ? 0 : 1);
  }

  CHECK(static_cast<double>(spot_of(png_of(what), darkest).count) == Approx(960 * 110).epsilon(0.02));
}

TEST_CASE("a logarithmic shade is half way at the geometric mean, and zeros and NaNs have their own look",
          "[plot]") {
  if (!has_gnuplot()) return;
  Heat_map what{"", {}, {}, {"", true}, {"a"}, {1, 2, 3}, {1e-6, 1e-3, 1}};

  // Half way on the palette, between its fifth and sixth colour: 0x26828e and 0x1f9e89.
  CHECK(spot_of(png_of(what), 0x22908B).count > 20000);

  what.values = {1, 0, NAN};
  const std::string words = words_of(what);
  CHECK_THAT(words, contains_text("exactly 0") && contains_text("not finite"));
  const std::size_t hatched = png_of(what).dark();
  what.values = {1, 0, 0};
  CHECK(hatched > png_of(what).dark() + 2000);
  what.values = {0, 0, 0};
  CHECK_THAT(words_of(what), contains_text("exactly 0"));
}

TEST_CASE("the CSV of a heat map has a line for each cell", "[plot]") {
  CHECK(csv_of(Heat_map{"", {"step"}, {"layer"}, {"norm"}, {"a", "b"}, {1, 2.5}, {0.1, NAN, 3, 4}}) ==
        "layer,step,norm\na,1,0.1\na,2.5,nan\nb,1,3\nb,2.5,4\n");
}

// ---- Pictures of weights --------------------------------------------------------------------------------

TEST_CASE("weights are blue above 0, orange below and white at 0, on one scale for all pictures", "[plot]") {
  if (!has_gnuplot()) return;
  const Weight_images what{
      .title = "Units", .rows = 1, .cols = 2, .columns = 2, .tiles = {{{2, -4}, "one"}, {{4, 0}, "two"}}};

  const Image image = png_of(what);

  // 70 points a pixel are 140 of the PNG's. From the left: half the scale, all of it below 0, all of it.
  const Spot half = spot_of(image, 0x829DBD), least = spot_of(image, 0xD9730D),
             most = spot_of(image, 0x053A7A);
  for (const Spot& spot : {half, least, most}) {
    CHECK(static_cast<double>(spot.count) == Approx(140 * 140).epsilon(0.08));
  }
  CHECK(half.x < least.x);
  CHECK(least.x < most.x);
  const std::string words = words_of(what);
  for (const char* word : {"Units", "one", "two", "weight", "-4", "4"})
    CHECK_THAT(words, contains_text(word));
}

TEST_CASE("weights that are all 0 are white, and those that are not finite grey", "[plot]") {
  if (!has_gnuplot()) return;
  const Weight_images what{.title = "", .rows = 1, .cols = 2, .columns = 1, .tiles = {{{0, NAN}, ""}}};

  CHECK(static_cast<double>(spot_of(png_of(what), 0xA0A0A0).count) == Approx(140 * 140).epsilon(0.05));
}

TEST_CASE("a weight below 0 can be the largest of the scale", "[plot]") {
  if (!has_gnuplot()) return;
  const Weight_images what{.title = "", .rows = 1, .cols = 2, .columns = 1, .tiles = {{{-4, 2}, ""}}};

  CHECK(static_cast<double>(spot_of(png_of(what), 0x829DBD).count) == Approx(140 * 140).epsilon(0.08));
}

TEST_CASE("the CSV of weights has a line for each picture", "[plot]") {
  CHECK(csv_of(
            Weight_images{.title = "", .rows = 1, .cols = 2, .tiles = {{{0.5, -1}, "a"}, {{NAN, 0}, "b"}}}) ==
        "caption,0:0,0:1\na,0.5,-1\nb,nan,0\n");
}

// ---- All of them ----------------------------------------------------------------------------------------

TEST_CASE("hostile texts on any kind of plot are shown, not run", "[plot]") {
  if (!has_gnuplot()) return;
  const Place place;
  const std::string run = "touch " + (place / "run").string();
  const std::string hostile = "'`" + run + "`\"; system('" + run + "') \\ %s%n 50% @x $y &#x1; <b>]]>_^{";
  Panels panels{hostile, 2, false, {curve_and_derivative(hostile, 1)}};
  panels.panels[0].x.name = panels.panels[0].y.name = panels.panels[0].series[0].name = hostile;
  Histogram_plot histogram = histogram_of({1, 2}, 4);
  histogram.title = histogram.x.name = histogram.samples[0].name = hostile;
  const Heat_map heat{hostile, {hostile}, {hostile}, {hostile}, {hostile}, {1, 2}, {3, 4}};
  const Weight_images weights{
      .title = hostile, .rows = 1, .cols = 2, .tiles = {{{1, -1}, hostile}}, .name = hostile};

  for (const std::string& words :
       {words_of(panels), words_of(histogram), words_of(heat), words_of(weights)}) {
    CHECK_THAT(words, contains_text("'`touch "));
  }
  CHECK(place.names().empty());
}
