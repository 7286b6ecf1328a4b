#include "engine/data/check.h"

#include <fmt/core.h>

#include <cmath>
#include <stdexcept>
#include <string>

namespace bp {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

}  // namespace

double check_share(double value, const char* what) {
  if (!(value >= 0.0 && value < 1.0))
    refuse(fmt::format("{} is {}; it must be from 0 to below 1", what, value));
  return value;
}

double check_not_negative(double value, const char* what) {
  if (!(value >= 0.0) || !std::isfinite(value)) {
    refuse(fmt::format("{} is {}; it must be 0 or more, and finite", what, value));
  }
  return value;
}

// With epsilon 0, a parameter whose gradient has always been 0 would move by 0/0.
double check_epsilon(double value) {
  if (!(value > 0.0) || !std::isfinite(value)) {
    refuse(fmt::format("epsilon is {}; it must be above 0, and finite", value));
  }
  return value;
}

}  // namespace bp
