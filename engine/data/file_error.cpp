// The wording of errors about files: see file_error.h.
#include "engine/data/file_error.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace bp {

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char byte) { return byte < ' ' || byte == 0x7F; }, '?');
  return text;
}

std::string quoted(const std::filesystem::path& path) { return "'" + on_one_line(path.string()) + "'"; }

void throw_cannot(const std::filesystem::path& path, const std::string& attempt, int error) {
  throw std::runtime_error(quoted(path) + ": cannot " + attempt + ": " +
                           std::generic_category().message(error));
}

void check_name(const std::filesystem::path& path, const std::string& attempt) {
  if (path.empty()) throw_cannot(path, attempt, ENOENT);
  if (path.native().find('\0') != std::string::npos) throw_cannot(path, attempt, EINVAL);
}

}  // namespace bp
