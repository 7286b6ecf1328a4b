#include "engine/scalar/copy.h"

#include <cstddef>

#include "engine/scalar/math.h"

namespace bp {

namespace {

std::vector<bool> needed_by(Value root) {
  Graph& graph = root.graph();
  std::vector<bool> needed(root.index() + 1, false);
  needed[root.index()] = true;
  for (std::size_t i = root.index() + 1; i-- > 0;) {
    if (!needed[i]) continue;
    const Value node = graph[i];
    for (std::size_t k = 0; k < node.input_count(); ++k) needed[node.input(k).index()] = true;
  }
  return needed;
}

}  // namespace

Copy::Copy(Value root) {
  Graph& original = root.graph();
  original.check(root);
  const std::vector<bool> needed = needed_by(root);
  copies_.resize(needed.size());
  std::vector<Value> inputs;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const Value node = original[i];
    inputs.clear();
    for (std::size_t k = 0; k < node.input_count(); ++k) inputs.push_back(copies_[node.input(k).index()]);
    copies_[i] = node.is_leaf()       ? graph_.leaf(node.data())
                 : node.is_constant() ? graph_.constant(node.data())
                                      : record(node.op(), inputs);
    if (!node.name().empty()) copies_[i].named(node.name());
    origins_.resize(graph_.size(), i);
  }
}

Value Copy::of(Value original) const {
  return original.index() < copies_.size() ? copies_[original.index()] : Value();
}

std::string Copy::describe(Value node) const {
  std::string text = std::string(info(node.op()).name) + " at node " + std::to_string(origins_[node.index()]);
  if (!node.name().empty()) text += " (" + std::string(node.name()) + ")";
  return text;
}

}  // namespace bp
