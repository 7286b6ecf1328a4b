#include "engine/worksheet/lexer.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace bp::worksheet {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Letters of the scripts that people write names in; signs among them, such as the times of Latin 1, are none.
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
    if (!is_letter(point->value) && point->value != U'_' && !is_digit(text[at])) break;
    at += point->bytes;
  }
  return at;
}

}  // namespace

std::vector<Token> tokens_of(Line line) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  for (std::size_t taken = 0; at < line.text.size(); at += taken) {
    const std::string_view rest = line.text.substr(at);
    const Code_point point = *code_point(rest);  // next() has looked at every one
    taken = point.bytes;
    if (is_blank(point.value)) continue;
    if (point.value == U'#') break;
    if (is_digit(rest[0]) || (rest[0] == '.' && rest.size() > 1 && is_digit(rest[1]))) {
      taken = number_length(rest);
      tokens.push_back({Token::Kind::number, rest.substr(0, taken), at, 0});
    } else if (is_letter(point.value) || point.value == U'_') {
      std::size_t characters = 0;
      taken = name_length(rest, characters);
      const auto kind = characters > longest_name ? Token::Kind::bad : Token::Kind::name;
      tokens.push_back({kind, rest.substr(0, taken), at, 0});
    } else if (const char sign = sign_of(point.value)) {
      tokens.push_back({Token::Kind::sign, rest.substr(0, taken), at, sign});
    } else {
      tokens.push_back({Token::Kind::bad, rest.substr(0, taken), at, 0});
    }
  }
  tokens.push_back({Token::Kind::end, line.text.substr(at, 0), at, 0});
  return tokens;
}

std::string named(const Token& token) {
  if (token.kind == Token::Kind::end) return "the end of the line";
  std::size_t cut = 40;
  if (token.text.size() <= cut) return "'" + std::string(token.text) + "'";
  while ((token.text[cut] & 0xC0) == 0x80) --cut;
  return "'" + std::string(token.text.substr(0, cut)) + "\u2026'";
}

std::string trouble_with(const Token& token) {
  const char32_t first = code_point(token.text)->value;
  if (is_letter(first) || first == U'_') return "a name has up to 1,000 characters";
  if (first == 0) return "a zero byte has no place in a worksheet";
  if (first < U' ' || (first >= 0x7F && first < 0xA0))
    return "a control character has no place in a worksheet";
  return "'" + std::string(token.text) + "' has no place in a worksheet" +
         (first == U'.' ? "; a number has a digit beside its point" : "");
}

}  // namespace bp::worksheet
