#include "engine/worksheet/between.h"

namespace bp {

namespace {

// Which nodes, from `value` on, depend on it: by their distance from it on the tape.
std::vector<bool> users_of(Value value, std::size_t count) {
  Graph& graph = value.graph();
  std::vector<bool> depends(count, false);
  depends[0] = true;
  for (std::size_t i = 1; i < count; ++i) {
    const Value node = graph[value.index() + i];
    for (std::size_t k = 0; k < node.input_count() && !depends[i]; ++k) {
      const std::size_t input = node.input(k).index();
      depends[i] = input >= value.index() && depends[input - value.index()];
    }
  }
  return depends;
}

// Leaves those that the last of them depends on.
void keep_inputs_of_last(std::vector<bool>& chosen, Value first) {
  Graph& graph = first.graph();
  std::vector<bool> needed(chosen.size(), false);
  needed.back() = chosen.back();
  for (std::size_t i = chosen.size(); i-- > 0;) {
    chosen[i] = chosen[i] && needed[i];
    if (!chosen[i] || i == 0) continue;
    const Value node = graph[first.index() + i];
    for (std::size_t k = 0; k < node.input_count(); ++k) {
      const std::size_t input = node.input(k).index();
      if (input >= first.index()) needed[input - first.index()] = true;
    }
  }
}

}  // namespace

Between::Between(Value root, Value value) {
  Graph& graph = root.graph();
  graph.check(root);
  graph.check(value);
  if (value.index() > root.index()) return;
  std::vector<bool> chosen = users_of(value, root.index() - value.index() + 1);
  keep_inputs_of_last(chosen, value);
  if (!chosen.back()) return;

  std::vector<std::uint32_t> number(chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (!chosen[i]) continue;
    const Value node = graph[value.index() + i];
    number[i] = static_cast<std::uint32_t>(places_.size());
    places_.push_back(static_cast<std::uint32_t>(node.index()));
    begins_.push_back(edges_.size());
    for (std::size_t k = 0; k < node.input_count(); ++k) {
      const std::size_t input = node.input(k).index();
      if (input < value.index() || !chosen[input - value.index()]) continue;
      edges_.push_back(
          {number[input - value.index()], static_cast<std::uint32_t>(k), node.local_derivative(k)});
    }
  }
  begins_.push_back(edges_.size());
}

}  // namespace bp
