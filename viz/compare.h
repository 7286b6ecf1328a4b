// Two runs side by side: which values differ, and where it begins.
//
//     const Comparison comparison = compare(right, wrong);
//     Picture picture = picture_of(right);
//     show_beside(picture, comparison);      // both numbers in each box, the differing ones marked
//
// Values are matched by their names, so the graphs may be put together in other ways.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/scalar/graph.h"
#include "viz/picture.h"

namespace bp {

struct Compared {
  std::string name;
  Value left, right;
  bool data_differs = false;
  bool grad_differs = false;  ///< also where one of the two has none
};

struct Comparison {
  std::vector<Compared> both;  ///< the values with names that both have, in the order of the left tape
  /// In `both`: the first on the tape whose number differs; where all numbers agree, the first that the
  /// backward pass came to whose gradient differs.
  std::optional<std::size_t> begins;
  std::vector<std::string> only_left, only_right;  ///< names, in the order of their tapes

  std::size_t differing() const;
};

/// Compares the numbers and gradients of values with the same name; of several on one tape, the last.
///
/// Two numbers differ when they are more than 10^-12 of the larger apart: sums in another order are the same.
Comparison compare(Graph& left, Graph& right);

/// Two numbers with as many digits as it takes to tell them apart, but at least `digits`.
std::pair<std::string, std::string> shown_apart(double left, double right, int digits);

/// Puts the numbers of the right run beside those of the left, of which this is a picture. Boxes of values
/// without a name stay as they are.
void show_beside(Picture& picture, const Comparison& comparison);

}  // namespace bp
