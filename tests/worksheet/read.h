// For tests of the worksheet language: what a text gives, or the whole message with which it is refused.
#pragma once

#include <string>
#include <string_view>

#include "engine/worksheet/worksheet.h"

namespace bp::test {

/// Reads a text as the worksheet sheet.bp.
inline Worksheet read_sheet(std::string_view text) { return parse_worksheet(text, "sheet.bp"); }

/// The message about a text that is refused; that it was read, otherwise.
inline std::string refusal(std::string_view text) {
  try {
    read_sheet(text);
    return "it was read";
  } catch (const Bad_worksheet& error) { return error.what(); }
}

/// The message as it should be: where, what, the line, and a caret below its column.
inline std::string message(std::size_t line, std::size_t column, const std::string& what,
                           const std::string& shown) {
  return "sheet.bp:" + std::to_string(line) + ":" + std::to_string(column) + ": " + what + "\n  " + shown +
         "\n  " + std::string(column - 1, ' ') + "^";
}

}  // namespace bp::test
