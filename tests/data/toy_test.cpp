// The toy sets lie where they are said to lie.
#include "engine/data/toy.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "tests/support/catch2.h"

using bp::circles, bp::Labelled_points, bp::Random, bp::spirals, bp::two_moons;
using std::numbers::pi;

namespace {

using Rows = std::vector<std::vector<double>>;

// A point of size about 1 is off by a few roundings of 2^-53 and those of the angle, at most 10 in size here.
constexpr double rounding = 1e-14;

struct Maker {
  const char* name;
  std::function<Labelled_points(std::size_t, double, Random&)> make;
};

const std::vector<Maker> makers = {
    {"two_moons", [](std::size_t n, double noise, Random& random) { return two_moons(n, noise, random); }},
    {"circles", [](std::size_t n, double noise, Random& random) { return circles(n, noise, random); }},
    {"spirals", [](std::size_t n, double noise, Random& random) { return spirals(n, noise, random); }},
};

// Whether weights and a bias put every point on its side.
bool separates(const std::vector<double>& weights, double bias, const Labelled_points& points) {
  for (std::size_t n = 0; n < points.size(); ++n) {
    double sum = bias;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * points.inputs[n][i];
    if ((sum > 0) != (points.labels[n] == 1)) return false;
  }
  return true;
}

bool close(const std::vector<double>& point, double x, double y) {
  return std::hypot(point[0] - x, point[1] - y) < rounding;
}

}  // namespace

TEST_CASE("exclusive_or is 1 where exactly one input is, and no line of a fine grid separates it", "[toy]") {
  const Labelled_points points = bp::exclusive_or();

  CHECK(points.inputs == Rows{{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  CHECK(points.labels == std::vector<int>{0, 1, 1, 0});
  int separated = 0;
  for (int turn = 0; turn < 360; ++turn) {
    for (int bias = -150; bias <= 150; ++bias) {
      separated += separates({std::cos(turn * pi / 180), std::sin(turn * pi / 180)}, bias / 100.0, points);
    }
  }
  CHECK(separated == 0);
}

TEST_CASE("perceptron_table has the seven rows of the tutorial, which a plane separates", "[toy]") {
  const Labelled_points points = bp::perceptron_table();

  CHECK(points.inputs == Rows{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {0, 1, 1}, {0, 1, 0}});
  CHECK(points.labels == std::vector<int>{1, 0, 0, 1, 1, 0, 1});
  CHECK(separates({2, 4, -2}, -3, points));
}

TEST_CASE("without noise the moons are two half circles of radius 1", "[toy]") {
  Random random(1);

  const Labelled_points points = two_moons(10, 0, random);

  // Five points a moon: t = 0, 45, 90, 135 and 180 degrees.
  const double h = std::sqrt(0.5);
  const Rows expected = {{1, 0},   {h, h},           {0, 1},    {-h, h},          {-1, 0},
                         {0, 0.5}, {1 - h, 0.5 - h}, {1, -0.5}, {1 + h, 0.5 - h}, {2, 0.5}};
  for (std::size_t n = 0; n < 10; ++n) {
    CHECK(close(points.inputs[n], expected[n][0], expected[n][1]));
    CHECK(points.labels[n] == (n < 5 ? 0 : 1));
  }
  CHECK(close(two_moons(2, 0, random).inputs[0], 1, 0));
  CHECK(close(two_moons(2, 0, random).inputs[1], 0, 0.5));
}

TEST_CASE("without noise the circles have their two radii and even angles", "[toy]") {
  Random random(1);

  const Labelled_points points = circles(16, 0, random, 0.25);

  for (std::size_t n = 0; n < 16; ++n) {
    const double radius = n < 8 ? 1 : 0.25, angle = static_cast<double>(n % 8) * pi / 4;
    CHECK(close(points.inputs[n], radius * std::cos(angle), radius * std::sin(angle)));
    CHECK(points.labels[n] == (n < 8 ? 0 : 1));
  }
  CHECK(close(circles(8, 0, random).inputs[5], 0, 0.5));
}

TEST_CASE("without noise the spirals wind evenly, each arm the other turned by half a turn", "[toy]") {
  Random random(1);

  const Labelled_points points = spirals(20, 0, random, 1.25);

  for (std::size_t n = 0; n < 10; ++n) {
    const auto& point = points.inputs[n];
    const double radius = static_cast<double>(n + 1) / 10, angle = 2.5 * pi * radius;
    CHECK(close(point, radius * std::cos(angle), radius * std::sin(angle)));
    CHECK(close(points.inputs[n + 10], -point[0], -point[1]));
    CHECK(points.labels[n] == 0);
    CHECK(points.labels[n + 10] == 1);
  }
  // A turn and a quarter ends straight up; the default, a turn and a half, to the left.
  CHECK(close(points.inputs[9], 0, 1));
  CHECK(close(spirals(20, 0, random).inputs[9], -1, 0));
}

TEST_CASE("the sets have as many points as asked for, half of each class, two inputs a row", "[toy]") {
  for (const Maker& maker : makers) {
    for (const std::size_t n : {std::size_t{2}, std::size_t{4}, std::size_t{100}}) {
      Random random(3);
      const Labelled_points points = maker.make(n, 0.1, random);
      std::size_t ones = 0, rows_of_two = 0;
      for (const int label : points.labels) ones += label == 1;
      for (const auto& row : points.inputs) rows_of_two += row.size() == 2;

      INFO(maker.name << " of " << n);
      CHECK(points.size() == n);
      CHECK(points.inputs.size() == n);
      CHECK(rows_of_two == n);
      CHECK(ones == n / 2);
    }
  }
}

TEST_CASE("noise moves each coordinate by the next normal number of that deviation", "[toy]") {
  for (const Maker& maker : makers) {
    Random random(4), same(4), none(4);
    const Labelled_points noisy = maker.make(50, 0.25, random);

    const Labelled_points exact = maker.make(50, 0, none);

    INFO(maker.name);
    for (std::size_t n = 0; n < 50; ++n) {
      for (std::size_t i = 0; i < 2; ++i) {
        CHECK(noisy.inputs[n][i] == exact.inputs[n][i] + same.normal(0, 0.25));
      }
    }
    CHECK(random.state() == same.state());
    CHECK(none.state() == Random(4).state());  // noise 0 draws nothing
  }
}

TEST_CASE("the same seed gives the same points, another seed others", "[toy]") {
  for (const Maker& maker : makers) {
    Random random(5), same(5), other(6);
    const Rows points = maker.make(20, 0.1, random).inputs;

    INFO(maker.name);
    CHECK(maker.make(20, 0.1, same).inputs == points);
    CHECK(maker.make(20, 0.1, other).inputs != points);
  }
}

TEST_CASE("sets that cannot be made are refused", "[toy]") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  Random random(7);

  for (const Maker& maker : makers) {
    INFO(maker.name);
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{7}}) {
      CHECK_THROWS_AS(maker.make(n, 0, random), std::invalid_argument);
    }
    for (const double noise : {-0.1, infinity, not_a_number}) {
      CHECK_THROWS_AS(maker.make(10, noise, random), std::invalid_argument);
    }
    CHECK_THROWS_WITH(maker.make(7, 0, random),
                      bp::test::contains_text(maker.name) && bp::test::contains_text("not 7"));
  }
  for (const double inner : {0.0, 1.0, -0.5, infinity, not_a_number}) {
    CHECK_THROWS_AS(circles(10, 0, random, inner), std::invalid_argument);
  }
  for (const double turns : {0.0, -1.0, infinity, not_a_number}) {
    CHECK_THROWS_AS(spirals(10, 0, random, turns), std::invalid_argument);
  }
}
