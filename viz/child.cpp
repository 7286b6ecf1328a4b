#include "viz/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#ifndef __linux__
extern char** environ;  // only Linux declares it
#endif

namespace bp {

namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error("backstep: " + what + ": " + std::strerror(error));
}

// A file without a name, gone when it is closed. The child reads from one and complains into one: with pipes
// for these, too, each side could wait for the other.
struct Close_file {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Nameless_file = std::unique_ptr<std::FILE, Close_file>;

Nameless_file nameless_file() {
  Nameless_file file(std::tmpfile());
  if (!file) fail("cannot make a temporary file", errno);
  return file;
}

Nameless_file file_with(std::string_view text) {
  Nameless_file file = nameless_file();
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0) {
    fail("cannot write to a temporary file", errno);
  }
  std::rewind(file.get());
  return file;
}

std::string text_of(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char some[4096];
  for (std::size_t count = 0; (count = std::fread(some, 1, sizeof some, file)) > 0;) text.append(some, count);
  return text;
}

// What it writes comes through a pipe: into a file on a full disk half of it could go, and nobody would know.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_) != 0) fail("cannot make a pipe", errno);
    // In the child only the copy that becomes its standard output stays open.
    for (const int end : ends_) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_writing_end();
    ::close(ends_[0]);
  }

  int writing_end() const { return ends_[1]; }
  void close_writing_end() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

  // All that comes until the other side closes its end.
  std::string read_all() {
    std::string all;
    char some[65536];
    for (;;) {
      const ssize_t count = ::read(ends_[0], some, sizeof some);
      if (count == 0) return all;
      if (count > 0) all.append(some, static_cast<std::size_t>(count));
      if (count < 0 && errno != EINTR) fail("cannot read from a pipe", errno);
    }
  }

 private:
  int ends_[2] = {-1, -1};
};

// Which files a child process has as its standard streams.
class Streams {
 public:
  Streams(int in, int out, int err) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  ~Streams() { posix_spawn_file_actions_destroy(&actions_); }

  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

}  // namespace

std::optional<Child_output> run_child(std::vector<std::string> arguments, std::string_view input) {
  const Nameless_file in = file_with(input), err = nameless_file();
  Pipe out;
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const Streams streams(::fileno(in.get()), out.writing_end(), ::fileno(err.get()));
  pid_t child = 0;
  const int refused =
      ::posix_spawnp(&child, pointers[0], streams.actions(), nullptr, pointers.data(), environ);
  if (refused == ENOENT || refused == ENOTDIR) return std::nullopt;
  if (refused != 0) fail("cannot run " + arguments[0], refused);
  out.close_writing_end();
  std::string written = out.read_all();
  int ended = 0;
  while (::waitpid(child, &ended, 0) < 0) {
    if (errno != EINTR) fail("lost sight of " + arguments[0], errno);
  }
  const int signal = WIFSIGNALED(ended) ? WTERMSIG(ended) : 0;
  const int status = signal != 0 ? 128 + signal : WEXITSTATUS(ended);
  return Child_output{status, signal, std::move(written), text_of(err.get())};
}

}  // namespace bp
