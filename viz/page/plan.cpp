#include "viz/page/plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bp {
namespace {

using Unit_key = std::pair<bool, std::size_t>;  // whether it is a group, and its place

class Planner {
 public:
  Planner(const Page_model& model, std::optional<std::size_t> open) : model_(model), open_(open) {
    for (std::optional<std::size_t> above = open; above; above = model.groups[*above].parent) {
      opened_.push_back(*above);
    }
  }

  Page_plan plan() {
    add_arrows();
    for (std::size_t box = 0; box < model_.boxes.size(); ++box) {
      if (!open_ || is_inside(unit_of(box))) place_of(unit_of(box), box);
    }
    sort_units();
    return std::move(plan_);
  }

 private:
  void add_arrows();
  Unit_key unit_of(std::size_t box) const;
  bool is_inside(const Unit_key& unit) const;
  std::size_t place_of(const Unit_key& unit, std::size_t box);
  void add_arrow(std::size_t use);
  void sort_units();

  const Page_model& model_;
  const std::optional<std::size_t> open_;
  std::vector<std::size_t> opened_;  // the group that is open, and those around it
  std::map<Unit_key, std::size_t> places_;
  std::vector<std::size_t> first_;  // of each unit: where it begins on the tape
  std::set<std::pair<std::size_t, std::size_t>> bundles_;
  Page_plan plan_;
};

// In the order of the tape, in which Graphviz is to see the inputs of a box: that of the sweep backwards,
// but for the inputs of one node.
void Planner::add_arrows() {
  const std::vector<Page_model::Use>& uses = model_.uses;
  for (std::size_t end = uses.size(), begin = end; end > 0; end = begin) {
    while (begin > 0 && uses[begin - 1].node == uses[end - 1].node) --begin;
    for (std::size_t use = begin; use < end; ++use) add_arrow(use);
  }
}

// What a value is in this drawing: itself, or the group that stands for it.
Unit_key Planner::unit_of(std::size_t box) const {
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    std::optional<std::size_t> below;
    for (auto group = model_.boxes[box].group; group; below = group, group = model_.groups[*group].parent) {
      if (*group != opened_[i]) continue;
      if (i > 0) return {true, opened_[i]};  // what stands beside the open group, in the one around both
      return below ? Unit_key{true, *below} : Unit_key{false, box};
    }
  }
  std::optional<std::size_t> outermost = model_.boxes[box].group;
  while (outermost && model_.groups[*outermost].parent) outermost = model_.groups[*outermost].parent;
  return outermost ? Unit_key{true, *outermost} : Unit_key{false, box};
}

bool Planner::is_inside(const Unit_key& unit) const {
  return unit.first ? model_.groups[unit.second].parent == open_ && open_.has_value()
                    : model_.boxes[unit.second].group == open_;
}

std::size_t Planner::place_of(const Unit_key& unit, std::size_t box) {
  const auto [at, is_new] = places_.emplace(unit, plan_.units.size());
  if (is_new) {
    plan_.units.push_back({unit.first, unit.second});
    first_.push_back(model_.boxes[box].place);
  }
  first_[at->second] = std::min(first_[at->second], model_.boxes[box].place);
  return at->second;
}

void Planner::add_arrow(std::size_t use) {
  const std::size_t input = model_.uses[use].to, user = model_.uses[use].from;
  const Unit_key from = unit_of(input), to = unit_of(user);
  if (from == to || (open_ && !is_inside(from) && !is_inside(to))) return;
  const std::size_t a = place_of(from, input), b = place_of(to, user);
  if (!from.first && !to.first) {
    plan_.arrows.push_back({a, b, use});
  } else if (bundles_.emplace(a, b).second && bundles_.count({b, a}) == 0) {
    plan_.arrows.push_back({a, b, std::nullopt});
  }
}

void Planner::sort_units() {
  std::vector<std::size_t> order(plan_.units.size()), place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return first_[a] < first_[b]; });
  std::vector<Page_plan::Unit> units;
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    units.push_back(plan_.units[order[i]]);
  }
  plan_.units = std::move(units);
  for (Page_plan::Arrow& arrow : plan_.arrows) {
    arrow.from = place[arrow.from];
    arrow.to = place[arrow.to];
  }
}

}  // namespace

Page_plan page_plan(const Page_model& model, std::optional<std::size_t> open) {
  return Planner(model, open).plan();
}

}  // namespace bp
