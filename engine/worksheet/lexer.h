// The words and signs of one line of a worksheet.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/digits.h"
#include "engine/worksheet/source.h"

namespace bp::worksheet {

struct Token {
  enum class Kind { name, number, sign, bad, end };
  Kind kind = Kind::end;
  std::string_view text;  ///< as it stands there
  std::size_t at = 0;     ///< bytes before it on its line
  char sign = 0;          ///< + - * / ^ ( ) , = ' : or d for the sign of a partial derivative

  bool is(char wanted) const { return kind == Kind::sign && sign == wanted; }
  bool is_name() const { return kind == Kind::name; }
  bool is_number() const { return kind == Kind::number; }
  /// Whether the other begins where this ends.
  bool touches(const Token& next) const { return at + text.size() == next.at; }
};

/// Replaces `tokens` by those of a line up to its end or a #; the last is of Kind::end. Signs of typesetting
/// stand for those of a keyboard. What has no place in a worksheet is of Kind::bad; trouble_with() says why.
void read_tokens(Line line, std::vector<Token>& tokens);

inline constexpr const char* too_long_a_name = "a name has up to 1,000 characters";

/// Why a token is bad.
std::string trouble_with(const Token& token);

/// What a message calls it: `'w1'`, or "the end of the line".
std::string named(const Token& token);

/// The number that a token spells.
///
/// Throws:    Bad_worksheet when it is too large for a double, or too long.
Written_number written_number(const Source& source, Line line, const Token& token);
/// The double nearest to it.
///
/// Throws:    also when it is too small for one.
double number_of(const Source& source, Line line, const Token& token);

}  // namespace bp::worksheet
