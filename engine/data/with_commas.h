// Large whole numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace bp {

/// 101770 as "101,770".
std::string with_commas(std::uint64_t number);

}  // namespace bp
