#include "engine/data/with_commas.h"

namespace bp {

std::string with_commas(std::string_view digits) {
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string with_commas(std::uint64_t number) { return with_commas(std::to_string(number)); }

}  // namespace bp
