#include "engine/vector/optimizer.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "engine/data/check.h"

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

}  // namespace

// --- What all optimizers have in common -------------------------------------------------------------------

template <class T>
Optimizer<T>::Optimizer(Network<T>& net, double learning_rate, std::vector<std::string> means)
    : net_(net),
      learning_rate_(check_not_negative(learning_rate, "learning_rate")),
      mean_names_(std::move(means)),
      arrangement_(net.arrangement()) {
  if (net.flat_parameters().empty()) refuse("an optimizer of a network without parameters");
  for (std::size_t i = 0; i < mean_names_.size(); ++i) means_.emplace_back(1, net.flat_parameters().size());
}

template <class T>
void Optimizer<T>::set_learning_rate(double learning_rate) {
  learning_rate_ = check_not_negative(learning_rate, "learning_rate");
}

template <class T>
void Optimizer<T>::step() {
  ++steps_;
  arrange_means();
  const auto flat = net_.flat_as_arranged();
  constexpr std::size_t cache_line = Matrix<T>::alignment / sizeof(T);
  net_.pool().split(flat.data.size(), cache_line, Thread_pool::element,
                    [&](std::size_t first, std::size_t last) {
                      std::array<T*, 2> means = {};
                      for (std::size_t i = 0; i < means_.size(); ++i) means[i] = means_[i].data() + first;
                      update(net_.kernels(), last - first, flat.grad.data() + first,
                             std::span(means).first(means_.size()), flat.data.data() + first);
                    });
}

// As the parameters are, which may have been asked for since, or be kept packed now.
template <class T>
void Optimizer<T>::arrange_means() {
  if (arrangement_ == net_.arrangement()) return;
  for (Matrix<T>& means : means_) net_.rearrange(arrangement_, means.span());
  arrangement_ = net_.arrangement();
}

template <class T>
std::vector<Named_tensor<T>> Optimizer<T>::state() {
  std::vector<Named_tensor<T>> all;
  const T* begin = net_.flat_parameters().data();
  arrange_means();
  for (std::size_t i = 0; i < means_.size(); ++i) {
    for (const Named_tensor<T>& parameter : net_.parameters()) {
      const auto place = static_cast<std::size_t>(parameter.data.data() - begin);
      all.push_back({mean_names_[i] + "." + parameter.name,
                     parameter.shape,
                     means_[i].span().subspan(place, parameter.data.size()),
                     {}});
    }
  }
  return all;
}

// --- The rules --------------------------------------------------------------------------------------------

template <class T>
Sgd<T>::Sgd(Network<T>& net, double learning_rate) : Optimizer<T>(net, learning_rate, {}) {}

template <class T>
void Sgd<T>::update(const Kernels<T>& k, std::size_t n, const T* g, std::span<T* const>, T* p) {
  k.sgd({this->learning_rate()}, n, g, p);
}

template <class T>
Momentum<T>::Momentum(Network<T>& net, double learning_rate, double momentum)
    : Optimizer<T>(net, learning_rate, {"m"}), momentum_(check_share(momentum, "momentum")) {}

template <class T>
void Momentum<T>::update(const Kernels<T>& k, std::size_t n, const T* g, std::span<T* const> means, T* p) {
  k.momentum({this->learning_rate(), momentum_, false}, n, g, means[0], p);
}

template <class T>
Nesterov<T>::Nesterov(Network<T>& net, double learning_rate, double momentum)
    : Optimizer<T>(net, learning_rate, {"m"}), momentum_(check_share(momentum, "momentum")) {}

template <class T>
void Nesterov<T>::update(const Kernels<T>& k, std::size_t n, const T* g, std::span<T* const> means, T* p) {
  k.momentum({this->learning_rate(), momentum_, true}, n, g, means[0], p);
}

template <class T>
Adagrad<T>::Adagrad(Network<T>& net, const Adagrad_options& options)
    : Optimizer<T>(net, options.learning_rate, {"s"}), epsilon_(check_epsilon(options.epsilon)) {}

template <class T>
void Adagrad<T>::update(const Kernels<T>& k, std::size_t n, const T* g, std::span<T* const> means, T* p) {
  k.adagrad({this->learning_rate(), epsilon_}, n, g, means[0], p);
}

template <class T>
Rmsprop<T>::Rmsprop(Network<T>& net, const Rmsprop_options& options)
    : Optimizer<T>(net, options.learning_rate, {"v"}),
      alpha_(check_share(options.alpha, "alpha")),
      epsilon_(check_epsilon(options.epsilon)) {}

template <class T>
void Rmsprop<T>::update(const Kernels<T>& k, std::size_t n, const T* g, std::span<T* const> means, T* p) {
  k.rmsprop({this->learning_rate(), alpha_, 1.0 - alpha_, epsilon_}, n, g, means[0], p);
}

template <class T>
Adam<T>::Adam(Network<T>& net, const Adam_options& options)
    : Optimizer<T>(net, options.learning_rate, {"m", "v"}),
      beta1_(check_share(options.beta1, "beta1")),
      beta2_(check_share(options.beta2, "beta2")),
      epsilon_(check_epsilon(options.epsilon)) {}

template <class T>
void Adam<T>::update(const Kernels<T>& k, std::size_t n, const T* g, std::span<T* const> means, T* p) {
  step_keeping(1.0, k, n, g, means, p);
}

template <class T>
void Adam<T>::step_keeping(double keep, const Kernels<T>& k, std::size_t n, const T* g,
                           std::span<T* const> means, T* p) {
  const double t = static_cast<double>(this->steps());
  const Adam_step step{.rest1 = 1.0 - beta1_,
                       .rest2 = 1.0 - beta2_,
                       .epsilon = epsilon_,
                       .length = this->learning_rate() / (1.0 - std::pow(beta1_, t)),
                       .root_scale = 1.0 / std::sqrt(1.0 - std::pow(beta2_, t)),
                       .keep = keep};
  k.adam(step, n, g, means[0], means[1], p);
}

template <class T>
Adamw<T>::Adamw(Network<T>& net, const Adamw_options& options)
    : Adam<T>(net, {options.learning_rate, options.beta1, options.beta2, options.epsilon}),
      weight_decay_(check_not_negative(options.weight_decay, "weight_decay")) {}

template <class T>
void Adamw<T>::update(const Kernels<T>& k, std::size_t n, const T* g, std::span<T* const> means, T* p) {
  this->step_keeping(1.0 - this->learning_rate() * weight_decay_, k, n, g, means, p);
}

#define INSTANTIATE(T)         \
  template class Optimizer<T>; \
  template class Sgd<T>;       \
  template class Momentum<T>;  \
  template class Nesterov<T>;  \
  template class Adagrad<T>;   \
  template class Rmsprop<T>;   \
  template class Adam<T>;      \
  template class Adamw<T>;
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp::batch
