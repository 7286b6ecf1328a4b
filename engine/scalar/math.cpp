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

Value softmax_cross_entropy(std::span<const Value> logits, std::size_t label) {
  if (!logits.empty() && label >= logits.size()) {
    throw std::out_of_range("backstep: label " + std::to_string(label) + " of " +
                            std::to_string(logits.size()) + " classes");
  }
  const Value scale = logsumexp(logits);
  return scale - logits[label];
}

}  // namespace bp
