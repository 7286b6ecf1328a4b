// Text as JSON has it.
#pragma once

#include <string>
#include <string_view>

namespace bp {

/// The text in double quotes, with what must not stand between them escaped. What is not UTF-8, as a path may
/// be, is replaced by U+FFFD.
std::string json_text(std::string_view text);

}  // namespace bp
