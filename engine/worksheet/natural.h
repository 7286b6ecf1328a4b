// Whole numbers of any size, with the few operations that comparing decimals and counting paths need.
//
// For digits.cpp and the counting of paths, and not installed. A double in decimal has up to 1,074 places,
// which is 120 limbs: plain school arithmetic is fast enough.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bp {

/// A whole number >= 0 of any size, kept in limbs of nine decimal digits, the lowest first.
class Natural {
 public:
  explicit Natural(std::uint64_t value) {
    for (; value > 0; value /= base) limbs_.push_back(value % base);
  }

  /// From decimal digits, of which the first must not be 0.
  explicit Natural(std::string_view digits) {
    for (const char digit : digits) times(10, static_cast<std::uint64_t>(digit - '0'));
  }

  /// From groups of 18 decimal digits, the lowest first.
  static Natural from_limbs(const std::vector<std::uint64_t>& groups) {
    Natural number(0);
    for (const std::uint64_t group : groups) {
      number.limbs_.push_back(group % base);
      number.limbs_.push_back(group / base);
    }
    return std::move(number).trimmed();
  }

  /// Its decimal digits: "0", "1048576".
  std::string digits() const {
    if (limbs_.empty()) return "0";
    std::string text = std::to_string(limbs_.back());
    for (auto limb = limbs_.rbegin() + 1; limb != limbs_.rend(); ++limb) {
      const std::string nine = std::to_string(*limb);
      text.append(9 - nine.size(), '0').append(nine);
    }
    return text;
  }

  /// This number times factor^exponent, for a factor from 1 to 10^9; an exponent below 1 changes nothing.
  Natural times_power(std::uint64_t factor, int exponent) && {
    while (exponent > 0) {
      std::uint64_t step = 1;
      for (; exponent > 0 && step * factor <= base; --exponent) step *= factor;
      times(step, 0);
    }
    return std::move(*this);
  }

  friend Natural operator+(Natural a, const Natural& b) {
    a.limbs_.resize(std::max(a.limbs_.size(), b.limbs_.size()) + 1);
    for (std::size_t i = 0; i + 1 < a.limbs_.size(); ++i) {
      a.limbs_[i] += i < b.limbs_.size() ? b.limbs_[i] : 0;
      a.limbs_[i + 1] += a.limbs_[i] / base;
      a.limbs_[i] %= base;
    }
    return std::move(a).trimmed();
  }

  /// The distance between the two, whichever is larger.
  friend Natural operator-(Natural a, Natural b) {
    if (a < b) std::swap(a, b);
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < a.limbs_.size(); ++i) {
      const std::uint64_t taken = borrow + (i < b.limbs_.size() ? b.limbs_[i] : 0);
      borrow = a.limbs_[i] < taken;
      a.limbs_[i] += borrow * base - taken;
    }
    return std::move(a).trimmed();
  }

  friend bool operator<(const Natural& a, const Natural& b) {
    if (a.limbs_.size() != b.limbs_.size()) return a.limbs_.size() < b.limbs_.size();
    return std::lexicographical_compare(a.limbs_.rbegin(), a.limbs_.rend(), b.limbs_.rbegin(),
                                        b.limbs_.rend());
  }

 private:
  static constexpr std::uint64_t base = 1'000'000'000;

  // factor <= base: a product and its carry stay below 2^64
  void times(std::uint64_t factor, std::uint64_t carry) {
    for (std::uint64_t& limb : limbs_) {
      carry += limb * factor;
      limb = carry % base;
      carry /= base;
    }
    if (carry > 0) limbs_.push_back(carry);
  }

  Natural trimmed() && {
    while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
    return std::move(*this);
  }

  std::vector<std::uint64_t> limbs_;  // none above the highest that is not 0
};

}  // namespace bp
