#include "viz/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/data/with_commas.h"
#include "engine/worksheet/digits.h"
#include "viz/formula.h"
#include "viz/text.h"

namespace bp {

namespace {

constexpr std::size_t width = 100;        // columns
constexpr std::size_t deepest = 12;       // levels, of three columns each: then the tree goes on further down
constexpr std::size_t longest_name = 40;  // characters
constexpr std::size_t longest_formula = 60;

// Which values the trees are about: those that lead to a root and, where `from` is given, come of it.
class Scope {
 public:
  Scope(std::span<const Value> roots, std::optional<Value> from) : graph_(roots[0].graph()) {
    for (const Value root : roots) {
      graph_.check(root);
      in_.resize(std::max(in_.size(), root.index() + 1));
      in_[root.index()] = 1;
    }
    for (std::size_t i = in_.size(); i-- > 0;) {
      if (in_[i] != 0) for_each_input(i, [&](std::size_t input) { in_[input] = 1; });
    }
    if (from) keep_what_comes_of(*from, roots[0]);
  }

  bool has(Value v) const { return in_[v.index()] != 0; }

  // Whether it has a line of its own.
  static bool is_shown(Value v) { return !v.name().empty() || v.is_leaf(); }

  // How many values should have a line.
  std::size_t count_shown(std::span<const Value> roots) const {
    std::size_t count = 0;
    for (const Value root : roots) count += is_shown(root) ? 0 : 1;
    for (std::size_t i = 0; i < in_.size(); ++i) count += in_[i] != 0 && is_shown(graph_[i]) ? 1 : 0;
    return count;
  }

 private:
  template <class Body>
  void for_each_input(std::size_t i, Body body) const {
    const Value v = graph_[i];
    for (std::size_t k = 0; k < v.input_count(); ++k) body(v.input(k).index());
  }

  void keep_what_comes_of(Value from, Value root) {
    graph_.check(from);
    std::vector<std::uint8_t> below(in_.size());
    if (from.index() < below.size()) below[from.index()] = 1;
    for (std::size_t i = from.index() + 1; i < below.size(); ++i) {
      for_each_input(i, [&](std::size_t input) { below[i] |= below[input]; });
    }
    if (below[root.index()] == 0) {
      throw std::invalid_argument(fmt::format("backstep: no path leads from {} to {}",
                                              shown_name(from.name(), longest_name),
                                              shown_name(root.name(), longest_name)));
    }
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i] &= below[i];
  }

  Graph& graph_;
  std::vector<std::uint8_t> in_;  // by the place on the tape
};

// The values with lines of their own that v is calculated from, in the order in which it names them, each
// once.
std::vector<Value> inputs_of(Value v, const Scope& scope) {
  std::vector<Value> found, waiting;
  std::unordered_set<std::size_t> seen;
  const auto wait_for_inputs = [&](Value of) {
    for (std::size_t k = of.input_count(); k-- > 0;) waiting.push_back(of.input(k));
  };
  wait_for_inputs(v);
  while (!waiting.empty()) {
    const Value next = waiting.back();
    waiting.pop_back();
    if (!scope.has(next) || !seen.insert(next.index()).second) continue;
    if (Scope::is_shown(next)) {
      found.push_back(next);
    } else {
      wait_for_inputs(next);
    }
  }
  return found;
}

// One line: branches, what it is, its two numbers. Marks and words have no numbers.
struct Row {
  std::string branches, name, rest, data, grad;
  std::string colour = {};  // of the name
};

// Of the columns, in characters.
struct Widths {
  std::size_t left = 0, data = 4, grad = 4;
};

// A value that waits for its line.
struct Waiting {
  Value value;
  std::string before, below;  // the branches of its own line, and those of the lines below it
  std::size_t depth = 0;
};

class Tree {
 public:
  Tree(std::span<const Value> roots, const Tree_options& options)
      : scope_(roots, options.from), options_(options), tops_(roots.begin(), roots.end()) {
    for (const Value_mark& mark : options.marks) marks_[mark.of.index()].push_back(mark.mark);
    for (std::size_t i = 0; i < tops_.size() && !is_full(); ++i) {
      if (is_seen(tops_[i])) continue;
      if (i > 0) rows_.push_back({});
      grow(tops_[i]);
    }
    left_out_ = scope_.count_shown(roots) - seen_.size();
  }

  std::string text() const;

 private:
  bool is_full() const { return rows_.size() >= options_.most_lines; }
  bool is_seen(Value v) const { return seen_.count(v.index()) != 0; }
  void grow(Value top);
  void add_value(const Waiting& item, bool has_inputs);
  void add_marks(const Waiting& item, bool has_inputs);
  std::string line(const Row& row, const Widths& widths) const;
  std::string coloured(const std::string& text, const std::string& code) const {
    return options_.colour && !text.empty() && !code.empty() ? "\033[" + code + "m" + text + "\033[0m" : text;
  }

  Scope scope_;
  const Tree_options& options_;
  std::map<std::size_t, std::vector<Mark>> marks_;
  std::vector<Value> tops_;  // of this tree, and of those that go on further down
  std::unordered_set<std::size_t> seen_;
  std::size_t left_out_ = 0;
  std::vector<Row> rows_;
};

std::string name_of(Value v) {
  const std::string name = shown_name(v.name(), longest_name);
  return name.empty() && v.is_leaf() ? "leaf" : name;
}

// The stack is our own: a chain of a million values must not be the end of the program's.
void Tree::grow(Value top) {
  std::vector<Waiting> waiting = {{top, "", "", 0}};
  while (!waiting.empty() && !is_full()) {
    const Waiting item = waiting.back();
    waiting.pop_back();
    if (is_seen(item.value)) {
      rows_.push_back({item.before, name_of(item.value), " (shown above)", "", ""});
      continue;
    }
    const std::vector<Value> inputs = inputs_of(item.value, scope_);
    if (item.depth == deepest && !inputs.empty()) {
      rows_.push_back({item.before, name_of(item.value), " (goes on below)", "", ""});
      tops_.push_back(item.value);
      continue;
    }
    add_value(item, !inputs.empty());
    for (std::size_t k = std::min(inputs.size(), options_.most_lines); k-- > 0;) {
      const bool last = k + 1 == inputs.size();
      waiting.push_back({inputs[k], item.below + (last ? "└─ " : "├─ "), item.below + (last ? "   " : "│  "),
                         item.depth + 1});
    }
  }
}

void Tree::add_value(const Waiting& item, bool has_inputs) {
  const Value v = item.value;
  seen_.insert(v.index());
  const std::string name = name_of(v), formula = formula_of(v, options_.digits, longest_formula);
  const std::string rest = formula.empty() ? "" : name.empty() ? formula : " = " + formula;
  rows_.push_back({item.before, name, rest, shown_number(v.data(), options_.digits),
                   v.has_grad() ? shown_number(v.grad(), options_.digits) : "\u2013", "1"});
  add_marks(item, has_inputs);
}

// What is right goes together on a line as long as it fits; each that is wrong has one of its own.
void Tree::add_marks(const Waiting& item, bool has_inputs) {
  const auto found = marks_.find(item.value.index());
  if (found == marks_.end()) return;
  const std::string branches = item.below + (has_inputs ? "│  " : "   ");
  bool may_go_on = false;
  for (const Mark& mark : found->second) {
    const bool wrong = mark.verdict == Verdict::wrong;
    const std::string text = fmt::format("{} {}{} = {}", sign_of(mark.verdict), wrong ? "wrong: " : "",
                                         shown_name(mark), shown_number(mark));
    const std::size_t taken =
        may_go_on ? character_count(branches) + character_count(rows_.back().name) : width;
    if (!wrong && taken + 3 + character_count(text) <= width) {
      rows_.back().name += "   " + text;
    } else {
      rows_.push_back({branches, text, "", "", "", wrong ? "1;31" : "32"});
    }
    may_go_on = !wrong;
  }
}

std::string Tree::line(const Row& row, const Widths& widths) const {
  const std::size_t room = (row.data.empty() ? width : widths.left) - character_count(row.branches);
  const std::string name = shown_name(row.name, room);
  const std::size_t for_rest = room - character_count(name);
  const std::string rest = for_rest == 0 ? "" : shown_name(row.rest, for_rest);
  const std::string text = coloured(row.branches, "2") + coloured(name, row.colour) + rest;
  if (row.data.empty()) return text + "\n";
  const std::string gap(for_rest - character_count(rest), ' ');
  return fmt::format("{}{}   {:>{}}   {:>{}}\n", text, gap, row.data, widths.data, row.grad, widths.grad);
}

std::string Tree::text() const {
  Widths widths;
  for (const Row& row : rows_) {
    widths.data = std::max(widths.data, character_count(row.data));
    widths.grad = std::max(widths.grad, character_count(row.grad));
    if (row.data.empty()) continue;
    widths.left = std::max(widths.left, character_count(row.branches + row.name + row.rest));
  }
  widths.left = std::min(widths.left, width - widths.data - widths.grad - 6);
  std::string text = line({"", "", "", "data", "grad"}, widths);
  for (const Row& row : rows_) text += line(row, widths);
  if (left_out_ > 0) {
    text += fmt::format("\n{} more {} not shown.\n", with_commas(left_out_),
                        left_out_ == 1 ? "value is" : "values are");
  }
  return text;
}

}  // namespace

std::string to_tree(std::span<const Value> roots, const Tree_options& options) {
  check_digits(options.digits, "a tree");
  if (roots.empty()) throw std::invalid_argument("backstep: a tree of no root");
  return Tree(roots, options).text();
}

std::string to_tree(Value root, const Tree_options& options) { return to_tree(std::span(&root, 1), options); }

}  // namespace bp
