#include "engine/scalar/optimizer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <utility>

#include "engine/data/check.h"

namespace bp {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

// "parameter 3 (w0[1,0])", or without the name where there is none.
std::string called(const std::vector<Value>& parameters, std::size_t i) {
  const std::string_view name = parameters[i].name();
  return name.empty() ? fmt::format("parameter {}", i) : fmt::format("parameter {} ({})", i, name);
}

}  // namespace

// --- What all optimizers have in common -------------------------------------------------------------------

Optimizer::Optimizer(std::vector<Value> parameters, double learning_rate)
    : parameters_(std::move(parameters)), learning_rate_(check_not_negative(learning_rate, "learning_rate")) {
  if (parameters_.empty()) refuse("an optimizer needs one parameter or more");
  std::unordered_set<std::size_t> seen;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    parameters_[0].graph().check(parameters_[i]);
    if (!parameters_[i].is_leaf()) {
      refuse(fmt::format("{} of an optimizer is no leaf but the result of {}", called(parameters_, i),
                         info(parameters_[i].op()).name));
    }
    if (!seen.insert(parameters_[i].index()).second) {
      refuse(fmt::format("{} of an optimizer stands there twice", called(parameters_, i)));
    }
  }
}

void Optimizer::set_learning_rate(double learning_rate) {
  learning_rate_ = check_not_negative(learning_rate, "learning_rate");
}

void Optimizer::zero_grad() { parameters_[0].graph().zero_grad(); }

void Optimizer::step() {
  gather();
  check_gradients();
  update(data_, grad_);
  check_result();
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].set_data(data_[i]);
  ++steps_;
}

void Optimizer::gather() {
  data_.clear();
  grad_.clear();
  for (const Value& parameter : parameters_) {
    data_.push_back(parameter.data());
    grad_.push_back(parameter.grad_or_zero());
  }
}

void Optimizer::check_gradients() const {
  const bool all_zero = std::all_of(grad_.begin(), grad_.end(), [](double g) { return g == 0.0; });
  if (all_zero &&
      std::none_of(parameters_.begin(), parameters_.end(), [](Value p) { return p.has_grad(); })) {
    throw std::logic_error(
        "backstep: step() of an optimizer whose parameters have no gradients; run backward() first");
  }
  for (std::size_t i = 0; i < grad_.size(); ++i) {
    if (std::isfinite(grad_[i])) continue;
    throw std::runtime_error(fmt::format(
        "backstep: step {}: the gradient of {} is {}; nothing was changed. "
        "Graph::first_non_finite() shows where it began; a smaller learning rate (now {}) may help",
        steps_ + 1, called(parameters_, i), grad_[i], learning_rate_));
  }
}

void Optimizer::check_result() const {
  for (std::size_t i = 0; i < data_.size(); ++i) {
    if (std::isfinite(data_[i])) continue;
    throw std::runtime_error(
        fmt::format("backstep: step {}: {} would become {}; no parameter was changed. "
                    "A smaller learning rate (now {}) may help",
                    steps_ + 1, called(parameters_, i), data_[i], learning_rate_));
  }
}

// --- The rules ------------------------------------------------------------------------------------------

Sgd::Sgd(std::vector<Value> parameters, double learning_rate)
    : Optimizer(std::move(parameters), learning_rate) {}

void Sgd::update(std::span<double> data, std::span<const double> grad) {
  for (std::size_t i = 0; i < data.size(); ++i) data[i] -= learning_rate() * grad[i];
}

Momentum::Momentum(std::vector<Value> parameters, double learning_rate, double momentum)
    : Optimizer(std::move(parameters), learning_rate),
      momentum_(check_share(momentum, "momentum")),
      m_(this->parameters().size()) {}

void Momentum::update(std::span<double> data, std::span<const double> grad) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    m_[i] = momentum_ * m_[i] + grad[i];
    data[i] -= learning_rate() * m_[i];
  }
}

Nesterov::Nesterov(std::vector<Value> parameters, double learning_rate, double momentum)
    : Optimizer(std::move(parameters), learning_rate),
      momentum_(check_share(momentum, "momentum")),
      m_(this->parameters().size()) {}

void Nesterov::update(std::span<double> data, std::span<const double> grad) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    m_[i] = momentum_ * m_[i] + grad[i];
    data[i] -= learning_rate() * (grad[i] + momentum_ * m_[i]);
  }
}

Adagrad::Adagrad(std::vector<Value> parameters, const Adagrad_options& options)
    : Optimizer(std::move(parameters), options.learning_rate),
      epsilon_(check_epsilon(options.epsilon)),
      s_(this->parameters().size()) {}

void Adagrad::update(std::span<double> data, std::span<const double> grad) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    s_[i] += grad[i] * grad[i];
    data[i] -= learning_rate() * grad[i] / (std::sqrt(s_[i]) + epsilon_);
  }
}

Rmsprop::Rmsprop(std::vector<Value> parameters, const Rmsprop_options& options)
    : Optimizer(std::move(parameters), options.learning_rate),
      alpha_(check_share(options.alpha, "alpha")),
      epsilon_(check_epsilon(options.epsilon)),
      v_(this->parameters().size()) {}

void Rmsprop::update(std::span<double> data, std::span<const double> grad) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    v_[i] = alpha_ * v_[i] + (1.0 - alpha_) * grad[i] * grad[i];
    data[i] -= learning_rate() * grad[i] / (std::sqrt(v_[i]) + epsilon_);
  }
}

Adam::Adam(std::vector<Value> parameters, const Adam_options& options)
    : Optimizer(std::move(parameters), options.learning_rate),
      beta1_(check_share(options.beta1, "beta1")),
      beta2_(check_share(options.beta2, "beta2")),
      epsilon_(check_epsilon(options.epsilon)),
      m_(this->parameters().size()),
      v_(this->parameters().size()) {}

void Adam::update(std::span<double> data, std::span<const double> grad) {
  const double t = static_cast<double>(steps() + 1);
  const double m_share = 1.0 - std::pow(beta1_, t), v_share = 1.0 - std::pow(beta2_, t);
  for (std::size_t i = 0; i < data.size(); ++i) {
    m_[i] = beta1_ * m_[i] + (1.0 - beta1_) * grad[i];
    v_[i] = beta2_ * v_[i] + (1.0 - beta2_) * grad[i] * grad[i];
    data[i] -= learning_rate() * (m_[i] / m_share) / (std::sqrt(v_[i] / v_share) + epsilon_);
  }
}

Adamw::Adamw(std::vector<Value> parameters, const Adamw_options& options)
    : Adam(std::move(parameters), {options.learning_rate, options.beta1, options.beta2, options.epsilon}),
      weight_decay_(check_not_negative(options.weight_decay, "weight_decay")) {}

void Adamw::update(std::span<double> data, std::span<const double> grad) {
  for (double& p : data) p -= learning_rate() * weight_decay_ * p;
  Adam::update(data, grad);
}

}  // namespace bp
