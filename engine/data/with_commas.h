// Large whole numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bp {

/// "101770" as "101,770"; the digits of a whole number of any length.
std::string with_commas(std::string_view digits);
std::string with_commas(std::uint64_t number);

}  // namespace bp
