#include "viz/text.h"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace bp {

namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr std::string_view ellipsis = "\u2026";

struct Decoded {
  char32_t character;
  std::size_t bytes;
};

// The first character of a text that is not empty. A byte that begins no valid sequence (Unicode 15, table
// 3-7: not the shortest form, a surrogate, beyond U+10FFFF, broken off) is a replacement character of its
// own.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {replacement, 1};
  char32_t character = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {replacement, 1};
    character = character << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < smallest[bytes] || character > 0x10FFFF || surrogate) return {replacement, 1};
  return {character, bytes};
}

bool is_line_break_or_tab(char32_t c) {
  return (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_shown(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool turns_text_around = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  const bool no_character = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  return !control && !turns_text_around && !no_character;
}

}  // namespace

std::string shown_name(std::string_view name, std::size_t length) {
  std::string shown;
  std::size_t count = 0, last = 0;  // last: where the last character begins
  bool blank = true;
  while (!name.empty()) {
    const Decoded next = decode(name);
    if (count == length) return shown.substr(0, last) + std::string(ellipsis);
    last = shown.size();
    ++count;
    if (is_line_break_or_tab(next.character)) {
      shown += ' ';
    } else if (!is_shown(next.character) || next.character == replacement) {
      shown += "\uFFFD";
    } else {
      shown += name.substr(0, next.bytes);
    }
    blank = blank && shown.back() == ' ';
    name.remove_prefix(next.bytes);
  }
  return blank ? std::string() : shown;
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\\': safe += "\\\\"; break;  // Graphviz puts the node's id in for \N, even in an HTML-like label
      default: safe += c;
    }
  }
  return safe;
}

std::string shown_number(double number, int digits) {
  if (std::isnan(number)) return "nan";
  if (number == 0.0) return "0";
  if (number == std::floor(number) && std::abs(number) < 1e6) return fmt::format("{:.0f}", number);
  std::string text = fmt::format("{:.{}g}", number, digits);
  const std::size_t exponent = text.find('e');  // "4.386e-05" is 4.386e-5
  if (exponent != std::string::npos) {
    const std::size_t first = text.find_first_not_of("+-0", exponent + 1);
    const bool negative = text[exponent + 1] == '-';
    text = text.substr(0, exponent) + (negative ? "e-" : "e") + text.substr(first);
  }
  return text;
}

}  // namespace bp
