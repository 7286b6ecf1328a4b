// How much memory a piece of code takes, whatever the tests before it took.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <functional>
#include <stdexcept>

namespace bp::test {

/// By how many bytes the process grows at most while `action` runs. It runs in a child, whose peak begins
/// with what is in use now; what it changes or throws does not come back.
inline std::size_t memory_taken(const std::function<void()>& action) {
  const auto peak = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  };
  int ends[2] = {};
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe for the test");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process for the test");
  if (child == 0) {
    const std::size_t before = peak();
    try {
      action();
    } catch (const std::exception&) {  // the test asks elsewhere what is thrown
    }
    const std::size_t grown = peak() - before;
    ::_exit(::write(ends[1], &grown, sizeof grown) == sizeof grown ? 0 : 1);
  }
  ::close(ends[1]);
  std::size_t grown = 0;
  const bool told = ::read(ends[0], &grown, sizeof grown) == sizeof grown;
  ::close(ends[0]);
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0 || !told) {
    throw std::runtime_error("the process of the test did not end well");
  }
  return grown;
}

}  // namespace bp::test
