// How far numbers of the batch engine are from those of the scalar engine, and a report of the first tensor
// that is too far.
//
// An error is taken relative to the greatest true number in the layer that the tensor belongs to (weight and
// bias together). Relative to itself would be too much to ask: where the terms of a gradient cancel, their
// rounding is all that is left. A bias before a batch normalisation is the extreme: its true gradient is 0,
// and what is computed for it is the rounding of its neighbours.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace bp::test {

/// What must hold: 1e-12 for double, 1e-5 for float.
template <class T>
constexpr double parity = sizeof(T) == 8 ? 1e-12 : 1e-5;

/// How many representable numbers of T lie from a to b, a whole number; infinite where one is NaN.
template <class T>
double ulps(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return INFINITY;
  using Bits = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;
  const auto place = [](T number) -> std::int64_t {  // among all numbers, in their order
    Bits bits;
    std::memcpy(&bits, &number, sizeof bits);
    return bits < 0 ? -std::int64_t(bits & std::numeric_limits<Bits>::max()) : std::int64_t(bits);
  };
  const auto low = static_cast<std::uint64_t>(std::min(place(a), place(b)));
  return static_cast<double>(static_cast<std::uint64_t>(std::max(place(a), place(b))) - low);
}

template <class T>
struct Compared {
  std::string name;          // "2.weight"
  std::vector<T> got;        // batch engine
  std::vector<double> want;  // scalar engine
};

/// Empty where all tensors agree within `tolerance`; else a line about the first that does not, at its worst
/// element.
template <class T>
std::string first_difference(const std::vector<Compared<T>>& tensors, double tolerance = parity<T>) {
  const auto layer_of = [](const std::string& name) { return name.substr(0, name.find('.')); };
  for (const Compared<T>& tensor : tensors) {
    if (tensor.got.size() != tensor.want.size() || tensor.got.empty()) {
      return tensor.name + ": " + std::to_string(tensor.got.size()) + " numbers beside " +
             std::to_string(tensor.want.size());
    }
    double scale = 0.0;
    for (const Compared<T>& other : tensors) {
      if (layer_of(other.name) != layer_of(tensor.name)) continue;
      for (const double number : other.want) scale = std::max(scale, std::abs(number));
    }
    if (scale == 0.0) return tensor.name + ": all zeros, which shows nothing";
    std::size_t worst = 0;
    double error = -1.0;
    for (std::size_t i = 0; i < tensor.got.size(); ++i) {
      const double off = std::abs(tensor.got[i] - tensor.want[i]) / scale;
      if (!(off <= error)) worst = i, error = off;
      if (std::isnan(off)) break;
    }
    if (error <= tolerance) continue;
    std::ostringstream line;
    line.precision(17);
    line << tensor.name << " differs first: element " << worst << " is " << tensor.got[worst]
         << " and should be " << tensor.want[worst] << ", "
         << ulps(tensor.got[worst], static_cast<T>(tensor.want[worst])) << " ULPs off; " << error
         << " of the layer's greatest number, " << tolerance << " allowed";
    return line.str();
  }
  return tensors.empty() ? "nothing was compared" : "";
}

}  // namespace bp::test
