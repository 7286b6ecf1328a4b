// Whole numbers on the command line, with messages that say what was expected.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace backstep {

// CLI11's own ranges say "not in range 0 to 17976931348623157081452742...", and it takes -1 for 2^64 - 1.
inline bool is_whole(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}
inline const CLI::Validator from_zero(
    [](const std::string& text) { return is_whole(text) ? "" : "expected a whole number, found " + text; },
    "");
inline const CLI::Validator from_one(
    [](const std::string& text) {
      const bool positive = is_whole(text) && text.find_first_not_of('0') != std::string::npos;
      return positive ? "" : "expected a whole number from 1, found " + text;
    },
    "");

}  // namespace backstep
