// Reading a written number and comparing it: see digits.h for the rule.
#include "engine/worksheet/digits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <system_error>

#include "engine/worksheet/natural.h"

namespace bp {
namespace {

// Reads the grammar from left to right. `at` is always the first byte not yet taken.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }

  bool take(char wanted) {
    if (at_end() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  // True for a minus, of either kind; a plus is taken and changes nothing.
  bool take_sign() {
    constexpr std::string_view minus = "\u2212";
    if (text_.substr(at_, minus.size()) == minus) {
      at_ += minus.size();
      return true;
    }
    if (take('-')) return true;
    take('+');
    return false;
  }

  std::string_view take_digits() {
    const std::size_t from = at_;
    while (!at_end() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return text_.substr(from, at_ - from);
  }

  [[noreturn]] void fail(const std::string& what) const {
    const std::size_t position = characters(text_.substr(0, at_)) + 1;
    throw std::invalid_argument("written number, position " + std::to_string(position) + ": " + what);
  }

  [[noreturn]] void fail_expecting(const std::string& expected) const {
    fail("expected " + expected + ", found " + found());
  }

  // Code points: every byte but those that go on with one.
  static std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
  }

 private:
  // Bytes that are not printable ASCII are named, so that no message carries what a file smuggles in.
  std::string found() const {
    if (at_end()) return "the end";
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte > ' ' && byte < 0x7F) return {'\'', text_[at_], '\''};
    constexpr std::string_view hex = "0123456789abcdef";
    return std::string("byte 0x") + hex[byte >> 4] + hex[byte & 15];
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// The number after the e, sign and all.
int read_exponent(Reader& reader) {
  const Reader start = reader;
  const bool negative = reader.take_sign();
  const std::string_view digits = reader.take_digits();
  if (digits.empty()) reader.fail_expecting("a digit of the exponent");
  int exponent = 0;
  for (const char digit : digits) {
    exponent = exponent * 10 + (digit - '0');
    if (exponent > Written_number::largest_exponent) {
      start.fail("the exponent is beyond " + std::to_string(Written_number::largest_exponent));
    }
  }
  return negative ? -exponent : exponent;
}

// m * 2^two * 10^ten, where that is whole: ten >= 0 and ten + two >= 0.
Natural whole(std::uint64_t m, int two, int ten) {
  if (two >= 0) return Natural(m).times_power(2, two).times_power(10, ten);
  return Natural(m).times_power(5, -two).times_power(10, ten + two);  // 10^-two = 2^-two * 5^-two
}

}  // namespace

Written_number::Written_number(std::string_view text) {
  Reader reader(text);
  if (Reader::characters(text) > longest) {
    throw std::invalid_argument("written number: longer than " + std::to_string(longest) + " characters");
  }
  negative_ = reader.take_sign();
  digits_ = reader.take_digits();
  const bool whole_part = !digits_.empty();
  if (reader.take('.')) {
    const std::string_view places = reader.take_digits();
    if (places.empty() && !whole_part) reader.fail_expecting("a digit");
    digits_ += places;
    unit_exponent_ = -static_cast<int>(places.size());
  } else if (!whole_part) {
    reader.fail_expecting("a digit or a point");
  }
  if (reader.take('e') || reader.take('E')) unit_exponent_ += read_exponent(reader);
  if (!reader.at_end()) reader.fail_expecting("the end of the number");

  digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size() - 1));
  const std::string plain = digits_ + "e" + std::to_string(unit_exponent_);
  const std::errc error = std::from_chars(plain.data(), plain.data() + plain.size(), value_).ec;
  // Out of range is too large or too small, which leaves the value at 0; the first digit's place tells which.
  if (error == std::errc::result_out_of_range && static_cast<int>(digits_.size()) + unit_exponent_ > 0) {
    throw std::invalid_argument("written number: beyond the largest double, about 1.8e308");
  }
  if (negative_) value_ = -value_;
}

Verdict compare_digits(const Written_number& claimed, double truth) {
  if (!std::isfinite(truth)) return Verdict::wrong;
  if (claimed.is_zero() || truth == 0)
    return claimed.is_zero() && truth == 0 ? Verdict::right : Verdict::wrong;

  // |truth| = m * 2^two with m < 2^53, where 2^two is the ulp: that of the binade, or of the subnormals.
  int two = 0;
  std::frexp(truth, &two);
  two = std::max(two - 53, -1074);
  const auto m = static_cast<std::uint64_t>(std::ldexp(std::abs(truth), -two));

  // Everything is scaled by one power of ten that makes it whole: the truth and half a unit.
  const int unit = claimed.unit_exponent();
  const int scale = std::max({0, -two, 1 - unit});
  const Natural said = Natural(claimed.digits()).times_power(10, scale + unit);
  const Natural is = whole(m, two, scale);
  const Natural half_unit = Natural(5).times_power(10, scale + unit - 1);
  const Natural slack = half_unit + whole(4, two, scale);

  const bool same_sign = claimed.negative() == (truth < 0);
  const Natural distance = same_sign ? said - is : said + is;
  if (!(slack < distance)) return Verdict::right;
  const bool cut = same_sign && !(is < said) && is < said + half_unit + half_unit;
  return cut ? Verdict::truncated : Verdict::wrong;
}

std::string shortest(double x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x < 0 ? "-inf" : "inf";
  const double size = std::abs(x);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  std::array<char, 32> text;  // at most 24 characters: -1.2345678901234567e-308
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  return {text.data(), end};
}

std::string shown_number(double number, int digits) {
  constexpr double never_rounded = 1e6;  // whole numbers below
  if (!std::isfinite(number)) return shortest(number);
  if (number == 0.0) return "0";
  std::array<char, 32> text;  // at most 24 characters: -1.2345678901234567e-308
  const auto write = [&](auto... format) {
    return std::string(text.data(), std::to_chars(text.data(), text.data() + text.size(), format...).ptr);
  };
  if (std::abs(number) < never_rounded && number == std::trunc(number))
    return write(static_cast<int>(number));
  std::string shown = write(number, std::chars_format::general, digits);
  const std::size_t exponent = shown.find('e');  // "4.386e-05" is 4.386e-5
  if (exponent == std::string::npos) return shown;
  const std::size_t first = shown.find_first_not_of("+-0", exponent + 1);
  return shown.substr(0, exponent) + (shown[exponent + 1] == '-' ? "e-" : "e") + shown.substr(first);
}

}  // namespace bp
