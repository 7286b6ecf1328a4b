// How many columns of a terminal a text takes.
#pragma once

#include <cstddef>
#include <string_view>

namespace bp::worksheet {

/// Columns of a text of valid UTF-8: one for each character, two for the broad ones of East Asia.
std::size_t text_width(std::string_view text);

/// The bytes of as much of the beginning of the text as fits into so many columns; at least one character.
std::size_t bytes_that_fit(std::string_view text, std::size_t columns);

}  // namespace bp::worksheet
