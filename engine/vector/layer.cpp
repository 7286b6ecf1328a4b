#include "engine/vector/layer.h"

#include <fmt/core.h>

#include <cmath>
#include <stdexcept>

#include "engine/data/check.h"

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

constexpr std::size_t element = Thread_pool::element;

}  // namespace

const char* name_of(Curve curve) {
  switch (curve) {
    case Curve::identity: return "identity";
    case Curve::relu: return "relu";
    case Curve::leaky_relu: return "leaky_relu";
    case Curve::hard_tanh: return "hard_tanh";
    case Curve::relu6: return "relu6";
    case Curve::sigmoid: return "sigmoid";
    case Curve::tanh: return "tanh";
    case Curve::elu: return "elu";
    case Curve::selu: return "selu";
    case Curve::gelu: return "gelu";
    case Curve::gelu_tanh: return "gelu_tanh";
    case Curve::silu: return "silu";
    case Curve::softplus: return "softplus";
    case Curve::mish: return "mish";
    case Curve::softsign: return "softsign";
  }
  return "?";
}

std::vector<Curve> all_curves() {
  std::vector<Curve> all;
  for (int i = 0; i <= static_cast<int>(Curve::softsign); ++i) all.push_back(static_cast<Curve>(i));
  return all;
}

std::optional<Curve> curve_named(std::string_view name) {
  for (const Curve curve : all_curves()) {
    if (name == name_of(curve)) return curve;
  }
  return std::nullopt;
}

// --- Activation: y = f(z), dz = dy f'(z) ------------------------------------------------------------------

template <class T>
Activation_layer<T>::Activation_layer(std::size_t size, Activation f) : Layer<T>(size, size), f_(f) {
  check_not_negative(f.slope, "the slope of leaky_relu");
}

template <class T>
View<const T> Activation_layer<T>::forward(View<const T> x, const Pass<T>& pass) {
  if (forward_is_done_) return x;
  y_.resize(x.rows, x.cols);
  pass.pool.split(x.rows, 1, x.cols * element, [&](std::size_t first, std::size_t last) {
    pass.kernels.activation_forward(x.row_range(first, last), f_, y_.view().row_range(first, last));
  });
  saved_ = reads_input(f_.curve) ? x : y_.view();
  return y_;
}

template <class T>
View<T> Activation_layer<T>::backward(View<T> dy, bool, const Pass<T>& pass) {
  if (backward_is_done_) return dy;
  pass.pool.split(dy.rows, 1, dy.cols * element, [&](std::size_t first, std::size_t last) {
    const View<T> part = dy.row_range(first, last);
    pass.kernels.activation_backward(saved_.row_range(first, last), f_, part, part);
  });
  return dy;
}

// --- Softmax: p = e^z / sum e^z, dz = p (dp - sum dp p) ---------------------------------------------------

template <class T>
View<const T> Softmax_layer<T>::forward(View<const T> z, const Pass<T>& pass) {
  p_.resize(z.rows, z.cols);
  pass.pool.split(z.rows, 1, z.cols * element, [&](std::size_t first, std::size_t last) {
    pass.kernels.softmax_forward(z.row_range(first, last), p_.view().row_range(first, last));
  });
  return p_;
}

template <class T>
View<T> Softmax_layer<T>::backward(View<T> dp, bool, const Pass<T>& pass) {
  pass.pool.split(dp.rows, 1, dp.cols * element, [&](std::size_t first, std::size_t last) {
    const View<T> part = dp.row_range(first, last);
    pass.kernels.softmax_backward(p_.view().row_range(first, last), part, part);
  });
  return dp;
}

// --- Dropout: y = x * scale or 0, dx = dy * scale or 0 ----------------------------------------------------

template <class T>
Dropout_layer<T>::Dropout_layer(std::size_t size, double rate, std::size_t place)
    : Layer<T>(size, size), rate_(rate), place_(place) {
  if (!(rate >= 0.0 && rate < 1.0)) refuse(fmt::format("a dropout rate of {}; it must be in [0, 1)", rate));
}

template <class T>
Dropout Dropout_layer<T>::mask(std::uint64_t step_key) const {
  return {.key = splitmix64(step_key + place_ * 0x9E3779B97F4A7C15),  // as Random seeds itself: data/random.h
          .drop_below = static_cast<std::uint32_t>(rate_ * 0x1p32),
          .scale = 1.0 / (1.0 - rate_)};
}

template <class T>
void Dropout_layer<T>::drop(View<const T> from, View<T> to, const Pass<T>& pass) const {
  pass.pool.split(from.rows, 1, from.cols * element, [&](std::size_t first, std::size_t last) {
    Dropout part = mask(pass.dropout_key);
    part.first_row = first;
    pass.kernels.dropout(from.row_range(first, last), part, to.row_range(first, last));
  });
}

template <class T>
View<const T> Dropout_layer<T>::forward(View<const T> x, const Pass<T>& pass) {
  if (!pass.training || rate_ == 0.0) return x;
  y_.resize(x.rows, x.cols);
  drop(x, y_, pass);
  return y_;
}

template <class T>
View<T> Dropout_layer<T>::backward(View<T> dy, bool, const Pass<T>& pass) {
  if (rate_ != 0.0) drop(dy, dy, pass);
  return dy;
}

#define INSTANTIATE(T)                \
  template class Layer<T>;            \
  template class Activation_layer<T>; \
  template class Softmax_layer<T>;    \
  template class Dropout_layer<T>;
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp::batch
