#include "engine/vector/doctor.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <utility>

#include "engine/vector/first_bad_number.h"
#include "engine/vector/label_signal.h"

namespace bp::batch {

std::string to_string(const Finding& finding) {
  std::string text = fmt::format("step {}", finding.step);
  if (finding.layer) text += fmt::format(", layer {} ({})", *finding.layer, finding.layer_name);
  return text + fmt::format(": {}: {}. Try: {}", name_of(finding.ailment), finding.says, finding.remedy);
}

template <class T>
Doctor<T>::Doctor(Trainer<T>& trainer, Doctor_options options) : trainer_(trainer), options_(options) {
  if (options.every == 0) throw std::invalid_argument("backstep: a doctor that looks every 0 steps");
  Network<T>& net = trainer.network();
  for (std::size_t i = 0; i < net.description().size(); ++i) {
    const auto* activation = std::get_if<Activation>(&net.description()[i]);
    if (activation == nullptr) continue;
    units_.push_back({.layer = i, .curve = activation->curve, .units = net.layer(i).outputs()});
    silent_for_.emplace_back(units_.back().units);
  }
  for (std::size_t i = 0; i < net.description().size(); ++i) {
    if (!std::holds_alternative<Dense>(net.description()[i])) continue;
    const std::span<T> weight = net.layer(i).parameters()[0].data;
    weights_.push_back({.layer = i});
    places_.push_back(
        {static_cast<std::size_t>(weight.data() - net.flat_parameters().data()), weight.size()});
  }
  output_.outputs = net.outputs();
  loss_.kind = trainer.loss_kind();
  loss_.classes = std::max<std::size_t>(net.outputs(), 2);
  loss_.of_ignoring = loss_of_ignoring(loss_.kind, trainer.examples(), net.outputs());
  loss_.largest_class = largest_class(trainer.examples().labels);
  epoch_ = trainer.state().epoch + 1;
  snapshot_.take(trainer);
  watched_before_ = trainer.watch(this);
}

template <class T>
Doctor<T>::~Doctor() {
  trainer_.watch(watched_before_);
}

// ---- What it measures -----------------------------------------------------------------------------------

template <class T>
void Doctor<T>::after_backward(const Backward_report<T>& report) {
  ++seen_;
  if (!looks() || !std::isfinite(report.loss)) return;
  measure_units();
  measure_outputs(report);
  measure_gradients();
}

template <class T>
void Doctor<T>::measure_units() {
  for (std::size_t a = 0; a < units_.size(); ++a) {
    Unit_measure& units = units_[a];
    const View<const T> y = trainer_.network().output_of(units.layer);
    // At the end of the network it is as it should be, where targets are 0 and 1.
    const bool last = units.layer + 1 == trainer_.network().description().size();
    const auto share = last ? std::nullopt : saturated_share(y, units.curve);
    if (share) units.saturated.add(*share);
    if (units.curve != Curve::relu && units.curve != Curve::relu6) continue;
    std::vector<T> greatest(units.units, T(0));
    for (std::size_t n = 0; n < y.rows; ++n) {
      for (std::size_t j = 0; j < y.cols; ++j) greatest[j] = std::max(greatest[j], y(n, j));
    }
    std::vector<std::uint64_t>& silent_for = silent_for_[a];
    for (std::size_t j = 0; j < y.cols; ++j) silent_for[j] = greatest[j] > T(0) ? 0 : silent_for[j] + y.rows;
    units.silent = static_cast<std::size_t>(std::count_if(
        silent_for.begin(), silent_for.end(), [](std::uint64_t count) { return count >= silent_enough; }));
  }
}

template <class T>
void Doctor<T>::measure_outputs(const Backward_report<T>& report) {
  const View<const T> y = report.y;
  output_.are_probabilities = y.cols > 1;
  for (std::size_t n = 0; n < y.rows && output_.are_probabilities; ++n) {
    double sum = 0.0, least = 1.0;
    for (std::size_t k = 0; k < y.cols; ++k) {
      sum += y(n, k);
      least = std::min(least, static_cast<double>(y(n, k)));
    }
    output_.are_probabilities = least >= 0.0 && std::abs(sum - 1.0) < 1e-4;
  }

  const bool squared =
      loss_.kind == Loss_kind::half_squared_error || loss_.kind == Loss_kind::mean_squared_error;
  const auto* last = std::get_if<Activation>(&trainer_.network().description().back());
  if (!squared || last == nullptr) return;
  const auto* labels = std::get_if<std::span<const std::uint32_t>>(&report.targets);
  const auto* targets = std::get_if<View<const T>>(&report.targets);
  double all = 0.0, stuck = 0.0;
  for (std::size_t n = 0; n < y.rows; ++n) {
    for (std::size_t k = 0; k < y.cols; ++k) {
      double t = 0.0;
      if (labels == nullptr) {
        t = (*targets)(n, k);
      } else if (y.cols == 1) {
        t = (*labels)[n];
      } else {
        t = (*labels)[n] == k ? 1.0 : 0.0;
      }
      const double error = (y(n, k) - t) * (y(n, k) - t);
      all += error;
      if (is_saturated(y(n, k), last->curve)) stuck += error;
    }
  }
  if (all > 0.0) output_.stuck_error.add(stuck / all);
}

// Sizes are the same in every order, and from backward to the step the order does not change: weights may
// stay packed.
template <class T>
void Doctor<T>::measure_gradients() {
  const auto flat = trainer_.network().flat_as_arranged();
  for (std::size_t w = 0; w < weights_.size(); ++w) {
    const auto [first, count] = places_[w];
    const double gradient = rms<T>(flat.grad.subspan(first, count));
    const double weight = rms<T>(flat.data.subspan(first, count));
    weights_[w].gradient.add(gradient);
    if (weight > 0.0) weights_[w].gradient_to_weight.add(gradient / weight);
  }
  before_.assign(flat.data.begin(), flat.data.end());
}

template <class T>
void Doctor<T>::measure_updates() {
  const auto flat = trainer_.network().flat_as_arranged();
  for (std::size_t w = 0; w < weights_.size(); ++w) {
    const auto [first, count] = places_[w];
    const std::span<const T> before = std::span<const T>(before_).subspan(first, count);
    const double weight = rms<T>(before);
    if (weight == 0.0) continue;
    weights_[w].update_to_weight.add(rms_difference<T>(flat.data.subspan(first, count), before) / weight);
  }
}

template <class T>
void Doctor<T>::after_step(const Step_report& report) {
  constexpr std::uint64_t between_snapshots = 100;
  epoch_ = report.epoch;
  loss_.add(report);
  if (looks()) {
    // The first steps of Adam and Adagrad move every weight by the learning rate; soon they are shorter.
    if (seen_ > first_looks) measure_updates();
    remember(judge());
  }
  // Not at the end of an epoch, from which the trainer could not go on in the middle of a step.
  const bool possible = report.step < report.steps;
  if (possible && trainer_.optimizer().steps() >= snapshot_.steps() + between_snapshots) {
    snapshot_.take(trainer_);
  }
}

template <class T>
void Doctor<T>::after_epoch(const Epoch_report& report) {
  if (!report.validation) return;
  epochs_.push_back({report.epoch, report.loss, report.validation->loss});
  remember(judge());
}

// ---- What it says to that -------------------------------------------------------------------------------

namespace {

Finding finding_of(Ailment ailment, Remark remark, std::optional<std::size_t> layer = {}) {
  Finding finding;
  finding.ailment = ailment;
  finding.layer = layer;
  finding.says = std::move(remark.says);
  finding.remedy = std::move(remark.remedy);
  return finding;
}

void add(std::vector<Finding>& seen, Ailment ailment, std::optional<Remark> remark,
         std::optional<std::size_t> layer = {}) {
  if (remark) seen.push_back(finding_of(ailment, std::move(*remark), layer));
}
void add(std::vector<Finding>& seen, Ailment ailment, std::optional<Layer_remark> remark) {
  if (remark) seen.push_back(finding_of(ailment, *remark, remark->layer));
}

bool has(const std::vector<Finding>& seen, Ailment ailment) {
  return std::any_of(seen.begin(), seen.end(), [&](const Finding& f) { return f.ailment == ailment; });
}

}  // namespace

// Each illness by one name: what another finding explains is left out.
template <class T>
std::vector<Finding> Doctor<T>::judge_layers() const {
  std::vector<Finding> seen;
  const double rate = trainer_.optimizer().learning_rate();
  for (const Unit_measure& units : units_) {
    add(seen, Ailment::dead_units, dead_units(units, rate), units.layer);
    add(seen, Ailment::saturated_units, saturated_units(units), units.layer);
  }
  const auto blocked_above = [&](std::size_t layer) {
    return std::any_of(seen.begin(), seen.end(), [&](const Finding& f) { return *f.layer > layer; });
  };
  const auto vanishing = vanishing_gradient(weights_);
  const auto small = small_update(weights_, loss_);
  const bool vanishes = vanishing && !blocked_above(vanishing->layer);
  if (vanishes) add(seen, Ailment::vanishing_gradient, vanishing);
  if (!vanishes && seen.empty()) add(seen, Ailment::small_update, small);
  add(seen, Ailment::exploding_gradient, exploding_gradient(weights_, loss_));
  return seen;
}

template <class T>
std::vector<Finding> Doctor<T>::judge_outputs() const {
  std::vector<Finding> seen;
  add(seen, Ailment::saturated_units, saturated_outputs(output_, loss_),
      trainer_.network().description().size() - 1);
  add(seen, Ailment::softmax_twice, softmax_twice(output_, loss_));
  if (const auto* last = std::get_if<Activation>(&trainer_.network().description().back())) {
    add(seen, Ailment::bounded_logits, bounded_logits(last->curve, output_, loss_));
  }
  return seen;
}

template <class T>
void Doctor<T>::judge_losses(std::vector<Finding>& seen) {
  const double rate = trainer_.optimizer().learning_rate();
  // Where units are dead or steps were too long before, small steps are the consequence.
  if (!has(findings_, Ailment::dead_units) && !has(findings_, Ailment::rate_too_high)) {
    add(seen, Ailment::rate_too_low, rate_too_low(loss_, weights_, rate));
  }
  add(seen, Ailment::rate_too_high, rate_too_high(loss_, rate));
  if (!has(seen, Ailment::rate_too_high)) add(seen, Ailment::large_update, large_update(weights_, rate));
  auto at_chance = ignores_inputs(loss_);
  auto by_heart = over_fitting(epochs_);
  constexpr std::size_t examples = 2000;  // enough; of pictures of 784 pixels it takes 0.1 s, once
  if (at_chance || by_heart) {
    const std::size_t looked_at = std::min(examples, trainer_.examples().size());
    if (!label_signal_) {
      label_signal_ = label_signal(trainer_.examples(), trainer_.network().inputs(), looked_at);
    }
    if (auto shuffled = labels_shuffled(*label_signal_, looked_at, loss_, epochs_)) {
      return add(seen, Ailment::labels_shuffled, std::move(shuffled));
    }
  }
  if (!has(seen, Ailment::rate_too_low)) add(seen, Ailment::ignores_inputs, std::move(at_chance));
  add(seen, Ailment::over_fitting, std::move(by_heart));
}

template <class T>
std::vector<Finding> Doctor<T>::judge() {
  std::vector<Finding> seen = judge_layers();
  for (Finding& finding : judge_outputs()) seen.push_back(std::move(finding));
  judge_losses(seen);
  return seen;
}

template <class T>
void Doctor<T>::remember(const std::vector<Finding>& seen) {
  constexpr std::size_t surely_over = 10;  // looks without it
  const auto same = [](const Finding& a, const Finding& b) {
    return a.ailment == b.ailment && a.layer == b.layer;
  };
  for (std::size_t f = 0; f < findings_.size(); ++f) {
    Finding& known = findings_[f];
    const bool still =
        std::any_of(seen.begin(), seen.end(), [&](const Finding& s) { return same(s, known); });
    looks_without_[f] = still ? 0 : looks_without_[f] + 1;
    if (still) known.over.reset();  // back again, of which nobody need be told twice
    if (still || known.over || looks_without_[f] < surely_over) continue;
    known.over = trainer_.optimizer().steps();
    if (on_over && !told_over_[f]) on_over(known);
    told_over_[f] = true;
  }
  for (const Finding& finding : seen) {
    const bool known =
        std::any_of(findings_.begin(), findings_.end(), [&](const Finding& f) { return same(f, finding); });
    if (known) continue;
    Finding found = finding;
    found.step = trainer_.optimizer().steps();
    found.epoch = epoch_;
    tell(std::move(found));
  }
}

template <class T>
void Doctor<T>::tell(Finding found) {
  if (found.layer) found.layer_name = trainer_.network().layer(*found.layer).name();
  findings_.push_back(std::move(found));
  looks_without_.push_back(0);
  told_over_.push_back(false);
  if (on_finding) on_finding(findings_.back());
}

template <class T>
void Doctor<T>::explain_divergence() {
  const std::optional<First_bad_number> first = first_bad_number(trainer_, snapshot_);
  if (!first) return;
  Finding found = finding_of(Ailment::not_a_number, {first->says, first->remedy}, first->layer);
  found.step = first->step;
  found.epoch = first->epoch;
  tell(std::move(found));
}

template class Doctor<float>;
template class Doctor<double>;

}  // namespace bp::batch
