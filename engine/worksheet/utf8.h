// Walking through text of UTF-8, a code point at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace bp::worksheet {

struct Code_point {
  char32_t code;
  std::size_t bytes;
};

/// The code point at the beginning of the text, and how many bytes it takes. The text is valid UTF-8, as
/// names are, and not empty.
inline Code_point first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char lead = byte(0);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = code << 6 | (byte(i) & 0x3FU);
  return {code, bytes < text.size() ? bytes : text.size()};
}

/// The same of any bytes: nothing where they do not begin with UTF-8.
inline std::optional<Code_point> code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) return std::nullopt;
  if (byte(0) < 0x80) return Code_point{byte(0), 1};
  if (byte(0) < 0xC2 || byte(0) > 0xF4) return std::nullopt;  // what goes on, or what would go too far
  const std::size_t bytes = byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  if (text.size() < bytes) return std::nullopt;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
  }
  const Code_point point = first_code_point(text);
  // Longer than it need be, half of a pair of UTF-16, or beyond the last there is.
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point.code < least[bytes] || (point.code >= 0xD800 && point.code < 0xE000) || point.code > 0x10FFFF)
    return std::nullopt;
  return point;
}

}  // namespace bp::worksheet
