#include "viz/page/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "viz/fold.h"
#include "viz/page/plan.h"

namespace bp {
namespace {

constexpr std::size_t most_at_once = 150;     // boxes that a reader has an eye for in one drawing
constexpr std::size_t most_groups = 150;      // in the drawing of the whole
constexpr std::size_t most_in_a_group = 300;  // boxes of its own
constexpr std::size_t stretch = 30;           // boxes: a value that each of 50 uses has too long arrows
constexpr std::size_t most_stretches = 12;

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

// Cuts boxes, in the order of the tape, into a few stretches within `parent`, and long ones of these again:
// each a group. As deep as the number of boxes has digits, and no deeper.
void cut(Page_model& model, std::span<const std::size_t> boxes, std::size_t begin,
         std::optional<std::size_t> parent) {
  std::size_t length = stretch;
  while (length * most_stretches < boxes.size()) length *= most_stretches;
  for (std::size_t i = 0; i < boxes.size(); i += length) {
    const std::span<const std::size_t> part = boxes.subspan(i, std::min(length, boxes.size() - i));
    const std::size_t group = model.groups.size();
    model.groups.push_back({fmt::format("values {} to {}", begin + i + 1, begin + i + part.size()),
                            model.boxes[part.front()].name + " to " + model.boxes[part.back()].name, parent,
                            part.size()});
    if (part.size() > stretch) {
      cut(model, part, begin + i, group);
    } else {
      for (const std::size_t box : part) model.boxes[box].group = group;
    }
  }
}

void group_by_place(Page_model& model, std::vector<std::size_t> boxes, std::optional<std::size_t> parent) {
  std::sort(boxes.begin(), boxes.end(),
            [&](std::size_t a, std::size_t b) { return model.boxes[a].place < model.boxes[b].place; });
  cut(model, boxes, 0, parent);
}

// The boxes that are in no group, or in one and in none of those within it.
std::vector<std::size_t> boxes_of(const Page_model& model, std::optional<std::size_t> group) {
  std::vector<std::size_t> boxes;
  for (std::size_t i = 0; i < model.boxes.size(); ++i) {
    if (model.boxes[i].group == group) boxes.push_back(i);
  }
  return boxes;
}

}  // namespace

void group_boxes(Page_model& model, Graph& graph, std::span<const Value> trained) {
  if (model.boxes.size() <= most_at_once) return;
  group_by_layers(model, graph, trained);
  const std::size_t layers = model.groups.size();
  for (std::size_t group = 0; group < layers; ++group) {
    std::vector<std::size_t> boxes = boxes_of(model, group);
    if (boxes.size() > most_in_a_group) group_by_place(model, std::move(boxes), group);
  }
  if (page_plan(model, {}).units.size() > most_groups) cut_into_stretches(model);
}

void cut_into_stretches(Page_model& model) {
  model.groups.clear();
  for (Page_model::Box& box : model.boxes) box.group.reset();
  group_by_place(model, boxes_of(model, {}), {});
}

}  // namespace bp
