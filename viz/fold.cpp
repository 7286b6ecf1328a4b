#include "viz/fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "viz/formula.h"
#include "viz/neurons.h"
#include "viz/text.h"

namespace bp {

namespace {

using worksheet::Edge, worksheet::Node, worksheet::Tape;

constexpr std::uint32_t none = Groups::none;
constexpr std::size_t longest_name = 24;  // characters

// Where a node belongs: a place on the way from the inputs to the loss, and a neuron there, or none. Arrows
// lead from earlier places to later ones only, or stay within one.
struct Home {
  std::uint32_t place = none, neuron = none;
  auto operator<=>(const Home&) const = default;
};
constexpr std::uint32_t inputs_place = 0, shared_place = 1, loss_place = none - 1;
std::uint32_t layer_place(std::int32_t depth) { return 2 * static_cast<std::uint32_t>(depth); }
std::uint32_t place_after(std::int32_t depth) { return layer_place(depth) + 1; }

// The homes of all nodes.
class Homes {
 public:
  Homes(const Tape& tape, const Neurons& neurons) : neurons_(neurons), homes_(tape.size()) {
    for (Node n = 0; n < tape.size(); ++n) {
      if (tape.input_count(n) > 0) homes_[n] = home_of_computed(n);
    }
    std::vector<std::uint8_t> used(tape.size());
    for (Edge e = 0; e < tape.inputs.size(); ++e) {
      const Node n = tape.inputs[e];
      used[n] = 1;
      if (tape.input_count(n) == 0) settle(n, homes_[tape.user[e]]);
    }
    for (Node n = 0; n < tape.size(); ++n) {
      if (tape.input_count(n) > 0) continue;
      const bool is_input = neurons.factor[n] != Neurons::none && neurons.parameter[n] == 0;
      if (is_input || used[n] == 0) homes_[n] = {inputs_place, none};
      if (homes_[n].place == none) homes_[n] = {loss_place, none};
    }
  }

  Home operator[](Node n) const { return homes_[n]; }

 private:
  Home home_of_computed(Node n) const {
    const std::int32_t depth = neurons_.depth[n];
    if (neurons_.owner[n] != Neurons::none) {
      const std::uint32_t neuron = neurons_.evaluations[neurons_.owner[n]].neuron;
      return {layer_place(neurons_.neurons[neuron].depth), neuron};
    }
    if (neurons_.feeds[n] == 0) return {loss_place, none};
    return {depth == 0 ? inputs_place : place_after(depth), none};
  }

  // A leaf or a constant lives with what uses it. Two neurons of a layer share it there. Weights of several
  // layers have a place of their own; a penalty in the loss does not count. Anything else lives where it is
  // used first.
  void settle(Node n, Home user) {
    Home& home = homes_[n];
    const bool parameter = neurons_.parameter[n] != 0;
    if (parameter && user.place == loss_place) return;
    if (parameter && user.neuron == none) user = {shared_place, none};
    if (home.place == none) {
      home = user;
    } else if (home.place != user.place) {
      home = parameter ? Home{shared_place, none} : std::min(home, user);
      if (!parameter) home.neuron = none;
    } else if (home.neuron != user.neuron) {
      home.neuron = none;
    }
  }

  const Neurons& neurons_;
  std::vector<Home> homes_;
};

// In a batch: which nodes are the same step, for one sample or another. Two are when they do the same to
// what is the same, in the same place.
class Steps {
 public:
  Steps(const Tape& tape, const Neurons& neurons, const Homes& homes)
      : tape_(tape), neurons_(neurons), homes_(homes), steps_(tape.size(), none) {
    for (Node n = 0; n < tape.size(); ++n) {
      // Parts of a sum are the same step as the whole, which comes later.
      if (is_part(n)) continue;
      if (is_addition(tape.op[n])) {
        number_sum(n);
      } else {
        steps_[n] = number(key_of(n));
      }
    }
  }

  std::uint32_t operator[](Node n) const { return steps_[n]; }

  // Whether a sum has it in it: another sum, or a product of a neuron.
  bool is_part(Node n) const {
    return neurons_.part[n] != 0 && (is_addition(tape_.op[n]) || neurons_.owner[n] != Neurons::none);
  }

 private:
  using Key = std::vector<std::uint32_t>;

  std::uint32_t number(const Key& key) {
    return numbers_.try_emplace(key, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

  Key key_of(Node n) const {
    const Home home = homes_[n];
    Key key = {home.place, home.neuron, static_cast<std::uint32_t>(tape_.op[n])};
    if (neurons_.parameter[n] != 0) {
      key.push_back(n);  // each weight is its own
    } else if (tape_.input_count(n) == 0) {
      key.push_back(neurons_.factor[n]);  // the third number of each sample
    }
    for (Edge e = tape_.begin(n); e < tape_.end(n); ++e) key.push_back(steps_[tape_.inputs[e]]);
    return key;
  }

  // However many terms there are: the mean over a batch is the same as over another.
  void number_sum(Node sum) {
    const Home home = homes_[sum];
    std::set<std::uint32_t> terms;
    std::vector<Node> parts, waiting = {sum};
    while (!waiting.empty()) {
      const Node n = waiting.back();
      waiting.pop_back();
      parts.push_back(n);
      for (Edge e = tape_.begin(n); e < tape_.end(n); ++e) {
        const Node term = tape_.inputs[e];
        if (steps_[term] != none) terms.insert(steps_[term]);
        if (steps_[term] == none) waiting.push_back(term);
      }
    }
    Key key = {home.place, home.neuron, static_cast<std::uint32_t>(Op::sum)};
    key.insert(key.end(), terms.begin(), terms.end());
    const std::uint32_t step = number(key);
    for (const Node n : parts) steps_[n] = step;
  }

  const Tape& tape_;
  const Neurons& neurons_;
  const Homes& homes_;
  std::vector<std::uint32_t> steps_;
  std::map<Key, std::uint32_t> numbers_;
};

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
        shown_name(graph_[neurons_.evaluations[found.evaluations[0]].out].name(), longest_name);
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
