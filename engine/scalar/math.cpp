#include "engine/scalar/math.h"

#include <stdexcept>
#include <string>

namespace bp {

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
