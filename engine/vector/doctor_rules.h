// The rules by which the training doctor names what goes wrong: each from a few measured numbers to a
// sentence with these numbers in it and a remedy, or to nothing.
//
// Where each bound comes from stands beside it in doctor_rules.cpp. A rule waits until it has seen enough to
// be sure: rather late than wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/vector/doctor_measures.h"

namespace bp::batch {

/// What ails a training run.
enum class Ailment : std::uint8_t {
  dead_units,
  saturated_units,
  vanishing_gradient,
  exploding_gradient,
  large_update,
  small_update,
  ignores_inputs,
  softmax_twice,
  bounded_logits,
  not_a_number,
  over_fitting,
  rate_too_high,
  rate_too_low,
  labels_shuffled,
};

/// "dead-units", "saturated-units"...
const char* name_of(Ailment ailment);

/// What a rule says: the evidence in words and numbers, and what to try.
struct Remark {
  std::string says, remedy;
};
/// The same of one layer.
struct Layer_remark : Remark {
  std::size_t layer;
};

// ---- One layer's units ----------------------------------------------------------------------------------

/// Many ReLUs give 0 whatever comes in: no gradient passes through them, so they stay so.
std::optional<Remark> dead_units(const Unit_measure& units, double learning_rate);
/// Most numbers of a sigmoid or a tanh stand where it is flat: hardly any gradient passes.
std::optional<Remark> saturated_units(const Unit_measure& units);
/// A sigmoid or tanh at the end is sure of the wrong: squared errors hardly move it.
std::optional<Remark> saturated_outputs(const Output_measure& outputs, const Loss_measure& loss);

// ---- Weights, the first layer's first -------------------------------------------------------------------

/// By how much of its size a step may change a weight tensor, RMS to RMS, both a factor of 100 from the 1e-3
/// that the notes of Stanford's CS231n give as usual ("Neural Networks 3", ratio of weights to updates).
/// Healthy runs of the tests have from 3e-5, when all is learnt, to 0.044.
inline constexpr double update_too_large = 0.1, update_too_small = 1e-5;

/// The layer whose gradient is least, if it is far below that of a later one.
std::optional<Layer_remark> vanishing_gradient(const std::vector<Weight_measure>& weights);
/// The layer whose gradient is largest, if it dwarfs the weights.
std::optional<Layer_remark> exploding_gradient(const std::vector<Weight_measure>& weights,
                                               const Loss_measure& loss);
/// The layer whose weights change most in a step, if that is too much.
std::optional<Layer_remark> large_update(const std::vector<Weight_measure>& weights, double learning_rate);
/// The layer whose weights change least in a step, if it lags far behind another.
std::optional<Layer_remark> small_update(const std::vector<Weight_measure>& weights,
                                         const Loss_measure& loss);

// ---- Outputs and losses ---------------------------------------------------------------------------------

/// Softmax cross-entropy is given probabilities, or outputs of a bounded activation.
std::optional<Remark> softmax_twice(const Output_measure& outputs, const Loss_measure& loss);
std::optional<Remark> bounded_logits(Curve last, const Output_measure& outputs, const Loss_measure& loss);
/// The loss stands where that of a network stands that gives the same for every input.
std::optional<Remark> ignores_inputs(const Loss_measure& loss);
std::optional<Remark> rate_too_high(const Loss_measure& loss, double learning_rate);
std::optional<Remark> rate_too_low(const Loss_measure& loss, const std::vector<Weight_measure>& weights,
                                   double learning_rate);

/// Losses of an epoch.
struct Epoch_measure {
  std::size_t epoch;  // counted from 1
  double training, validation;
};
/// The validation loss has turned and rises, while the training loss falls.
std::optional<Remark> over_fitting(const std::vector<Epoch_measure>& epochs);

/// How far the labels are from telling the inputs apart: see label_signal.h.
std::optional<Remark> labels_shuffled(double z, std::size_t examples, const Loss_measure& loss,
                                      const std::vector<Epoch_measure>& epochs);

/// The least that softmax cross-entropy over C classes can be where the logits lie in [low, high]:
///
///     ln(1 + (C - 1) e^(low - high))
///
/// for the best row has `high` at the right class and `low` elsewhere. Probabilities lie in [0, 1], so that a
/// softmax before it cannot come below ln(e + C - 1) - 1, which is 1.4612 for 10 classes.
double cross_entropy_floor(std::size_t classes, double low, double high);

}  // namespace bp::batch
