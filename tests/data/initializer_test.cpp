// Initializers: their bounds, their moments by the formulas, their draws, and their errors.
#include "engine/data/initializer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "tests/support/catch2.h"

using bp::Initializer, bp::Random;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t count = 200'000;

std::vector<double> draw(const Initializer& initializer, std::size_t fan_in, std::size_t fan_out) {
  Random random(2025);
  std::vector<double> weights(count);
  for (double& weight : weights) weight = initializer(random, fan_in, fan_out);
  return weights;
}

double mean_of_power(const std::vector<double>& values, int power) {
  double total = 0.0;
  for (const double value : values) total += std::pow(value, power);
  return total / static_cast<double>(values.size());
}

// Of n draws with deviation s, the mean strays from 0 by about s / sqrt(n) and the mean square from s^2 by
// s^2 * sqrt((kurtosis - 1) / n), with kurtosis 1.8 for uniform and 3 for normal. Five of these deviations.
void check_moments(const Initializer& initializer, std::size_t fan_in, std::size_t fan_out, double variance,
                   double kurtosis) {
  const std::vector<double> weights = draw(initializer, fan_in, fan_out);
  const double n = static_cast<double>(count);
  INFO("fan-in " << fan_in << ", fan-out " << fan_out);

  const double mean = mean_of_power(weights, 1), square = mean_of_power(weights, 2);

  CHECK(std::abs(mean) <= 5.0 * std::sqrt(variance / n));
  CHECK(std::abs(square - variance) <= 5.0 * variance * std::sqrt((kurtosis - 1.0) / n));
  CHECK(std::abs(mean_of_power(weights, 4) / (square * square) - kurtosis) <= 0.1);
}

void check_limit(const Initializer& initializer, std::size_t fan_in, std::size_t fan_out, double limit) {
  const std::vector<double> weights = draw(initializer, fan_in, fan_out);

  // Of 200,000 draws the outermost is within limit * 1e-4 of the end, but for a chance of e^-10.
  CHECK(*std::max_element(weights.begin(), weights.end()) <= limit);
  CHECK(*std::max_element(weights.begin(), weights.end()) >= limit * (1.0 - 1e-4));
  CHECK(*std::min_element(weights.begin(), weights.end()) >= -limit);
  CHECK(*std::min_element(weights.begin(), weights.end()) <= -limit * (1.0 - 1e-4));
}

}  // namespace

TEST_CASE("Xavier weights have variance gain^2 * 2 / (fan-in + fan-out)", "[initializer]") {
  check_moments(Initializer::xavier_uniform(), 30, 70, 0.02, 1.8);
  check_moments(Initializer::xavier_normal(), 30, 70, 0.02, 3.0);
  check_moments(Initializer::xavier_uniform(4.0), 3, 5, 4.0, 1.8);
  check_moments(Initializer::xavier_normal(4.0), 3, 5, 4.0, 3.0);
}

TEST_CASE("He weights have variance 2 / ((1 + slope^2) fan-in), whatever the fan-out", "[initializer]") {
  check_moments(Initializer::he_uniform(), 50, 1, 0.04, 1.8);
  check_moments(Initializer::he_normal(), 50, 1000, 0.04, 3.0);
  check_moments(Initializer::he_uniform(2.0), 10, 7, 0.04, 1.8);
  check_moments(Initializer::he_normal(2.0), 10, 7, 0.04, 3.0);
}

TEST_CASE("uniform weights fill their interval to its ends and do not leave it", "[initializer]") {
  check_limit(Initializer::uniform(-0.25, 0.25), 2, 3, 0.25);
  check_limit(Initializer::xavier_uniform(), 32, 32, std::sqrt(6.0 / 64.0));
  check_limit(Initializer::he_uniform(), 32, 8, std::sqrt(6.0 / 32.0));
}

TEST_CASE("unscaled distributions take no notice of the fans and constants no random number",
          "[initializer]") {
  Random random(9), same(9), untouched(9);
  const Initializer uniform = Initializer::uniform(1.0, 3.0), normal = Initializer::normal(-2.0, 0.5);

  CHECK(uniform(random, 1, 1) == same.uniform(1.0, 3.0));
  CHECK(uniform(random, 900, 7) == same.uniform(1.0, 3.0));
  CHECK(normal(random, 3, 900) == same.normal(-2.0, 0.5));
  CHECK(Initializer::zeros()(random, 5, 5) == 0.0);
  CHECK(Initializer::constant(0.7)(random, 5, 5) == 0.7);
  CHECK(random.state() == same.state());
  CHECK(random.state() != untouched.state());
}

TEST_CASE("initializers refuse distributions that do not exist and layers without inputs", "[initializer]") {
  Random random(1);

  CHECK_THROWS_AS(Initializer::uniform(1.0, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::uniform(0.0, infinity), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::uniform(not_a_number, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::normal(0.0, -1.0), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::normal(not_a_number, 1.0), std::invalid_argument);
  CHECK_THROWS_MATCHES(Initializer::xavier_uniform(-1.0), std::invalid_argument,
                       Catch::Matchers::Message(
                           "backstep: the gain of Xavier weights is -1; it must be 0 or more, and finite"));
  CHECK_THROWS_AS(Initializer::xavier_normal(not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::he_uniform(infinity), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::he_normal(not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::he_normal()(random, 0, 3), std::invalid_argument);
  CHECK_THROWS_AS(Initializer::zeros()(random, 3, 0), std::invalid_argument);
}
