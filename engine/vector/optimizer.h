// Optimizers: from the gradients that backward left in a network to its next parameters, in one pass over
// all of them.
//
//     Adam<float> optimizer(net, {.learning_rate = 1e-3});
//     net.backward(dlogits);
//     optimizer.step();
//
// Names, formulas and defaults are those of the scalar engine, which are PyTorch's (torch.optim, version 2).
// p is a parameter, g its gradient, t the number of the step from 1; m, v and s start at 0. Penalties are in
// the gradients already: see Dense.
//
// Unlike the scalar engine's, a step does not look whether gradients are finite, which would cost a pass of
// its own: a loss that is not finite shows it (trainer.h stops there).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/optimizer_options.h"
#include "engine/vector/network.h"

namespace bp::batch {

/// What all optimizers have in common.
template <class T>
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Moves every parameter by one step, with the network's threads and kernels.
  void step();

  /// "sgd", "adam"...
  virtual const char* name() const = 0;
  double learning_rate() const { return learning_rate_; }
  /// Throws:    std::invalid_argument unless it is finite and >= 0.
  void set_learning_rate(double learning_rate);
  /// How many steps have been taken.
  std::uint64_t steps() const { return steps_; }

  /// What it remembers, but for steps(): for each parameter its means, such as "m.0.weight", in the shape of
  /// the parameter. A checkpoint writes these; to go on, write them back and call restore_steps(). After a
  /// pass with keep_packed (Training) ask again, as for the network's parameters().
  std::vector<Named_tensor<T>> state();
  void restore_steps(std::uint64_t steps) { steps_ = steps; }

 protected:
  /// `means` are the names of what it remembers of each parameter. The network must outlive the optimizer and
  /// must not move.
  ///
  /// Throws:    std::invalid_argument when the network has no parameters; and as set_learning_rate().
  Optimizer(Network<T>& net, double learning_rate, std::vector<std::string> means);

  /// The rule for n parameters. means[i] is where those of the i-th name stand.
  virtual void update(const Kernels<T>& kernels, std::size_t n, const T* g, std::span<T* const> means,
                      T* p) = 0;

 private:
  void arrange_means();

  Network<T>& net_;
  double learning_rate_;
  std::vector<std::string> mean_names_;
  std::vector<Matrix<T>> means_;  // each as the parameters, arranged so:
  typename Network<T>::Arrangement arrangement_;
  std::uint64_t steps_ = 0;
};

// Throws:    the constructors below as that of Optimizer, and std::invalid_argument, naming the argument,
//            unless momentum, alpha, beta1 and beta2 are in [0, 1), epsilon is finite and > 0, and
//            weight_decay is finite and >= 0.

/// p -= learning_rate * g
template <class T>
class Sgd : public Optimizer<T> {
 public:
  Sgd(Network<T>& net, double learning_rate);
  const char* name() const override { return "sgd"; }

 private:
  void update(const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means, T* p) override;
};

/// m = momentum * m + g; p -= learning_rate * m
template <class T>
class Momentum : public Optimizer<T> {
 public:
  Momentum(Network<T>& net, double learning_rate, double momentum = 0.9);
  const char* name() const override { return "momentum"; }

 private:
  void update(const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means, T* p) override;
  double momentum_;
};

/// m = momentum * m + g; p -= learning_rate * (g + momentum * m)
template <class T>
class Nesterov : public Optimizer<T> {
 public:
  Nesterov(Network<T>& net, double learning_rate, double momentum = 0.9);
  const char* name() const override { return "nesterov"; }

 private:
  void update(const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means, T* p) override;
  double momentum_;
};

/// s += g^2; p -= learning_rate * g / (sqrt(s) + epsilon)
template <class T>
class Adagrad : public Optimizer<T> {
 public:
  explicit Adagrad(Network<T>& net, const Adagrad_options& options = {});
  const char* name() const override { return "adagrad"; }

 private:
  void update(const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means, T* p) override;
  double epsilon_;
};

/// v = alpha * v + (1 - alpha) * g^2; p -= learning_rate * g / (sqrt(v) + epsilon)
template <class T>
class Rmsprop : public Optimizer<T> {
 public:
  explicit Rmsprop(Network<T>& net, const Rmsprop_options& options = {});
  const char* name() const override { return "rmsprop"; }

 private:
  void update(const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means, T* p) override;
  double alpha_, epsilon_;
};

/// m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
/// p -= learning_rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
template <class T>
class Adam : public Optimizer<T> {
 public:
  explicit Adam(Network<T>& net, const Adam_options& options = {});
  const char* name() const override { return "adam"; }

 protected:
  /// keep is what is left of a parameter before its step.
  void step_keeping(double keep, const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means,
                    T* p);

 private:
  void update(const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means, T* p) override;
  double beta1_, beta2_, epsilon_;
};

/// p -= learning_rate * weight_decay * p, then Adam's step. Biases and gamma decay too, as in PyTorch where
/// all parameters are in one group.
template <class T>
class Adamw : public Adam<T> {
 public:
  explicit Adamw(Network<T>& net, const Adamw_options& options = {});
  const char* name() const override { return "adamw"; }

 private:
  void update(const Kernels<T>&, std::size_t n, const T* g, std::span<T* const> means, T* p) override;
  double weight_decay_;
};

}  // namespace bp::batch
