#include "engine/worksheet/source.h"

#include "engine/worksheet/utf8.h"

namespace bp::worksheet {
namespace {

constexpr std::size_t shown = 100;  // of a line that is longer, a window around the place

// How many code points, and bytes that are none.
std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto point = code_point(text);
    text.remove_prefix(point ? point->bytes : 1);
    ++count;
  }
  return count;
}

// As it can stand on a terminal: what is no text, or would move the cursor, is a question mark.
std::string printable(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const auto point = code_point(text);
    const std::size_t bytes = point ? point->bytes : 1;
    if (point && point->code == U'\t') {
      clean += ' ';
    } else if (!point || is_control(point->code) || is_invisible(point->code)) {
      clean += '?';
    } else {
      clean += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return clean;
}

// The byte that stands `count` code points before `at`, or behind it.
std::size_t back(std::string_view text, std::size_t at, std::size_t count) {
  for (; at > 0 && count > 0; --count) {
    --at;
    while (at > 0 && (text[at] & 0xC0) == 0x80) --at;
  }
  return at;
}
std::size_t ahead(std::string_view text, std::size_t at, std::size_t count) {
  for (; at < text.size() && count > 0; --count) {
    const auto point = code_point(text.substr(at));
    at += point ? point->bytes : 1;
  }
  return at;
}

}  // namespace

bool is_control(char32_t code) { return code < U' ' || (code >= 0x7F && code < 0xA0); }

bool is_invisible(char32_t code) {
  return code == 0xAD || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view no_break_space = "\u00A0";
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == '\t') {
      text.remove_prefix(1);
    } else if (text.starts_with(no_break_space)) {
      text.remove_prefix(no_break_space.size());
    } else {
      break;
    }
  }
  return text;
}

Source::Source(std::string_view text, std::string_view file)
    : file_(on_one_line(std::string(file))), rest_(text) {
  constexpr std::string_view byte_order_mark = "\uFEFF";
  if (rest_.substr(0, byte_order_mark.size()) == byte_order_mark) rest_.remove_prefix(byte_order_mark.size());
}

std::optional<Line> Source::cut() {
  if (rest_.empty()) return std::nullopt;
  const std::size_t end = rest_.front() == '\n' ? 0 : rest_.find('\n');
  std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return Line{text, ++number_};
}

std::optional<Line> Source::next() {
  const auto line = cut();
  if (line) check(*line);
  return line;
}

void Source::check(Line line) const {
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.text.size();) {
    const auto point = code_point(line.text.substr(at));
    if (!point) fail({line, at}, "this byte is not UTF-8; save the file as UTF-8");
    if (++column > longest_line) {
      fail({line, at}, "the line is longer than 10,000 characters; give parts of it names of their own");
    }
    at += point->bytes;
  }
}

std::optional<std::size_t> Source::defined_later(std::string_view name) const {
  Source ahead_of_us = *this;
  while (const auto line = ahead_of_us.cut()) {
    std::string_view text = without_blanks(line->text);
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    if (without_blanks(text).starts_with('=')) return line->number;
  }
  return std::nullopt;
}

void Source::fail(Place place, const std::string& what) const {
  const std::string_view text = place.line.text;
  const std::size_t column = columns(text.substr(0, place.at));
  const std::size_t begin = back(text, place.at, column + 1 <= shown ? column : shown / 2);
  const std::size_t end = ahead(text, begin, shown);
  const std::string before = (begin > 0 ? "\u2026" : "") + printable(text.substr(begin, place.at - begin));
  const std::string after =
      printable(text.substr(place.at, end - place.at)) + (end < text.size() ? "\u2026" : "");
  throw Bad_worksheet(file_ + ":" + std::to_string(place.line.number) + ":" + std::to_string(column + 1) +
                      ": " + what + "\n  " + before + after + "\n  " + std::string(columns(before), ' ') +
                      "^");
}

}  // namespace bp::worksheet
