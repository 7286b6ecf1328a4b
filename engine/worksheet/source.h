// The text of a worksheet, line by line, and messages that point into it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/worksheet/worksheet.h"

namespace bp::worksheet {

/// The most that a line, a name, a nesting and a graph may have.
inline constexpr std::size_t longest_line = 10'000, longest_name = 1'000, deepest = 1'000;
inline constexpr std::size_t most_nodes = 1'000'000, most_work = 1'000'000'000;
/// What has no other limit than its sense, and would fill the memory: lines to look up at the end.
inline constexpr std::size_t most_claims = 100'000, most_patterns = 1'000'000;

/// Whether a character shows nothing, or turns around what follows it: control characters aside.
bool is_invisible(char32_t code);
bool is_control(char32_t code);

/// The text from its first character on that is no space, tab or no-break space.
std::string_view without_blanks(std::string_view text);

/// One line, without its end.
struct Line {
  std::string_view text;
  std::size_t number = 0;  ///< from 1
};

/// A place in the text: its line, and how many bytes stand before it there.
struct Place {
  Line line;
  std::size_t at = 0;
};

class Source {
 public:
  Source(std::string_view text, std::string_view file);

  /// The next line, or nothing at the end; a byte-order mark and the ends of lines are skipped.
  ///
  /// Throws:    Bad_worksheet when it is too long or not UTF-8.
  std::optional<Line> next();

  /// Whether a line from here on begins `name =`, and which.
  std::optional<std::size_t> defined_later(std::string_view name) const;

  /// Throws Bad_worksheet: FILE:LINE:COL: `what`, the line and a caret.
  [[noreturn]] void fail(Place place, const std::string& what) const;

 private:
  std::optional<Line> cut();
  void check(Line line) const;

  std::string file_;
  std::string_view rest_;
  std::size_t number_ = 0;
};

}  // namespace bp::worksheet
