// Writing by temporary file and rename, and reading with a limit: see file.h. POSIX calls throughout, because
// the standard streams tell neither why they failed nor whether the bytes reached the disk.
#include "engine/data/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <utility>

#include "engine/data/file_error.h"
#include "engine/data/input_file.h"

namespace bp {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }

  // False with errno where the last bytes could not be written after all.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

// False with errno where it failed.
bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written == 0) errno = EIO;  // nothing taken and no reason given: asking again could go on for ever
    if (written <= 0 && errno != EINTR) return false;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Removed again unless it was renamed into its place.
class Temporary {
 public:
  Temporary(const fs::path& folder, mode_t mode, const fs::path& wanted)
      : file_(create(folder, mode, wanted)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  Descriptor& file() { return file_; }

  bool rename_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return false;
    path_.clear();
    return true;
  }

 private:
  // A name of its own length, so that the wanted name may be as long as the system allows. O_EXCL makes the
  // file ours alone and follows no link that somebody laid there.
  int create(const fs::path& folder, mode_t mode, const fs::path& wanted) {
    static std::atomic<unsigned> counter{0};
    for (;;) {
      path_ = folder / (".backstep-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp");
      const int number = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      if (number >= 0) return number;
      if (errno != EEXIST) { throw_cannot(wanted, "create a file in its folder", errno); }
    }
  }

  fs::path path_;
  Descriptor file_;
};

// Where the links lead. The target of the last one need not exist.
fs::path followed(fs::path path) {
  std::error_code error;
  for (int links = 0; links < 40 && fs::is_symlink(fs::symlink_status(path, error)); ++links) {
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

// The descriptor, 1 or 2, that is this very file, pipe or terminal.
std::optional<int> standard_stream(const struct stat& wanted) {
  for (const int number : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat found {};
    if (::fstat(number, &found) == 0 && found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino) {
      return number;
    }
  }
  return std::nullopt;
}

void write_straight(const fs::path& path, std::string_view bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (file.number() < 0) throw_cannot(path, "open it for writing", errno);
  if (!write_all(file.number(), bytes) || !file.close()) throw_cannot(path, "write to it", errno);
}

// What stands there, if anything; a folder is refused.
std::optional<struct stat> found_at(const fs::path& path) {
  check_name(path, "write it");
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno != ENOENT) throw_cannot(path, "write it", errno);
    return std::nullopt;
  }
  if (S_ISDIR(found.st_mode)) throw_cannot(path, "write it", EISDIR);
  return found;
}

bool may(const fs::path& path, int access) {
  return ::faccessat(AT_FDCWD, path.c_str(), access, AT_EACCESS) == 0;
}

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

// `old` describes the file that is to be replaced, where there is one.
void replace(const fs::path& path, const std::optional<struct stat>& old, std::string_view bytes) {
  const fs::path target = followed(path);
  if (old && !may(target, W_OK)) throw_cannot(path, "replace it", errno);
  // The old file's permissions from the start, so that nobody can open what becomes a private file; what the
  // umask took away of them comes back.
  constexpr mode_t permissions = S_IRWXU | S_IRWXG | S_IRWXO;
  const mode_t mode = old ? old->st_mode & permissions : mode_t{0666};
  Temporary temporary(folder_of(target), mode, path);
  Descriptor& file = temporary.file();
  if (old && ::fchmod(file.number(), mode) != 0) throw_cannot(path, "keep its permissions", errno);
  const std::string size = std::to_string(bytes.size()) + " bytes";
  if (!write_all(file.number(), bytes)) throw_cannot(path, "write " + size, errno);
  if (::fsync(file.number()) != 0 || !file.close())
    throw_cannot(path, "bring " + size + " to the disk", errno);
  if (!temporary.rename_to(target)) throw_cannot(path, "move the new file to its place", errno);
}

}  // namespace

void write_file_whole(const fs::path& path, std::string_view bytes) {
  const std::optional<struct stat> found = found_at(path);
  if (!found) return replace(path, found, bytes);
  if (const std::optional<int> number = standard_stream(*found)) {
    std::FILE* const held_back = *number == STDOUT_FILENO ? stdout : stderr;
    if (std::fflush(held_back) != 0 || !write_all(*number, bytes)) throw_cannot(path, "write to it", errno);
  } else if (S_ISREG(found->st_mode)) {
    replace(path, found, bytes);
  } else {
    write_straight(path, bytes);
  }
}

void check_writable(const fs::path& path) {
  const std::optional<struct stat> found = found_at(path);
  if (found && standard_stream(*found)) return;
  const bool is_made_anew = !found || S_ISREG(found->st_mode);
  if (found && !may(path, W_OK)) {
    throw_cannot(path, is_made_anew ? "replace it" : "open it for writing", errno);
  }
  if (is_made_anew && !may(folder_of(followed(path)), W_OK | X_OK)) {
    throw_cannot(path, "create a file in its folder", errno);
  }
}

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  Input_file file(path);
  const auto refuse = [&](const std::string& found) {
    throw Bad_file(quoted(path) + ": expected at most " + std::to_string(max_bytes) + " bytes, found " +
                   found);
  };
  const std::uintmax_t stated = file.stated_size();
  if (stated > max_bytes) refuse(std::to_string(stated));

  // One byte more than may come shows that there was more. What states no size is read in growing pieces.
  const std::size_t most = std::min(max_bytes, std::string().max_size() - 1);
  const std::size_t first = stated > 0 ? static_cast<std::size_t>(stated) : 64 * 1024;
  std::string bytes(std::min(most, first) + 1, '\0');
  std::size_t used = 0;
  while (const std::size_t got = file.read(std::as_writable_bytes(std::span(bytes).subspan(used)))) {
    used += got;
    if (used > most) refuse("more");
    if (used == bytes.size()) bytes.resize(std::min(most, 2 * used) + 1);
  }
  bytes.resize(used);
  return bytes;
}

std::string read_standard_input(std::size_t max_bytes) {
  const std::size_t most = std::min(max_bytes, std::string().max_size() - 1);
  std::string bytes;
  for (std::size_t used = 0;;) {
    if (used == bytes.size()) {
      bytes.resize(std::min(most, std::max<std::size_t>(64 * 1024, 2 * used)) + 1);
    }
    const std::size_t got = std::fread(bytes.data() + used, 1, bytes.size() - used, stdin);
    used += got;
    if (used > most) {
      throw Bad_file(std::string(standard_input) + ": expected at most " + std::to_string(max_bytes) +
                     " bytes, found more");
    }
    if (got > 0) continue;
    if (std::ferror(stdin) != 0) throw_cannot(standard_input, "read it", errno);
    bytes.resize(used);
    return bytes;
  }
}

}  // namespace bp
