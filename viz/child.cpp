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

#ifndef __linux__
extern char** environ;  // only Linux declares it
#endif

namespace bp {

namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error("backstep: " + what + ": " + std::strerror(error));
}

// Files without a name take what the child writes: with pipes for both streams each side could wait for the
// other.
struct Close_file {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Nameless_file = std::unique_ptr<std::FILE, Close_file>;

Nameless_file nameless_file() {
  Nameless_file file(std::tmpfile());
  if (!file) fail("cannot make a temporary file", errno);
  return file;
}

std::string text_of(std::FILE* file) {
  std::string text;
  std::rewind(file);
  char some[4096];
  for (std::size_t count = 0; (count = std::fread(some, 1, sizeof some, file)) > 0;) text.append(some, count);
  return text;
}

// Which files a child process has as its standard streams.
class Streams {
 public:
  Streams(int out, int err) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
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

std::optional<Child_output> run_child(std::vector<std::string> arguments) {
  const Nameless_file out = nameless_file(), err = nameless_file();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const Streams streams(::fileno(out.get()), ::fileno(err.get()));
  pid_t child = 0;
  const int refused =
      ::posix_spawnp(&child, pointers[0], streams.actions(), nullptr, pointers.data(), environ);
  if (refused == ENOENT || refused == ENOTDIR) return std::nullopt;
  if (refused != 0) fail("cannot run " + arguments[0], refused);
  int ended = 0;
  while (::waitpid(child, &ended, 0) < 0) {
    if (errno != EINTR) fail("lost sight of " + arguments[0], errno);
  }
  const int status = WIFSIGNALED(ended) ? 128 + WTERMSIG(ended) : WEXITSTATUS(ended);
  return Child_output{status, text_of(out.get()), text_of(err.get())};
}

}  // namespace bp
