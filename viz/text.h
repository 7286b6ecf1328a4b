// Text for pictures and terminals: names made harmless, sentences on lines, rows in columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bp {

/// A name as one line of valid UTF-8 that can be shown: at most `length` characters (code points), the last
/// an ellipsis when some were cut off.
///
/// Line breaks and tabs become spaces. What has no look of its own (control characters), would turn the text
/// around it (bidirectional overrides) or is not UTF-8 becomes U+FFFD, the replacement character. Blank text
/// becomes empty. Everything else stays: accents, right-to-left letters, emoji.
std::string shown_name(std::string_view name, std::size_t length);

/// How many characters of a name a box has room for.
inline constexpr std::size_t longest_box_name = 24;

/// Throws std::invalid_argument, for `what`, such as "a picture", unless it shows 1 to 17 significant digits.
void check_digits(int digits, std::string_view what);

/// How many characters (code points) a text of valid UTF-8 has.
std::size_t character_count(std::string_view text);

/// The words of a text on lines of at most `columns` characters, each ended: the first behind `first`, the
/// others behind `next`. A word that is longer than a line goes on after a comma, if it has one that fits.
std::string wrapped(std::string_view text, std::size_t columns, std::string_view first = {},
                    std::string_view next = {});

/// Rows in columns two spaces apart, each as broad as the longest text in it: to its left where `sides` has
/// '<' in the column's place, to its right where it has '>'.
///
///     in_columns({{"w", "0.5"}, {"bias", "-1.25"}}, "<>")     w       0.5
///                                                             bias  -1.25
///
/// Throws:    std::invalid_argument when a row has more texts than there are columns.
std::string in_columns(const std::vector<std::vector<std::string>>& rows, std::string_view sides);

/// Text for an HTML-like label of DOT: the characters that mean something there are escaped.
std::string escaped(std::string_view text);

}  // namespace bp
