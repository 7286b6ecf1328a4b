#include "engine/worksheet/hint.h"

#include <cmath>
#include <initializer_list>

namespace bp {

namespace {

constexpr double largest_count = 1000.0;

// Half a unit of the last digit, relative to the number.
double relative_uncertainty(const Written_number& claimed) {
  return 0.5 * std::pow(10.0, claimed.unit_exponent()) / std::abs(claimed.value());
}

bool is_times(const Written_number& claimed, double factor, double truth) {
  return compare_digits(claimed, factor * truth) != Verdict::wrong;
}

std::string hint_for_zero(bool truth_is_zero, Quantity quantity) {
  if (quantity == Quantity::value) return "";
  return truth_is_zero
             ? "The true gradient is exactly 0: is there a factor 0, or a closed relu, on every path?"
             : "0 says that nothing leads from here to the result: is a path missing?";
}

std::string hint_for_factor(double factor, Quantity quantity) {
  const bool gradient = quantity == Quantity::gradient;
  if (factor == -1.0) {
    return gradient ? "The sign is wrong: (target - output) in the place of (output - target)?"
                    : "The sign is wrong.";
  }
  if (factor == 2.0) {
    return gradient ? "Twice the truth: is the 1/2 of a half squared error missing?"
                    : "Twice the truth: is a 1/2 missing?";
  }
  if (factor == 0.5) {
    return gradient
               ? "Half the truth: was the 2 from the square forgotten, or did backward() run twice without "
                 "zero_grad()?"
               : "Half the truth: is there a 1/2 too many?";
  }
  return std::string(factor == -2.0 ? "Twice the truth" : "Half the truth") +
         " and of the wrong sign: two mistakes?";
}

std::string hint_for_count(int n, bool times, Quantity quantity) {
  const std::string count = std::to_string(n);
  if (times) return count + " times the truth: a sum over " + count + " where the mean is meant?";
  std::string hint = "The truth divided by " + count + ": a mean over " + count + " where the sum is meant";
  if (quantity == Quantity::gradient)
    hint += ", or did backward() run " + count + " times without zero_grad()";
  return hint + "?";
}

}  // namespace

std::string ratio_hint(const Written_number& claimed, double truth, Quantity quantity) {
  if (!std::isfinite(truth) || compare_digits(claimed, truth) != Verdict::wrong) return "";
  if (truth == 0.0 || claimed.is_zero()) return hint_for_zero(truth == 0.0, quantity);

  const double uncertainty = relative_uncertainty(claimed), ratio = claimed.value() / truth;
  if (uncertainty <= 0.05) {
    for (double factor : {-1.0, 2.0, 0.5, -2.0, -0.5}) {
      if (is_times(claimed, factor, truth)) return hint_for_factor(factor, quantity);
    }
  }
  const bool times = ratio > 1.0;
  const double n = std::round(times ? ratio : 1.0 / ratio);
  if (n >= 3.0 && n <= largest_count && uncertainty <= 0.05 / n &&
      is_times(claimed, times ? n : 1.0 / n, truth)) {
    return hint_for_count(static_cast<int>(n), times, quantity);
  }
  if (std::abs(ratio - 1.0) < 0.002) return "The first digits are right: was something rounded on the way?";
  return "";
}

}  // namespace bp
