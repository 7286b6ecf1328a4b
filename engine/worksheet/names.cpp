#include "engine/worksheet/names.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace bp::worksheet {

namespace {

constexpr std::size_t longest_compared = 64;

std::size_t difference(std::size_t a, std::size_t b) { return a > b ? a - b : b - a; }

char small_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool differ_in_capitals(std::string_view a, std::string_view b) {
  return a != b && std::equal(a.begin(), a.end(), b.begin(), b.end(),
                              [](char x, char y) { return small_letter(x) == small_letter(y); });
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (difference(a.size(), b.size()) >= limit || b.size() > longest_compared) return limit;
  // Three rows of the table: two back, one back, and this one.
  std::array<std::array<std::size_t, longest_compared + 1>, 3> rows;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto &above = rows[(i + 2) % 3], &second = rows[(i + 1) % 3];
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], second[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least >= limit) return limit;
  }
  return std::min(limit, rows[a.size() % 3][b.size()]);
}

Nearest_name::Nearest_name(std::string_view wanted)
    : wanted_(wanted),
      distance_(wanted.size() < 2 ? 2 : 2 * std::max<std::size_t>(2, wanted.size() / 3 + 1)) {}

void Nearest_name::consider(std::string_view name) {
  if (wanted_.size() > longest_compared || name.size() > longest_compared) return;
  const std::size_t distance =
      differ_in_capitals(wanted_, name) ? 1 : 2 * edit_distance(wanted_, name, (distance_ + 1) / 2);
  if (distance >= distance_) return;
  distance_ = distance;
  nearest_ = name;
}

std::string Nearest_name::hint() const {
  return nearest_.empty() ? "" : "; did you mean `" + nearest_ + "`?";
}

}  // namespace bp::worksheet
