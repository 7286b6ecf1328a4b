#include "engine/vector/doctor_rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace bp::batch {

const char* name_of(Ailment ailment) {
  switch (ailment) {
    case Ailment::dead_units: return "dead-units";
    case Ailment::saturated_units: return "saturated-units";
    case Ailment::vanishing_gradient: return "vanishing-gradient";
    case Ailment::exploding_gradient: return "exploding-gradient";
    case Ailment::large_update: return "large-update";
    case Ailment::small_update: return "small-update";
    case Ailment::ignores_inputs: return "ignores-inputs";
    case Ailment::softmax_twice: return "softmax-twice";
    case Ailment::bounded_logits: return "bounded-logits";
    case Ailment::not_a_number: return "not-a-number";
    case Ailment::over_fitting: return "over-fitting";
    case Ailment::rate_too_high: return "rate-too-high";
    case Ailment::rate_too_low: return "rate-too-low";
    case Ailment::labels_shuffled: return "labels-shuffled";
  }
  return "?";
}

namespace {

std::string percent(double share) { return fmt::format("{:.3g} %", 100.0 * share); }

}  // namespace

// ---- One layer's units ----------------------------------------------------------------------------------

std::optional<Remark> dead_units(const Unit_measure& units, double learning_rate) {
  // What a learning rate that is too high can do by the notes of Stanford's CS231n ("Neural Networks 1", on
  // ReLU). Healthy runs of the tests have at most 25 %.
  constexpr double many = 0.4;
  const double share = static_cast<double>(units.silent) / static_cast<double>(units.units);
  if (!(share >= many)) return std::nullopt;
  return Remark{
      fmt::format("{} of {} units ({}) gave 0 for each of the last {} examples looked at or more",
                  units.silent, units.units, percent(share), silent_enough),
      fmt::format(
          "begin anew with a smaller learning rate (now {:.6g}), He's initialisation, or a leaky ReLU: no "
          "gradient passes through dead units, so they do not come back by themselves",
          learning_rate)};
}

std::optional<Remark> saturated_units(const Unit_measure& units) {
  // Weights of N(0, 1) on 784 pixels keep 60 to 91 % of a layer of sigmoids there, and are learnt all the
  // same; pixels that nobody divided by 255 hold 97 % and more there.
  constexpr double most = 0.95;
  if (!units.saturated.full() || units.saturated.median() < most) return std::nullopt;
  return Remark{
      fmt::format(
          "{} of what its {} units give stands where the curve is nearly flat (a derivative below 1 % "
          "of the greatest)",
          percent(units.saturated.median()), units.units),
      "inputs of a size about 1 and smaller first weights (Glorot's initialisation): where the curve is "
      "flat, "
      "hardly any gradient passes"};
}

std::optional<Remark> saturated_outputs(const Output_measure& outputs, const Loss_measure& loss) {
  // At the end of a good training the few errors left may be sure ones: only while the loss is not small.
  constexpr double most = 0.9, not_small = 0.5;
  if (!outputs.stuck_error.full() || !loss.last.full() || !loss.of_ignoring) return std::nullopt;
  if (outputs.stuck_error.median() < most || loss.last.mean() < not_small * *loss.of_ignoring) {
    return std::nullopt;
  }
  return Remark{
      fmt::format(
          "{} of the squared error stands in outputs that are sure of the wrong, where their curve is "
          "nearly flat",
          percent(outputs.stuck_error.median())),
      "a cross-entropy, whose gradient does not vanish there, or smaller first weights"};
}

// ---- Weights --------------------------------------------------------------------------------------------

std::optional<Layer_remark> vanishing_gradient(const std::vector<Weight_measure>& weights) {
  // Glorot's weights keep the gradient's size but for the last layer's, where it may fall to 1/7 (10 outputs,
  // 512 inputs); healthy runs of the tests have 1/9 or more. A thousandth is no accident of shapes. Each
  // layer of sigmoids takes 3/4 or more of it away.
  constexpr double too_little = 1e-3;
  const Weight_measure* largest = nullptr;
  const Weight_measure* found = nullptr;
  double least = too_little;
  for (auto w = weights.rbegin(); w != weights.rend(); ++w) {
    if (!w->gradient.full()) return std::nullopt;
    if (largest == nullptr || w->gradient.median() > largest->gradient.median()) largest = &*w;
    const double ratio = w->gradient.median() / largest->gradient.median();
    if (!(ratio < least)) continue;  // nor where both are 0
    least = ratio;
    found = &*w;
  }
  if (found == nullptr) return std::nullopt;
  return Layer_remark{
      {fmt::format("the gradient of its weights is {:.2g}, that of layer {} is {:.2g} (RMS): it fades on the "
                   "way back to {:.2g} of that",
                   found->gradient.median(), largest->layer, largest->gradient.median(), least),
       "ReLUs in the place of sigmoids, batch normalisation, weights of Glorot's or He's size, or fewer "
       "layers"},
      found->layer};
}

std::optional<Layer_remark> exploding_gradient(const std::vector<Weight_measure>& weights,
                                               const Loss_measure& loss) {
  // Healthy runs of the tests have at most 0.43. A gradient ten times as large as the weights would, at a
  // learning rate of 0.1, change them for others in one step.
  constexpr double too_much = 10.0;
  if (loss.has_climbed()) return std::nullopt;  // then it is the steps that are too long
  const Weight_measure* found = nullptr;
  double most = too_much;
  for (const Weight_measure& w : weights) {
    if (!w.gradient_to_weight.full() || !(w.gradient_to_weight.median() > most)) continue;
    most = w.gradient_to_weight.median();
    found = &w;
  }
  if (found == nullptr) return std::nullopt;
  return Layer_remark{
      {fmt::format(
           "the gradient of its weights is {:.3g} times as large as the weights themselves (RMS {:.3g})",
           most, found->gradient.median()),
       "inputs and targets of a size about 1, smaller first weights (Glorot's or He's initialisation), batch "
       "normalisation"},
      found->layer};
}

std::optional<Layer_remark> large_update(const std::vector<Weight_measure>& weights, double learning_rate) {
  const Weight_measure* found = nullptr;
  double most = update_too_large;
  for (const Weight_measure& w : weights) {
    if (!w.update_to_weight.full() || !(w.update_to_weight.median() > most)) continue;
    most = w.update_to_weight.median();
    found = &w;
  }
  if (found == nullptr) return std::nullopt;
  return Layer_remark{
      {fmt::format("each step changes its weights by {} of their size; about 0.1 % is usual", percent(most)),
       fmt::format("a smaller learning rate (now {:.6g})", learning_rate)},
      found->layer};
}

std::optional<Layer_remark> small_update(const std::vector<Weight_measure>& weights,
                                         const Loss_measure& loss) {
  constexpr double apart = 1e-2;  // from the layer that changes most: else all lag
  if (loss.of_ignoring && loss.last.mean() < 0.5 * *loss.of_ignoring) return std::nullopt;
  const Weight_measure* found = nullptr;
  double least = update_too_small, most = 0.0;
  for (const Weight_measure& w : weights) {
    if (!w.update_to_weight.full()) return std::nullopt;
    const double ratio = w.update_to_weight.median();
    most = std::max(most, ratio);
    if (!(ratio < least)) continue;
    least = ratio;
    found = &w;
  }
  if (found == nullptr || !(least < apart * most)) return std::nullopt;
  return Layer_remark{
      {fmt::format("a step changes its weights by {:.2g} of their size, another layer's by {:.2g}: it hardly "
                   "learns",
                   least, most),
       "an optimizer that scales each weight's step (Adam), or smaller first weights in this layer"},
      found->layer};
}

}  // namespace bp::batch
