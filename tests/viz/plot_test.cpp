// Plots as files: what a viewer would find in them.
#include "viz/plot.h"

#include <cmath>
#include <limits>
#include <string>

#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/plotted.h"

using bp::Bar_plot, bp::Confusion_plot, bp::Gallery, bp::Line_plot;
using bp::test::contains_text, bp::test::csv_of, bp::test::has_gnuplot, bp::test::Image, bp::test::Place,
    bp::test::png_of, bp::test::words_of;

namespace {

Bar_plot one_bar(const std::string& label, double length) {
  Bar_plot bars;
  bars.labels = {label};
  bars.series = {{"", {length}}};
  return bars;
}

Line_plot losses() {
  return {.title = "Loss",
          .x = {"epoch"},
          .y = {"cross-entropy"},
          .series = {{"training", {1, 2, 3}, {0.5, 0.4, 0.25}}, {"validation", {1, 2, 3}, {0.5, 0.45, 0.5}}}};
}

// Two pictures of 2 x 3 pixels.
Gallery two_tiles() {
  Gallery gallery{.title = "Two", .rows = 2, .cols = 3, .columns = 2, .tiles = {}};
  gallery.tiles = {{{0, 0, 255, 0, 0, 0}, "corner"}, {{128, 128, 128, 128, 128, 128}, "grey\nall over"}};
  return gallery;
}

// Two series of two bars, of which one is missing.
Bar_plot three_bars() {
  Bar_plot bars;
  bars.title = "Speed";
  bars.labels = {"plain", "fused"};
  bars.lengths.name = "seconds";
  bars.series = {{"a", {-1.5, 2}}, {"b", {3, NAN}}};
  return bars;
}

Confusion_plot three_classes() { return {"Digits", {"0", "1", "2"}, {90, 10, 0, 0, 100, 0, 0, 0, 0}}; }

}  // namespace

TEST_CASE("a PNG of curves decodes and has each curve in its colour", "[plot]") {
  if (!has_gnuplot()) return;

  const Image image = png_of(losses());

  CHECK(image.width == 1200);
  CHECK(image.height == 800);
  CHECK(image.dark() > 500);
  // Each crosses a width of about 1,000 pixels with a line 4 thick, the second one dashed.
  CHECK(image.count(0x0072B2) > 2000);
  CHECK(image.count(0xD55E00) > 1000);
  CHECK(image.count(0xFFFFFF) > image.pixels.size() / 2);
}

TEST_CASE("an SVG of curves has title, axes and legend as text", "[plot]") {
  if (!has_gnuplot()) return;

  const std::string words = words_of(losses());

  for (const char* word : {"Loss", "epoch", "cross-entropy", "training", "validation"}) {
    CHECK_THAT(words, contains_text(word));
  }
  CHECK_THAT(words, !contains_text("1.5"));  // there is no epoch 1.5
}

TEST_CASE("curves differ by their markers, too", "[plot]") {
  if (!has_gnuplot()) return;

  const std::string svg = bp::test::svg_of(losses());

  CHECK_THAT(svg, contains_text("'#gpPt6'") && contains_text("'#gpPt4'"));  // a disc and a square
}

TEST_CASE("every kind of plot is drawn as PNG and as well-formed SVG with its texts", "[plot]") {
  if (!has_gnuplot()) return;
  const Bar_plot bars = three_bars();

  const Image bar_image = png_of(bars), grid = png_of(three_classes());

  CHECK(bar_image.count(0x0072B2) > 10000);
  CHECK(bar_image.count(0xF0B944) > 5000);
  const std::string bar_words = words_of(bars), grid_words = words_of(three_classes());
  for (const char* word : {"Speed", "plain", "fused", "seconds", "-1.5", "3"}) {
    CHECK_THAT(bar_words, contains_text(word));
  }
  for (const char* word : {"Digits", "true class", "predicted class", "90", "100"}) {
    CHECK_THAT(grid_words, contains_text(word));
  }
  // Class 1: all of its row in one cell of 160/3 points, in which its number stands in white.
  CHECK(grid.count(0x08306B) > 9000);
  CHECK(grid.count(0x08306B) < 107 * 107);
  CHECK_THAT(words_of(two_tiles()), contains_text("corner") && contains_text("all over"));
}

TEST_CASE("a gallery shows its pictures pixel for pixel, the first on the left", "[plot]") {
  if (!has_gnuplot()) return;

  const Image image = png_of(two_tiles());

  // 47 points a pixel are 94 of the PNG's; ink: 255 is black, so 128 is the grey 127.
  const std::size_t pixel = 94 * 94;
  CHECK(image.count(0x7F7F7F) > 6 * pixel * 95 / 100);
  CHECK(image.count(0x7F7F7F) < 6 * pixel * 105 / 100);
  const std::size_t black = image.count(0x000000);
  CHECK(black > pixel * 9 / 10);
  CHECK(black < pixel * 12 / 10);   // and the captions
  const std::size_t row = 68 + 40;  // below the title, within the upper row of pixels
  CHECK(image.pixels[row * image.width + 32 + 2 * 94 + 40] == 0x000000);
  CHECK(image.pixels[row * image.width + 32 + 40] == 0xFFFFFF);
}

TEST_CASE("a photograph's 255 is white", "[plot]") {
  if (!has_gnuplot()) return;
  Gallery photographs = two_tiles();
  photographs.ink = false;

  CHECK(png_of(photographs).count(0x000000) > std::size_t{94} * 94 * 4);
}

TEST_CASE("hostile texts are shown, not run, and leave an SVG well-formed", "[plot]") {
  if (!has_gnuplot()) return;
  const Place place;
  const std::string run = "touch " + (place / "run").string();
  const std::string hostile =
      "'`" + run + "`\"; system('" + run + "') \\ %s%n 50% @x $y &#x1; &amp; <b>]]>_^{";
  const Line_plot curves{hostile, {hostile}, {hostile}, {{hostile, {1, 2}, {1, 2}}, {hostile, {1}, {1}}}};
  Bar_plot bars = three_bars();
  bars.title = bars.lengths.name = bars.labels[0] = bars.series[0].name = bars.series[1].name = hostile;
  Gallery gallery = two_tiles();
  gallery.title = gallery.tiles[0].caption = hostile;
  const Confusion_plot grid{hostile, {hostile, "\xff\x01\n\u202e"}, {1, 2, 3, 4}};

  for (const std::string& words : {words_of(curves), words_of(bars), words_of(gallery), words_of(grid)}) {
    CHECK_THAT(words, contains_text("'`touch "));
  }
  CHECK_THAT(words_of(Line_plot{"50% %s &#x41; <b> _^{a}", {"@x"}, {}, {{"", {1}, {1}}}}),
             contains_text("50% %s &#x41; <b> _^{a}") && contains_text("@x"));
  CHECK_THAT(words_of(Line_plot{"784-128-10, (99.9 %)", {}, {}, {{"", {1}, {1}}}}),
             contains_text("784-128-10, (99.9 %)"));
  CHECK_THAT(words_of(one_bar("5% of %s", 1)), contains_text("5% of %s"));
  CHECK(png_of(grid).dark() > 100);
  CHECK(place.names().empty());
}

TEST_CASE("extreme but possible plots are drawn without a warning", "[plot]") {
  if (!has_gnuplot()) return;
  const double gap = std::numeric_limits<double>::quiet_NaN();

  for (const Line_plot& curves :
       {Line_plot{"", {}, {}, {{"", {3}, {4}}}}, Line_plot{"", {}, {}, {{"", {0, 0}, {0, 0}}}},
        Line_plot{"", {"", true}, {"", true}, {{"", {1e-9, 1e9}, {1e-30, 1e30}}}},
        Line_plot{"", {}, {}, {{"", {1, gap, 3}, {1, 2, 3}}, {"nothing", {}, {}}, {"gap", {1}, {gap}}}},
        Line_plot{"", {}, {}, {{"", {1, 2, 3}, {-1e300, 0, 1e300}}}}}) {
    CHECK(png_of(curves).count(0x0072B2) > 20);
  }
  Bar_plot bars = one_bar("a", 1);
  bars.series.push_back({"nothing", {gap}});
  bars.lengths.logarithmic = true;
  CHECK(png_of(bars).count(0x0072B2) > 100);
  CHECK(png_of(one_bar("a", 0)).dark() > 100);
  CHECK(png_of(Confusion_plot{"", {"a"}, {0}}).dark() > 100);
}

TEST_CASE("CSV has every number with all its digits", "[plot]") {
  CHECK(csv_of(Line_plot{"", {"step"}, {}, {{"a", {1, 2}, {0.1, 1.0 / 3}}, {"b", {1}, {NAN}}}}) ==
        "series,step,y\na,1,0.1\na,2,0.3333333333333333\nb,1,nan\n");
  CHECK(csv_of(three_bars()) == "label,a,b\nplain,-1.5,3\nfused,2,nan\n");
  CHECK(csv_of(one_bar("a", 1e-30)) == "label,length\na,1e-30\n");
  CHECK(
      csv_of(two_tiles()) ==
      "caption,0:0,0:1,0:2,1:0,1:1,1:2\ncorner,0,0,255,0,0,0\n\"grey\nall over\",128,128,128,128,128,128\n");
  CHECK(csv_of(three_classes()) == "true class,0,1,2\n0,90,10,0\n1,0,100,0\n2,0,0,0\n");
}

TEST_CASE("a CSV field that would end early stands in quotes", "[plot]") {
  CHECK(csv_of(one_bar("a, \"b\"", 1)) == "label,length\n\"a, \"\"b\"\"\",1\n");
}
