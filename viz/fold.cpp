#include "viz/fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "viz/fold/neurons.h"
#include "viz/fold/places.h"
#include "viz/formula.h"
#include "viz/text.h"

namespace bp {

namespace {

using worksheet::Edge, worksheet::Node, worksheet::Tape;

constexpr std::uint32_t none = Groups::none;

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string name_of(Op activation) {
  return activation == Op::identity ? "linear" : std::string(info(activation).name);
}

// Puts the nodes into their groups, in the order of their homes.
class Grouping {
 public:
  Grouping(Graph& graph, const Tape& tape, const Neurons& neurons)
      : graph_(graph), tape_(tape), neurons_(neurons), homes_(tape, neurons) {
    const auto batch = [](const Neuron_found& neuron) { return neuron.evaluations.size() > 1; };
    if (std::any_of(neurons.neurons.begin(), neurons.neurons.end(), batch)) {
      steps_ = std::make_unique<Steps>(tape, neurons, homes_);
    }
  }

  Groups take() {
    groups_.parameter = neurons_.parameter;
    groups_.group_of.assign(tape_.size(), none);
    std::map<Home, std::vector<std::uint32_t>> members;  // of a layer first its neurons, then what they share
    for (Node n = 0; n < tape_.size(); ++n) members[homes_[n]].push_back(n);
    std::uint32_t place = none;
    std::size_t outer = 0;
    for (const auto& [home, nodes] : members) {
      if (home.place != place) outer = begin_place(home.place);
      place = home.place;
      fill(home.neuron == none ? outer : begin_neuron(home.neuron, outer), nodes);
    }
    count();
    return std::move(groups_);
  }

 private:
  std::size_t add(Group::Kind kind, std::string name, std::optional<std::size_t> parent = std::nullopt);
  std::size_t begin_place(std::uint32_t place);
  std::size_t begin_layer(std::int32_t depth);
  std::size_t begin_neuron(std::uint32_t neuron, std::size_t layer);
  std::string step_name(std::uint32_t node) const;
  void fill(std::size_t group, const std::vector<std::uint32_t>& nodes);
  void count();

  Graph& graph_;
  const Tape& tape_;
  const Neurons& neurons_;
  const Homes homes_;
  std::unique_ptr<Steps> steps_;  // none: there is one sample
  Groups groups_;
};

std::size_t Grouping::add(Group::Kind kind, std::string name, std::optional<std::size_t> parent) {
  const std::size_t place = groups_.groups.size();
  Group group;
  group.kind = kind;
  group.name = std::move(name);
  group.parent = parent;
  groups_.groups.push_back(std::move(group));
  if (parent) groups_.groups[*parent].children.push_back(place);
  return place;
}

std::size_t Grouping::begin_place(std::uint32_t place) {
  if (place == inputs_place) return add(Group::Kind::inputs, "inputs");
  if (place == shared_place) return add(Group::Kind::shared, "shared weights");
  if (place == loss_place) return add(Group::Kind::loss, "loss");
  const auto depth = static_cast<std::int32_t>(place / 2);
  if (place == layer_place(depth)) return begin_layer(depth);
  return add(Group::Kind::between, fmt::format("after layer {}", depth));
}

std::size_t Grouping::begin_layer(std::int32_t depth) {
  const std::size_t layer = add(Group::Kind::layer, fmt::format("layer {}", depth));
  std::size_t neurons = 0, samples = 1;
  std::set<std::string> activations;
  const auto shallower = [](const Neuron_found& neuron, std::int32_t d) { return neuron.depth < d; };
  const auto& all = neurons_.neurons;
  for (auto neuron = std::lower_bound(all.begin(), all.end(), depth, shallower);
       neuron != all.end() && neuron->depth == depth; ++neuron) {
    ++neurons;
    samples = std::max(samples, neuron->evaluations.size());
    activations.insert(name_of(neuron->activation));
  }
  Group& group = groups_.groups[layer];
  group.samples = samples;
  group.detail = counted(neurons, "neuron");
  group.detail += ", " + (activations.size() == 1 ? *activations.begin() : "several activations");
  if (samples > 1) group.detail += fmt::format(", {} samples", samples);
  return layer;
}

std::size_t Grouping::begin_neuron(std::uint32_t neuron, std::size_t layer) {
  const Neuron_found& found = neurons_.neurons[neuron];
  const std::size_t number = groups_.groups[layer].children.size() + 1;
  std::string name = fmt::format("neuron {}", number);
  if (found.evaluations.size() == 1) {
    const std::string own =
        shown_name(graph_[neurons_.evaluations[found.evaluations[0]].out].name(), longest_box_name);
    if (!own.empty()) name = own;
  }
  const std::size_t place = add(Group::Kind::neuron, std::move(name), layer);
  Group& group = groups_.groups[place];
  group.samples = found.evaluations.size();
  group.detail = name_of(found.activation);
  if (group.samples > 1) group.detail += fmt::format(", {} samples", group.samples);
  return place;
}

std::string Grouping::step_name(std::uint32_t node) const {
  const bool is_input = neurons_.factor[node] != Neurons::none;
  if (is_input && tape_.input_count(node) == 0) return fmt::format("input {}", neurons_.factor[node] + 1);
  if (tape_.op[node] == Op::leaf) return "leaves";
  if (tape_.op[node] == Op::constant) return "constants";
  const std::uint32_t owner = neurons_.owner[node];
  if (owner != Neurons::none && (neurons_.part[node] != 0 || neurons_.evaluations[owner].sum == node)) {
    return "weighted sum";
  }
  if (is_addition(tape_.op[node])) return "sum";
  if (tape_.op[node] == Op::mul) return "product";
  return symbol_of(tape_.op[node]);
}

// What is one step for many samples becomes a group of its own.
void Grouping::fill(std::size_t group, const std::vector<std::uint32_t>& nodes) {
  std::map<std::uint32_t, std::size_t> sizes, places;  // of each step
  for (const std::uint32_t n : nodes) {
    if (steps_) ++sizes[(*steps_)[n]];
  }
  for (const std::uint32_t n : nodes) {
    std::size_t place = group;
    if (steps_ && sizes.at((*steps_)[n]) > 1) {
      const auto [found, is_new] = places.try_emplace((*steps_)[n], groups_.groups.size());
      if (is_new) add(Group::Kind::step, step_name(n), group);
      place = found->second;
    }
    groups_.groups[place].nodes.push_back(n);
    groups_.group_of[n] = static_cast<std::uint32_t>(place);
  }
}

void Grouping::count() {
  std::size_t samples = 1;
  for (const Group& group : groups_.groups) samples = std::max(samples, group.samples);
  for (std::size_t i = groups_.groups.size(); i-- > 0;) {  // children before their parents
    Group& group = groups_.groups[i];
    group.values += group.nodes.size();
    for (const std::uint32_t n : group.nodes) group.parameters += groups_.parameter[n];
    if (group.kind == Group::Kind::step) {
      group.samples = static_cast<std::size_t>(std::count_if(
          group.nodes.begin(), group.nodes.end(), [&](std::uint32_t n) { return !steps_->is_part(n); }));
      group.detail = fmt::format("\u00d7 {}", group.samples);
    }
    if (group.kind == Group::Kind::inputs || group.kind == Group::Kind::loss) {
      group.samples = samples;
      if (samples > 1) group.detail = counted(samples, "sample");
    }
    if (!group.parent) continue;
    groups_.groups[*group.parent].values += group.values;
    groups_.groups[*group.parent].parameters += group.parameters;
  }
}

}  // namespace

Groups groups_of(Graph& graph, std::span<const Value> trained) {
  std::vector<std::uint8_t> flags;
  if (!trained.empty()) flags.resize(graph.size());
  for (const Value value : trained) {
    graph.check(value);
    flags[value.index()] = 1;
  }
  const Tape tape(graph);
  const Neurons neurons(tape, flags);
  if (!neurons.empty()) return Grouping(graph, tape, neurons).take();
  Groups each_its_own;
  each_its_own.group_of.assign(graph.size(), none);
  each_its_own.parameter.resize(graph.size());
  return each_its_own;
}

std::string title_of(const Group& group) {
  return group.detail.empty() ? group.name : group.name + " (" + group.detail + ")";
}

std::vector<std::size_t> open_groups(const Groups& groups, Fold fold) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < groups.groups.size(); ++i) {
    const bool layer = groups.groups[i].kind == Group::Kind::layer;
    if (fold == Fold::none || (fold == Fold::neuron && layer)) open.push_back(i);
  }
  return open;
}

}  // namespace bp
