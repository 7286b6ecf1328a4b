// What may stand in a picture: names made harmless, numbers made short.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bp {

/// A name as one line of valid UTF-8 that can be shown: at most `length` characters (code points), the last
/// an ellipsis when some were cut off.
///
/// Line breaks and tabs become spaces. What has no look of its own (control characters), would turn the text
/// around it (bidirectional overrides) or is not UTF-8 becomes U+FFFD, the replacement character. Blank text
/// becomes empty. Everything else stays: accents, right-to-left letters, emoji.
std::string shown_name(std::string_view name, std::size_t length);

/// How many characters (code points) a text of valid UTF-8 has.
std::size_t character_count(std::string_view text);

/// Text for an HTML-like label of DOT: the characters that mean something there are escaped.
std::string escaped(std::string_view text);

/// A number for a reader, rounded to `digits` significant digits, trailing zeros dropped: 0.2984, -3,
/// 4.386e-5.
///
/// Whole numbers below a million are never rounded; below 1e-4 and from 10^digits on (but at least a million
/// for whole numbers) there is an exponent. Both zeros are "0"; there are "nan", "inf" and "-inf". The
/// decimal point is a point in every locale.
std::string shown_number(double number, int digits);

}  // namespace bp
