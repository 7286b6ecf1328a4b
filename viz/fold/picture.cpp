// The pictures of a folded graph: which boxes there are, and the arrows between them.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "viz/fold.h"
#include "viz/fold/box.h"
#include "viz/formula.h"
#include "viz/text.h"

namespace bp {

namespace {

constexpr std::uint32_t none = Groups::none;

// A way from one box to another, for all nodes in them.
struct Way {
  std::size_t from = 0, to = 0;
  std::size_t first = 0;  // the first edge of it, which decides about the order
  std::size_t edges = 0;
  std::optional<double> derivative;
};

class Folder {
 public:
  Folder(Graph& graph, const Groups& groups, std::span<const std::size_t> open,
         const Picture_options& options)
      : graph_(graph), groups_(groups), options_(options), closed_(groups.groups.size(), none) {
    check_digits(options.digits, "a picture");
    if (graph.size() == 0) throw std::invalid_argument("backstep: an empty graph has no picture");
    if (groups.group_of.size() != graph.size()) {
      throw std::invalid_argument("backstep: these are not the groups of this graph as it is now");
    }
    close(open);
  }

  Picture draw() {
    find_outputs();
    place_boxes();
    find_ways();
    return in_order();
  }

 private:
  // A box before its place in the picture is known: a group, a node, or a constant for one user.
  struct Draft {
    std::uint32_t group = none, node = none;
    std::optional<std::size_t> user = {};  // of a constant: the draft that it is drawn for
    std::size_t first = 0;                 // where it begins on the tape
  };

  void close(std::span<const std::size_t> open);
  std::uint32_t group_of(std::size_t node) const {
    const std::uint32_t group = groups_.group_of[node];
    return group == none ? none : closed_[group];
  }
  bool is_in_neuron(Value v) const;
  bool is_constant_alone(Value input, Value user) const;
  void find_outputs();
  void place_boxes();
  void add_draft(const Draft& draft);
  void find_ways();
  void add_way(std::size_t from, std::size_t to, Value user, std::size_t input);
  Picture in_order();
  std::vector<std::size_t> order_of_drafts() const;
  Picture::Box box_of(const Draft& draft) const;
  Picture::Box box_of_value(Value v) const;
  std::size_t connections_of(const Way& way) const;
  std::vector<Inside> insides_of(std::uint32_t group) const;
  std::string detail_of(const Group& group) const;

  Graph& graph_;
  const Groups& groups_;
  const Picture_options& options_;
  std::vector<std::uint32_t> closed_;  // of each group: the outermost closed one that it is in, or none
  std::vector<std::uint8_t> used_;     // of each node: whether anything uses it
  std::vector<std::uint8_t>
      goes_out_;  // of each node: whether something outside its box uses it, or nothing does
  std::vector<std::size_t> draft_of_node_, draft_of_group_;
  std::vector<Draft> drafts_;
  std::vector<Way> ways_;
};

// Parents stand before their children. A neuron can be taken out of its layer, since no other there leads to
// it or comes of it; a step cannot be taken out of its neuron.
void Folder::close(std::span<const std::size_t> open) {
  std::vector<std::uint8_t> opened(groups_.groups.size());
  for (const std::size_t group : open) {
    if (group >= opened.size()) {
      throw std::invalid_argument(
          fmt::format("backstep: there are {} groups, and no group {}", opened.size(), group));
    }
    opened[group] = 1;
  }
  for (std::size_t i = 0; i < groups_.groups.size(); ++i) {
    const Group& group = groups_.groups[i];
    const bool inside = group.parent && closed_[*group.parent] != none;
    if (opened[i] != 0 && (!inside || group.kind == Group::Kind::neuron)) continue;
    closed_[i] = inside ? closed_[*group.parent] : static_cast<std::uint32_t>(i);
  }
}

bool Folder::is_in_neuron(Value v) const {
  for (std::size_t g = groups_.group_of[v.index()]; g != none;) {
    if (groups_.groups[g].kind == Group::Kind::neuron) return true;
    g = groups_.groups[g].parent.value_or(none);
  }
  return false;
}

// Whether a constant has a box for this use of it. The tape has a number once that is both an input and, say,
// a target: only to neurons it comes from the inputs.
bool Folder::is_constant_alone(Value input, Value user) const {
  if (!input.is_constant()) return false;
  const std::uint32_t group = group_of(input.index());
  return group == none || (group != group_of(user.index()) && !is_in_neuron(user));
}

void Folder::find_outputs() {
  used_.resize(graph_.size());
  goes_out_.resize(graph_.size());
  for (const Value v : graph_) {
    for (std::size_t k = 0; k < v.input_count(); ++k) {
      const std::size_t input = v.input(k).index();
      used_[input] = 1;
      if (group_of(input) == none || group_of(input) != group_of(v.index())) goes_out_[input] = 1;
    }
  }
  for (std::size_t i = 0; i < used_.size(); ++i) goes_out_[i] |= used_[i] == 0;
}

void Folder::add_draft(const Draft& draft) {
  if (drafts_.size() == options_.max_boxes) {
    throw Picture_too_large(fmt::format(
        "backstep: this picture would have more boxes than Picture_options::max_boxes allows, {}; open fewer "
        "groups, or raise max_boxes",
        options_.max_boxes));
  }
  drafts_.push_back(draft);
}

// A constant is drawn by its users, one box for each.
void Folder::place_boxes() {
  constexpr std::size_t no_draft = ~std::size_t{0};
  draft_of_node_.assign(graph_.size(), no_draft);
  draft_of_group_.assign(groups_.groups.size(), no_draft);
  for (const Value v : graph_) {
    const std::uint32_t group = group_of(v.index()), node = static_cast<std::uint32_t>(v.index());
    if (group == none && v.is_constant() && used_[node] != 0) continue;
    if (group == none) {
      draft_of_node_[node] = drafts_.size();
      add_draft({none, node, std::nullopt, node});
      continue;
    }
    if (draft_of_group_[group] == no_draft) {
      draft_of_group_[group] = drafts_.size();
      add_draft({group, none, std::nullopt, node});
    }
    draft_of_node_[node] = draft_of_group_[group];
  }
}

void Folder::add_way(std::size_t from, std::size_t to, Value user, std::size_t input) {
  const bool constant = user.input(input).is_constant();
  Way way{from, to, ways_.size(), 1, std::nullopt};
  if (!constant) way.derivative = user.local_derivative(input);
  ways_.push_back(way);
}

// Ways between the same two boxes are one, unless both are values: there each use has its arrow.
void Folder::find_ways() {
  for (const Value v : graph_) {
    const std::size_t to = draft_of_node_[v.index()];
    for (std::size_t k = 0; k < v.input_count(); ++k) {
      const Value input = v.input(k);
      std::size_t from = draft_of_node_[input.index()];
      if (is_constant_alone(input, v)) {
        if (drafts_[to].group != none) continue;  // it is a part of the formulas in there
        from = drafts_.size();
        add_draft({none, static_cast<std::uint32_t>(input.index()), to, input.index()});
      }
      if (from != to) add_way(from, to, v, k);
    }
  }
  std::stable_sort(ways_.begin(), ways_.end(), [](const Way& a, const Way& b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  std::size_t kept = 0;
  for (const Way& way : ways_) {
    const bool values = drafts_[way.from].group == none && drafts_[way.to].group == none;
    if (values || kept == 0 || ways_[kept - 1].from != way.from || ways_[kept - 1].to != way.to) {
      ways_[kept++] = way;
      continue;
    }
    Way& before = ways_[kept - 1];
    ++before.edges;
    if (before.derivative != way.derivative) before.derivative.reset();
  }
  ways_.resize(kept);
}

// Each box after those that lead to it; of those that may come next, the one that begins first on the tape.
std::vector<std::size_t> Folder::order_of_drafts() const {
  std::vector<std::size_t> missing(drafts_.size()), order;
  std::vector<std::vector<std::size_t>> users(drafts_.size());
  for (const Way& way : ways_) {
    ++missing[way.to];
    users[way.from].push_back(way.to);
  }
  using Ready = std::tuple<std::size_t, int, std::size_t>;  // a constant just before its user
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  const auto add = [&](std::size_t draft) {
    const Draft& one = drafts_[draft];
    ready.emplace(one.user ? drafts_[*one.user].first : one.first, one.user ? 0 : 1, draft);
  };
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (missing[i] == 0) add(i);
  }
  while (!ready.empty()) {
    const std::size_t draft = std::get<2>(ready.top());
    ready.pop();
    order.push_back(draft);
    for (const std::size_t user : users[draft]) {
      if (--missing[user] == 0) add(user);
    }
  }
  if (order.size() != drafts_.size())
    throw std::logic_error("backstep: groups lead to each other in a circle");
  return order;
}

// What stands in the box of a closed group: its nodes, and those of the groups in it that are closed, too.
std::vector<Inside> Folder::insides_of(std::uint32_t group) const {
  std::vector<Inside> insides;
  std::vector<std::size_t> waiting = {group};
  while (!waiting.empty()) {
    const std::size_t place = waiting.back();
    const Group& one = groups_.groups[place];
    waiting.pop_back();
    if (closed_[place] != group) continue;  // opened; what is in it is closed for itself
    for (const std::uint32_t n : one.nodes) insides.push_back({n, goes_out_[n] != 0, used_[n] != 0});
    waiting.insert(waiting.end(), one.children.begin(), one.children.end());
  }
  return insides;
}

// "16 neurons, tanh", or "without neuron 3" where that one is opened.
std::string Folder::detail_of(const Group& group) const {
  std::string without;
  for (const std::size_t child : group.children) {
    if (closed_[child] == none) without += (without.empty() ? "without " : ", ") + groups_.groups[child].name;
  }
  return without.empty() ? group.detail : shown_name(without, 2 * longest_box_name);
}

Picture::Box Folder::box_of_value(Value v) const {
  Picture::Box box;
  box.id = fmt::format("n{}", v.index());
  box.kind = v.is_leaf()       ? Picture::Kind::leaf
             : v.is_constant() ? Picture::Kind::constant
                               : Picture::Kind::computed;
  box.is_root = used_[v.index()] == 0 && !v.is_leaf();
  box.name = shown_name(v.name(), longest_box_name);
  box.data = v.data();
  if (v.has_grad() && !v.is_constant()) box.grad = v.grad();
  box.formula = formula_of(v, options_.digits);
  return box;
}

Picture::Box Folder::box_of(const Draft& draft) const {
  if (draft.group != none) {
    const Group& group = groups_.groups[draft.group];
    Picture::Box box = box_of_group(graph_, group, groups_.parameter, insides_of(draft.group), options_);
    box.id = fmt::format("g{}", draft.group);
    box.formula = detail_of(group);
    return box;
  }
  return box_of_value(graph_[draft.node]);
}

std::size_t Folder::connections_of(const Way& way) const {
  const std::uint32_t from = drafts_[way.from].group, to = drafts_[way.to].group;
  if (from == none && to == none) return 0;
  std::size_t samples = 1;
  for (const std::uint32_t group : {from, to}) {
    if (group == none) continue;
    for (std::optional<std::size_t> g = group; g; g = groups_.groups[*g].parent) {
      samples = std::max(samples, groups_.groups[*g].samples);
    }
  }
  return way.edges % samples == 0 ? way.edges / samples : way.edges;
}

Picture Folder::in_order() {
  Picture picture;
  std::vector<std::size_t> places(drafts_.size());
  std::map<std::string, std::size_t> uses;  // of constants: their ids tell these apart
  for (const std::size_t draft : order_of_drafts()) {
    places[draft] = picture.boxes.size();
    picture.boxes.push_back(box_of(drafts_[draft]));
    std::string& id = picture.boxes.back().id;
    if (picture.boxes.back().kind == Picture::Kind::constant) id += fmt::format("_{}", uses[id]++);
  }
  std::sort(ways_.begin(), ways_.end(), [&](const Way& a, const Way& b) {
    return std::pair(places[a.to], a.first) < std::pair(places[b.to], b.first);
  });
  for (const Way& way : ways_) {
    Picture::Arrow arrow{places[way.from], places[way.to], way.derivative};
    arrow.connections = connections_of(way);
    if (arrow.connections > 1) arrow.local_derivative.reset();
    picture.arrows.push_back(arrow);
  }
  return picture;
}

}  // namespace

Picture folded_picture(Graph& graph, const Groups& groups, std::span<const std::size_t> open,
                       const Picture_options& options) {
  return Folder(graph, groups, open, options).draw();
}

}  // namespace bp
