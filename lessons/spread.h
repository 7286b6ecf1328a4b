// For lessons that put a claim to the test: the same experiment from ten random starts, and how far the
// results are spread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/worksheet/digits.h"

namespace bp {

/// What an experiment gives from the seeds 1 to 10, in rising order. No result may be NaN.
class Spread {
 public:
  static constexpr std::uint64_t starts = 10;

  /// `experiment(seed)` returns a number.
  template <class Experiment>
  explicit Spread(Experiment&& experiment) {
    for (std::uint64_t seed = 1; seed <= starts; ++seed) {
      results_.push_back(static_cast<double>(experiment(seed)));
    }
    std::sort(results_.begin(), results_.end());
  }

  double least() const { return results_.front(); }
  double most() const { return results_.back(); }
  /// Half way between the fifth and the sixth.
  double median() const { return (results_[starts / 2 - 1] + results_[starts / 2]) / 2; }
  std::size_t below(double limit) const {
    return static_cast<std::size_t>(std::lower_bound(results_.begin(), results_.end(), limit) -
                                    results_.begin());
  }

  /// "0.022 (0.013 to 0.4)": the median, the least and the most.
  std::string text(int digits = 2) const {
    return shown_number(median(), digits) + " (" + shown_number(least(), digits) + " to " +
           shown_number(most(), digits) + ")";
  }

 private:
  std::vector<double> results_;
};

}  // namespace bp
