// Softmax and the loss: where the units that stand alone and all others come together. See walk.h.
#include <algorithm>
#include <cmath>
#include <span>

#include "engine/scalar/math.h"
#include "viz/zoom/walk.h"

namespace bp::zoom {

using batch::Dense, batch::Loss_kind;

// The sum over those that do not stand alone is one term, log of it as if one output more.
std::vector<Value> Walk::logits() {
  std::vector<Value> logits;
  double greatest = 0.0, sum = 0.0;
  for (const Unit& unit : units_) greatest = std::max(greatest, unit.line.now);
  for (const Unit& unit : units_) {
    if (unit.alone) {
      logits.push_back(values_[*unit.alone]);
    } else {
      sum += std::exp(unit.line.now - greatest);
    }
  }
  if (sum == 0.0) return logits;
  Line others;
  for (const Unit& unit : units_) {
    if (!unit.alone) others.add(unit.line, std::exp(unit.line.now - greatest) / sum);
  }
  others.now = greatest + std::log(sum);
  logits.push_back(value_of(others, "log of the others").named("the other outputs"));
  return logits;
}

// p = e^z / sum e^z, dp_k = p_k (dz_k - sum_j p_j dz_j).
void Walk::make_probabilities(std::size_t layer) {
  const std::vector<double>& p = numbers_.layers[layer].out;
  Line mean;
  for (std::size_t k = 0; k < p.size(); ++k) mean.add(units_[k].line, p[k]);
  const std::vector<Value> z = logits();
  const Value all = logsumexp(std::span<const Value>(z));
  for (std::size_t k = 0; k < p.size(); ++k) {
    Line line{p[k], {}};
    line.add(units_[k].line, p[k]);
    line.add(mean, -p[k]);
    if (units_[k].alone) {
      const Value value = exp(values_[*units_[k].alone] - all).named(fmt::format("p {}", output_name(k)));
      units_[k].alone = add(value, line);
      line = line_of(*units_[k].alone);
    }
    units_[k].line = line;
  }
}

// ---- The loss -------------------------------------------------------------------------------------------

void Walk::end() {
  const Value loss = example_.loss == Loss_kind::softmax_cross_entropy ? cross_entropy() : squared_error();
  zoom_.loss = with_penalty(loss.named("loss"));
}

// log(sum e^y) - y of the right class.
Value Walk::cross_entropy() {
  const std::vector<Value> y = logits();
  return logsumexp(std::span<const Value>(y)) - values_[*units_[example_.label].alone];
}

// sum c (y - t)^2, c = 1/2 or 1/C.
Value Walk::squared_error() {
  const bool half = example_.loss == Loss_kind::half_squared_error;
  const double c = half ? 0.5 : 1.0 / static_cast<double>(units_.size());
  const auto target = [&](std::size_t k) {
    return units_.size() == 1 ? static_cast<double>(example_.label) : k == example_.label ? 1.0 : 0.0;
  };
  std::vector<Value> terms;
  Line others;
  for (std::size_t k = 0; k < units_.size(); ++k) {
    const Line& line = units_[k].line;
    const double error = line.now - target(k);
    if (units_[k].alone) {
      terms.push_back(square(values_[*units_[k].alone] - target(k)) * c);
    } else {
      others.now += c * error * error;
      others.add(line, 2.0 * c * error);
    }
  }
  if (terms.size() < units_.size()) {
    terms.push_back(value_of(others, "what is left of them").named("error of the others"));
  }
  return sum(std::span<const Value>(terms));
}

Value Walk::with_penalty(Value loss) {
  const Dense& dense = std::get<Dense>(net_.description()[place_.layer]);
  if (place_.is_bias || (dense.l1 == 0.0 && dense.l2 == 0.0)) return loss;
  Value sum = loss;
  if (dense.l1 != 0.0) sum = sum + abs(zoom_.weight) * dense.l1;
  if (dense.l2 != 0.0) sum = sum + square(zoom_.weight) * dense.l2;
  return sum.named("loss and penalty");
}

}  // namespace bp::zoom
