// Pictures as files: what a viewer would find in them.
#include "viz/render.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "engine/data/file.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/dot_reader.h"
#include "tests/viz/png.h"
#include "tests/viz/worked_example.h"
#include "tests/viz/xml.h"
#include "viz/dot.h"

using bp::Graph, bp::Picture_format, bp::Picture_options, bp::Rendered, bp::Value, bp::render, bp::to_dot;
using bp::test::decode_png, bp::test::Image, bp::test::Worked_example;

namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;

std::string worked_example_dot() {
  Worked_example example;
  example.E_total.backward();
  Picture_options options;
  options.title = "The worked example";
  return to_dot(example.E_total, options);
}

// The attribute width or height of an SVG, which is in points.
double points(const std::string& svg, const std::string& attribute) {
  const std::string value = bp::test::read_xml(svg).at(0).attributes.at(attribute);
  REQUIRE(value.substr(value.size() - 2) == "pt");
  return std::stod(value);
}

// Bytes in use on the heap, or 0 where nobody counts them (another C library, a sanitizer).
std::size_t bytes_in_use() {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

// How much the heap grows with each of 100 pictures, after 10 that fill caches.
double growth(const std::string& dot, Picture_format format) {
  for (int i = 0; i < 10; ++i) render(dot, format);
  const std::size_t before = bytes_in_use();
  for (int i = 0; i < 100; ++i) render(dot, format);
  return (static_cast<double>(bytes_in_use()) - static_cast<double>(before)) / 100;
}

}  // namespace

TEST_CASE("a PNG decodes, has 2 pixels a point, and shows boxes and ink in their colours", "[render]") {
  const std::string dot = worked_example_dot();

  const Image image = decode_png(render(dot, Picture_format::png).bytes);

  const std::string svg = render(dot, Picture_format::svg).bytes;
  CHECK(std::abs(static_cast<double>(image.width) - 2 * points(svg, "width")) <= 2);
  CHECK(std::abs(static_cast<double>(image.height) - 2 * points(svg, "height")) <= 2);
  CHECK(image.distinct_colours() > 50);
  CHECK(image.count(0xFFFFFF) < image.pixels.size() * 9 / 10);
  CHECK(image.dark() > 10000);
  // 14 leaves, 28 computed boxes, one root: each of its colour over some 100 x 30 points at least.
  CHECK(image.count(0xE3EDF9) > 14 * 4 * 2000);
  CHECK(image.count(0xECECEC) > 28 * 4 * 500);
  CHECK(image.count(0xFFE0A3) > 4 * 500);
}

TEST_CASE("an SVG is well-formed and holds every name and number of the DOT", "[render]") {
  const std::string dot = worked_example_dot();

  const std::string text = bp::test::text_of(bp::test::read_xml(render(dot, Picture_format::svg).bytes));

  const bp::test::Read_graph read = bp::test::read_dot(dot);
  for (const auto& [id, node] : read.nodes) {
    for (const auto& [what, number] : node.rows)
      CHECK_THAT(text, bp::test::contains_text(" " + number + " "));
  }
  for (const auto& arrow : read.arrows) CHECK_THAT(text, bp::test::contains_text(arrow.label));
  for (const char* words : {" out_h1 ", "w5 * out_h1 + w6 * out_h2 + b2", " The worked example "}) {
    CHECK_THAT(text, bp::test::contains_text(words));
  }
}

TEST_CASE("a PDF is one whole document of one page", "[render]") {
  const std::string pdf = render(worked_example_dot(), Picture_format::pdf).bytes;

  CHECK(pdf.rfind("%PDF-1.", 0) == 0);
  CHECK_THAT(pdf.substr(pdf.size() - 8), bp::test::contains_text("%%EOF"));
  CHECK_THAT(pdf, bp::test::contains_text("/Count 1") && bp::test::contains_text("startxref"));
}

TEST_CASE("a picture too large for a bitmap is drawn with fewer pixels an inch, and the note says so",
          "[render]") {
  Graph graph;
  Value y = graph.leaf(0.1, "x");
  for (int i = 0; i < 400; ++i) y = sin(y);
  const std::string dot = to_dot(y);

  const Rendered png = render(dot, Picture_format::png), svg = render(dot, Picture_format::svg);

  const Image image = decode_png(png.bytes);
  CHECK(image.width <= 16384);
  CHECK(image.width > 16000);
  CHECK(image.dark() > 100);
  CHECK_THAT(png.note, bp::test::contains_text("pixels an inch instead of 144"));
  CHECK(svg.note.empty());
  CHECK(2 * points(svg.bytes, "width") > 32767);
  CHECK(render(worked_example_dot(), Picture_format::png).note.empty());
}

TEST_CASE("a picture that is large both ways stays within 2^26 pixels", "[render]") {
  const std::string dot = "digraph { a [shape=box, fixedsize=true, width=80, height=80] }";

  const Rendered png = render(dot, Picture_format::png);

  const Image image = decode_png(png.bytes);
  CHECK(image.pixels.size() <= std::size_t{1} << 26);
  CHECK(image.pixels.size() > std::size_t{1} << 25);
  CHECK(!png.note.empty());
}

TEST_CASE("draw() chooses the format by the ending, in capitals too", "[render]") {
  Worked_example example;
  const bp::test::Place place;
  const auto drawn = [&](const std::string& name) {
    CHECK(draw(example.E_total, place / name).empty());
    return bp::read_file(place / name, 10 * megabyte);
  };

  CHECK(drawn("a.png").substr(1, 3) == "PNG");
  CHECK(drawn("a.PNG").substr(1, 3) == "PNG");
  CHECK_NOTHROW(bp::test::read_xml(drawn("a.svg")));
  CHECK(drawn("a.pdf").substr(0, 5) == "%PDF-");
  CHECK(drawn("a.dot") == to_dot(example.E_total));
  CHECK(drawn("a.gv") == to_dot(example.E_total));
  CHECK(place.names() == "a.PNG a.dot a.gv a.pdf a.png a.svg");
}

TEST_CASE("draw() takes the options, and a whole graph", "[render]") {
  Worked_example example;
  const bp::test::Place place;
  Picture_options options;
  options.title = "All of it";
  (exp(example.w1)).named("elsewhere");

  draw(example.graph, place / "whole.svg", options);
  draw(example.E_total, place / "part.svg");

  const std::string whole = bp::read_file(place / "whole.svg", megabyte);
  CHECK_THAT(whole, bp::test::contains_text("elsewhere") && bp::test::contains_text("All of it"));
  CHECK_THAT(bp::read_file(place / "part.svg", megabyte), !bp::test::contains_text("elsewhere"));
}

TEST_CASE("draw() takes boxes and arrows that were put together before", "[render]") {
  const bp::test::Place place;
  Worked_example example;
  bp::Picture picture = bp::picture_of(example.E_total);
  add_mark(picture, example.w1, {"dE/dw1", "0.0004386", bp::Verdict::right});

  draw(picture, place / "it.dot");
  draw(picture, place / "it.svg");

  CHECK(bp::read_file(place / "it.dot", megabyte) == to_dot(picture));
  CHECK_THAT(bp::read_file(place / "it.svg", megabyte), bp::test::contains_text("\u2713 dE/dw1"));
}

TEST_CASE("pictures drawn by four threads at once are those drawn by one", "[render]") {
  const std::string dot = worked_example_dot(), alone = render(dot, Picture_format::svg).bytes;
  std::vector<std::string> drawn(4);
  std::vector<std::thread> threads;

  for (std::string& picture : drawn) {
    threads.emplace_back([&picture, &dot] {
      for (int i = 0; i < 3; ++i) picture = render(dot, Picture_format::svg).bytes;
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (const std::string& picture : drawn) CHECK(picture == alone);
}

// Graphviz 2.42 gives back all that plain labels take. Of HTML-like labels it leaks about 100 bytes for each
// piece of text, 33 KB for this picture: so much, and a half more for other versions, is allowed there. A
// graph, a layout or a file that we forgot to free shows in the plain picture.
TEST_CASE("memory stays flat over a hundred pictures", "[render]") {
  if (bytes_in_use() == 0) {
    bp::test::skip("nobody counts the bytes of this heap");
    return;
  }
  std::string plain = "digraph {";
  for (int i = 0; i < 40; ++i) plain += fmt::format("n{} -> n{} [label={}];", i, i / 2 + 41, i);
  Worked_example example;
  Picture_options options;
  options.weighted_sums = bp::Weighted_sums::folded;

  CHECK(growth(plain + "}", Picture_format::svg) < 1000);
  CHECK(growth(plain + "}", Picture_format::png) < 1000);
  CHECK(growth(to_dot(example.E_total, options), Picture_format::svg) < 50000);
}
