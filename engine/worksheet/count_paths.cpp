// How many paths there are, exactly up to a thousand digits, and roughly beyond.
//
// A node's count is the sum of those of its inputs. Numbers of that length cannot be kept for every node. So
// not one count after the other is worked out but one group of digits after the other, of all counts at once:
// what a node carries over into the next group is a small number.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/worksheet/between.h"

namespace bp {

namespace {

constexpr std::size_t limbs = 8;  // of a group: going through the edges costs about as much as adding eight

struct Group {
  std::uint64_t limb[limbs];  // of 18 decimal digits each, the lowest first
};

// The same group of digits of the count of a node, from those of its inputs; what is carried over, too.
void add_up(Group& sum, std::uint64_t& carry, std::span<const Between::Edge> edges,
            const std::vector<Group>& groups) {
  constexpr std::uint64_t base = 1'000'000'000'000'000'000;
  for (std::size_t l = 0; l < limbs; ++l) {
    std::uint64_t total = carry;
    carry = 0;
    for (const Between::Edge& edge : edges) {
      total += groups[edge.to].limb[l];
      const std::uint64_t over = total >= base ? 1 : 0;  // not an if: its outcome is as good as random
      total -= over * base;
      carry += over;
    }
    sum.limb[l] = total;
  }
}

// The decimal logarithm of the count, which is not 0. Nothing but positive numbers are added up, so each node
// adds about 2^-53 of relative error, and a million of them leave nine digits of the count.
double log10_of_count(const Between& between) {
  struct Rough {  // mantissa * 2^exponent
    double mantissa = 1.0;
    std::int64_t exponent = 0;
  };
  std::vector<Rough> counts(between.size());
  for (std::size_t node = 1; node < between.size(); ++node) {
    std::int64_t largest = 0;
    for (const Between::Edge& edge : between.edges(node))
      largest = std::max(largest, counts[edge.to].exponent);
    double sum = 0.0;
    for (const Between::Edge& edge : between.edges(node)) {
      const std::int64_t below = std::max<std::int64_t>(counts[edge.to].exponent - largest, -2'000);
      sum += std::ldexp(counts[edge.to].mantissa, static_cast<int>(below));
    }
    int more = 0;
    counts[node].mantissa = std::frexp(sum, &more);
    counts[node].exponent = largest + more;
  }
  return std::log10(counts.back().mantissa) + static_cast<double>(counts.back().exponent) * std::log10(2.0);
}

}  // namespace

std::string rough_count(const Between& between) {
  if (between.size() == 0) return "0";
  const double logarithm = log10_of_count(between), exponent = std::floor(logarithm);
  char text[64];
  std::snprintf(text, sizeof text, "%.5fe%.0f", std::pow(10.0, logarithm - exponent), exponent);
  return text;
}

std::optional<Natural> count_paths(const Between& between) {
  const std::size_t size = between.size();
  if (size == 0) return Natural(0);
  if (log10_of_count(between) > static_cast<double>(most_digits)) return std::nullopt;
  std::vector<Group> groups(size, Group{});
  std::vector<std::uint64_t> carries(size, 0), count;
  groups[0].limb[0] = 1;  // the path from the value to itself
  std::size_t begin = 1;  // nodes before it have no digits left
  while (true) {
    std::size_t first_carry = size;
    for (std::size_t node = begin; node < size; ++node) {
      add_up(groups[node], carries[node], between.edges(node), groups);
      if (carries[node] > 0) first_carry = std::min(first_carry, node);
    }
    count.insert(count.end(), std::begin(groups.back().limb), std::end(groups.back().limb));
    if (first_carry == size) return Natural::from_limbs(count);
    std::fill(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(first_carry), Group{});
    begin = first_carry;
  }
}

}  // namespace bp
