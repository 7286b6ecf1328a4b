#include "engine/data/initializer.h"

#include <fmt/core.h>

#include <cmath>
#include <stdexcept>
#include <string>

namespace bp {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

void check_finite(double value, const char* what) {
  if (!std::isfinite(value)) refuse(fmt::format("{} is {}", what, value));
}

void check_size(double value, const char* what) {
  if (!(value >= 0.0) || !std::isfinite(value)) {
    refuse(fmt::format("{} is {}; it must be 0 or more, and finite", what, value));
  }
}

}  // namespace

Initializer Initializer::constant(double value) { return Initializer(Draw::constant, Fan::none, value, 0.0); }

Initializer Initializer::uniform(double low, double high) {
  check_finite(low, "the lower end of uniform weights");
  check_finite(high, "the upper end of uniform weights");
  check_size(high - low, "the width of uniform weights");
  return Initializer(Draw::uniform, Fan::none, low, high);
}

Initializer Initializer::normal(double mean, double deviation) {
  check_finite(mean, "the mean of normal weights");
  check_size(deviation, "the deviation of normal weights");
  return Initializer(Draw::normal, Fan::none, mean, deviation);
}

Initializer Initializer::xavier_uniform(double gain) {
  check_size(gain, "the gain of Xavier weights");
  return Initializer(Draw::uniform, Fan::mean, 0.0, gain * gain);
}

Initializer Initializer::xavier_normal(double gain) {
  check_size(gain, "the gain of Xavier weights");
  return Initializer(Draw::normal, Fan::mean, 0.0, gain * gain);
}

Initializer Initializer::he_uniform(double slope) {
  check_finite(slope, "the slope for He weights");
  return Initializer(Draw::uniform, Fan::in, 0.0, 2.0 / (1.0 + slope * slope));
}

Initializer Initializer::he_normal(double slope) {
  check_finite(slope, "the slope for He weights");
  return Initializer(Draw::normal, Fan::in, 0.0, 2.0 / (1.0 + slope * slope));
}

double Initializer::operator()(Random& random, std::size_t fan_in, std::size_t fan_out) const {
  if (fan_in == 0 || fan_out == 0) refuse("weights of a layer without inputs or outputs");
  if (draw_ == Draw::constant) return a_;
  if (fan_ == Fan::none) return draw_ == Draw::uniform ? random.uniform(a_, b_) : random.normal(a_, b_);

  const double in = static_cast<double>(fan_in), out = static_cast<double>(fan_out);
  const double variance = b_ / (fan_ == Fan::in ? in : (in + out) / 2.0);
  if (draw_ == Draw::normal) return random.normal(0.0, std::sqrt(variance));
  const double limit = std::sqrt(3.0 * variance);  // uniform in +-a has the variance a^2 / 3
  return random.uniform(-limit, limit);
}

}  // namespace bp
