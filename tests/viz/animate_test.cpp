// The backward sweep as a moving picture.
#include "viz/animate.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/png.h"
#include "tests/viz/worked_example.h"
#include "tests/viz/xml.h"
#include "viz/child.h"
#include "viz/dot.h"
#include "viz/render.h"

using bp::Graph, bp::Picture, bp::Value;
using bp::test::contains_text;
using Stress = bp::Picture::Stress;

namespace {

// L = 3 a b with a = 2, b = -1.5.
struct Small {
  Graph graph;
  Value a = graph.leaf(2.0, "a"), b = graph.leaf(-1.5, "b");
  Value ab = (a * b).named("ab"), L = (3.0 * ab).named("L");
  Small() { L.backward(); }
  Picture picture() const { return bp::picture_of(L); }
};

std::vector<std::string> order(const Picture& picture) {
  std::vector<std::string> names;
  for (const std::size_t place : bp::sweep_order(picture)) names.push_back(picture.boxes[place].name);
  return names;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("the sweep comes to each value with a gradient after all that use it", "[animate]") {
  const Small small;

  CHECK(order(small.picture()) == std::vector<std::string>{"L", "ab", "b", "a"});
}

TEST_CASE("at each step one box is lit, those before it have their gradients, and the others wait",
          "[animate]") {
  const Small small;
  const Picture picture = small.picture();

  const Picture second = bp::at_step(picture, 2);

  std::size_t lit = 0, waiting = 0;
  for (const Picture::Box& box : second.boxes) {
    lit += box.stress == Stress::lit ? 1 : 0;
    waiting += box.stress == Stress::waiting ? 1 : 0;
    if (box.name == "ab") CHECK(box.stress == Stress::lit);
    if (box.name == "L") CHECK(box.stress == Stress::plain);
  }
  CHECK(lit == 1);
  CHECK(waiting == 2);
  const std::string dot = bp::to_dot(second);
  CHECK(count(dot, ">\u2013<") == 2);
  CHECK_THAT(dot, contains_text(">3</td>"));  // dL/d(ab)
  CHECK(count(bp::to_dot(bp::at_step(picture, 0)), ">\u2013<") == 4);
  CHECK(count(bp::to_dot(bp::at_step(picture, 5)), ">\u2013<") == 0);
}

TEST_CASE("a picture keeps its size from step to step", "[animate]") {
  bp::test::Worked_example example;
  example.E_total.backward(-1234.5678);
  const Picture picture = bp::picture_of(example.E_total);
  bp::Picture_options steady;
  steady.steady = true;
  const auto size_at = [&](std::size_t step) {
    const bp::test::Image image = bp::test::decode_png(
        bp::render(bp::to_dot(bp::at_step(picture, step), steady), bp::Picture_format::png, 800).bytes);
    return std::pair(image.width, image.height);
  };

  CHECK(size_at(0) == size_at(7));
  CHECK(size_at(0) == size_at(100));
}

TEST_CASE("the SVG shows each box waiting, lit and done, plays without a script, and is whole without motion",
          "[animate]") {
  const Small small;

  const std::string svg = bp::animated_svg(small.picture());

  CHECK_NOTHROW(bp::test::read_xml(svg));
  CHECK(count(svg, "class=\"wait\"") == 4 + 3);  // boxes, and arrows but that of the constant
  CHECK(count(svg, "class=\"lit\"") == 4 + 3);
  CHECK(count(svg, "class=\"done\"") == 4 + 3);
  CHECK(count(svg, "@keyframes w") == 4);
  CHECK(count(svg, "visibility=\"hidden\"") == 2 * (4 + 3));
  CHECK_THAT(svg, contains_text("prefers-reduced-motion") && contains_text("infinite") &&
                      !contains_text("<script") && !contains_text("id=\"node"));
  // The root is first, and its arrows go with it.
  CHECK_THAT(svg, contains_text("animation-name:d0") && contains_text("animation-name:d3") &&
                      !contains_text("animation-name:d4"));
}

TEST_CASE("a GIF has a picture for each step, one before and one after", "[animate]") {
  const Small small;
  std::string gif;
  try {
    gif = bp::animated_gif(small.picture());
  } catch (const bp::Imagemagick_missing&) { return bp::test::skip("ImageMagick is not installed"); }

  CHECK(bp::pictures_in_gif(gif) == 4 + 2);
  CHECK_THAT(gif, contains_text("NETSCAPE2.0"));  // it begins again
}

TEST_CASE("another program that is called convert is not taken for ImageMagick", "[animate]") {
  const bp::test::Place place;
  const auto program = [&](const std::string& name, const std::string& text) {
    const std::string file = (place / name).string();
    std::ofstream(file) << "#!/bin/sh\n" << text << "\n";
    REQUIRE(bp::run_child({"chmod", "+x", file})->status == 0);
    return file;
  };
  const std::string other = program("convert", "echo 'Some other program 1.0'");
  const std::string broken = program("broken", "echo ImageMagick; exit 1");
  const std::string real = program("magick", "echo \"Version: ImageMagick 7.1 $1\" | grep -e -version");

  CHECK(bp::imagemagick_among({other, real, (place / "missing").string(), broken}) ==
        std::vector<std::string>{real});
  CHECK_THROWS_AS(bp::imagemagick_among({other, broken, (place / "missing").string()}),
                  bp::Imagemagick_missing);
}

TEST_CASE("the pictures of a GIF are counted, and one that is cut off is none", "[animate]") {
  // One pixel, twice: header, screen with a palette of two colours, two pictures, the end.
  const std::string screen("GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff", 19);
  const std::string picture("\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0", 15);

  CHECK(bp::pictures_in_gif(screen + picture + picture + "\x3b") == 2);
  CHECK(bp::pictures_in_gif(screen + picture + picture) == 0);
  CHECK(bp::pictures_in_gif(screen + picture.substr(0, 12)) == 0);
  CHECK(bp::pictures_in_gif("PNG") == 0);
  CHECK(bp::pictures_in_gif("") == 0);
}

TEST_CASE("another ending, a picture without gradients and a GIF of too many steps are refused",
          "[animate]") {
  const bp::test::Place place;
  const Small small;
  Graph graph;
  const Value x = graph.leaf(0.5, "x");
  Value y = x;
  for (int i = 0; i < 200; ++i) y = sin(y);

  CHECK_THROWS_AS(bp::animate(small.picture(), place / "a.png"), std::invalid_argument);
  CHECK_THROWS_AS(bp::animate(bp::picture_of(y), place / "a.svg"), std::invalid_argument);
  y.backward();
  CHECK_THROWS_AS(bp::animate(bp::picture_of(y), place / "a.gif"), bp::Picture_too_large);
  CHECK_FALSE(std::filesystem::exists(place / "a.gif"));
  bp::animate(small.picture(), place / "a.svg");
  CHECK(std::filesystem::exists(place / "a.svg"));
}
