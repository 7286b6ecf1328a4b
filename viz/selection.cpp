#include "viz/selection.h"

namespace bp {

Selection::Selection(Graph& graph) : graph_(graph), chosen_(graph.size(), 1), uses_(graph.size()) {
  count_uses();
}

Selection::Selection(Value root) : graph_(root.graph()), chosen_(root.index() + 1), uses_(root.index() + 1) {
  graph_.check(root);
  chosen_[root.index()] = 1;
  for (std::size_t i = chosen_.size(); i-- > 0;) {  // every user stands later on the tape
    if (chosen_[i] == 0) continue;
    const Value v = graph_[i];
    for (std::size_t k = 0; k < v.input_count(); ++k) chosen_[v.input(k).index()] = 1;
  }
  count_uses();
}

void Selection::count_uses() {
  for_each([&](Value v) {
    for (std::size_t k = 0; k < v.input_count(); ++k) ++uses_[v.input(k).index()];
  });
}

void Selection::fold_weighted_sums() {
  hidden_.assign(chosen_.size(), 0);
  const auto is_addition = [](Value v) { return v.op() == Op::add || v.op() == Op::sum; };
  for_each([&](Value v) {
    if (!is_addition(v)) return;
    for (std::size_t k = 0; k < v.input_count(); ++k) {
      const Value part = v.input(k);
      const bool can_hide = is_addition(part) || part.op() == Op::mul || part.op() == Op::dot;
      if (can_hide && part.name().empty() && uses_[part.index()] == 1) hidden_[part.index()] = 1;
    }
  });
}

void Selection::fold_constants() {
  fixed_.assign(chosen_.size(), 0);
  for_each([&](Value v) {
    bool fixed = v.input_count() > 0 && v.name().empty() && !is_root(v);
    for (std::size_t k = 0; k < v.input_count() && fixed; ++k) fixed = is_fixed(v.input(k));
    fixed_[v.index()] = fixed ? 1 : 0;
  });
}

bool Selection::is_folded(Value v) const {
  for (std::size_t k = 0; k < v.input_count(); ++k) {
    if (is_hidden(v.input(k))) return true;
  }
  return false;
}

}  // namespace bp
