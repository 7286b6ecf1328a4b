// Walking through text of valid UTF-8, a code point at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace bp::worksheet {

/// The code point at the beginning of the text, and how many bytes it takes. The text is valid UTF-8, as
/// names are, and not empty.
struct Code_point {
  char32_t code;
  std::size_t bytes;
};

inline Code_point first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char lead = byte(0);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = code << 6 | (byte(i) & 0x3FU);
  return {code, bytes < text.size() ? bytes : text.size()};
}

}  // namespace bp::worksheet
