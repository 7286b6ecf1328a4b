#include "engine/vector/trainer.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "engine/vector/float_mode.h"

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

}  // namespace

template <class T>
Trainer<T>::Trainer(Network<T>& net, Optimizer<T>& optimizer, Loss<T> loss, const Examples<T>& examples,
                    Trainer_options options)
    : net_(net),
      optimizer_(optimizer),
      loss_(std::move(loss)),
      examples_(examples),
      options_(std::move(options)),
      random_(options_.seed),
      classes_(loss_.kind()),
      has_classes_(!examples.labels.empty() || loss_.kind() == Loss_kind::softmax_cross_entropy) {
  check();
  hold_out();
  if (options_.batch > state_.order.size()) {
    refuse(fmt::format("a batch of {} is larger than the {} examples to train on", options_.batch,
                       state_.order.size()));
  }
}

template <class T>
void Trainer<T>::check() const {
  examples_.check(net_);
  if (options_.batch == 0) refuse("a batch of 0 examples");
  const double share = options_.validation;
  if (!(share >= 0.0 && share < 1.0)) {
    refuse(fmt::format("a validation share of {}; it must be from 0 to below 1", share));
  }
  if (options_.patience != 0 && share == 0.0) refuse("patience needs a validation share to watch");
  if (loss_.kind() == Loss_kind::softmax_cross_entropy &&
      std::holds_alternative<Softmax>(net_.description().back())) {
    refuse("softmax_cross_entropy takes logits: leave the softmax at the end of the network out");
  }
}

template <class T>
void Trainer<T>::hold_out() {
  std::vector<std::uint32_t>& order = state_.order;
  order.resize(examples_.size());
  std::iota(order.begin(), order.end(), 0u);
  if (options_.validation > 0.0) {
    const double wanted = std::floor(options_.validation * static_cast<double>(order.size()));
    const std::size_t count = std::max<std::size_t>(1, static_cast<std::size_t>(wanted));
    if (count >= order.size()) refuse("validation leaves no example to train on");
    random_.shuffle(std::span(order));
    state_.held_out.assign(order.end() - static_cast<std::ptrdiff_t>(count), order.end());
    order.resize(order.size() - count);
  }
  state_.generator = random_.state();
}

template <class T>
void Trainer<T>::restore(const Trainer_state& state) {
  std::vector<std::uint32_t> ours = state_.order, theirs = state.order;
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  if (ours != theirs || state.held_out != state_.held_out || state.position >= ours.size()) {
    refuse("a training state of other examples, another seed or another validation share");
  }
  random_.restore(state.generator);
  state_ = state;
  ended_.reset();
  if (options_.learning_rate && !finished()) {
    optimizer_.set_learning_rate(options_.learning_rate(state_.epoch));
  }
}

// --- Steps ------------------------------------------------------------------------------------------------

template <class T>
Outcome Trainer<T>::run() {
  const Flush_denormals flush;
  while (!finished()) {
    const Step_report report = step();
    bool goes_on = !on_step || on_step(report);
    if (ended_ && on_epoch) goes_on = on_epoch(*ended_) && goes_on;
    if (!goes_on && !finished()) return Outcome::stopped_by_callback;
  }
  return state_.epoch >= options_.epochs ? Outcome::finished : Outcome::stopped_early;
}

template <class T>
Step_report Trainer<T>::step() {
  if (finished()) throw std::logic_error("backstep: step() of a training that is done");
  const Flush_denormals flush;
  const auto begin = std::chrono::steady_clock::now();
  ended_.reset();
  if (state_.position == 0) begin_epoch();
  const std::size_t count = std::min(options_.batch, state_.order.size() - state_.position);
  const double batch_loss =
      train_on(std::span<const std::uint32_t>(state_.order).subspan(state_.position, count));
  state_.loss_sum += batch_loss * static_cast<double>(count);
  state_.position += count;
  state_.generator = random_.state();
  state_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const Step_report result = report(batch_loss);
  if (watcher_ != nullptr) watcher_->after_step(result);
  if (state_.position == state_.order.size()) end_epoch();
  if (watcher_ != nullptr && ended_) watcher_->after_epoch(*ended_);
  return result;
}

template <class T>
void Trainer<T>::begin_epoch() {
  random_.shuffle(std::span(state_.order));
  if (options_.learning_rate) optimizer_.set_learning_rate(options_.learning_rate(state_.epoch));
}

template <class T>
double Trainer<T>::train_on(std::span<const std::uint32_t> rows) {
  batch_.gather(examples_, rows, net_);
  const View<const T> y =
      net_.forward(batch_.x(), {.dropout_key = random_.next(), .keep_packed = true, .lit = batch_.lit()});
  dy_.resize(y.rows, y.cols);
  const double data_loss = loss_(y, batch_.targets(), dy_, net_.kernels(), net_.pool());
  if (has_classes_) {
    const auto truth = classes_.of_targets(batch_.targets()), said = classes_.of_outputs(y);
    for (std::size_t n = 0; n < truth.size(); ++n) state_.right += truth[n] == said[n] ? 1 : 0;
  }
  net_.backward(dy_);
  const double loss = data_loss + net_.penalty();
  if (watcher_ != nullptr) watcher_->after_backward({batch_.x(), y, batch_.targets(), loss});
  if (!std::isfinite(loss)) diverged(loss);
  optimizer_.step();
  return loss;
}

template <class T>
void Trainer<T>::diverged(double loss) const {
  throw Diverged(
      fmt::format("backstep: training diverged: the loss is {} in step {} (epoch {}, batch {}). Try a "
                  "smaller learning rate (now {}), and see that the inputs are numbers of a size about 1",
                  std::isnan(loss) ? "not a number" : "infinite", optimizer_.steps() + 1, state_.epoch + 1,
                  state_.position / options_.batch + 1, optimizer_.learning_rate()));
}

template <class T>
double Trainer<T>::accuracy() const {
  return has_classes_ ? static_cast<double>(state_.right) / static_cast<double>(state_.position)
                      : std::nan("");
}

template <class T>
Step_report Trainer<T>::report(double batch_loss) const {
  const auto steps_of = [&](std::size_t examples) {
    return (examples + options_.batch - 1) / options_.batch;
  };
  return {.epoch = state_.epoch + 1,
          .step = steps_of(state_.position),
          .steps = steps_of(state_.order.size()),
          .batch_loss = batch_loss,
          .loss = state_.loss_sum / static_cast<double>(state_.position),
          .accuracy = accuracy()};
}

template <class T>
void Trainer<T>::end_epoch() {
  Epoch_report report{.epoch = state_.epoch + 1,
                      .trained = state_.position,
                      .seconds = state_.seconds,
                      .loss = state_.loss_sum / static_cast<double>(state_.position),
                      .accuracy = accuracy(),
                      .validation = std::nullopt,
                      .best = false};
  if (!state_.held_out.empty()) {
    report.validation = evaluate(net_, loss_, examples_, std::span<const std::uint32_t>(state_.held_out));
  }
  const double watched = report.validation ? report.validation->loss : report.loss;
  report.best = watched < state_.best_loss;
  state_.epochs_since_best = report.best ? 0 : state_.epochs_since_best + 1;
  if (report.best) state_.best_loss = watched;
  ++state_.epoch;
  state_.position = 0;
  state_.loss_sum = state_.seconds = 0.0;
  state_.right = 0;
  ended_ = std::move(report);
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace bp::batch
