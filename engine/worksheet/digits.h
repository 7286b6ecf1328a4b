// Does a number that somebody wrote down agree with the true one?
//
// Whoever writes 0.0010 claims four places, and no more. So a written number keeps the digits it was written
// with, and the comparison is made in exact decimal arithmetic: a double is a fraction over a power of two,
// hence a finite decimal, and nothing needs rounding.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bp {

/// A decimal number as written: +-digits * 10^unit_exponent.
///
/// The unit is that of the last written digit: 0.0001 for 0.0010, 0.001 for 1e-3, 0.1 for -.5, 1 for 100,
/// 1000 for 1e3.
class Written_number {
 public:
  static constexpr std::size_t longest = 1'000;  ///< characters
  static constexpr int largest_exponent =
      2'000;  ///< after the e; no double in `longest` characters needs more

  /// Reads [sign] (digits [. [digits]] | . digits) [(e|E) [sign] digits], and nothing around it; the sign may
  /// also be the minus of typesetting, U+2212. The text is UTF-8.
  ///
  /// Throws:  std::invalid_argument, naming the position (in characters, from 1) and what was found there;
  ///          also for a number beyond the largest double or beyond the two limits above.
  explicit Written_number(std::string_view text);

  /// The double nearest to it. A number too small for one has the value 0 but keeps its digits.
  double value() const { return value_; }

  bool negative() const { return negative_; }

  /// Its digits from the first that is not 0 to the last written: "10" for 0.0010; "0" where all are 0.
  const std::string& digits() const { return digits_; }

  /// The unit as a power of ten: -4 for 0.0010.
  int unit_exponent() const { return unit_exponent_; }

  bool is_zero() const { return digits_ == "0"; }

 private:
  bool negative_ = false;
  std::string digits_;
  int unit_exponent_ = 0;
  double value_ = 0;
};

enum class Verdict {
  right,      ///< |claimed - true| is at most half a unit and 4 ulp of the true value
  truncated,  ///< not right, but the true value cut towards zero at the last written digit
  wrong       ///< anything else
};

/// Compares what was claimed with the true value, exactly.
///
/// An ulp of the true value is the distance from it to the next double away from zero; the 4 of them forgive
/// what the last bits of our own arithmetic cannot know. A claim without a nonzero digit is right only where
/// the truth is exactly 0 (of either sign), else wrong. Where the truth is not finite every claim is wrong.
Verdict compare_digits(const Written_number& claimed, double truth);

/// The fewest digits that read back as the same double: "0.1", "100000", "1e+16", "-0", "nan", "inf", "-inf".
///
/// Plain from 1e-4 up to 1e16, with an exponent elsewhere (as Python's repr and {fmt}'s {}).
std::string shortest(double x);

/// A number for a reader, rounded to `digits` significant digits, trailing zeros dropped: 0.2984, -3,
/// 4.386e-5.
///
/// Whole numbers below a million are never rounded; below 1e-4 and from 10^digits on (but at least a million
/// for whole numbers) there is an exponent. Both zeros are "0"; there are "nan", "inf" and "-inf". The
/// decimal point is a point in every locale.
std::string shown_number(double number, int digits);

}  // namespace bp
