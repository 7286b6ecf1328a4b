#include "tests/diagnosis/decimals.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace bp::test {
namespace {

// The power of ten of the first digit, after rounding: 9.9996 with 4 digits is 1.000e+01.
int exponent_of(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*e", digits - 1, number);
  return std::atoi(std::string(text).substr(std::string(text).find('e') + 1).c_str());
}

}  // namespace

std::string significant(double number, int digits) {
  const int exponent = exponent_of(number, digits);
  const bool plain = exponent >= -8 && exponent < digits;
  char text[64];
  std::snprintf(text, sizeof text, plain ? "%.*f" : "%.*e", plain ? digits - 1 - exponent : digits - 1,
                number);
  return text;
}

double last_place(double number, int digits) {
  return std::pow(10.0, exponent_of(number, digits) - digits + 1);
}

double chosen_number(Random& random, double low, double high) {
  for (;;) {
    const double number = std::round(random.uniform(low, high) * 100) / 100;
    if (number != 0 && std::abs(number) != 1) return number;
  }
}

}  // namespace bp::test
