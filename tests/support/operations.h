// For tests that run over the whole table of operations: every operation by its code, and reference numbers.
#pragma once

#include <array>
#include <stdexcept>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"

namespace bp::test {

/// Records `op` on x, or on x and y when it takes two.
inline Value apply(Op op, Value x, Value y) {
  switch (op) {
#define UNARY(name, ...) \
  case Op::name: {       \
    return name(x);      \
  }
#define BINARY(name, ...) \
  case Op::name: {        \
    return name(x, y);    \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
    default: throw std::invalid_argument("not a unary or binary operation");
  }
}

/// A row of op_reference.inc.
struct Reference {
  Op op;
  double x, y, value, dx, dy;
};

inline const std::vector<Reference>& references() {
  static const std::vector<Reference> rows = {
#include "tests/scalar/op_reference.inc"
  };
  return rows;
}

/// |got - want| within `ulps` units in the last place of want: the error of libm and of a few roundings.
inline bool close(double got, double want, double ulps = 16.0) {
  return got == want || std::abs(got - want) <= ulps * 0x1p-52 * std::abs(want) + 0x1p-1073;
}

/// Leaves with random numbers about 1 in size.
inline std::vector<Value> leaves_in(Graph& graph, Random& random, int count) {
  std::vector<Value> leaves;
  for (int i = 0; i < count; ++i) leaves.push_back(graph.leaf(random.uniform(-1.5, 1.5)));
  return leaves;
}

/// The gradient of each, 0 where no path leads to it.
inline std::vector<double> grads_of(const std::vector<Value>& values) {
  std::vector<double> grads;
  for (const Value value : values) grads.push_back(value.grad_or_zero());
  return grads;
}

/// A random calculation over `leaves`: every node uses earlier ones, many are used more than once, and the
/// numbers stay near 1, so that errors do not grow.
inline Value random_expression(Random& random, const std::vector<Value>& leaves, int operations) {
  std::vector<Value> values = leaves;
  const auto pick = [&] { return values[random.below(values.size())]; };
  for (int i = 0; i < operations; ++i) {
    const Value x = pick(), y = pick();
    switch (random.below(12)) {
      case 0: values.push_back(tanh(x + y)); break;
      case 1: values.push_back(sin(x) * y); break;
      case 2: values.push_back(x / (2.0 + square(y))); break;
      case 3: values.push_back(sigmoid(x - y)); break;
      case 4: values.push_back(softplus(x)); break;
      case 5: values.push_back(atan2(x, 3.0 + square(y))); break;
      case 6: values.push_back(tanh(sum({x, y, x}))); break;
      case 7: values.push_back(logsumexp({x, y, pick()}) - 1.0); break;
      case 8: values.push_back(tanh(dot(std::array{x, y}, std::array{pick(), x}))); break;
      case 9: values.push_back(mean({x, y, pick(), x})); break;
      case 10: values.push_back(softmax_cross_entropy(random.below(3), {x, y, pick()}) - 1.0); break;
      default: values.push_back(gelu(x) - cos(y)); break;
    }
  }
  return sum(std::span(values).last(values.size() < 5 ? values.size() : 5));
}

}  // namespace bp::test
