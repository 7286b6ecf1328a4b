#include "engine/scalar/math.h"

#include <stdexcept>
#include <string>

namespace bp {

namespace {

void check_count(Op op, std::size_t inputs) {
  const int arity = info(op).arity;
  const bool fits =
      op == Op::dot ? inputs % 2 == 0 : arity == any_number || inputs == static_cast<std::size_t>(arity);
  if (op == Op::leaf || op == Op::constant || !fits) {
    throw std::invalid_argument("backstep: " + std::string(info(op).name) + " is not made of " +
                                std::to_string(inputs) + " values");
  }
}

Value dot_of(std::span<const Value> factors) {
  std::vector<Value> x, y;
  for (std::size_t i = 0; i < factors.size(); i += 2) {
    x.push_back(factors[i]);
    y.push_back(factors[i + 1]);
  }
  return dot(x, y);
}

}  // namespace

Value record(Op op, std::span<const Value> inputs) {
  check_count(op, inputs.size());
  if (op == Op::dot) return dot_of(inputs);
  switch (op) {
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
    case Op::sum: return sum(inputs);
    case Op::logsumexp: return logsumexp(inputs);
    case Op::mean: return mean(inputs);
    case Op::softmax_cross_entropy: return Graph::record<Op::softmax_cross_entropy>(inputs);
    default: return {};  // check_count() has refused it
  }
}

std::vector<Value> softmax(std::span<const Value> logits) {
  const Value scale = logsumexp(logits);
  std::vector<Value> probabilities;
  probabilities.reserve(logits.size());
  for (Value z : logits) probabilities.push_back(exp(z - scale));
  return probabilities;
}

static void check_label(std::size_t label, std::size_t classes) {
  if (label < classes) return;
  throw std::out_of_range("backstep: label " + std::to_string(label) + " of " + std::to_string(classes) +
                          " classes");
}

Value softmax_cross_entropy(std::span<const Value> logits, std::size_t label) {
  if (!logits.empty()) check_label(label, logits.size());
  const Value scale = logsumexp(logits);
  return scale - logits[label];
}

Value softmax_cross_entropy(std::size_t k, std::span<const Value> logits) {
  if (logits.empty()) throw std::invalid_argument("backstep: softmax_cross_entropy of no logits");
  check_label(k, logits.size());
  Graph& graph = logits[0].graph();
  for (Value z : logits) graph.check(z);  // before the constant is recorded
  std::vector<Value> inputs{graph.constant(static_cast<double>(k))};
  inputs.insert(inputs.end(), logits.begin(), logits.end());
  return Graph::record<Op::softmax_cross_entropy>(inputs);
}

}  // namespace bp
