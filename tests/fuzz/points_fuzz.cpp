// Any bytes are either refused in one line or read as points: of two classes, finite, and finite still when
// they are standardised.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/data/file_error.h"
#include "engine/data/points_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    bp::Points_file file = bp::parse_points({reinterpret_cast<const char*>(data), size}, "fuzz");
    const auto ones = std::count(file.points.labels.begin(), file.points.labels.end(), 1);
    const bool both = ones > 0 && ones < static_cast<std::ptrdiff_t>(file.points.size());
    if (!both || !(file.classes[0] < file.classes[1])) std::abort();
    bp::standardize(file.points);
    for (const auto& point : file.points.inputs) {
      if (!std::isfinite(point[0]) || !std::isfinite(point[1])) std::abort();
    }
  } catch (const bp::Bad_file& error) {
    const std::string_view what = error.what();
    if (what.find('\n') != what.npos || what.size() > 400) std::abort();
  }
  return 0;
}
