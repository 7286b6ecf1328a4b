// Products of any number of factors, without overflow or underflow on the way.
//
// For paths.cpp alone, and not installed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace bp {

/// mantissa * 2^exponent with 1/2 <= |mantissa| < 1; or 0, an infinity or NaN, whose exponent is 0.
class Scaled {
 public:
  explicit Scaled(double number) : Scaled(number, 0) {}

  bool is_zero() const { return mantissa_ == 0.0; }
  bool is_nan() const { return std::isnan(mantissa_); }
  bool is_infinite() const { return std::isinf(mantissa_); }

  /// Rounded to 53 bits, as every product of doubles is. A 0 on the left stays 0, as a node whose gradient
  /// is 0 passes nothing on.
  friend Scaled operator*(Scaled left, Scaled right) {
    if (left.is_zero()) return left;
    return Scaled(left.mantissa_ * right.mantissa_, left.exponent_ + right.exponent_);
  }

  Scaled size() const { return Scaled(std::abs(mantissa_), exponent_); }

  /// By size: 0, then numbers, then infinity, then NaN, which comes before all that is certain.
  friend bool is_smaller(Scaled a, Scaled b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    if (rank(a) != 1) return false;
    if (a.exponent_ != b.exponent_) return a.exponent_ < b.exponent_;
    return std::abs(a.mantissa_) < std::abs(b.mantissa_);
  }

  /// The nearest double: an infinity or 0 where it is out of their range.
  double number() const {
    const std::int64_t exponent = std::clamp<std::int64_t>(exponent_, -5'000, 5'000);
    return std::ldexp(mantissa_, static_cast<int>(exponent));
  }

 private:
  Scaled(double mantissa, std::int64_t exponent) : mantissa_(mantissa) {
    if (mantissa == 0.0 || !std::isfinite(mantissa)) return;
    int more = 0;
    mantissa_ = std::frexp(mantissa, &more);
    exponent_ = exponent + more;
  }

  static int rank(Scaled x) { return x.is_zero() ? 0 : x.is_nan() ? 3 : x.is_infinite() ? 2 : 1; }

  double mantissa_;
  std::int64_t exponent_ = 0;
};

}  // namespace bp
