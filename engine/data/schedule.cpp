#include "engine/data/schedule.h"

#include <fmt/core.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace bp {

namespace {

void check(double value, const char* what) {
  if (!(value >= 0.0) || !std::isfinite(value)) {
    throw std::invalid_argument(
        fmt::format("backstep: {} of a schedule is {}; it must be 0 or more, and finite", what, value));
  }
}

void check(std::size_t time, const char* what) {
  if (time == 0) throw std::invalid_argument(fmt::format("backstep: {} of a schedule is 0", what));
}

}  // namespace

double step_decay(double initial, std::size_t time, std::size_t every, double factor) {
  check(initial, "the initial learning rate");
  check(every, "the length of a step");
  check(factor, "the factor");
  const std::size_t steps = time / every;
  return initial * std::pow(factor, static_cast<double>(steps));
}

double exponential_decay(double initial, std::size_t time, double factor) {
  check(initial, "the initial learning rate");
  check(factor, "the factor");
  return initial * std::pow(factor, static_cast<double>(time));
}

double cosine_decay(double initial, std::size_t time, std::size_t duration, double last) {
  check(initial, "the initial learning rate");
  check(duration, "the duration");
  check(last, "the last learning rate");
  if (time >= duration) return last;
  const double turn = std::numbers::pi * static_cast<double>(time) / static_cast<double>(duration);
  return last + (initial - last) * (1.0 + std::cos(turn)) / 2.0;
}

}  // namespace bp
