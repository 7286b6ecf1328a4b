// For lessons that measure and plot: numbers that differ from machine to machine are marked, and where there
// is no gnuplot a plot's numbers take its place.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lessons/picture.h"
#include "viz/plot.h"

namespace bp {

/// The text with "~ " before each line that is not empty, in the place of its first two spaces if it begins
/// so: what stands on it was measured, and another machine may measure something else. The tests compare the
/// words of such lines and not their numbers.
inline std::string measured(std::string_view text) {
  std::string marked;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.substr(0, 2) == "  ") line.remove_prefix(2);
    if (line != "\n") marked += "~ ";
    marked += line;
  }
  return marked;
}

/// How a lesson says whether what it claims came true.
inline const char* yes(bool claim) { return claim ? "yes" : "no"; }

/// Whether the reader, or a test, asked for a small run by BACKSTEP_QUICK=1.
inline bool quick() {
  const char* wish = std::getenv("BACKSTEP_QUICK");
  return wish != nullptr && std::string_view(wish) == "1";
}

/// Draws a plot to the lesson's pictures and says so: its file, then `caption`, which ends its own lines.
template <class Plot>
void show(const Plot& what, std::string_view name, std::string_view caption) {
  const Plotted plotted = plot(what, picture(name));
  if (plotted.is_picture()) {
    fmt::print("Picture: {}\n{}", name, caption);
  } else {
    fmt::print("Numbers: {} ({})\n{}", plotted.file.filename().string(), plotted.note, caption);
  }
}

}  // namespace bp
