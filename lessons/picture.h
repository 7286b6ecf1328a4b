// What every lesson needs and none is about: where its picture and its page go, and one clear line when
// something fails.
#pragma once

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "viz/page.h"
#include "viz/render.h"

namespace bp {

/// Where a picture of this name goes: the folder $BACKSTEP_PICTURES, or the current folder when that is not
/// set.
inline std::filesystem::path picture(std::string_view name) {
  const char* folder = std::getenv("BACKSTEP_PICTURES");
  return std::filesystem::path(folder == nullptr ? "" : folder) / name;
}

/// Whether the reader asked for pages: lessons/run N --page sets BACKSTEP_PAGE=1.
inline bool wants_page() {
  const char* wish = std::getenv("BACKSTEP_PAGE");
  return wish != nullptr && std::string_view(wish) == "1";
}

/// Draws what leads to `root` into this picture of the lesson's. For a reader who wants pages it becomes one,
/// too, on which to step through it: 04_backward.html beside 04_backward.png.
inline void show_graph(Value root, std::string_view name, const Picture_options& options = {}) {
  draw(root, picture(name), options);
  if (wants_page()) write_page(root, picture(name).replace_extension(".html"), {.title = options.title});
}

/// Runs a lesson and returns what main returns: 0, or 1 after a line on standard error that says what failed.
inline int run(void (*lesson)()) {
  try {
    lesson();
    errno = 0;
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
    return 0;
  } catch (const std::exception& error) {
    const std::string what = error.what();
    fmt::print(stderr, "{}{}\n", what.rfind("backstep: ", 0) == 0 ? "" : "backstep: ", what);
    return 1;
  }
}

}  // namespace bp
