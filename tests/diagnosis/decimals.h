// Numbers as people choose and write them: round ones to begin with, and no exponent where it can be helped.
#pragma once

#include <string>

#include "engine/data/random.h"

namespace bp::test {

/// `number` rounded to that many significant digits: "0.0004386", "-1.250", "2.500e-09".
std::string significant(double number, int digits);

/// The place of the last of so many digits: 0.0001 for 0.4386 and 4.
double last_place(double number, int digits);

/// In hundredths from low to high; never 0, 1 or -1, with which products say too little.
double chosen_number(Random& random, double low, double high);

}  // namespace bp::test
