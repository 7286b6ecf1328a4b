// Rules that look at outputs, losses and epochs.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "engine/data/with_commas.h"
#include "engine/vector/doctor_rules.h"

namespace bp::batch {

// ---- Outputs and losses ---------------------------------------------------------------------------------

double cross_entropy_floor(std::size_t classes, double low, double high) {
  return std::log1p(static_cast<double>(classes - 1) * std::exp(low - high));
}

std::optional<Remark> softmax_twice(const Output_measure& outputs, const Loss_measure& loss) {
  if (loss.kind != Loss_kind::softmax_cross_entropy || !outputs.are_probabilities) return std::nullopt;
  return Remark{
      fmt::format(
          "every row of outputs is of numbers from 0 to 1 that add up to 1: probabilities, of which the "
          "loss takes the softmax once more. So it cannot fall below ln(e + {} - 1) - 1 = {:.4f}; it "
          "is {:.4f}",
          outputs.outputs, cross_entropy_floor(outputs.outputs, 0.0, 1.0), loss.last.mean()),
      "leave the softmax at the end of the network out: this loss takes logits"};
}

std::optional<Remark> bounded_logits(Curve last, const Output_measure& outputs, const Loss_measure& loss) {
  if (loss.kind != Loss_kind::softmax_cross_entropy) return std::nullopt;
  double low = -1.0;
  switch (last) {
    case Curve::sigmoid: low = 0.0; break;
    case Curve::tanh:
    case Curve::softsign:
    case Curve::hard_tanh: break;
    default: return std::nullopt;
  }
  return Remark{
      fmt::format("its outputs lie between {:g} and 1, so the loss cannot fall below {:.4f}; it is {:.4f}",
                  low, cross_entropy_floor(outputs.outputs, low, 1.0), loss.last.mean()),
      fmt::format(
          "leave the {} at the end of the network out: softmax cross-entropy takes logits, which may be "
          "of any size",
          name_of(last))};
}

namespace {

// For 300 steps within 3 % of the loss of ignoring the inputs, the last 100 and the 200 before each on
// average, and not on its way from there: it does not fall by half a per cent, nor is half as much again
// right as by always guessing the largest class.
bool is_at_chance(const Loss_measure& loss) {
  constexpr double near = 0.03, falls = 0.995, better = 1.5;
  if (!loss.of_ignoring || !loss.before.full()) return false;
  const double chance = *loss.of_ignoring, now = loss.last.mean(), before = loss.before.mean();
  return std::abs(now - chance) < near * chance && std::abs(before - chance) < near * chance &&
         now > falls * before && !(loss.accuracy > better * loss.largest_class);
}

}  // namespace

std::optional<Remark> ignores_inputs(const Loss_measure& loss) {
  if (!is_at_chance(loss)) return std::nullopt;
  std::string says = fmt::format("for 300 steps the loss has stood at {:.4f}", loss.last.mean());
  if (!std::isnan(loss.accuracy)) says += fmt::format(" (accuracy {:.3g} %)", 100.0 * loss.accuracy);
  says += fmt::format(". A network that gives the same whatever the input has {:.4f}", *loss.of_ignoring);
  if (loss.kind == Loss_kind::softmax_cross_entropy) {
    says += fmt::format(", the entropy of the labels (ln {} = {:.4f})", loss.classes,
                        std::log(static_cast<double>(loss.classes)));
  }
  return Remark{std::move(says),
                "look whether the inputs differ at all, whether units are dead or gradients fade, and try "
                "another learning rate"};
}

std::optional<Remark> rate_too_high(const Loss_measure& loss, double learning_rate) {
  // A step too long jumps over the valley and climbs the other side.
  // Where it is five times as high as at the start there is no need to wait for 100 steps of it.
  constexpr std::size_t some = 10;
  const bool surely = loss.last.size() >= some && loss.last.median() > 5.0 * loss.start_or_chance();
  if (!surely && !(loss.last.full() && loss.has_climbed())) return std::nullopt;
  return Remark{fmt::format("the loss began at {:.4g} and was {:.4g} on average in the last {} steps: it "
                            "climbs",
                            *loss.first, loss.last.mean(), loss.last.size()),
                fmt::format("a learning rate ten times smaller (now {:.6g})", learning_rate)};
}

std::optional<Remark> rate_too_low(const Loss_measure& loss, const std::vector<Weight_measure>& weights,
                                   double learning_rate) {
  // Only while there is much left to learn: at the end of training small steps are as they should be.
  constexpr double alike = 0.1, much_left = 0.5;
  if (!loss.first || !loss.last.full()) return std::nullopt;
  double most = 0.0;
  for (const Weight_measure& w : weights) {
    if (!w.update_to_weight.full()) return std::nullopt;
    most = std::max(most, w.update_to_weight.median());
  }
  const double now = loss.last.mean();
  if (!(most < update_too_small) || std::abs(now - *loss.first) > alike * *loss.first) return std::nullopt;
  if (loss.of_ignoring && now < much_left * *loss.of_ignoring) return std::nullopt;
  return Remark{
      fmt::format("a step changes no layer's weights by more than {:.2g} of their size (about 1e-3 is "
                  "usual), and the loss, which began at {:.4f}, is {:.4f} on average in the last 100 steps",
                  most, *loss.first, now),
      fmt::format("a learning rate 10 to 1000 times larger (now {:.6g})", learning_rate)};
}

// ---- Epochs ---------------------------------------------------------------------------------------------

std::optional<Remark> over_fitting(const std::vector<Epoch_measure>& epochs) {
  // Validation losses wobble by 10 % and more where few are trained on: each of the last three must be 5 %
  // above the best, and their mean 10 %.
  constexpr double each = 1.05, on_average = 1.1;
  constexpr std::ptrdiff_t last = 3;
  if (epochs.empty()) return std::nullopt;
  const auto best = std::min_element(
      epochs.begin(), epochs.end(), [](const auto& a, const auto& b) { return a.validation < b.validation; });
  const Epoch_measure& now = epochs.back();
  if (epochs.end() - 1 - best < last) return std::nullopt;
  double mean = 0.0, least = now.validation;
  for (auto epoch = epochs.end() - last; epoch != epochs.end(); ++epoch) {
    mean += epoch->validation / static_cast<double>(last);
    least = std::min(least, epoch->validation);
  }
  const bool turned = least > each * best->validation && mean > on_average * best->validation;
  if (!turned || !(now.training < best->training)) return std::nullopt;
  return Remark{fmt::format("since epoch {} the validation loss has risen from {:.4f} to {:.4f}, while the "
                            "training loss has fallen from {:.4f} to {:.4f}: it learns its examples by heart",
                            best->epoch, best->validation, now.validation, best->training, now.training),
                "stop at the best epoch; or more examples, dropout, an L2 penalty, a smaller network"};
}

std::optional<Remark> labels_shuffled(double z, std::size_t examples, const Loss_measure& loss,
                                      const std::vector<Epoch_measure>& epochs) {
  // By chance one time in 30,000, where the sum is normally distributed.
  constexpr double told_apart = 4.0;
  const bool by_heart = !epochs.empty() && loss.of_ignoring && epochs.back().validation >= *loss.of_ignoring;
  if (z >= told_apart || !(is_at_chance(loss) || by_heart)) return std::nullopt;
  const std::string learnt =
      by_heart ? fmt::format(
                     "On examples not trained on it does no better than without looking (loss {:.4f}, "
                     "{:.4f} is chance)",
                     epochs.back().validation, *loss.of_ignoring)
               : fmt::format("The loss stands at chance ({:.4f})", loss.last.mean());
  return Remark{
      fmt::format("{}, and the mean inputs of the classes differ no more than if the labels had been "
                  "dealt out blindly ({:.1f} standard deviations, on {} examples; 4 would be a sign)",
                  learnt, z, with_commas(examples)),
      "look at some examples beside their labels: one of the two may be shuffled, shifted by one, or "
      "from another file"};
}

}  // namespace bp::batch
