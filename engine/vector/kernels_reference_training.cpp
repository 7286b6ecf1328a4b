// Batch normalisation, dropout and the optimizers as plain loops.
#include <cmath>

#include "engine/vector/kernels_reference.h"

namespace bp::batch::reference {

// In two passes: mean(x^2) - mean(x)^2 in one would lose the digits of a variance that is small beside the
// mean.
template <class T>
void batch_norm_statistics(View<const T> x, T* mean, T* variance) {
  assert(x.rows >= 1);
  const double rows = static_cast<double>(x.rows);
  for (std::size_t c = 0; c < x.cols; ++c) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t n = 0; n < x.rows; ++n) sum += x(n, c);
    const double centre = sum / rows;
    for (std::size_t n = 0; n < x.rows; ++n) squares += (x(n, c) - centre) * (x(n, c) - centre);
    mean[c] = static_cast<T>(centre);
    variance[c] = static_cast<T>(squares / rows);
  }
}

template <class T>
void batch_norm_forward(View<const T> x, const T* mean, const T* variance, double epsilon, const T* gamma,
                        const T* beta, View<T> y) {
  assert(x.rows == y.rows && x.cols == y.cols);
  for (std::size_t c = 0; c < x.cols; ++c) {
    const double r = 1.0 / std::sqrt(variance[c] + epsilon);
    for (std::size_t n = 0; n < x.rows; ++n) {
      const double normal = (static_cast<double>(x(n, c)) - mean[c]) * r;
      y(n, c) = static_cast<T>(gamma[c] * normal + beta[c]);
    }
  }
}

// One column; a[n] is x^[n] = (x[n] - mean) r, and da = gamma dy. x[k] reaches the loss in three ways: by
// a[k] itself, by the mean and by r.
//
//     directly   da[k] r
//     the mean   d mean/dx[k] = 1/B and da[n]/d mean = -r:          -r/B sum_n da[n]
//     r          d variance/dx[k] = 2/B (x[k] - mean), for what the mean changes sums to 0, and
//                dr/d variance = -r^3/2, da[n]/dr = x[n] - mean:    -r/B a[k] sum_n da[n] a[n]
//
// (the last: 2/B (x[k] - mean) * -r^3/2 * sum_n da[n] (x[n] - mean), and x - mean = a/r twice). Together,
// with dbeta = sum dy and dgamma = sum dy a,  dx[k] = gamma r (dy[k] - dbeta/B - a[k] dgamma/B).
template <class T>
void batch_norm_backward(View<const T> x, const T* mean, const T* variance, double epsilon, const T* gamma,
                         View<const T> dy, T* dgamma, T* dbeta, View<T> dx) {
  assert(x.rows >= 1 && x.rows == dy.rows && x.cols == dy.cols && x.rows == dx.rows && x.cols == dx.cols);
  const double rows = static_cast<double>(x.rows);
  for (std::size_t c = 0; c < x.cols; ++c) {
    const double r = 1.0 / std::sqrt(variance[c] + epsilon);
    const auto normal = [&](std::size_t n) { return (static_cast<double>(x(n, c)) - mean[c]) * r; };

    double sum = 0.0, product = 0.0;
    for (std::size_t n = 0; n < x.rows; ++n) {
      sum += dy(n, c);
      product += dy(n, c) * normal(n);
    }
    for (std::size_t n = 0; n < x.rows; ++n) {
      dx(n, c) = static_cast<T>(gamma[c] * r * (dy(n, c) - sum / rows - normal(n) * (product / rows)));
    }
    dbeta[c] = static_cast<T>(sum);
    dgamma[c] = static_cast<T>(product);
  }
}

template <class T>
void dropout(View<const T> x, Dropout dropout, View<T> y) {
  assert(x.rows == y.rows && x.cols == y.cols);
  for (std::size_t n = 0; n < x.rows; ++n) {
    for (std::size_t c = 0; c < x.cols; ++c) {
      const auto index = static_cast<std::uint32_t>((dropout.first_row + n) * x.cols + c);
      y(n, c) = dropout_keeps(dropout, index) ? static_cast<T>(x(n, c) * dropout.scale) : T(0);
    }
  }
}

template <class T>
void sgd(Sgd_step step, std::size_t n, const T* g, T* p) {
  for (std::size_t i = 0; i < n; ++i) p[i] = static_cast<T>(p[i] - step.learning_rate * g[i]);
}

template <class T>
void momentum(Momentum_step step, std::size_t n, const T* g, T* m, T* p) {
  for (std::size_t i = 0; i < n; ++i) {
    const double velocity = step.momentum * m[i] + g[i];
    const double direction = step.nesterov ? g[i] + step.momentum * velocity : velocity;
    m[i] = static_cast<T>(velocity);
    p[i] = static_cast<T>(p[i] - step.learning_rate * direction);
  }
}

template <class T>
void adagrad(Adagrad_step step, std::size_t n, const T* g, T* s, T* p) {
  for (std::size_t i = 0; i < n; ++i) {
    const double squares = s[i] + static_cast<double>(g[i]) * g[i];
    s[i] = static_cast<T>(squares);
    p[i] = static_cast<T>(p[i] - step.learning_rate * g[i] / (std::sqrt(squares) + step.epsilon));
  }
}

template <class T>
void rmsprop(Rmsprop_step step, std::size_t n, const T* g, T* v, T* p) {
  for (std::size_t i = 0; i < n; ++i) {
    const double square = step.alpha * v[i] + step.rest * g[i] * g[i];
    v[i] = static_cast<T>(square);
    p[i] = static_cast<T>(p[i] - step.learning_rate * g[i] / (std::sqrt(square) + step.epsilon));
  }
}

// m / (1 - beta1^t) and v / (1 - beta2^t) are the means corrected for their start from 0. The two divisions
// are the same for all parameters: they are in length and root_scale.
template <class T>
void adam(Adam_step step, std::size_t n, const T* g, T* m, T* v, T* p) {
  for (std::size_t i = 0; i < n; ++i) {
    const double gradient = g[i], mean = m[i] + step.rest1 * (gradient - m[i]);
    const double square = v[i] + step.rest2 * (gradient * gradient - v[i]);
    m[i] = static_cast<T>(mean);
    v[i] = static_cast<T>(square);
    p[i] = static_cast<T>(step.keep * p[i] -
                          step.length * mean / (step.root_scale * std::sqrt(square) + step.epsilon));
  }
}

#define INSTANTIATE(T)                                                                                      \
  template void batch_norm_statistics(View<const T>, T*, T*);                                               \
  template void batch_norm_forward(View<const T>, const T*, const T*, double, const T*, const T*, View<T>); \
  template void batch_norm_backward(View<const T>, const T*, const T*, double, const T*, View<const T>, T*, \
                                    T*, View<T>);                                                           \
  template void dropout(View<const T>, Dropout, View<T>);                                                   \
  template void sgd(Sgd_step, std::size_t, const T*, T*);                                                   \
  template void momentum(Momentum_step, std::size_t, const T*, T*, T*);                                     \
  template void adagrad(Adagrad_step, std::size_t, const T*, T*, T*);                                       \
  template void rmsprop(Rmsprop_step, std::size_t, const T*, T*, T*);                                       \
  template void adam(Adam_step, std::size_t, const T*, T*, T*, T*);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp::batch::reference
