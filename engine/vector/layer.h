// The layers of a network, a batch at a time: what each computes, and how gradients come back through it.
//
// A network is built from descriptions, such as Dense{128} or Dropout_rate{0.2}; what it makes of them are
// the classes below, each with forward beside backward (layer.cpp).
//
// Shapes throughout: B = batch, I = inputs, O = outputs of a layer; x is B x I, y B x O, weights O x I, as in
// PyTorch. A gradient is d + name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/data/initializer.h"
#include "engine/data/random.h"
#include "engine/vector/kernels.h"
#include "engine/vector/thread_pool.h"

namespace bp::batch {

// ---- Descriptions ---------------------------------------------------------------------------------------

/// y = x W^T + b, and l1 sum |w| + l2 sum w^2 added to the loss, of the weights only (no 1/2: Keras' L1 and
/// L2; PyTorch's weight_decay is 2 l2).
struct Dense {
  std::size_t outputs;
  bool bias = true;
  double l1 = 0.0, l2 = 0.0;
  Initializer weights = Initializer::xavier_uniform();
  Initializer biases = Initializer::zeros();
};

// Activation of activation.h is a description too: Activation{Curve::relu}.

/// Each row made into probabilities. Not before softmax_cross_entropy, which takes logits.
struct Softmax {};

/// While training every number is dropped (0) with this chance, the others are divided by 1 - rate, so that
/// the mean stays: "inverted" dropout, as in Keras and PyTorch. Else nothing changes.
struct Dropout_rate {
  double rate = 0.5;
};

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, in each column by itself. While training with
/// the batch's mean and variance (divided by B), else with running ones, which training keeps:
///
///     running = (1 - momentum) * running + momentum * new
///
/// momentum is PyTorch's word for what new statistics weigh; Keras' is 1 - that. Keras' defaults stand here,
/// of which PyTorch's are epsilon 1e-5 and momentum 0.1. The new variance that enters running_var is divided
/// by B - 1, as in PyTorch and in the original (Ioffe and Szegedy 2015, algorithm 2); Keras' dense layers
/// divide by B. A batch of one, which has no such variance, leaves running_var alone (PyTorch refuses it).
struct Batch_norm {
  double epsilon = 1e-3;
  double momentum = 0.01;
};

using Layer_description = std::variant<Dense, Activation, Softmax, Dropout_rate, Batch_norm>;

/// "relu", "hard_tanh"...: the curve's name.
const char* name_of(Curve curve);
/// The curve of that name; nothing where there is none.
std::optional<Curve> curve_named(std::string_view name);
/// Every curve there is.
std::vector<Curve> all_curves();

// ---- What a network makes of them -----------------------------------------------------------------------

/// What a pass through the layers is done with and for.
template <class T>
struct Pass {
  const Kernels<T>& kernels;
  Thread_pool& pool;
  bool training = false;
  std::uint64_t dropout_key = 0;       // another for every step
  bool keep_packed = false;            // weights may stay packed until the next step
  View<const std::uint64_t> lit = {};  // of the layer's x, as Sparse has it; no data: not known
};

/// Numbers that a layer shows, under their name in PyTorch: parameters with their gradients, and running
/// statistics, of which grad is empty.
template <class T>
struct Named_tensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<T> data, grad;
};

/// A layer at work. It reads what it is given and owns what it gives: a view is valid until its next pass.
template <class T>
class Layer {
 public:
  Layer(std::size_t inputs, std::size_t outputs) : inputs_(inputs), outputs_(outputs) {}
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  /// What a table of layers calls it: "dense", "relu".
  virtual std::string name() const = 0;

  /// y from x, which must stay as it is until backward.
  virtual View<const T> forward(View<const T> x, const Pass<T>& pass) = 0;
  /// dx from dy, after a forward pass that was training. dy may be overwritten, and dx may be dy. The
  /// gradients of the layer's parameters are overwritten, not added to. Where dx is not wanted it need not
  /// be computed.
  virtual View<T> backward(View<T> dy, bool dx_wanted, const Pass<T>& pass) = 0;

  /// The parameters: names and shapes, then, once the network has given them room, where they are.
  virtual std::vector<Named_tensor<T>> parameters() { return {}; }
  virtual void place_parameters(std::span<const std::span<T>>, std::span<const std::span<T>>) {}
  virtual void initialize(Random&) {}
  /// Running statistics, which training changes but no gradient does.
  virtual std::vector<Named_tensor<T>> buffers() { return {}; }
  /// How many batches the running statistics have seen; null without such.
  virtual std::int64_t* batches_tracked() { return nullptr; }
  /// What the penalties add to the loss: as of the last backward, from the weights before the step.
  virtual double penalty() const { return 0.0; }
  /// How the weights and their gradients stand in memory just now: as these kernels pack() them, or null: row
  /// after row, as parameters() shows them, which puts them so. Numbers that stand like the weights can be
  /// brought from one to the other by rearrange().
  virtual const Kernels<T>* packed_by() const { return nullptr; }
  virtual void rearrange(std::span<T>, const Kernels<T>* /*from*/, const Kernels<T>* /*to*/) {}

 private:
  std::size_t inputs_, outputs_;
};

/// An activation. Where it stands after a dense layer, that computes it as well while the sums are at hand;
/// where it stands before one, that takes its gradient through the activation too.
template <class T>
class Activation_layer : public Layer<T> {
 public:
  Activation_layer(std::size_t size, Activation f);
  std::string name() const override { return name_of(f_.curve); }
  View<const T> forward(View<const T> x, const Pass<T>& pass) override;
  View<T> backward(View<T> dy, bool dx_wanted, const Pass<T>& pass) override;

  Activation activation() const { return f_; }
  /// What the backward pass reads of the forward pass: z or y, see reads_input().
  View<const T> saved() const { return saved_; }
  /// From now on the layer before computes y and says what to save.
  void computed_before() { forward_is_done_ = true; }
  void save(View<const T> saved) { saved_ = saved; }
  /// From now on the layer after takes the gradient through.
  void differentiated_after() { backward_is_done_ = true; }

 private:
  Activation f_;
  bool forward_is_done_ = false, backward_is_done_ = false;
  View<const T> saved_;
  Matrix<T> y_;
};

/// A dense layer. Its products want the weights packed; to pack them and to bring their gradients into rows
/// takes a third of the time of the products, for 32 examples. So where they may, and nobody needs the rows,
/// both are kept packed from one training step to the next; what an optimizer does to a number it does
/// wherever that stands.
template <class T>
class Dense_layer : public Layer<T> {
 public:
  Dense_layer(std::size_t inputs, Dense description);
  std::string name() const override { return "dense"; }
  View<const T> forward(View<const T> x, const Pass<T>& pass) override;
  View<T> backward(View<T> dz, bool dx_wanted, const Pass<T>& pass) override;
  std::vector<Named_tensor<T>> parameters() override;
  void place_parameters(std::span<const std::span<T>> data, std::span<const std::span<T>> grad) override;
  void initialize(Random& random) override;
  double penalty() const override { return penalty_; }
  const Kernels<T>* packed_by() const override { return packed_by_; }
  void rearrange(std::span<T> numbers, const Kernels<T>* from, const Kernels<T>* to) override;

  const Dense& description() const { return description_; }
  /// The activations that it takes over; null: none.
  void join(Activation_layer<T>* before, Activation_layer<T>* after);

 private:
  View<T> weight() { return rows_of(w_); }
  View<T> rows_of(std::span<T> w) const {
    return {w.data(), this->outputs(), this->inputs(), this->inputs()};
  }
  bool can_keep_packed(const Pass<T>& pass) const;
  void arrange(const Kernels<T>* packed_by);
  void forward_by_outputs(Activation f, bool keeps_z, const Pass<T>& pass);
  void forward_by_examples(Activation f, bool keeps_z, const Pass<T>& pass);
  void pack(View<const T> rows, const Pass<T>& pass);
  void find_lit(const Pass<T>& pass);
  template <class Work>
  void share(const Pass<T>& pass, std::size_t rows, std::size_t row_step, std::size_t columns,
             std::size_t column_step, const Work& work) const;
  void backward_weights(View<const T> dz, const Pass<T>& pass);
  void add_penalty(const Pass<T>& pass);
  View<T> backward_input(View<const T> dz, const Pass<T>& pass);

  Dense description_;
  Activation_layer<T>*before_ = nullptr, *after_ = nullptr;
  std::span<T> w_, dw_, b_, db_;  // in the network's memory; b empty without biases
  const Kernels<T>* packed_by_ = nullptr;
  Matrix<T> unordered_;           // what is being rearranged
  Matrix<T> packed_, packed_dw_;  // x or W, and dW, where they are not kept packed
  Matrix<T> z_, y_, dx_, penalties_;
  Sparse<T> x_;
  bool sparse_ = false;  // many numbers of x are 0; then x_ has their bits, given or found here:
  Matrix<std::uint64_t> lit_;
  bool dx_wanted_ = true;  // in the last backward pass
  double penalty_ = 0.0;
};

template <class T>
class Softmax_layer : public Layer<T> {
 public:
  explicit Softmax_layer(std::size_t size) : Layer<T>(size, size) {}
  std::string name() const override { return "softmax"; }
  View<const T> forward(View<const T> z, const Pass<T>& pass) override;
  View<T> backward(View<T> dp, bool dx_wanted, const Pass<T>& pass) override;

 private:
  Matrix<T> p_;
};

template <class T>
class Dropout_layer : public Layer<T> {
 public:
  /// `place` in the network: every dropout of it drops others.
  Dropout_layer(std::size_t size, double rate, std::size_t place);
  std::string name() const override { return "dropout"; }
  View<const T> forward(View<const T> x, const Pass<T>& pass) override;
  View<T> backward(View<T> dy, bool dx_wanted, const Pass<T>& pass) override;
  /// Which elements a step with that key drops: ask dropout_keeps().
  Dropout mask(std::uint64_t step_key) const;

 private:
  void drop(View<const T> from, View<T> to, const Pass<T>& pass) const;

  double rate_;
  std::size_t place_;
  Matrix<T> y_;
};

template <class T>
class Batch_norm_layer : public Layer<T> {
 public:
  Batch_norm_layer(std::size_t size, Batch_norm description);
  std::string name() const override { return "batch_norm"; }
  View<const T> forward(View<const T> x, const Pass<T>& pass) override;
  View<T> backward(View<T> dy, bool dx_wanted, const Pass<T>& pass) override;
  std::vector<Named_tensor<T>> parameters() override;
  void place_parameters(std::span<const std::span<T>> data, std::span<const std::span<T>> grad) override;
  void initialize(Random& random) override;
  std::vector<Named_tensor<T>> buffers() override;
  std::int64_t* batches_tracked() override { return &batches_tracked_; }

 private:
  void track(std::size_t rows);

  Batch_norm description_;
  std::span<T> gamma_, dgamma_, beta_, dbeta_;  // in the network's memory
  std::vector<T> mean_, variance_, running_mean_, running_var_;
  std::int64_t batches_tracked_ = 0;
  View<const T> x_;
  Matrix<T> y_;
};

}  // namespace bp::batch
