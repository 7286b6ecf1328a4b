// The plain loops by name; kernels_reference.cpp makes a table of them. What they compute: kernels.h.
#pragma once

#include "engine/vector/kernels.h"

namespace bp::batch::reference {

/// f(z), and dy * f'(z) from z or y as reads_input() says, of one number.
template <class T>
T activate(Activation f, T z);
template <class T>
T activate_backward(Activation f, T saved, T dy);

template <class T>
void activation_forward(View<const T> z, Activation f, View<T> y);
template <class T>
void activation_backward(View<const T> saved, Activation f, View<const T> dy, View<T> dz);

template <class T>
void softmax_forward(View<const T> z, View<T> p);
template <class T>
void softmax_backward(View<const T> p, View<const T> dp, View<T> dz);
template <class T>
void cross_entropy_labels(View<const T> z, const std::uint32_t* labels, double scale, T* loss, View<T> dz);
template <class T>
void cross_entropy_targets(View<const T> z, View<const T> t, double scale, T* loss, View<T> dz);
template <class T>
void argmax(View<const T> z, std::uint32_t* best);

template <class T>
void batch_norm_statistics(View<const T> x, T* mean, T* variance);
template <class T>
void batch_norm_forward(View<const T> x, const T* mean, const T* variance, double epsilon, const T* gamma,
                        const T* beta, View<T> y);
template <class T>
void batch_norm_backward(View<const T> x, const T* mean, const T* variance, double epsilon, const T* gamma,
                         View<const T> dy, T* dgamma, T* dbeta, View<T> dx);
template <class T>
void dropout(View<const T> x, Dropout dropout, View<T> y);

template <class T>
void sgd(Sgd_step step, std::size_t n, const T* g, T* p);
template <class T>
void momentum(Momentum_step step, std::size_t n, const T* g, T* m, T* p);
template <class T>
void adagrad(Adagrad_step step, std::size_t n, const T* g, T* s, T* p);
template <class T>
void rmsprop(Rmsprop_step step, std::size_t n, const T* g, T* v, T* p);
template <class T>
void adam(Adam_step step, std::size_t n, const T* g, T* m, T* v, T* p);

}  // namespace bp::batch::reference
