// Optimizers: from the gradients of the parameters to their next numbers.
//
//     Sgd optimizer(net.parameters(), 0.1);
//     for (int step = 0; step < 1000; ++step) {
//       Graph::Scope scope(graph);             // drops this step's nodes at the end
//       Value loss = half_squared_error(net(x), t);
//       optimizer.zero_grad();
//       loss.backward();
//       optimizer.step();
//     }
//
// step() gives leaves new numbers, so what was recorded before is out of date: record it anew, as above, or
// Graph::recompute() it.
//
// Formulas and defaults are those of PyTorch's documentation (torch.optim, version 2). p is a parameter, g
// its gradient, t the number of the step from 1; m, v and s start at 0. Everything is done for each parameter
// by itself. There is no L2 penalty in here: add l2_penalty (loss.h) to the loss.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/data/optimizer_options.h"
#include "engine/data/schedule.h"
#include "engine/scalar/graph.h"

namespace bp {

/// What all optimizers have in common.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Moves every parameter by one step, from the gradients that backward() left. One that the loss does not
  /// depend on counts as having gradient 0 (PyTorch skips it; that differs in what momentum and decay do).
  ///
  /// Throws:    std::logic_error when no parameter has a gradient: no backward() yet, or from another loss.
  ///            std::runtime_error when a gradient is NaN or infinite, before anything has changed; and when
  ///            a parameter would become so, before any parameter has changed: training has diverged.
  ///            std::out_of_range when a parameter was dropped by Graph::rewind().
  void step();
  /// Graph::zero_grad(): sets the gradients of all leaves of the graph to 0, not of the parameters alone.
  void zero_grad();

  const std::vector<Value>& parameters() const { return parameters_; }
  double learning_rate() const { return learning_rate_; }
  /// Throws:    std::invalid_argument unless it is finite and >= 0.
  void set_learning_rate(double learning_rate);
  /// How many steps have been taken.
  std::size_t steps() const { return steps_; }

 protected:
  /// Throws:    std::invalid_argument when there is no parameter, one is not a leaf, stands there twice or
  ///            belongs to another graph than the first; and as set_learning_rate().
  Optimizer(std::vector<Value> parameters, double learning_rate);

  /// The rule: new data from data and gradients, in the order of parameters().
  virtual void update(std::span<double> data, std::span<const double> grad) = 0;

 private:
  void gather();
  void check_gradients() const;
  void check_result() const;

  std::vector<Value> parameters_;
  double learning_rate_;
  std::size_t steps_ = 0;
  std::vector<double> data_, grad_;  // kept from step to step for their memory
};

// Throws:    the constructors below as that of Optimizer, and std::invalid_argument, naming the argument,
//            unless momentum, alpha, beta1 and beta2 are in [0, 1), epsilon is finite and > 0, and
//            weight_decay is finite and >= 0.

/// Gradient descent ("stochastic" when the loss is of a part of the data):  p -= learning_rate * g
class Sgd : public Optimizer {
 public:
  Sgd(std::vector<Value> parameters, double learning_rate);

 private:
  void update(std::span<double> data, std::span<const double> grad) override;
};

/// Gradients add up to a velocity:
///
///     m = momentum * m + g
///     p -= learning_rate * m
///
/// In Keras and in Sutskever et al. (2013) the learning rate is inside m, which differs when it changes.
class Momentum : public Optimizer {
 public:
  Momentum(std::vector<Value> parameters, double learning_rate, double momentum = 0.9);

 private:
  void update(std::span<double> data, std::span<const double> grad) override;
  double momentum_;
  std::vector<double> m_;
};

/// Momentum that looks one step ahead:
///
///     m = momentum * m + g
///     p -= learning_rate * (g + momentum * m)
class Nesterov : public Optimizer {
 public:
  Nesterov(std::vector<Value> parameters, double learning_rate, double momentum = 0.9);

 private:
  void update(std::span<double> data, std::span<const double> grad) override;
  double momentum_;
  std::vector<double> m_;
};

/// Shorter steps where gradients have been large, ever shorter with time (Duchi, Hazan and Singer 2011):
///
///     s += g^2
///     p -= learning_rate * g / (sqrt(s) + epsilon)
///
/// Keras starts from s = 0.1 and has epsilon = 1e-7 under the root.
class Adagrad : public Optimizer {
 public:
  explicit Adagrad(std::vector<Value> parameters, const Adagrad_options& options = {});

 private:
  void update(std::span<double> data, std::span<const double> grad) override;
  double epsilon_;
  std::vector<double> s_;
};

/// AdaGrad with a memory that fades (Hinton 2012, lecture 6e):
///
///     v = alpha * v + (1 - alpha) * g^2
///     p -= learning_rate * g / (sqrt(v) + epsilon)
///
/// In Keras alpha is called rho and is 0.9, and epsilon = 1e-7 stands under the root.
class Rmsprop : public Optimizer {
 public:
  explicit Rmsprop(std::vector<Value> parameters, const Rmsprop_options& options = {});

 private:
  void update(std::span<double> data, std::span<const double> grad) override;
  double alpha_, epsilon_;
  std::vector<double> v_;
};

/// Momentum and RMSProp, both corrected for their start from 0 (Kingma and Ba 2015, algorithm 1):
///
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     p -= learning_rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
///
/// Keras adds its epsilon, 1e-7, to the root of the uncorrected v ("epsilon hat"), so that it weighs
/// 1 / sqrt(1 - beta2^t) times as much: 32 times in the first step.
class Adam : public Optimizer {
 public:
  explicit Adam(std::vector<Value> parameters, const Adam_options& options = {});

 protected:
  void update(std::span<double> data, std::span<const double> grad) override;

 private:
  double beta1_, beta2_, epsilon_;
  std::vector<double> m_, v_;
};

/// Adam with weight decay beside the gradient instead of inside it (Loshchilov and Hutter 2019): first
/// p -= learning_rate * weight_decay * p, then Adam's step. In Keras weight_decay is 0.004.
class Adamw : public Adam {
 public:
  explicit Adamw(std::vector<Value> parameters, const Adamw_options& options = {});

 private:
  void update(std::span<double> data, std::span<const double> grad) override;
  double weight_decay_;
};

}  // namespace bp
