// The paths from a root to a value: what a gradient is the sum of.
//
// By the chain rule d(root)/d(value) is a sum with one term for each path that leads from the root down to
// the value, and the term is the product of the local derivatives along the path. The backward pass adds the
// terms up without ever looking at one of them; here they are told apart. There may be 2^500 of them: they
// are counted exactly, and the largest are found, without going through all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

/// One step of a path: from the node at the place `user` of the tape to its input `input`. A node may use a
/// value twice, as x * x does: these are two steps, hence two paths. 8 bytes, since a path may have a million
/// steps.
struct Path_step {
  std::uint32_t user, input;
};

/// One path, and its share of the derivative.
struct Path {
  std::vector<Path_step> steps;  ///< from the root to the value; none where the two are the same
  /// The product of the local derivatives, multiplied from the root on. From a 0 on it stays 0, as backward()
  /// passes nothing on from there. Nothing overflows on the way, only the result can.
  double product = 1.0;
};

struct Paths {
  /// Of all paths, in decimal digits, exactly: "0", "1152921504606846976"; where it has more than 1,000
  /// digits, about: "9.90066e301029".
  std::string count;
  bool is_exact = true;       ///< whether `count` and `rest_count` are
  std::vector<Path> largest;  ///< by |product|; those whose product is NaN come first, then infinite ones
  std::string rest_count;     ///< of the paths that are not in `largest`
  double rest_sum = 0.0;      ///< the sum of their products, which is added up and not subtracted
  double sum = 0.0;           ///< of all products: d(root)/d(value), to the bit what backward() leaves
};

/// The paths from `root` to `value`, of which the `top` with the largest |product| are listed.
///
/// Cost:      time and memory proportional to the tape between the two, times 1 + top; to count n paths takes
///            a pass over the tape for each 144 digits of n, and at most seven. No recursion.
/// Accuracy:  products whose sizes agree to within their rounding may change places.
/// Throws:    std::invalid_argument when `value` belongs to another graph or to none, std::out_of_range for a
///            stale handle. Neither numbers nor gradients of the graph change.
Paths find_paths(Value root, Value value, std::size_t top);

/// The product of the local derivatives along steps that follow each other, as Path::product has it: of one
/// step d(the user)/d(the input), of none 1.
double product_along(Graph& graph, std::span<const Path_step> steps);

}  // namespace bp
