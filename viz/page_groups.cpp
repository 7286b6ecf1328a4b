#include "viz/page_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "viz/fold.h"
#include "viz/page_plan.h"

namespace bp {
namespace {

constexpr std::size_t most_at_once = 150;      // boxes that a reader has an eye for in one drawing
constexpr std::size_t most_groups = 150;       // in the drawing of the whole
constexpr std::size_t stretches = 60;          // into which a tape without neurons is cut, at most
constexpr std::size_t shortest_stretch = 100;  // boxes

// Neurons and layers, as fold.h finds them. Groups in which no box is are left out.
void group_by_layers(Page_model& model, Graph& graph, std::span<const Value> trained) {
  const Groups groups = groups_of(graph, trained);
  if (groups.groups.empty()) return;
  std::vector<std::size_t> count(groups.groups.size());
  for (const Page_model::Box& box : model.boxes) {
    std::optional<std::size_t> group = groups.group_of[box.place];
    if (groups.group_of[box.place] == Groups::none) group.reset();
    for (; group; group = groups.groups[*group].parent) ++count[*group];
  }
  std::vector<std::size_t> place(groups.groups.size());
  for (std::size_t i = 0; i < groups.groups.size(); ++i) {
    if (count[i] == 0) continue;
    place[i] = model.groups.size();
    Page_model::Group group{groups.groups[i].name, groups.groups[i].detail, {}, count[i]};
    if (groups.groups[i].parent) group.parent = place[*groups.groups[i].parent];
    model.groups.push_back(std::move(group));
  }
  for (Page_model::Box& box : model.boxes) {
    const std::uint32_t group = groups.group_of[box.place];
    if (group != Groups::none) box.group = place[group];
  }
}

// Stretches of the tape of equal numbers of boxes.
void group_by_place(Page_model& model) {
  model.groups.clear();
  std::vector<std::size_t> order(model.boxes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return model.boxes[a].place < model.boxes[b].place; });
  const std::size_t length = std::max(shortest_stretch, (order.size() + stretches - 1) / stretches);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i % length == 0) {
      const std::size_t last = std::min(i + length, order.size());
      model.groups.push_back({fmt::format("values {} to {}", i + 1, last),
                              model.boxes[order[i]].name + " to " + model.boxes[order[last - 1]].name,
                              {},
                              last - i});
    }
    model.boxes[order[i]].group = model.groups.size() - 1;
  }
}

}  // namespace

void group_boxes(Page_model& model, Graph& graph, std::span<const Value> trained) {
  if (model.boxes.size() <= most_at_once) return;
  group_by_layers(model, graph, trained);
  if (page_plan(model, {}).units.size() > most_groups) group_by_place(model);
}

}  // namespace bp
