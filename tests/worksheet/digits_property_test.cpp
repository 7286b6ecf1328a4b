// compare_digits against a slow check of another make: the C library prints the double with all its places,
// and the rule is applied to strings of digits as one would on paper.
#include "engine/worksheet/digits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <utility>

#include "tests/support/catch2.h"

using bp::compare_digits, bp::shortest, bp::Verdict, bp::Written_number;

namespace {

// Columns on squared paper: 320 digits, the point (not written), 1,100 digits. A double has at most 309 and
// 1,074 of them.
constexpr int whole_digits = 320, places = 1100;

// |x|, exactly: printf of the C library prints every place.
std::string on_paper(double x) {
  std::string text(whole_digits + places + 2, '\0');
  const int length = std::snprintf(text.data(), text.size(), "%.*f", places, std::abs(x));
  text.resize(static_cast<std::size_t>(length));
  text.erase(text.find('.'), 1);
  return std::string(whole_digits + places - text.size(), '0') + text;
}

// digits * 10^unit
std::string on_paper(const std::string& digits, int unit) {
  std::string text(whole_digits + places, '0');
  const auto last = static_cast<std::size_t>(whole_digits - unit);  // one past the last digit's column
  std::copy(digits.begin(), digits.end(), text.begin() + static_cast<long>(last - digits.size()));
  return text;
}

std::string sum(std::string a, const std::string& b) {
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int column = a[i] - '0' + b[i] - '0' + carry;
    a[i] = static_cast<char>('0' + column % 10);
    carry = column / 10;
  }
  return a;
}

std::string distance(std::string a, std::string b) {
  if (a < b) std::swap(a, b);
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int column = a[i] - b[i] - borrow;
    borrow = column < 0;
    a[i] = static_cast<char>('0' + column + 10 * borrow);
  }
  return a;
}

Verdict slow_compare(bool negative, const std::string& digits, int unit, double truth) {
  const double beyond = std::nextafter(std::abs(truth), INFINITY);
  const double ulp = std::isinf(beyond) ? 0x1p971 : beyond - std::abs(truth);
  const std::string is = on_paper(truth), said = on_paper(digits, unit);
  const bool same_sign = negative == std::signbit(truth);
  const std::string apart = same_sign ? distance(said, is) : sum(said, is);
  std::string four_ulp = on_paper(ulp);
  four_ulp = sum(four_ulp, four_ulp);
  four_ulp = sum(four_ulp, four_ulp);
  if (apart <= sum(on_paper("5", unit - 1), four_ulp)) return Verdict::right;
  std::string cut = is;
  std::fill(cut.begin() + (whole_digits - unit), cut.end(), '0');
  return same_sign && cut == said ? Verdict::truncated : Verdict::wrong;
}

// A truth of one of several kinds: any bit pattern, everyday sizes, and short binary fractions, whose
// decimals end soon enough for claims to fall exactly half a unit away.
double some_truth(std::mt19937_64& bits, int kind) {
  if (kind == 0) {
    for (;;) {
      const double x = std::bit_cast<double>(bits());
      if (std::isfinite(x) && x != 0) return x;
    }
  }
  const double sign = bits() % 2 == 0 ? 1 : -1;
  const int shift = static_cast<int>(bits() % (kind == 1 ? 20 : 12));
  if (kind == 1) return sign * std::ldexp(static_cast<double>(bits() >> 11) + 1, -53 - shift);
  return sign * std::ldexp(static_cast<double>(bits() % 4000 + 1), -shift);
}

}  // namespace

TEST_CASE("compare_digits agrees with the sum done on paper", "[digits]") {
  std::mt19937_64 bits(20150317);
  std::map<Verdict, int> times;

  for (int i = 0; i < 4'000; ++i) {
    const double truth = some_truth(bits, i % 3);
    // The first digits of the truth, cut, then changed in the last one or two columns by a little.
    const std::string paper = on_paper(truth);
    const std::size_t first = paper.find_first_not_of('0');
    const std::size_t count = std::min<std::size_t>(1 + bits() % 19, paper.size() - first - 1);
    const int unit = whole_digits - static_cast<int>(first + count);
    const auto off = static_cast<long long>(bits() % (count > 15 ? 60 : 4)) - (count > 15 ? 30 : 1);
    const long long claim = std::max(1LL, std::stoll(paper.substr(first, count).substr(0, 18)) + off);
    const int shift = static_cast<int>(count) - static_cast<int>(std::min<std::size_t>(count, 18));
    const bool negative = std::signbit(truth) != (bits() % 16 == 0);
    const std::string digits = std::to_string(claim);
    const std::string text = (negative ? "-" : "") + digits + "e" + std::to_string(unit + shift);
    if (std::isinf(std::strtod(text.c_str(), nullptr))) continue;

    const Verdict expected = slow_compare(negative, digits, unit + shift, truth);

    INFO(text << " of " << shortest(truth));
    CHECK(compare_digits(Written_number(text), truth) == expected);
    ++times[expected];
  }

  // Each verdict was really at stake.
  CHECK(times[Verdict::right] > 200);
  CHECK(times[Verdict::truncated] > 200);
  CHECK(times[Verdict::wrong] > 200);
}

TEST_CASE("the same number in another notation gets the same verdict", "[digits]") {
  std::mt19937_64 bits(5);
  std::map<Verdict, int> times;

  for (int i = 0; i < 3'000; ++i) {
    const double truth = some_truth(bits, 1 + i % 2);
    char plain[64];
    const int count = static_cast<int>(bits() % 8) + 1;
    std::snprintf(plain, sizeof plain, "%.*f", count,
                  truth * (1 + static_cast<double>(bits() % 3 - 1) * 0x1p-9));
    std::string moved(plain);
    moved.erase(moved.find('.'), 1);
    moved += "e-" + std::to_string(count);

    const Verdict verdict = compare_digits(Written_number(plain), truth);

    INFO(plain << " and " << moved << " of " << shortest(truth));
    CHECK(compare_digits(Written_number(moved), truth) == verdict);
    ++times[verdict];
  }

  CHECK(times[Verdict::right] > 300);
  CHECK(times[Verdict::wrong] > 300);
}

TEST_CASE("shortest reads back as the same double and is right of it", "[digits]") {
  std::mt19937_64 bits(99);

  for (int i = 0; i < 3'000; ++i) {
    const double x = some_truth(bits, i % 3);
    const std::string text = shortest(x);

    INFO(text);
    CHECK(std::strtod(text.c_str(), nullptr) == x);
    CHECK(Written_number(text).value() == x);
    CHECK(compare_digits(Written_number(text), x) == Verdict::right);
    CHECK(text.size() <= 24);
  }
}
