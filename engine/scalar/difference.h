// Central differences of a recorded calculation, each with an estimate of its own error.
//
// (L(x+h) - L(x-h)) / 2h misses the derivative twice over: by the bend of the curve, about h^2 |L'''| / 6,
// and by rounding, about eps |L| / h. A small step has the one error and a large step the other, and which
// step is best depends on the curve. So we try a ladder of steps, each an eighth of the one before, and keep
// the one whose estimated error is least:
//
//     bend      the distance to the next difference on the ladder, whose bend is 64 times smaller;
//     rounding  eps * sum over all nodes of |number * dL/dnumber|: each operation rounds its result, and
//               dL/dnumber says what that does to L. Twice for the two points, and twice because a function
//               may round more than once on its way.
//
// The estimate never looks at the gradient that is to be judged. A step that crosses a kink, or leaves the
// domain of an operation, is no good; a smaller one may be.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

/// One central difference, or why there is none.
struct Difference {
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN when no step was any good
  double error = std::numeric_limits<double>::infinity();   ///< estimated, absolute
  double step = 0.0;                                        ///< h: half the distance that was really taken

  /// Why steps were no good: a node that stood on its kink, or crossed it, at the smallest such step ...
  std::optional<Value> kink;
  /// ... or that was NaN or infinite. Neither: the differences never settled.
  std::optional<Value> non_finite;
};

/// The calculation that leads to a value, to be tried at other numbers.
class Differences {
 public:
  /// Takes the whole graph for its own: leaves are moved and put back, and gradients are overwritten.
  explicit Differences(Value root);

  /// The central difference by one leaf.
  ///
  /// step:      the largest step tried, for a leaf near 1; it grows with the leaf.
  /// thorough:  try the whole ladder and steps relative to a small leaf, and distrust a difference that
  ///            smaller steps contradict: for a curve whose detail is narrower than the first step. Otherwise
  ///            stop where rounding takes over.
  Difference by(Value leaf, double step, bool thorough);

 private:
  /// What one pair of points says.
  struct Rung {
    bool good = false;
    double difference = 0.0, rounding = 0.0, step = 0.0;
  };
  Rung measure(Value leaf, double x, double step, Difference& obstacle);
  std::optional<double> evaluate(Value leaf, double x, Difference& obstacle);
  static bool contradicted(const std::vector<Rung>& rungs, std::size_t i, double error);

  Graph& graph_;
  Value root_;
  double rounding_ = 0.0;      // of L, absolute
  std::vector<Value> kinked_;  // the nodes with a kink,
  std::vector<double> sides_;  // and on which side of it each is at x
};

/// On which side of its kink a node is: kink_side() of its operation and its inputs.
double kink_side_of(Value node);

}  // namespace bp
