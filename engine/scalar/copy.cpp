#include "engine/scalar/copy.h"

#include <cstddef>

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

Value record_dot(const std::vector<Value>& factors) {
  std::vector<Value> x, y;
  for (std::size_t i = 0; i < factors.size(); i += 2) {
    x.push_back(factors[i]);
    y.push_back(factors[i + 1]);
  }
  return Graph::record_dot(x, y);
}

Value record(Op op, const std::vector<Value>& inputs) {
  switch (op) {
    case Op::leaf:
    case Op::constant: break;
#define UNARY(name, ...)                       \
  case Op::name: {                             \
    return Graph::record<Op::name>(inputs[0]); \
  }
#define BINARY(name, ...)                                 \
  case Op::name: {                                        \
    return Graph::record<Op::name>(inputs[0], inputs[1]); \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
    case Op::sum: return Graph::record<Op::sum>(inputs);
    case Op::dot: return record_dot(inputs);
    case Op::logsumexp: return Graph::record<Op::logsumexp>(inputs);
    case Op::mean: return Graph::record<Op::mean>(inputs);
    case Op::softmax_cross_entropy: return Graph::record<Op::softmax_cross_entropy>(inputs);
  }
  return {};
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
