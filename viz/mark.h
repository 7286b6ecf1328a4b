// What somebody wrote down of a value, and whether it is right: as it stands beside the value in a picture.
#pragma once

#include <string>

#include "engine/worksheet/digits.h"

namespace bp {

struct Mark {
  std::string what;     ///< of which it is the number: "net", "dE/dw1", "w1'"
  std::string written;  ///< "0.000668"
  Verdict verdict = Verdict::right;
};

/// A check for what is right (or cut off instead of rounded), a cross for what is wrong.
const char* sign_of(Verdict verdict);

/// The number as it was written, and a word on one that was cut off: "0.18 (cut off)". One line of at most 40
/// characters.
std::string shown_number(const Mark& mark);

/// What it is the number of, as one line of at most 40 characters.
std::string shown_name(const Mark& mark);

}  // namespace bp
