#include "engine/scalar/dual.h"

#include <cstddef>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

namespace {

// The node's value and slope from those of its inputs, which stand earlier on the tape.
Dual evaluate(Value node, const std::vector<Dual>& duals) {
  const auto input = [&](std::size_t i) { return duals[node.input(i).index()]; };
  switch (node.op()) {
    case Op::leaf:
    case Op::constant: break;
#define UNARY(name, ...)                    \
  case Op::name: {                          \
    return Rule<Op::name>::value(input(0)); \
  }
#define BINARY(name, ...)                             \
  case Op::name: {                                    \
    return Rule<Op::name>::value(input(0), input(1)); \
  }
#define N_ARY(name, ...)                                           \
  case Op::name: {                                                 \
    return n_ary_value<Op::name, Dual>(node.input_count(), input); \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
#undef N_ARY
  }
  return node.data();
}

}  // namespace

double forward_derivative(Value root, Value input) {
  Graph& graph = root.graph();
  graph.check(root);
  graph.check(input);
  std::vector<Dual> duals(root.index() + 1);
  for (std::size_t i = 0; i <= root.index(); ++i) {
    duals[i] = evaluate(graph[i], duals);
    if (i == input.index()) duals[i].slope = 1.0;
  }
  return duals[root.index()].slope;
}

}  // namespace bp
