#include "engine/scalar/loss.h"

#include <fmt/core.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace bp {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

void check_pairs(const char* loss, std::size_t predictions, std::size_t targets) {
  if (predictions == 0) refuse(fmt::format("{} of no predictions", loss));
  if (predictions != targets) {
    refuse(fmt::format("{} of {} predictions was given {} targets", loss, predictions, targets));
  }
}

// y - t for each pair: what every loss of regression starts from.
std::vector<Value> differences(const char* loss, std::span<const Value> predictions, const Targets& targets) {
  return std::visit(
      [&](const auto& t) {
        check_pairs(loss, predictions.size(), t.size());
        std::vector<Value> differences;
        differences.reserve(t.size());
        for (std::size_t i = 0; i < t.size(); ++i) differences.push_back(predictions[i] - t[i]);
        return differences;
      },
      targets);
}

std::vector<Value> squares(const char* loss, std::span<const Value> predictions, const Targets& targets) {
  std::vector<Value> values = differences(loss, predictions, targets);
  for (Value& value : values) value = square(value);
  return values;
}

std::vector<Value> sizes(const char* loss, std::span<const Value> predictions, const Targets& targets) {
  std::vector<Value> values = differences(loss, predictions, targets);
  for (Value& value : values) value = abs(value);
  return values;
}

// The mean of a loss over pairs of a prediction and a number.
template <class Loss>
Value mean_of(const char* name, std::span<const Value> predictions, std::span<const double> targets,
              Loss loss) {
  check_pairs(name, predictions.size(), targets.size());
  std::vector<Value> losses;
  losses.reserve(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) losses.push_back(loss(predictions[i], targets[i]));
  return mean(losses);
}

}  // namespace

// --- Regression -----------------------------------------------------------------------------------------

Value half_squared_error(std::span<const Value> predictions, const Targets& targets) {
  return 0.5 * sum(squares("half_squared_error", predictions, targets));
}

Value squared_error(std::span<const Value> predictions, const Targets& targets) {
  return sum(squares("squared_error", predictions, targets));
}

Value mean_squared_error(std::span<const Value> predictions, const Targets& targets) {
  return mean(squares("mean_squared_error", predictions, targets));
}

Value absolute_error(std::span<const Value> predictions, const Targets& targets) {
  return sum(sizes("absolute_error", predictions, targets));
}

Value mean_absolute_error(std::span<const Value> predictions, const Targets& targets) {
  return mean(sizes("mean_absolute_error", predictions, targets));
}

// With a = |y - t| and c = min(a, delta) both branches are c (a - c/2): a^2 / 2 where c = a, and
// delta (a - delta/2) where c = delta.
Value huber_loss(std::span<const Value> predictions, const Targets& targets, double delta) {
  if (!(delta > 0.0)) refuse(fmt::format("huber_loss with delta {}; it must be above 0", delta));
  std::vector<Value> losses = sizes("huber_loss", predictions, targets);
  for (Value& value : losses) {
    const Value capped = min(value, delta);
    value = capped * (value - 0.5 * capped);
  }
  return mean(losses);
}

// --- Classification -------------------------------------------------------------------------------------

namespace {

void check_probability(const char* loss, double target) {
  if (!(target >= 0.0 && target <= 1.0)) {
    refuse(fmt::format("{} with target {}; it must be from 0 to 1", loss, target));
  }
}

}  // namespace

// A term whose factor is 0 is not recorded: 0 * log(0) would be NaN.
Value binary_cross_entropy(Value probability, double target) {
  check_probability("binary_cross_entropy", target);
  if (probability.data() < 0.0 || probability.data() > 1.0) {
    refuse(fmt::format("binary_cross_entropy of {}, which is no probability; is it a logit?",
                       probability.data()));
  }
  if (target == 1.0) return -log(probability);
  const Value other = log1p(-probability);
  if (target == 0.0) return -other;
  return -(target * log(probability) + (1.0 - target) * other);
}

Value binary_cross_entropy(std::span<const Value> probabilities, std::span<const double> targets) {
  return mean_of("binary_cross_entropy", probabilities, targets,
                 [](Value y, double t) { return binary_cross_entropy(y, t); });
}

Value binary_cross_entropy_with_logits(Value logit, double target) {
  check_probability("binary_cross_entropy_with_logits", target);
  if (target == 1.0) return softplus(-logit);
  if (target == 0.0) return softplus(logit);
  return target * softplus(-logit) + (1.0 - target) * softplus(logit);
}

Value binary_cross_entropy_with_logits(std::span<const Value> logits, std::span<const double> targets) {
  return mean_of("binary_cross_entropy_with_logits", logits, targets,
                 [](Value x, double t) { return binary_cross_entropy_with_logits(x, t); });
}

Value softmax_cross_entropy(std::span<const Value> logits, std::span<const double> targets) {
  check_pairs("softmax_cross_entropy", logits.size(), targets.size());
  std::vector<Value> chosen;
  std::vector<double> weights;
  double total = 0.0;
  for (std::size_t k = 0; k < targets.size(); ++k) {
    check_probability("softmax_cross_entropy", targets[k]);
    total += targets[k];
    if (targets[k] == 0.0) continue;
    chosen.push_back(logits[k]);
    weights.push_back(targets[k]);
  }
  if (std::abs(total - 1.0) > 1e-6) {
    refuse(fmt::format("softmax_cross_entropy with targets that sum to {}; they must sum to 1", total));
  }
  return logsumexp(logits) - dot(chosen, weights);
}

Value hinge_loss(Value score, double label) {
  if (label != 1.0 && label != -1.0) {
    refuse(fmt::format("hinge_loss with label {}; the labels are -1 and 1", label));
  }
  return relu(1.0 - label * score);
}

Value hinge_loss(std::span<const Value> scores, std::span<const double> labels) {
  return mean_of("hinge_loss", scores, labels, [](Value s, double t) { return hinge_loss(s, t); });
}

Value multiclass_hinge_loss(std::span<const Value> scores, std::size_t label, double margin) {
  if (scores.size() < 2) {
    refuse(fmt::format("multiclass_hinge_loss of {} scores; it needs two classes or more", scores.size()));
  }
  if (label >= scores.size()) {
    throw std::out_of_range(fmt::format("backstep: label {} of {} classes", label, scores.size()));
  }
  if (!(margin > 0.0) || !std::isfinite(margin)) {
    refuse(fmt::format("multiclass_hinge_loss with margin {}; it must be above 0, and finite", margin));
  }
  std::vector<Value> losses;
  for (std::size_t k = 0; k < scores.size(); ++k) {
    if (k != label) losses.push_back(relu(scores[k] - scores[label] + margin));
  }
  return sum(losses);
}

// --- Penalties ------------------------------------------------------------------------------------------

namespace {

void check_penalty(const char* penalty, std::span<const Value> weights, double lambda) {
  if (weights.empty()) refuse(fmt::format("{} of no weights", penalty));
  if (!(lambda >= 0.0) || !std::isfinite(lambda)) {
    refuse(fmt::format("{} with lambda {}; it must be 0 or more, and finite", penalty, lambda));
  }
}

}  // namespace

Value l1_penalty(std::span<const Value> weights, double lambda) {
  check_penalty("l1_penalty", weights, lambda);
  std::vector<Value> sizes;
  sizes.reserve(weights.size());
  for (const Value& w : weights) sizes.push_back(abs(w));
  return lambda * sum(sizes);
}

// dot(w, w) is the sum of squares in one node, however many weights there are.
Value l2_penalty(std::span<const Value> weights, double lambda) {
  check_penalty("l2_penalty", weights, lambda);
  return lambda * dot(weights, weights);
}

Value half_l2_penalty(std::span<const Value> weights, double lambda) {
  check_penalty("half_l2_penalty", weights, lambda);
  return 0.5 * lambda * dot(weights, weights);
}

}  // namespace bp
