// Batch normalisation: the batch's statistics while training, the running ones else, and how these follow.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/vector/layer.h"

namespace bp::batch {

namespace {

// Parts of columns begin at cache lines, so that no two threads write to one.
template <class T>
constexpr std::size_t column_step = Matrix<T>::alignment / sizeof(T);

}  // namespace

template <class T>
Batch_norm_layer<T>::Batch_norm_layer(std::size_t size, Batch_norm description)
    : Layer<T>(size, size),
      description_(description),
      mean_(size),
      variance_(size),
      running_mean_(size),
      running_var_(size, T(1)) {
  const double epsilon = description.epsilon, momentum = description.momentum;
  if (!(epsilon > 0.0) || !std::isfinite(epsilon)) {
    throw std::invalid_argument(fmt::format(
        "backstep: epsilon of batch normalisation is {}; it must be above 0, and finite", epsilon));
  }
  if (!(momentum >= 0.0 && momentum <= 1.0)) {
    throw std::invalid_argument(
        fmt::format("backstep: momentum of batch normalisation is {}; it must be in [0, 1]", momentum));
  }
}

template <class T>
std::vector<Named_tensor<T>> Batch_norm_layer<T>::parameters() {
  return {{"weight", {this->outputs()}, gamma_, dgamma_}, {"bias", {this->outputs()}, beta_, dbeta_}};
}

template <class T>
std::vector<Named_tensor<T>> Batch_norm_layer<T>::buffers() {
  return {{"running_mean", {this->outputs()}, running_mean_, {}},
          {"running_var", {this->outputs()}, running_var_, {}}};
}

template <class T>
void Batch_norm_layer<T>::place_parameters(std::span<const std::span<T>> data,
                                           std::span<const std::span<T>> grad) {
  gamma_ = data[0], dgamma_ = grad[0];
  beta_ = data[1], dbeta_ = grad[1];
}

template <class T>
void Batch_norm_layer<T>::initialize(Random&) {
  std::fill(gamma_.begin(), gamma_.end(), T(1));
  std::fill(beta_.begin(), beta_.end(), T(0));
}

template <class T>
View<const T> Batch_norm_layer<T>::forward(View<const T> x, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  x_ = x;
  y_.resize(x.rows, x.cols);
  if (x.rows == 0) return y_;
  if (pass.training) {
    pass.pool.split(x.cols, column_step<T>, Thread_pool::element * x.rows,
                    [&](std::size_t first, std::size_t last) {
                      k.batch_norm_statistics(x.column_range(first, last), mean_.data() + first,
                                              variance_.data() + first);
                    });
    track(x.rows);
  }
  const std::vector<T>& mean = pass.training ? mean_ : running_mean_;
  const std::vector<T>& variance = pass.training ? variance_ : running_var_;
  pass.pool.split(x.cols, column_step<T>, Thread_pool::element * x.rows,
                  [&](std::size_t first, std::size_t last) {
                    k.batch_norm_forward(x.column_range(first, last), mean.data() + first,
                                         variance.data() + first, description_.epsilon, gamma_.data() + first,
                                         beta_.data() + first, y_.view().column_range(first, last));
                  });
  return y_;
}

template <class T>
View<T> Batch_norm_layer<T>::backward(View<T> dy, bool, const Pass<T>& pass) {
  pass.pool.split(dy.cols, column_step<T>, Thread_pool::element * dy.rows,
                  [&](std::size_t first, std::size_t last) {
                    const View<T> part = dy.column_range(first, last);
                    pass.kernels.batch_norm_backward(x_.column_range(first, last), mean_.data() + first,
                                                     variance_.data() + first, description_.epsilon,
                                                     gamma_.data() + first, part, dgamma_.data() + first,
                                                     dbeta_.data() + first, part);
                  });
  return dy;
}

template <class T>
void Batch_norm_layer<T>::track(std::size_t rows) {
  const double share = description_.momentum, count = static_cast<double>(rows);
  for (std::size_t c = 0; c < mean_.size(); ++c) {
    running_mean_[c] = static_cast<T>((1.0 - share) * running_mean_[c] + share * mean_[c]);
    if (rows == 1) continue;
    const double unbiased = count / (count - 1.0) * variance_[c];
    running_var_[c] = static_cast<T>((1.0 - share) * running_var_[c] + share * unbiased);
  }
  ++batches_tracked_;
}

template class Batch_norm_layer<float>;
template class Batch_norm_layer<double>;

}  // namespace bp::batch
