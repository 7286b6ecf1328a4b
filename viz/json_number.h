// Numbers as JSON has them.
#pragma once

#include <cmath>
#include <string>

#include "engine/model/json_text.h"
#include "engine/worksheet/digits.h"

namespace bp {

/// The shortest digits that read back as the same number; what is not finite as text, since JSON has no word
/// for it.
inline std::string json_number(double number) {
  const std::string text = shortest(number);
  return std::isfinite(number) ? text : json_text(text);
}

}  // namespace bp
