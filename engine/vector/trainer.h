// Training: epoch after epoch, batch after batch, in an order drawn anew for each epoch.
//
//     Trainer<float> trainer(net, optimizer, Loss<float>(Loss_kind::softmax_cross_entropy), examples,
//                            {.epochs = 5, .batch = 32, .validation = 0.1});
//     trainer.on_epoch = [](const Epoch_report& report) { print(report); return true; };
//     trainer.run();
//
// The same seed gives the same bits, whatever the number of threads. Interrupted between two steps and
// restored from state(), with network and optimizer restored too, it goes on as if nothing had been.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/data/random.h"
#include "engine/data/schedule.h"
#include "engine/vector/examples.h"
#include "engine/vector/optimizer.h"

namespace bp::batch {

struct Trainer_options {
  std::size_t epochs = 5;
  std::size_t batch = 32;    // the last of an epoch may be smaller
  std::uint64_t seed = 1;    // of the order, of what is held out and of dropout
  double validation = 0.0;   // the share of the examples that is drawn once and not trained on but evaluated
  std::size_t patience = 0;  // stop after so many epochs whose validation loss is no new best; 0: never
  /// The learning rate of an epoch, counted from 0, such as a function of schedule.h. Without: the
  /// optimizer's own.
  std::function<double(std::size_t epoch)> learning_rate = {};
};

/// A batch that has been trained on. Losses have the penalties in them.
struct Step_report {
  std::size_t epoch, step, steps;  // step of the steps of this epoch; both counted from 1
  double batch_loss;
  double loss, accuracy;  // the means of this epoch so far; accuracy is NaN where there are no classes
};

/// An epoch that has ended. The training figures are means over its batches, taken as the weights then were.
struct Epoch_report {
  std::size_t epoch;    // counted from 1
  std::size_t trained;  // examples
  double seconds;       // of training alone, without validation
  double loss, accuracy;
  std::optional<Evaluation> validation;
  bool best;  // no epoch before had so small a validation loss (without validation: training loss)
};

/// All that a checkpoint needs beside Network::state() and counters(), Optimizer::state() and steps().
struct Trainer_state {
  std::size_t epoch = 0, position = 0;         // epochs done, and examples done of this one
  std::vector<std::uint32_t> order, held_out;  // of this epoch; for validation
  Random::State generator = {};
  double loss_sum = 0.0;  // over the examples of this epoch
  std::uint64_t right = 0;
  double seconds = 0.0;
  double best_loss = std::numeric_limits<double>::infinity();
  std::size_t epochs_since_best = 0;
};

/// The loss is no longer a number: what() says in which step, and what to try.
class Diverged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A batch whose gradients are there, while the parameters are still those that gave them.
template <class T>
struct Backward_report {
  View<const T> x, y;  // B x I and B x O
  Targets<T> targets;
  double loss;  // with the penalties in it; it may be no number
};

/// Looks on while a trainer works: within each step, and also where no callback stops anything.
template <class T>
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// After backward, before the optimizer's step, and before a loss that is no number ends training.
  virtual void after_backward(const Backward_report<T>&) {}
  virtual void after_step(const Step_report&) {}
  virtual void after_epoch(const Epoch_report&) {}
};

enum class Outcome { finished, stopped_early, stopped_by_callback };

template <class T>
class Trainer {
 public:
  /// Network, optimizer and what the examples view must outlive it.
  ///
  /// Throws:    std::invalid_argument for what Examples::check() refuses, a batch of 0 or larger than the
  ///            examples to train on, a validation share outside of [0, 1) or that leaves nothing to train
  ///            on, patience without validation, and a softmax before softmax_cross_entropy, which takes
  ///            logits.
  Trainer(Network<T>& net, Optimizer<T>& optimizer, Loss<T> loss, const Examples<T>& examples,
          Trainer_options options);

  /// Called after each step and each epoch, if set; training stops when one returns false, and goes on where
  /// it was when run() is called again.
  std::function<bool(const Step_report&)> on_step;
  std::function<bool(const Epoch_report&)> on_epoch;

  /// From now on this one looks on, and nobody else; null: nobody. It must outlive the trainer or be taken
  /// back. Returns who did before.
  Watcher<T>* watch(Watcher<T>* watcher) { return std::exchange(watcher_, watcher); }

  /// Trains until all epochs are done, the validation loss no longer improves, or a callback says so.
  /// Denormals are taken for 0 meanwhile.
  ///
  /// Throws:    as step(); what a callback throws.
  Outcome run();
  /// Trains on the next batch; with the last one of an epoch goes the validation.
  ///
  /// Throws:    Diverged when the loss is not finite, before parameters change; but the step before may have
  ///            been the one that ruined them: go back to a checkpoint. std::logic_error when all is done.
  Step_report step();
  /// The report of the epoch that the last step ended, if it did.
  const std::optional<Epoch_report>& ended_epoch() const { return ended_; }
  bool finished() const { return state_.epoch >= options_.epochs || out_of_patience(); }

  Network<T>& network() const { return net_; }
  Optimizer<T>& optimizer() const { return optimizer_; }
  Loss_kind loss_kind() const { return loss_.kind(); }
  const Examples<T>& examples() const { return examples_; }

  const Trainer_state& state() const { return state_; }
  /// Throws:    std::invalid_argument when the state is not one of these examples and options.
  void restore(const Trainer_state& state);

 private:
  bool out_of_patience() const {
    return options_.patience != 0 && state_.epochs_since_best >= options_.patience;
  }
  void check() const;
  void hold_out();
  void begin_epoch();
  double train_on(std::span<const std::uint32_t> rows);
  void end_epoch();
  [[noreturn]] void diverged(double loss) const;
  Step_report report(double batch_loss) const;
  double accuracy() const;

  Network<T>& net_;
  Optimizer<T>& optimizer_;
  Loss<T> loss_;
  Examples<T> examples_;
  Trainer_options options_;
  Trainer_state state_;
  Random random_;
  Batch<T> batch_;
  Classes<T> classes_;
  bool has_classes_;
  Matrix<T> dy_;
  std::optional<Epoch_report> ended_;
  Watcher<T>* watcher_ = nullptr;
};

}  // namespace bp::batch
