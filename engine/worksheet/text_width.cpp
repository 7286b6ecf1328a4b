#include "engine/worksheet/text_width.h"

#include <algorithm>
#include <array>

#include "engine/worksheet/utf8.h"

namespace bp::worksheet {
namespace {

struct Range {
  char32_t first, last;
};
// The blocks that Unicode's table of East Asian widths (UAX 11) calls wide or fullwidth, as far as letters
// are in them.
constexpr std::array<Range, 8> broad = {{{0x1100, 0x115F},
                                         {0x2E80, 0xA4CF},
                                         {0xA960, 0xA97F},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFF00, 0xFF60},
                                         {0x17000, 0x18DFF},
                                         {0x20000, 0x3FFFD}}};

std::size_t width_of_code(char32_t code) {
  const auto holds = [code](const Range& range) { return range.first <= code && code <= range.last; };
  return std::any_of(broad.begin(), broad.end(), holds) ? 2 : 1;
}

}  // namespace

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Code_point point = first_code_point(text);
    width += width_of_code(point.code);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::size_t bytes_that_fit(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0, width = 0;
  while (bytes < text.size()) {
    const Code_point point = first_code_point(text.substr(bytes));
    width += width_of_code(point.code);
    if (width > columns && bytes > 0) break;
    bytes += point.bytes;
  }
  return bytes;
}

}  // namespace bp::worksheet
