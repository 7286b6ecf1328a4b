// What goes wrong with files, said in one line: the path in quotes, what was expected, what was found.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace bp {

/// A file that could be read and is not what it should be: damaged, cut off, or of another kind.
///
/// A type of its own, so that a program can tell it from a file that could not be opened or written, which is
/// a plain std::runtime_error.
struct Bad_file : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The text on one line whatever it contains: a control character is shown as a question mark.
std::string on_one_line(std::string text);

/// The path in quotes, on one line.
std::string quoted(const std::filesystem::path& path);

/// Throws std::runtime_error `'path': cannot ATTEMPT: REASON`, the reason being the system's for that errno.
[[noreturn]] void throw_cannot(const std::filesystem::path& path, const std::string& attempt, int error);

/// Throws as throw_cannot does when no file can have that name: it is empty, or has a zero byte, with which
/// it would name another file to the system, the part before it.
void check_name(const std::filesystem::path& path, const std::string& attempt);

}  // namespace bp
