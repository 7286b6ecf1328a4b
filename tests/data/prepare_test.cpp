#include "engine/data/prepare.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using bp::one_hot, bp::scale, bp::Scaling, bp::standardisation, bp::test::contains_text;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes every_byte() {
  Bytes bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

template <typename T>
std::vector<T> scaled(const Bytes& pixels, const Scaling& scaling) {
  std::vector<T> out(pixels.size(), T{-1});
  scale<T>(pixels, scaling, out);
  return out;
}

}  // namespace

TEMPLATE_TEST_CASE("a pixel is divided by 255 and rounded once", "[prepare]", float, double) {
  const std::vector<TestType> out = scaled<TestType>(every_byte(), Scaling{});

  for (std::size_t i = 0; i < 256; ++i) {
    CHECK(out[i] ==
          static_cast<TestType>(static_cast<long double>(i) / 255));  // exact but for the last rounding
  }
}

TEST_CASE("a pixel is shifted by the mean and divided by the deviation", "[prepare]") {
  CHECK(scaled<double>({0, 3, 7, 255}, {3, 2}) == std::vector<double>{-1.5, 0, 2, 126});
  CHECK(scaled<float>({0, 3, 7, 255}, {3, 2}) == std::vector<float>{-1.5F, 0, 2, 126});
  CHECK(scaled<float>({}, {3, 2}).empty());
}

TEST_CASE("mean and deviation are those worked out by hand", "[prepare]") {
  // 2 4 4 4 5 5 7 9: sum 40, squared distances from 5: 9 1 1 1 0 0 4 16, sum 32, variance 4.
  CHECK(standardisation(Bytes{2, 4, 4, 4, 5, 5, 7, 9}) == Scaling{5, 2});
  CHECK(standardisation(Bytes{0, 255}) == Scaling{127.5, 127.5});
  CHECK(standardisation(Bytes{10, 11}) == Scaling{10.5, 0.5});
  // Three 1s and a 0: mean 3/4, variance 3/16.
  CHECK(standardisation(Bytes{1, 1, 0, 1}) == Scaling{0.75, std::sqrt(3.0) / 4});
}

TEST_CASE("one pixel that differs among many is not lost", "[prepare]") {
  Bytes pixels(1'000'000, 255);
  pixels[17] = 254;

  const Scaling found = standardisation(pixels);

  // A 1 among n: mean 1/n, variance (1/n)(1 - 1/n); the bound is the one that the header states.
  const double wanted = std::sqrt(1e-6 * (1 - 1e-6));
  CHECK(std::abs(found.deviation / wanted - 1) <= std::ldexp(1, -50));
  CHECK(found.mean == 255 - 1e-6);
}

TEST_CASE("after standardisation the mean is 0 and the deviation 1", "[prepare]") {
  Bytes pixels = every_byte();
  pixels.insert(pixels.end(), 500, 0);  // mostly background, as pictures are

  const std::vector<double> out = scaled<double>(pixels, standardisation(pixels));

  double sum = 0, squares = 0;
  for (const double x : out) sum += x;
  for (const double x : out) squares += x * x;
  const auto n = static_cast<double>(out.size());
  // Each of the 756 terms, at most 4, is off by a few roundings of 2^-53, and so is each partial sum.
  CHECK(std::abs(sum / n) < 1e-13);
  CHECK(std::abs(squares / n - 1) < 1e-12);
}

TEST_CASE("pixels that are all alike become 0", "[prepare]") {
  CHECK(standardisation(Bytes(50, 200)) == Scaling{200, 1});
  CHECK(scaled<float>(Bytes(3, 200), standardisation(Bytes(50, 200))) == std::vector<float>(3, 0));
  CHECK_THROWS_AS(standardisation({}), std::invalid_argument);
}

TEST_CASE("a label becomes a row with one 1", "[prepare]") {
  std::vector<double> out(9, 7);

  one_hot<double>(Bytes{2, 0, 1}, 3, out);

  CHECK(out == std::vector<double>{0, 0, 1, 1, 0, 0, 0, 1, 0});
  CHECK_NOTHROW(one_hot<double>({}, 3, {}));
}

TEST_CASE("sizes that do not fit and classes that do not exist are refused", "[prepare]") {
  std::vector<float> six(6);

  CHECK_THROWS_WITH(scale<float>(Bytes{1, 2}, {}, six), "scale: 2 pixels do not fit an output of 6");
  CHECK_THROWS_WITH(one_hot<float>(Bytes{0, 1}, 2, six), "one_hot: 2 rows of 2 do not fit an output of 6");
  CHECK_THROWS_WITH(one_hot<float>(Bytes{0, 1}, 0, six), "one_hot: 2 rows of 0 do not fit an output of 6");
  CHECK_THROWS_WITH(one_hot<float>(Bytes{0, 3}, 3, six),
                    "one_hot: label 3 is not below 3, the number of classes");
  CHECK_THROWS_AS(one_hot<float>(Bytes{0, 3}, 3, six), std::out_of_range);
}

TEST_CASE("a scaling that would not give numbers is refused", "[prepare]") {
  std::vector<double> out(2);
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::nan("");

  for (const Scaling& wrong : {Scaling{0, 0}, Scaling{0, -1}, Scaling{0, infinity}, Scaling{0, nan},
                               Scaling{nan, 1}, Scaling{infinity, 1}}) {
    CHECK_THROWS_WITH(scale<double>(Bytes{1, 2}, wrong, out), contains_text("finite deviation above 0"));
  }
}
