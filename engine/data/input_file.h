// A file that is read a piece at a time, so that what it says can be judged before memory is taken for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace bp {

/// A file, a pipe or a device, open for reading.
class Input_file {
 public:
  /// Opens it; a named pipe waits for its writer.
  ///
  /// Throws:  std::runtime_error in one line: path and the system's reason (no such file, no permission, a
  ///          folder).
  explicit Input_file(const std::filesystem::path& path);
  Input_file(const Input_file&) = delete;
  Input_file& operator=(const Input_file&) = delete;
  ~Input_file();

  /// How large the system says it is, in bytes; 0 where it does not say (a pipe, a device, a file of /proc).
  std::uintmax_t stated_size() const { return stated_size_; }

  /// Puts up to into.size() bytes there and says how many; 0 only at the end, or when none were asked for.
  ///
  /// Throws:  std::runtime_error in one line: path and the system's reason.
  std::size_t read(std::span<std::byte> into);

 private:
  std::filesystem::path path_;
  int descriptor_;
  std::uintmax_t stated_size_ = 0;
};

}  // namespace bp
