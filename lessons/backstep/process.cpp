#include "lessons/backstep/process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "lessons/backstep/failure.h"

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#ifndef __linux__
extern char** environ;  // only Linux declares it
#endif

namespace backstep {

namespace fs = std::filesystem;

fs::path own_folder() {
  std::error_code trouble;
#ifdef __APPLE__
  char name[4096];
  std::uint32_t size = sizeof name;
  if (_NSGetExecutablePath(name, &size) != 0) return {};
  const fs::path self = fs::canonical(name, trouble);
#else
  const fs::path self = fs::read_symlink("/proc/self/exe", trouble);
#endif
  return trouble ? fs::path() : self.parent_path();
}

int run_program(const fs::path& program) {
  std::fflush(stdout);  // what we have said stands before what it says
  std::string name = program.string();
  char* arguments[] = {name.data(), nullptr};
  pid_t child = 0;
  const int refused = posix_spawn(&child, name.c_str(), nullptr, nullptr, arguments, environ);
  if (refused != 0) throw Failure(file_trouble, "cannot run " + name + ": " + std::strerror(refused));
  int ended = 0;
  while (waitpid(child, &ended, 0) < 0) {
    if (errno != EINTR) throw Failure(file_trouble, "lost sight of " + name + ": " + std::strerror(errno));
  }
  return WIFSIGNALED(ended) ? 128 + WTERMSIG(ended) : WEXITSTATUS(ended);
}

}  // namespace backstep
