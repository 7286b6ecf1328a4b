// For lessons that put a claim to the test: the same experiment from several random starts, and how far the
// results are spread. One run says little: from another start it ends elsewhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/worksheet/digits.h"

namespace bp {

/// What several runs gave, in rising order. None may be NaN; a run that diverged counts as infinity.
class Spread {
 public:
  /// Throws:    std::invalid_argument when there is no number.
  explicit Spread(std::vector<double> numbers) : sorted_(std::move(numbers)) {
    if (sorted_.empty()) throw std::invalid_argument("backstep: a spread needs one number or more");
    std::sort(sorted_.begin(), sorted_.end());
  }

  double least() const { return sorted_.front(); }
  double most() const { return sorted_.back(); }
  /// The middle number; half way between the middle two where their number is even.
  double median() const { return (sorted_[(sorted_.size() - 1) / 2] + sorted_[sorted_.size() / 2]) / 2; }
  std::size_t below(double limit) const {
    return static_cast<std::size_t>(std::lower_bound(sorted_.begin(), sorted_.end(), limit) -
                                    sorted_.begin());
  }

  /// "0.022 (0.013 to 0.4)": the median, the least and the most.
  std::string text(int digits = 2) const {
    return shown_number(median(), digits) + " (" + shown_number(least(), digits) + " to " +
           shown_number(most(), digits) + ")";
  }

 private:
  std::vector<double> sorted_;
};

/// result(i) for each i from `first` to `last`, such as the loss that the seed i led to.
template <class Result>
Spread spread(std::uint64_t first, std::uint64_t last, Result&& result) {
  std::vector<double> numbers;
  for (std::uint64_t i = first; i <= last; ++i) numbers.push_back(static_cast<double>(result(i)));
  return Spread(std::move(numbers));
}

inline constexpr std::uint64_t starts = 10;

/// The same for the seeds 1 to 10.
template <class Experiment>
Spread ten_starts(Experiment&& experiment) {
  return spread(1, starts, experiment);
}

}  // namespace bp
