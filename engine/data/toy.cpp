// The small data sets: see toy.h for their geometry.
#include "engine/data/toy.h"

#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace bp {
namespace {

using std::numbers::pi;
using Point = std::array<double, 2>;

// n/2 points of each class; curve(label, i, m) is the i-th of the m points of a class.
template <typename Curve>
Labelled_points sample(const std::string& name, std::size_t n, double noise, Random& random, Curve curve) {
  if (n < 2 || n % 2 != 0) {
    throw std::invalid_argument(name + ": needs an even number of points, at least 2, not " +
                                std::to_string(n));
  }
  if (!std::isfinite(noise) || noise < 0) throw std::invalid_argument(name + ": needs a finite noise >= 0");
  const std::size_t half = n / 2;
  Labelled_points points;
  points.inputs.reserve(n);
  points.labels.reserve(n);
  for (const int label : {0, 1}) {
    for (std::size_t i = 0; i < half; ++i) {
      Point point = curve(label, static_cast<double>(i), static_cast<double>(half));
      for (double& coordinate : point) coordinate += noise > 0 ? random.normal(0, noise) : 0;
      points.inputs.push_back({point[0], point[1]});
      points.labels.push_back(label);
    }
  }
  return points;
}

}  // namespace

Labelled_points exclusive_or() { return {{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, {0, 1, 1, 0}}; }

Labelled_points perceptron_table() {
  return {{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {0, 1, 1}, {0, 1, 0}},
          {1, 0, 0, 1, 1, 0, 1}};
}

Labelled_points two_moons(std::size_t n, double noise, Random& random) {
  return sample("two_moons", n, noise, random, [](int label, double i, double m) {
    const double t = m > 1 ? pi * i / (m - 1) : 0;
    return label == 0 ? Point{std::cos(t), std::sin(t)} : Point{1 - std::cos(t), 0.5 - std::sin(t)};
  });
}

Labelled_points circles(std::size_t n, double noise, Random& random, double inner) {
  if (!(inner > 0 && inner < 1))
    throw std::invalid_argument("circles: needs an inner radius between 0 and 1");
  return sample("circles", n, noise, random, [inner](int label, double i, double m) {
    const double radius = label == 0 ? 1 : inner, t = 2 * pi * i / m;
    return Point{radius * std::cos(t), radius * std::sin(t)};
  });
}

Labelled_points spirals(std::size_t n, double noise, Random& random, double turns) {
  if (!std::isfinite(turns) || turns <= 0) throw std::invalid_argument("spirals: needs finite turns > 0");
  return sample("spirals", n, noise, random, [turns](int label, double i, double m) {
    const double radius = (i + 1) / m, t = 2 * pi * turns * radius + label * pi;
    return Point{radius * std::cos(t), radius * std::sin(t)};
  });
}

}  // namespace bp
