#include "engine/data/picture_scaling.h"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "tests/support/catch2.h"

using bp::Picture, bp::Scaled_picture, bp::Tone_curve, bp::Window;

namespace {

Tone_curve unchanged() {
  Tone_curve curve{};
  std::iota(curve.begin(), curve.end(), std::uint8_t{0});
  return curve;
}

// The whole picture in another size.
std::vector<float> scaled(const Picture& picture, std::size_t rows, std::size_t cols) {
  const Scaled_picture found =
      bp::scaled(picture, unchanged(), {0, 0, picture.cols, picture.rows}, {0, 0, cols, rows});
  CHECK(found.rows == rows);
  CHECK(found.cols == cols);
  return found.ink;
}

// Weights are rounded to float, and so are up to 10 products and sums of numbers up to 255.
void check_close(const std::vector<float>& found, const std::vector<double>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    INFO("pixel " << i);
    CHECK(std::abs(found[i] - wanted[i]) < 1e-4);
  }
}

}  // namespace

TEST_CASE("a pixel of a smaller picture is the average of those it covers", "[picture]") {
  const Picture picture{2, 4, {1, 3, 10, 20, 5, 7, 30, 40}};

  check_close(scaled(picture, 1, 2), {4, 25});
  check_close(scaled(picture, 2, 4), {1, 3, 10, 20, 5, 7, 30, 40});
}

TEST_CASE("a pixel that is covered in part counts in part", "[picture]") {
  // 1.5 of three pixels: (0 + 30/2) / 1.5 and (30/2 + 90) / 1.5.
  check_close(scaled({1, 3, {0, 30, 90}}, 1, 2), {10, 70});
  check_close(scaled({3, 1, {0, 30, 90}}, 2, 1), {10, 70});
}

TEST_CASE("a larger picture lies on straight lines between the pixels' middles", "[picture]") {
  // Middles of the four at 1/4, 3/4, 5/4 and 7/4, of the two at 1/2 and 3/2.
  check_close(scaled({1, 2, {0, 100}}, 1, 4), {0, 25, 75, 100});
  check_close(scaled({1, 1, {77}}, 2, 3), {77, 77, 77, 77, 77, 77});
}

TEST_CASE("only the window is looked at, through the curve", "[picture]") {
  Tone_curve halved{};
  for (std::size_t i = 0; i < 256; ++i) halved[i] = static_cast<std::uint8_t>(i / 2);
  const Picture picture{3, 4, {9, 9, 9, 9, 9, 20, 40, 9, 9, 60, 80, 9}};

  const Scaled_picture found = bp::scaled(picture, halved, Window{1, 1, 2, 2}, Window{0, 0, 2, 1});

  check_close(found.ink, {20, 30});  // (10 + 30) / 2 and (20 + 40) / 2
}

TEST_CASE("the larger side fills, the aspect stays", "[picture]") {
  const auto size = [](const Window& window, std::size_t width, std::size_t height) {
    return bp::largest_within(window, width, height).size();
  };

  CHECK(size({7, 9, 97, 122}, 20, 20) == "16 x 20");  // 97 * 20 / 122 = 15.9
  CHECK(size({0, 0, 122, 97}, 20, 20) == "20 x 16");
  CHECK(size({0, 0, 5, 5}, 20, 20) == "20 x 20");
  CHECK(size({0, 0, 10'000, 1}, 28, 28) == "28 x 1");
  CHECK(size({0, 0, 100, 100}, 28, 14) == "14 x 14");
  CHECK(Window{44, 20, 112, 340}.text() == "112 x 340 at (44, 20)");
}

TEST_CASE("sharpening takes from what is beside and gives to what is there", "[picture]") {
  // Of a 100 alone: exp(-1/2) = 0.606531 and exp(-1) = 0.367879, s = 1 + 4 (0.974410) = 4.897640; the middle
  // 200 s / (s + 1) = 166.0881, beside it -60.6531 / (s + 1) = -10.2843, across -36.7879 / (s + 1) = -6.2377.
  Scaled_picture point{3, 3, {0, 0, 0, 0, 100, 0, 0, 0, 0}};
  Scaled_picture edge{1, 4, {60, 60, 100, 100}};
  Scaled_picture flat{2, 2, {50, 50, 50, 50}};

  sharpen(point);
  sharpen(edge);
  sharpen(flat);

  check_close(point.ink, {-6.23774, -10.28429, -6.23774, -10.28429, 166.08813, -10.28429, -6.23774, -10.28429,
                          -6.23774});
  // Rows above and below are the same: at the step 40 (10.28429 + 2 * 6.23774) / 100 = 9.10391.
  check_close(edge.ink, {60, 50.89609, 109.10391, 100});
  check_close(flat.ink, {50, 50, 50, 50});
}
