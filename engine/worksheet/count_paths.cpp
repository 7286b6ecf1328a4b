// How many paths there are, exactly, even where the number has a hundred thousand digits.
//
// A node's count is the sum of those of its inputs. Numbers of that length cannot be kept for every node. So
// not one count after the other is worked out but one group of digits after the other, of all counts at once:
// what a node carries over into the next group is a small number.
#include <algorithm>

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

}  // namespace

Natural count_paths(const Between& between) {
  const std::size_t size = between.size();
  if (size == 0) return Natural(0);
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
