#include "engine/worksheet/math_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

#include "engine/worksheet/utf8.h"

namespace bp::worksheet {
namespace {

constexpr std::size_t longest = 24;  // characters of a name that is set whole
constexpr std::size_t kept = 10;     // of one that is not
constexpr double small = 0.7;        // the size of a subscript

// From alpha (U+03B1) and Alpha (U+0391) on. Those without a command look like Latin letters.
constexpr std::array<std::string_view, 25> lower_greek = {
    R"(\alpha)",  R"(\beta)", R"(\gamma)", R"(\delta)",    R"(\varepsilon)", R"(\zeta)", R"(\eta)",
    R"(\theta)",  R"(\iota)", R"(\kappa)", R"(\lambda)",   R"(\mu)",         R"(\nu)",   R"(\xi)",
    R"(o)",       R"(\pi)",   R"(\rho)",   R"(\varsigma)", R"(\sigma)",      R"(\tau)",  R"(\upsilon)",
    R"(\varphi)", R"(\chi)",  R"(\psi)",   R"(\omega)"};
constexpr std::array<std::string_view, 25> upper_greek = {
    R"(\mathrm{A})", R"(\mathrm{B})", R"(\Gamma)",     R"(\Delta)",     R"(\mathrm{E})", R"(\mathrm{Z})",
    R"(\mathrm{H})", R"(\Theta)",     R"(\mathrm{I})", R"(\mathrm{K})", R"(\Lambda)",    R"(\mathrm{M})",
    R"(\mathrm{N})", R"(\Xi)",        R"(\mathrm{O})", R"(\Pi)",        R"(\mathrm{P})", "",
    R"(\Sigma)",     R"(\mathrm{T})", R"(\Upsilon)",   R"(\Phi)",       R"(\mathrm{X})", R"(\Psi)",
    R"(\Omega)"};

std::string_view greek(char32_t code) {
  if (code >= 0x3B1 && code < 0x3B1 + lower_greek.size()) return lower_greek[code - 0x3B1];
  if (code >= 0x391 && code < 0x391 + upper_greek.size()) return upper_greek[code - 0x391];
  return {};
}

// The letters with accents and ligatures that pdflatex's own fonts can put together, in Latin-1 and Latin
// Extended-A: all but eth, thorn, eng, kra and the ogoneks.
bool is_european(char32_t code) {
  constexpr std::u32string_view missing =
      U"\u00D0\u00D7\u00DE\u00F0\u00F7\u00FE\u0104\u0105\u0110\u0111\u0118\u0119\u0126\u0127\u012E\u012F"
      U"\u0138\u0149"
      U"\u014A\u014B\u0166\u0167\u0172\u0173\u017F\u0132\u0133\u013F\u0140";
  return code >= 0xC0 && code <= 0x17F && missing.find(code) == std::u32string_view::npos;
}

std::string code_number(char32_t code) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string digits;
  for (int shift = code > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) digits += hex[code >> shift & 15U];
  return "U+" + digits;
}

bool is_ascii_letter(char32_t code) { return (code | 0x20U) >= U'a' && (code | 0x20U) <= U'z'; }
bool is_digit(char32_t code) { return code >= U'0' && code <= U'9'; }

// How a letter that is neither of ASCII nor Greek is set.
Math_name foreign_letter(std::string_view bytes, char32_t code, Dialect dialect) {
  if (dialect == Dialect::markdown || is_european(code)) return {std::string(bytes), 1.2};
  const std::string number = code_number(code);
  return {number, static_cast<double>(number.size())};
}

// The letters at the beginning of the text as one word, upright; a single one of ASCII slanted.
Math_name letters_at(std::string_view& text, Dialect dialect) {
  Math_name run;
  bool foreign = false;
  std::size_t count = 0;
  while (!text.empty()) {
    const Code_point point = first_code_point(text);
    const std::string_view bytes = text.substr(0, point.bytes);
    if (!is_ascii_letter(point.code) && (point.code < 0x80 || !greek(point.code).empty())) break;
    Math_name letter{std::string(bytes), std::string_view("mwMW").find(bytes) < 4 ? 1.7 : 1.1};
    if (point.code >= 0x80) letter = foreign_letter(bytes, point.code, dialect);
    foreign = foreign || point.code >= 0x80;
    run.text += letter.text;
    run.width += letter.width;
    ++count;
    text.remove_prefix(point.bytes);
  }
  if (foreign) {
    run.text = R"(\text{)" + run.text + "}";
  } else if (count > 1) {
    run.text = R"(\mathrm{)" + run.text + "}";
  }
  return run;
}

// A part of a name between underscores.
Math_name word(std::string_view text, Dialect dialect) {
  Math_name name;
  while (!text.empty()) {
    const Code_point point = first_code_point(text);
    if (point.code < 0x80 && !is_ascii_letter(point.code)) {
      name.text += text.substr(0, point.bytes);
      name.width += 1.0;
      text.remove_prefix(point.bytes);
    } else if (!greek(point.code).empty()) {
      // A command reads on as long as there are letters.
      name.text += "{" + std::string(greek(point.code)) + "}";
      name.width += 1.2;
      text.remove_prefix(point.bytes);
    } else {
      const Math_name letters = letters_at(text, dialect);
      name.text += letters.text;
      name.width += letters.width;
    }
  }
  return name;
}

// Where the digits at the end begin, unless they are all.
std::size_t before_digits(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && is_digit(static_cast<unsigned char>(text[end - 1]))) --end;
  return end == 0 ? text.size() : end;
}

// "out_h1": head out, subscript h1. "w5": head w, subscript 5.
Math_name with_subscripts(std::string_view text, Dialect dialect) {
  const std::size_t underscore = std::min(text.find('_'), text.size());
  const std::string_view head = text.substr(0, underscore);
  const std::size_t letters = before_digits(head);
  std::vector<std::string_view> subscripts;
  if (letters < head.size()) subscripts.push_back(head.substr(letters));
  for (std::size_t at = underscore; at < text.size();) {
    const std::size_t end = std::min(text.find('_', at + 1), text.size());
    subscripts.push_back(text.substr(at + 1, end - at - 1));
    at = end;
  }
  Math_name name = word(head.substr(0, letters), dialect);
  if (subscripts.empty()) return name;
  // The space keeps Markdown from taking two underscores for the marks of emphasis.
  name.text += dialect == Dialect::markdown ? " _{" : "_{";
  for (std::size_t i = 0; i < subscripts.size(); ++i) {
    const Math_name below = word(subscripts[i], dialect);
    name.text += (i > 0 ? "," : "") + below.text;
    name.width += small * (below.width + (i > 0 ? 1.0 : 0.0));
  }
  name.text += "}";
  return name;
}

// Letter by letter, where the other way would make two names look the same.
Math_name as_written(std::string_view text, Dialect dialect) {
  Math_name name;
  name.text = dialect == Dialect::latex ? R"(\texttt{)" : R"(\text{)";
  while (!text.empty()) {
    const Code_point point = first_code_point(text);
    const std::string bytes(text.substr(0, point.bytes));
    if (point.code == U'_') {
      // Markdown would take the backslash for its own: a broad low line, U+FF3F, looks the same.
      name.text += dialect == Dialect::latex ? R"(\_)" : "\uFF3F";
    } else if (point.code < 0x80 || dialect == Dialect::markdown) {
      name.text += bytes;
    } else {
      name.text += code_number(point.code);
      name.width += 5.0;
    }
    name.width += 1.2;
    text.remove_prefix(point.bytes);
  }
  name.text += "}";
  return name;
}

// The bytes of the first `count` characters.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t bytes = 0;
  while (count-- > 0 && bytes < text.size()) bytes += first_code_point(text.substr(bytes)).bytes;
  return bytes;
}

}  // namespace

Math_names::Math_names(const std::vector<std::string>& names, Dialect dialect) {
  std::set<std::string> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Math_name name;
    if (bytes_of(names[i], longest) < names[i].size()) {
      shortened_.push_back(i);
      name = as_written(std::string_view(names[i]).substr(0, bytes_of(names[i], kept)), dialect);
      const std::string number = std::to_string(shortened_.size());
      name.text += (dialect == Dialect::markdown ? R"(\ldots _{)" : R"(\ldots_{)") + number + "}";
      name.width += 3.0 + small * static_cast<double>(number.size());
    } else {
      name = with_subscripts(names[i], dialect);
      if (taken.contains(name.text)) name = as_written(names[i], dialect);
    }
    taken.insert(name.text);
    names_.push_back(std::move(name));
  }
}

std::string as_plain_text(std::string_view text, Dialect dialect) {
  constexpr std::size_t chunk = 8;  // characters between places where a line may end
  std::string plain;
  std::size_t count = 0;
  while (!text.empty()) {
    const Code_point point = first_code_point(text);
    const std::string bytes(text.substr(0, point.bytes));
    text.remove_prefix(point.bytes);
    if (dialect == Dialect::markdown) {
      if (std::string_view(R"(\`*_[]<>#|~$&)").find(bytes) != std::string_view::npos) plain += '\\';
      plain += bytes;
      continue;
    }
    if (point.code == U'\\') {
      plain += R"(\textbackslash{})";
    } else if (point.code == U'^' || point.code == U'~') {
      plain += '\\' + bytes + "{}";
    } else if (std::string_view("#$%&_{}").find(bytes) != std::string_view::npos) {
      plain += '\\' + bytes;
    } else if (point.code == U'<' || point.code == U'>' || point.code == U'|' || point.code == U'"') {
      plain += '$' + (point.code == U'"' ? std::string("''") : bytes) + '$';
    } else if (point.code < 0x80 || is_european(point.code)) {
      plain += bytes;
    } else {
      plain += "[" + code_number(point.code) + "]";
    }
    if (++count % chunk == 0) plain += R"(\allowbreak{})";
  }
  return plain;
}

}  // namespace bp::worksheet
