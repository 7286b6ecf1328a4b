#include "engine/worksheet/lexer.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "engine/worksheet/utf8.h"

namespace bp::worksheet {
namespace {

constexpr const char* too_small = "this number is too small: the least that a double holds is about 4.9e-324";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Letters of the scripts that people write names in; signs among them, such as the times of Latin 1, are
// none.
bool is_letter(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  constexpr Range letters[] = {
      {U'A', U'Z'},     {U'a', U'z'},     {0xAA, 0xAA},     {0xB5, 0xB5},     {0xBA, 0xBA},
      {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2AF},    {0x370, 0x373},   {0x376, 0x377},
      {0x37B, 0x37D},   {0x37F, 0x37F},   {0x386, 0x386},   {0x388, 0x3F5},   {0x3F7, 0x481},
      {0x48A, 0x52F},   {0x531, 0x556},   {0x561, 0x587},   {0x5D0, 0x5EA},   {0x620, 0x64A},
      {0x1E00, 0x1FBC}, {0x3041, 0x3096}, {0x30A1, 0x30FA}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
      {0xAC00, 0xD7A3},
  };
  return std::any_of(std::begin(letters), std::end(letters),
                     [&](Range range) { return c >= range.first && c <= range.last; });
}

// The sign that a character stands for, or 0.
char sign_of(char32_t c) {
  switch (c) {
    case 0x00B7:               // middle dot
    case 0x22C5:               // dot operator
    case 0x00D7: return '*';   // times
    case 0x2212: return '-';   // minus
    case 0x2202: return 'd';   // partial differential
    case 0x2032:               // prime
    case 0x2019: return '\'';  // what some editors make of '
    default: break;
  }
  constexpr std::u32string_view signs = U"+-*/^(),=':";
  return signs.find(c) != std::u32string_view::npos ? static_cast<char>(c) : '\0';
}

bool is_blank(char32_t c) { return c == U' ' || c == U'\t' || c == 0xA0; }

// How many bytes of digits [. digits] | . digits, with an exponent if a whole one follows.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > from;
  };
  digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    digits();
  }
  const std::size_t mantissa = at;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    constexpr std::string_view minus = "\u2212";
    if (text.substr(at, minus.size()) == minus) {
      at += minus.size();
    } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
      ++at;
    }
    if (digits()) return at;
  }
  return mantissa;
}

std::size_t name_length(std::string_view text, std::size_t& characters) {
  std::size_t at = 0;
  for (characters = 0; at < text.size(); ++characters) {
    const auto point = code_point(text.substr(at));
    if (!is_letter(point->code) && point->code != U'_' && !is_digit(text[at])) break;
    at += point->bytes;
  }
  return at;
}

}  // namespace

void read_tokens(Line line, std::vector<Token>& tokens) {
  tokens.clear();
  std::size_t at = 0;
  for (std::size_t taken = 0; at < line.text.size(); at += taken) {
    const std::string_view rest = line.text.substr(at);
    const Code_point point = *code_point(rest);  // next() has looked at every one
    taken = point.bytes;
    if (is_blank(point.code)) continue;
    if (point.code == U'#') break;
    if (is_digit(rest[0]) || (rest[0] == '.' && rest.size() > 1 && is_digit(rest[1]))) {
      taken = number_length(rest);
      tokens.push_back({Token::Kind::number, rest.substr(0, taken), at, 0});
    } else if (is_letter(point.code) || point.code == U'_') {
      std::size_t characters = 0;
      taken = name_length(rest, characters);
      // The d of a derivative comes on top of a name; that no value is called so is seen where it is defined.
      const std::size_t most = longest_name + (rest[0] == 'd' ? 1 : 0);
      const auto kind = characters > most ? Token::Kind::bad : Token::Kind::name;
      tokens.push_back({kind, rest.substr(0, taken), at, 0});
    } else if (const char sign = sign_of(point.code)) {
      tokens.push_back({Token::Kind::sign, rest.substr(0, taken), at, sign});
    } else {
      tokens.push_back({Token::Kind::bad, rest.substr(0, taken), at, 0});
    }
  }
  const std::size_t end = tokens.empty() ? 0 : tokens.back().at + tokens.back().text.size();
  tokens.push_back({Token::Kind::end, line.text.substr(end, 0), end, 0});
}

Written_number written_number(const Source& source, Line line, const Token& token) {
  const Place place{line, token.at};
  // Counted in bytes: a number is of ASCII, but that the minus before its exponent may be of typesetting.
  if (token.text.size() > Written_number::longest) source.fail(place, "a number has up to 1,000 characters");
  try {
    return Written_number(token.text);
  } catch (const std::invalid_argument&) {  // the lexer has seen to its form, so it is its size
    const std::size_t e = token.text.find_first_of("eE");
    const bool small =
        e != std::string_view::npos && token.text.find_first_of("-\u2212", e) != std::string_view::npos;
    source.fail(place, small ? too_small : "this number is too large: a double holds up to about 1.8e308");
  }
}

double number_of(const Source& source, Line line, const Token& token) {
  const Written_number number = written_number(source, line, token);
  if (number.value() == 0.0 && !number.is_zero()) source.fail({line, token.at}, too_small);
  return number.value();
}

std::string named(const Token& token) {
  if (token.kind == Token::Kind::end) return "the end of the line";
  if (token.is('\'')) return "a prime";
  std::size_t cut = 40;
  if (token.text.size() <= cut) return "'" + std::string(token.text) + "'";
  while ((token.text[cut] & 0xC0) == 0x80) --cut;
  return "'" + std::string(token.text.substr(0, cut)) + "\u2026'";
}

namespace {

// What somebody who typed this may have meant.
std::string mend_of(char32_t c) {
  switch (c) {
    case U'.': return "; a number has a digit beside its point";
    case U'[':
    case U']':
    case U'{':
    case U'}': return "; parentheses are ( and )";
    case 0x00F7: return "; a quotient is written with /";
    case 0x2012:  // dashes
    case 0x2013:
    case 0x2014: return "; a minus is written -";
    case 0x00B2:  // small 2 and 3
    case 0x00B3: return "; a power is written with ^";
    case 0x2217: return "; a product is written with *";
    case 0x221A: return "; a root is written sqrt(x)";
    default: return "";
  }
}

std::string code_number(char32_t c) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string text = "U+";
  for (int shift = 12; shift >= 0; shift -= 4) text += hex[c >> shift & 15U];
  return text;
}

}  // namespace

std::string trouble_with(const Token& token) {
  const char32_t first = first_code_point(token.text).code;
  const std::string no_place = " has no place in a worksheet";
  if (is_letter(first) || first == U'_') return too_long_a_name;
  if (first == 0) return "a zero byte" + no_place;
  if (is_control(first)) return "a control character" + no_place;
  if (is_invisible(first)) return "the invisible character " + code_number(first) + no_place;
  return "'" + std::string(token.text) + "'" + no_place + mend_of(first);
}

}  // namespace bp::worksheet
