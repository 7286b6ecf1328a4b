#include "tests/viz/xml.h"

#include <cstdint>
#include <stdexcept>

namespace bp::test {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error("not well-formed: " + what); }

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
         c == '-' || c == '.';
}

// Independent of the engine's own decoder: it asks only whether the bytes are UTF-8 and the characters XML's.
void check_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int more = lead < 0x80   ? 0
                     : lead < 0xC0 ? -1
                     : lead < 0xE0 ? 1
                     : lead < 0xF0 ? 2
                     : lead < 0xF8 ? 3
                                   : -1;
    if (more < 0 || i + static_cast<std::size_t>(more) >= text.size()) refuse("broken UTF-8");
    std::uint32_t c = more == 0 ? lead : lead & (0x3Fu >> more);
    for (int k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      if (byte < 0x80 || byte > 0xBF) refuse("broken UTF-8");
      c = c * 64 + (byte - 0x80u);
    }
    const std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const bool allowed = c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
                         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
    if (!allowed || c < least[more]) refuse("a character that XML has not");
    i += static_cast<std::size_t>(more) + 1;
  }
}

std::string utf8(unsigned long c) {
  std::string text;
  if (c < 0x80) return {static_cast<char>(c)};
  if (c >= 0x10000) text += static_cast<char>(0xF0 | c >> 18);
  if (c >= 0x800) text += static_cast<char>(c >= 0x10000 ? 0x80 | (c >> 12 & 63) : 0xE0 | c >> 12);
  text += static_cast<char>(c >= 0x800 ? 0x80 | (c >> 6 & 63) : 0xC0 | c >> 6);
  return text + static_cast<char>(0x80 | (c & 63));
}

std::string decoded(std::string_view text) {
  static const std::map<std::string, std::string> known = {
      {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') refuse("a bare <");
    if (text[i] != '&') {
      result += text[i];
      continue;
    }
    const std::size_t end = text.find(';', i);
    if (end == std::string_view::npos) refuse("a bare &");
    const std::string entity(text.substr(i + 1, end - i - 1));
    if (entity.size() > 1 && entity[0] == '#') {
      const bool hex = entity[1] == 'x';
      std::size_t used = 0;
      const std::string digits = entity.substr(hex ? 2 : 1);
      result += utf8(std::stoul(digits, &used, hex ? 16 : 10));
      if (used != digits.size()) refuse("the entity &" + entity + ";");
    } else if (const auto found = known.find(entity); found != known.end()) {
      result += found->second;
    } else {
      refuse("the entity &" + entity + ";");
    }
    i = end;
  }
  check_characters(result);
  return result;
}

class Reader {
 public:
  explicit Reader(std::string_view document) : rest_(document) { check_characters(document); }

  std::vector<Xml_piece> read() {
    while (!rest_.empty()) {
      if (rest_[0] != '<') {
        read_text();
      } else if (!skip("<?", "?>") && !skip("<!--", "-->") && !skip("<!DOCTYPE", ">")) {
        read_tag();
      }
    }
    if (!open_.empty()) refuse("<" + open_.back() + "> is never closed");
    if (!had_root_) refuse("nothing in it");
    return pieces_;
  }

 private:
  bool skip(std::string_view begin, std::string_view end) {
    if (rest_.substr(0, begin.size()) != begin) return false;
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) refuse(std::string(begin) + " without an end");
    rest_.remove_prefix(at + end.size());
    return true;
  }

  void read_text() {
    const std::string_view text = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(text.size());
    const bool blank = text.find_first_not_of(" \n\r\t") == std::string_view::npos;
    if (open_.empty() && !blank) refuse("text outside the root");
    if (text.find("]]>") != std::string_view::npos) refuse("]]> in text");
    if (!open_.empty()) pieces_.push_back({"", {}, decoded(text)});
  }

  std::string name() {
    std::size_t size = 0;
    while (size < rest_.size() && is_name(rest_[size])) ++size;
    if (size == 0) refuse("a tag without a name");
    const std::string found(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return found;
  }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
  }

  void read_tag() {
    take('<');
    const bool closes = take('/');
    Xml_piece piece;
    piece.tag = name();
    for (skip_spaces(); !rest_.empty() && is_name(rest_[0]) && !closes; skip_spaces()) read_attribute(piece);
    const bool empty = !closes && take('/');
    if (!take('>')) refuse("the tag <" + piece.tag + ">");
    if (closes) return close(piece.tag);
    if (open_.empty() && had_root_) refuse("a second root");
    had_root_ = true;
    open_.push_back(piece.tag);
    pieces_.push_back(piece);
    if (empty) close(piece.tag);
  }

  void read_attribute(Xml_piece& piece) {
    const std::string key = name();
    skip_spaces();
    const bool is = take('=');
    skip_spaces();
    const bool twice = take('"'), once = !twice && take('\'');
    if (!is || (!twice && !once)) refuse("the attribute " + key);
    const std::string_view value = rest_.substr(0, rest_.find(twice ? '"' : '\''));
    rest_.remove_prefix(value.size());
    if (!take(twice ? '"' : '\'')) refuse("the attribute " + key);
    if (!piece.attributes.emplace(key, decoded(value)).second) refuse(key + " twice");
  }

  void close(const std::string& tag) {
    if (open_.empty() || open_.back() != tag) refuse("</" + tag + "> closes nothing");
    open_.pop_back();
    pieces_.push_back({"/" + tag, {}, ""});
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  bool had_root_ = false;
  std::vector<Xml_piece> pieces_;
};

}  // namespace

std::vector<Xml_piece> read_xml(std::string_view document) { return Reader(document).read(); }

std::string text_of(const std::vector<Xml_piece>& pieces) {
  std::string text;
  for (const Xml_piece& piece : pieces) text += piece.tag.empty() ? piece.text + " " : "";
  return text;
}

}  // namespace bp::test
