#include "viz/text.h"

#include <algorithm>
#include <stdexcept>

#include "engine/worksheet/utf8.h"

namespace bp {

namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr std::string_view ellipsis = "\u2026";

// A byte that begins no valid sequence is a replacement character of its own.
worksheet::Code_point decode(std::string_view text) {
  return worksheet::code_point(text).value_or(worksheet::Code_point{replacement, 1});
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
    const worksheet::Code_point next = decode(name);
    if (count == length) return shown.substr(0, last) + std::string(ellipsis);
    last = shown.size();
    ++count;
    if (is_line_break_or_tab(next.code)) {
      shown += ' ';
    } else if (!is_shown(next.code) || next.code == replacement) {
      shown += "\uFFFD";
    } else {
      shown += name.substr(0, next.bytes);
    }
    blank = blank && shown.back() == ' ';
    name.remove_prefix(next.bytes);
  }
  return blank ? std::string() : shown;
}

void check_digits(int digits, std::string_view what) {
  if (digits >= 1 && digits <= 17) return;
  throw std::invalid_argument("backstep: " + std::string(what) + " shows 1 to 17 significant digits, not " +
                              std::to_string(digits));
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

std::string wrapped(std::string_view text, std::size_t columns, std::string_view first,
                    std::string_view next) {
  std::string all, line(first);
  bool begun = false;  // whether the line has a word
  const auto end_line = [&] {
    all += line + "\n";
    line = next;
    begun = false;
  };
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (begun && character_count(line) + 1 + character_count(word) > columns) end_line();
    for (std::size_t room = columns - std::min(columns, character_count(line));
         !begun && word.size() > room;) {
      const std::size_t comma = room > 0 ? word.rfind(',', room - 1) : std::string_view::npos;
      if (comma == std::string_view::npos) break;
      line += word.substr(0, comma + 1);
      word.remove_prefix(comma + 1);
      end_line();
      room = columns - std::min(columns, character_count(line));
    }
    line += (begun ? " " : "") + std::string(word);
    begun = true;
  }
  end_line();
  return all;
}

std::string in_columns(const std::vector<std::vector<std::string>>& rows, std::string_view sides) {
  std::vector<std::size_t> widths(sides.size());
  for (const auto& row : rows) {
    if (row.size() > sides.size()) throw std::invalid_argument("backstep: a row has more texts than columns");
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], character_count(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - character_count(row[i]), ' ');
      line += (i == 0 ? "" : "  ") + (sides[i] == '>' ? gap + row[i] : row[i] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
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

}  // namespace bp
