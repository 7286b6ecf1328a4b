// What standard output is: whether there are colours, and how large it is.
#pragma once

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>

namespace backstep {

/// Colour is for terminals, and for people who did not say that they want none (see no-color.org).
inline bool wants_colour() {
  const char* none = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (none == nullptr || *none == '\0');
}

/// In characters; 80 x 24 where the terminal does not say.
struct Terminal_size {
  std::size_t columns = 80, rows = 24;
};

inline Terminal_size terminal_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col != 0 ? size.ws_col : std::size_t{80}, size.ws_row != 0 ? size.ws_row : std::size_t{24}};
}

}  // namespace backstep
