#include "viz/order.h"

#include <algorithm>

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

// Where the boxes stand, from 0 to 1 within their rank, and how much of that is theirs.
struct Place {
  double top, size;
};

double mean(const std::vector<Use>& uses, const std::vector<Place>& places) {
  double total = 0.0;
  for (const Use& use : uses) total += places[use.user].top + use.place * places[use.user].size;
  return uses.empty() ? 0.0 : total / static_cast<double>(uses.size());
}

}  // namespace

// One sweep of the barycentre method (Sugiyama, Tagawa and Toda, 1981) from the roots back to the leaves.
std::vector<std::size_t> drawing_order(const Picture& picture) {
  const auto uses = uses_of_boxes(picture);
  std::vector<std::vector<std::size_t>> ranks;  // boxes by the length of their longest path to a root
  std::vector<std::size_t> rank_of(picture.boxes.size());
  for (std::size_t box = picture.boxes.size(); box-- > 0;) {
    for (const Use& use : uses[box]) rank_of[box] = std::max(rank_of[box], rank_of[use.user] + 1);
    ranks.resize(std::max(ranks.size(), rank_of[box] + 1));
    ranks[rank_of[box]].push_back(box);
  }

  std::vector<double> means(picture.boxes.size());
  std::vector<Place> places(picture.boxes.size());
  for (std::vector<std::size_t>& rank : ranks) {
    std::reverse(rank.begin(), rank.end());  // where their users do not decide, the order of the tape does
    for (std::size_t box : rank) means[box] = mean(uses[box], places);
    std::stable_sort(rank.begin(), rank.end(),
                     [&](std::size_t a, std::size_t b) { return means[a] < means[b]; });
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
