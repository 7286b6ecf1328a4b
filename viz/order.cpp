#include "viz/order.h"

#include <algorithm>
#include <utility>

namespace bp {

namespace {

// A use of a box: by which box, and how far down among that one's inputs, from 0 to 1.
struct Use {
  std::size_t user;
  double place;
};

std::vector<std::vector<Use>> uses_of_boxes(const Picture& picture) {
  std::vector<double> inputs(picture.boxes.size()), seen(picture.boxes.size());
  for (const Picture::Arrow& arrow : picture.arrows) ++inputs[arrow.to];
  std::vector<std::vector<Use>> uses(picture.boxes.size());
  for (const Picture::Arrow& arrow : picture.arrows) {
    uses[arrow.from].push_back({arrow.to, (seen[arrow.to]++ + 0.5) / inputs[arrow.to]});
  }
  return uses;
}

// Where a box stands, from 0 to 1 within its rank, and how much of that is its own.
struct Place {
  double top, size;
};

// Where its users stand on average; of boxes with the same users, where among their inputs.
std::pair<double, double> pull_of(const std::vector<Use>& uses, const std::vector<Place>& places) {
  double users = 0.0, inputs = 0.0;
  for (const Use& use : uses) {
    users += places[use.user].top + 0.5 * places[use.user].size;
    inputs += use.place;
  }
  const auto count = static_cast<double>(std::max<std::size_t>(uses.size(), 1));
  return {users / count, inputs / count};
}

// For each box the length of its longest path to a root. A box stands before its users in the picture.
std::vector<std::size_t> ranks_of_boxes(const Picture& picture) {
  const auto uses = uses_of_boxes(picture);
  std::vector<std::size_t> ranks(picture.boxes.size());
  for (std::size_t box = picture.boxes.size(); box-- > 0;) {
    for (const Use& use : uses[box]) ranks[box] = std::max(ranks[box], ranks[use.user] + 1);
  }
  return ranks;
}

}  // namespace

std::vector<std::string_view> orders_to_keep(const Picture& picture) {
  std::vector<std::size_t> uses(picture.boxes.size());
  for (const Picture::Arrow& arrow : picture.arrows) ++uses[arrow.from];
  std::vector<std::string_view> keep(picture.boxes.size(), ", ordering=in");
  for (const Picture::Arrow& arrow : picture.arrows) {
    if (uses[arrow.from] > 1) keep[arrow.to] = "";
  }
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    if (picture.boxes[i].kind == Picture::Kind::group && uses[i] > 1) keep[i] = ", ordering=out";
  }
  return keep;
}

std::size_t total_arrow_length(const Picture& picture) {
  const std::vector<std::size_t> ranks = ranks_of_boxes(picture);
  std::size_t total = 0;
  for (const Picture::Arrow& arrow : picture.arrows) total += ranks[arrow.from] - ranks[arrow.to];
  return total;
}

// One sweep of the barycentre method (Sugiyama, Tagawa and Toda, 1981) from the roots back to the leaves.
std::vector<std::size_t> drawing_order(const Picture& picture) {
  const auto uses = uses_of_boxes(picture);
  const std::vector<std::size_t> rank_of = ranks_of_boxes(picture);
  std::vector<std::vector<std::size_t>> ranks;  // the boxes of each rank, in the order of the tape
  for (std::size_t box = 0; box < picture.boxes.size(); ++box) {
    ranks.resize(std::max(ranks.size(), rank_of[box] + 1));
    ranks[rank_of[box]].push_back(box);
  }

  std::vector<std::pair<double, double>> pulls(picture.boxes.size());
  std::vector<Place> places(picture.boxes.size());
  for (std::vector<std::size_t>& rank : ranks) {
    for (std::size_t box : rank) pulls[box] = pull_of(uses[box], places);
    // Stable: where their users do not decide, the order of the tape does.
    std::stable_sort(rank.begin(), rank.end(),
                     [&](std::size_t a, std::size_t b) { return pulls[a] < pulls[b]; });
    const double size = 1.0 / static_cast<double>(rank.size());
    for (std::size_t i = 0; i < rank.size(); ++i) places[rank[i]] = {static_cast<double>(i) * size, size};
  }

  std::vector<std::size_t> order;
  for (auto rank = ranks.rbegin(); rank != ranks.rend(); ++rank) {
    order.insert(order.end(), rank->begin(), rank->end());
  }
  return order;
}

}  // namespace bp
