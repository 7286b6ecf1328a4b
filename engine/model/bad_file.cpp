#include "engine/model/bad_file.h"

#include "engine/data/file_error.h"

namespace bp {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 80;
  if (text.size() <= most) return "'" + on_one_line(std::string(text)) + "'";
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a letter
  return "'" + on_one_line(std::string(text.substr(0, end))) + "...'";
}

void refuse_file(std::string_view source, const std::string& what) {
  throw Bad_file("'" + on_one_line(std::string(source)) + "': " + what);
}

}  // namespace bp
