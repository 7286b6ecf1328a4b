#include "engine/data/fit_picture.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/data/picture_scaling.h"
#include "tests/support/catch2.h"

using bp::fit_picture, bp::Fitted_picture, bp::Picture, bp::prepare_picture, bp::Preparation, bp::Window;

namespace {

Picture flat(std::size_t rows, std::size_t cols, std::uint8_t grey) {
  return {rows, cols, std::vector<std::uint8_t>(rows * cols, grey)};
}

Picture with(Picture picture, const Window& window, std::uint8_t grey) {
  for (std::size_t row = window.top; row < window.top + window.height; ++row) {
    for (std::size_t col = window.left; col < window.left + window.width; ++col) {
      picture.bytes[row * picture.cols + col] = grey;
    }
  }
  return picture;
}

// 28 x 28, for comparison with what a network is given.
std::vector<std::uint8_t> field(const Window& window, std::uint8_t grey, std::uint8_t around = 0) {
  return with(flat(28, 28, around), window, grey).bytes;
}

Fitted_picture as_digit(const Picture& picture) {
  return prepare_picture(picture, Preparation::mnist, 28, 28);
}
Fitted_picture as_clothing(const Picture& picture) {
  return prepare_picture(picture, Preparation::fashion_mnist, 28, 28);
}

}  // namespace

TEST_CASE("a dark digit is inverted, cropped, scaled to 20 and centred", "[picture]") {
  const Fitted_picture digit = as_digit(with(flat(200, 100, 255), {10, 30, 40, 80}, 0));

  // 10 x 20 pixels, whose centre of mass is at (5, 10): it goes to column 14, row 14.
  CHECK(digit.pixels == field({9, 4, 10, 20}, 255));
  CHECK(digit.how ==
        "inverted; cropped to 40 x 80 at (10, 30); scaled to 10 x 20; centred by its centre of mass");
  CHECK_FALSE(digit.blank);
}

TEST_CASE("a bright digit gives the same, and is not inverted", "[picture]") {
  const Fitted_picture digit = as_digit(with(flat(200, 100, 0), {10, 30, 40, 80}, 255));

  CHECK(digit.pixels == field({9, 4, 10, 20}, 255));
  CHECK(digit.how == "cropped to 40 x 80 at (10, 30); scaled to 10 x 20; centred by its centre of mass");
}

TEST_CASE("grey paper becomes 0 and grey ink 255", "[picture]") {
  const Fitted_picture dark = as_digit(with(flat(200, 100, 180), {10, 30, 40, 80}, 90));
  const Fitted_picture light = as_digit(with(flat(200, 100, 90), {10, 30, 40, 80}, 180));

  CHECK(dark.pixels == field({9, 4, 10, 20}, 255));
  CHECK(dark.how.find("inverted; background 180 made 0; strongest ink 90 made 255; cropped") == 0);
  CHECK(light.pixels == dark.pixels);
  CHECK(light.how.find("background 90 made 0; strongest ink 180 made 255; cropped") == 0);
}

TEST_CASE("a digit that touches the border is still told from its paper", "[picture]") {
  // Ink on 40 of the 100 pixels of the upper edge, of 596 in all.
  CHECK(as_digit(with(flat(200, 100, 255), {10, 0, 40, 80}, 0)).pixels == field({9, 4, 10, 20}, 255));
}

TEST_CASE("it is the centre of mass that is centred, not the digit's box", "[picture]") {
  // Scaled by 1/2: columns 0 to 11 are full, and one pixel in the lower right corner of 20 x 20. The centre
  // of mass is in column (240 * 6 + 19.5) / 241 = 6.06 and row (240 * 10 + 19.5) / 241 = 10.04.
  const Picture heavy_left = with(with(flat(100, 100, 255), {30, 30, 24, 40}, 0), {68, 68, 2, 2}, 0);

  const Fitted_picture digit = as_digit(heavy_left);

  CHECK(digit.pixels == with({28, 28, field({8, 4, 12, 20}, 255)}, {27, 23, 1, 1}, 255).bytes);
}

TEST_CASE("no digit is shifted over the edge", "[picture]") {
  // Columns 0 to 3 are full: the centre of mass is in column 2, and 14 - 2 = 12 would lose four columns.
  const Picture left = with(with(flat(100, 100, 255), {30, 30, 8, 40}, 0), {68, 68, 2, 2}, 0);
  const Picture right = with(with(flat(100, 100, 255), {62, 30, 8, 40}, 0), {30, 30, 2, 2}, 0);

  CHECK(as_digit(left).pixels == with({28, 28, field({8, 4, 4, 20}, 255)}, {27, 23, 1, 1}, 255).bytes);
  CHECK(as_digit(right).pixels == with({28, 28, field({16, 5, 4, 20}, 255)}, {0, 5, 1, 1}, 255).bytes);
}

TEST_CASE("a thin pen's line is as bright as MNIST's", "[picture]") {
  // A frame one pixel thin, scaled by 1/5: a corner covers 9 of 25 pixels, 91.8 of 255, an edge 5, 51.
  const Picture frame = with(with(flat(140, 140, 255), {20, 20, 100, 100}, 0), {21, 21, 98, 98}, 255);

  const Fitted_picture digit = as_digit(frame);

  CHECK(digit.how.find("; scaled to 20 x 20; brightened, 92 to 255; centred") != std::string::npos);
  CHECK(digit.pixels[4 * 28 + 4] == 255);
  CHECK(digit.pixels[4 * 28 + 10] == 142);  // 255 * 5 / 9
  CHECK(digit.pixels[10 * 28 + 10] == 0);
}

TEST_CASE("shadows of the paper are not cropped to", "[picture]") {
  const Picture shadowed = with(with(flat(200, 100, 255), {10, 30, 40, 80}, 0), {80, 180, 20, 20}, 200);

  CHECK(as_digit(shadowed).pixels == field({9, 4, 10, 20}, 255));
}

TEST_CASE("a network of another size gets digits of its share", "[picture]") {
  const Fitted_picture digit =
      prepare_picture(with(flat(200, 100, 255), {10, 30, 40, 80}, 0), Preparation::mnist, 14, 14);

  CHECK(digit.pixels == with(flat(14, 14, 0), {5, 2, 5, 10}, 255).bytes);  // (2.5, 5) to (7, 7)
}

TEST_CASE("clothing is inverted, trimmed, scaled to 28, sharpened and centred", "[picture]") {
  const Fitted_picture clothing = as_clothing(with(flat(200, 200, 255), {20, 40, 60, 140}, 55));

  CHECK(clothing.pixels == field({8, 0, 12, 28}, 200));
  CHECK(clothing.how == "inverted; trimmed to 60 x 140 at (20, 40); scaled to 12 x 28; sharpened; centred");
  CHECK(as_clothing(with(flat(200, 200, 0), {20, 40, 60, 140}, 200)).pixels == clothing.pixels);
}

TEST_CASE("clothing keeps its edges sharp, and what is inside", "[picture]") {
  // Dark at the left, pale at the right, 7 to 1: ink 215 and 55, 14 columns each.
  const Picture halves = with(with(flat(400, 400, 255), {60, 60, 98, 196}, 40), {158, 60, 98, 196}, 200);

  const Fitted_picture clothing = as_clothing(halves);

  const std::uint8_t* middle = clothing.pixels.data() + 14 * 28;
  CHECK(middle[5] == 215);
  CHECK(middle[13] == 251);  // 215 + 160 * 0.2275977
  CHECK(middle[14] == 19);   //  55 - 160 * 0.2275977
  CHECK(middle[20] == 55);
}

TEST_CASE("clothing is trimmed of what is within 5 % of the background", "[picture]") {
  const Picture thing = with(flat(200, 200, 255), {80, 80, 40, 40}, 100);

  CHECK(as_clothing(with(thing, {0, 90, 10, 10}, 243)).how.find("trimmed to 40 x 40 at (80, 80)") !=
        std::string::npos);
  CHECK(as_clothing(with(thing, {0, 90, 10, 10}, 242)).how.find("trimmed to 120 x 40 at (0, 80)") !=
        std::string::npos);
}

TEST_CASE("for other data a picture is scaled and centred on what its border is", "[picture]") {
  const Fitted_picture plain =
      prepare_picture(with(flat(50, 100, 30), {40, 20, 20, 10}, 90), Preparation::plain, 10, 10);

  CHECK(plain.pixels == with(flat(10, 10, 30), {4, 4, 2, 1}, 90).bytes);
  CHECK(plain.how == "scaled from 100 x 50 to 10 x 5; centred");
}

TEST_CASE("a blank picture is said to be blank", "[picture]") {
  const std::string nothing = "it is blank: nothing stands out from its background by 5 % or more";
  for (const Preparation preparation : {Preparation::mnist, Preparation::fashion_mnist}) {
    for (const std::uint8_t grey : {0, 128, 255}) {
      const Fitted_picture blank = prepare_picture(flat(50, 40, grey), preparation, 28, 28);
      CHECK(blank.blank);
      CHECK(blank.how == nothing);
      CHECK(blank.pixels == std::vector<std::uint8_t>(784, 0));
    }
    CHECK(prepare_picture(with(flat(50, 40, 200), {5, 5, 9, 9}, 188), preparation, 28, 28).blank);
    CHECK_FALSE(prepare_picture(with(flat(50, 40, 200), {5, 5, 9, 9}, 187), preparation, 28, 28).blank);
  }
  const Fitted_picture plain = prepare_picture(flat(50, 40, 7), Preparation::plain, 28, 28);
  CHECK(plain.blank);
  CHECK(plain.how == "scaled from 40 x 50 to 22 x 28; centred; it is blank");
  CHECK(plain.pixels == std::vector<std::uint8_t>(784, 7));
}

TEST_CASE("a picture of the network's size is taken as it is", "[picture]") {
  const Picture digit = with(flat(28, 28, 0), {3, 3, 5, 7}, 200);
  const Picture dark = with(flat(28, 28, 250), {3, 3, 5, 7}, 20);

  const auto fitted = [](const Picture& picture, Preparation preparation) {
    return fit_picture(picture, preparation, 28, 28);
  };

  CHECK(fitted(digit, Preparation::mnist).pixels == digit.bytes);
  CHECK(fitted(digit, Preparation::mnist).how == "taken as it is");
  CHECK(fitted(dark, Preparation::mnist).pixels == dark.bytes);
  CHECK(fitted(dark, Preparation::mnist).how ==
        "taken as it is, which is dark on light, while the network has learnt from light on dark");
  CHECK(fitted(dark, Preparation::mnist).inverted);
  CHECK_FALSE(fitted(digit, Preparation::mnist).inverted);
  CHECK(fitted(dark, Preparation::plain).how == "taken as it is");
  CHECK(fitted(flat(28, 28, 250), Preparation::mnist).how == "taken as it is; it is blank");
  CHECK(fitted(flat(28, 28, 250), Preparation::mnist).blank);
  CHECK(fit_picture(dark, Preparation::mnist, 28, 30).how.find("inverted; ") == 0);
}

TEST_CASE("what was laid behind a transparent picture is said first", "[picture]") {
  Picture picture = with(flat(50, 40, 0), {5, 5, 9, 9}, 255);

  picture.behind = 0;
  CHECK(as_digit(picture).how.find("laid on black; cropped to 9 x 9") == 0);
  picture.behind = 255;
  CHECK(fit_picture(picture, Preparation::mnist, 50, 40).how == "laid on white; taken as it is");
}

TEST_CASE("a picture without pixels, or of none that fit, is refused", "[picture]") {
  CHECK_THROWS_AS(as_digit({}), std::invalid_argument);
  CHECK_THROWS_AS(as_digit({3, 3, {1, 2}}), std::invalid_argument);
  CHECK_THROWS_AS(prepare_picture(flat(3, 3, 1), Preparation::plain, 0, 28), std::invalid_argument);
}
