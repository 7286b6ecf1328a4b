// How the numbers of a histogram fall into its bins: for its picture and for its CSV.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "viz/plot.h"

namespace bp {

/// The edges of the bins: bins + 1 numbers, rising, evenly spaced or, on a logarithmic axis, evenly in the
/// logarithm. For a plot that passed its checks.
std::vector<double> bin_edges(const Histogram_plot& what);

struct Binned {
  std::vector<std::uint64_t> counts;  ///< of each bin
  std::uint64_t below = 0, above = 0, not_finite = 0;

  std::uint64_t inside() const;
  std::uint64_t all() const { return inside() + below + above + not_finite; }
};

/// Below is what is less than the first edge; on a logarithmic axis that is all that is <= 0, too.
Binned binned(const std::vector<double>& values, const std::vector<double>& edges);

}  // namespace bp
