#include "viz/plot/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#ifndef __linux__
extern char** environ;  // only Linux declares it
#endif

namespace bp {

namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error("backstep: " + what + ": " + std::strerror(error));
}

// A file without a name, gone when it is closed. gnuplot reads its script from one and complains into one:
// with pipes for both, each side could wait for the other.
struct Close_file {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Nameless_file = std::unique_ptr<std::FILE, Close_file>;

Nameless_file nameless_file() {
  Nameless_file file(std::tmpfile());
  if (!file) fail("cannot make a temporary file for gnuplot", errno);
  return file;
}

Nameless_file file_with(const std::string& text) {
  Nameless_file file = nameless_file();
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0) {
    fail("cannot write gnuplot's script to a temporary file", errno);
  }
  std::rewind(file.get());
  return file;
}

class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_) != 0) fail("cannot make a pipe to gnuplot", errno);
    // In gnuplot itself only the copy that becomes its standard output stays open.
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
      if (count < 0 && errno != EINTR) fail("cannot read what gnuplot draws", errno);
    }
  }

 private:
  int ends_[2] = {-1, -1};
};

// Which of our files a child process has as its standard streams.
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

pid_t start(const Streams& streams) {
  std::string program = "gnuplot", no_start_up_file = "-d";
  char* arguments[] = {program.data(), no_start_up_file.data(), nullptr};
  pid_t child = 0;
  const int refused = ::posix_spawnp(&child, program.c_str(), streams.actions(), nullptr, arguments, environ);
  if (refused == ENOENT) {
    throw Gnuplot_missing(
        "gnuplot is not installed, and draws the plots; on Debian: sudo apt-get install gnuplot-nox");
  }
  if (refused != 0) fail("cannot run gnuplot", refused);
  return child;
}

int wait_for(pid_t child) {
  int ended = 0;
  while (::waitpid(child, &ended, 0) < 0) {
    if (errno != EINTR) fail("lost sight of gnuplot", errno);
  }
  return ended;
}

// gnuplot draws a caret under the error; on one line only the words are of use.
std::string words_of(std::FILE* file) {
  std::string words;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    const bool space = c <= ' ' || c == '^' || c == 0x7F;
    if (!space) words += static_cast<char>(c);
    if (space && !words.empty() && words.back() != ' ') words += ' ';
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  constexpr std::size_t enough = 400;  // bytes; what it says last is the reason
  return words.size() <= enough ? words : "..." + words.substr(words.size() - enough);
}

}  // namespace

Gnuplot_output run_gnuplot(const std::string& script) {
  const Nameless_file in = file_with(script), err = nameless_file();
  Pipe out;
  const pid_t child = start(Streams(::fileno(in.get()), out.writing_end(), ::fileno(err.get())));
  out.close_writing_end();
  Gnuplot_output output;
  output.bytes = out.read_all();
  const int ended = wait_for(child);
  output.warning = words_of(err.get());
  const std::string said = output.warning.empty() ? "" : "; it says: " + output.warning;
  if (WIFSIGNALED(ended)) {
    throw std::runtime_error(
        fmt::format("backstep: gnuplot was ended by signal {}{}", WTERMSIG(ended), said));
  }
  if (WEXITSTATUS(ended) != 0) {
    throw std::runtime_error(
        fmt::format("backstep: gnuplot failed with status {}{}", WEXITSTATUS(ended), said));
  }
  if (output.bytes.empty()) throw std::runtime_error("backstep: gnuplot drew nothing" + said);
  return output;
}

}  // namespace bp
