// Opening and reading with POSIX calls, which say why they failed: see input_file.h.
#include "engine/data/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/data/file_error.h"

namespace bp {
namespace {

int opened(const std::filesystem::path& path) {
  check_name(path, "read it");
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) throw_cannot(path, "open it", errno);
  return descriptor;
}

}  // namespace

Input_file::Input_file(const std::filesystem::path& path) : path_(path), descriptor_(opened(path)) {
  struct stat found {};
  const int error = ::fstat(descriptor_, &found) != 0 ? errno : S_ISDIR(found.st_mode) ? EISDIR : 0;
  if (error != 0) {
    ::close(descriptor_);  // a constructor that throws has no destructor to do it
    throw_cannot(path_, error == EISDIR ? "read it" : "open it", error);
  }
  stated_size_ = static_cast<std::uintmax_t>(found.st_size);
}

Input_file::~Input_file() { ::close(descriptor_); }

std::size_t Input_file::read(std::span<std::byte> into) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw_cannot(path_, "read it", errno);
  }
}

}  // namespace bp
