// The dense layer: its weights laid out, its three matrix products, its penalties; and who does which part.
#include <fmt/core.h>

#include <cmath>
#include <stdexcept>

#include "engine/vector/layer.h"

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

void check_penalty(double value, const char* name) {
  if (!(value >= 0.0) || !std::isfinite(value)) {
    refuse(fmt::format("{} of a dense layer is {}; it must be 0 or more, and finite", name, value));
  }
}

// How much longer the longest part is than the parts would be on average, if so many units were cut.
double imbalance(std::size_t count, std::size_t step, std::size_t threads) {
  const std::size_t units = (count + step - 1) / step;
  const std::size_t most = (units + threads - 1) / threads;
  return units == 0 ? 1.0 : static_cast<double>(most * threads) / static_cast<double>(units);
}

}  // namespace

template <class T>
Dense_layer<T>::Dense_layer(std::size_t inputs, Dense description)
    : Layer<T>(inputs, description.outputs), description_(description) {
  if (description_.outputs == 0) refuse("a dense layer of 0 outputs");
  check_penalty(description_.l1, "l1");
  check_penalty(description_.l2, "l2");
}

template <class T>
void Dense_layer<T>::join(Activation_layer<T>* before, Activation_layer<T>* after) {
  before_ = before;
  after_ = after;
  if (before_ != nullptr) before_->differentiated_after();
  if (after_ != nullptr) after_->computed_before();
}

template <class T>
std::vector<Named_tensor<T>> Dense_layer<T>::parameters() {
  std::vector<Named_tensor<T>> tensors = {{"weight", {this->outputs(), this->inputs()}, w_, dw_}};
  if (description_.bias) tensors.push_back({"bias", {this->outputs()}, b_, db_});
  return tensors;
}

template <class T>
void Dense_layer<T>::place_parameters(std::span<const std::span<T>> data,
                                      std::span<const std::span<T>> grad) {
  w_ = data[0], dw_ = grad[0];
  if (description_.bias) b_ = data[1], db_ = grad[1];
}

// Neuron by neuron, its weights, then its bias: the order in which the scalar engine draws.
template <class T>
void Dense_layer<T>::initialize(Random& random) {
  const std::size_t inputs = this->inputs(), outputs = this->outputs();
  for (std::size_t o = 0; o < outputs; ++o) {
    for (T& w : std::span(weight().row(o), inputs)) {
      w = static_cast<T>(description_.weights(random, inputs, outputs));
    }
    if (description_.bias) b_[o] = static_cast<T>(description_.biases(random, inputs, outputs));
  }
}

// y = f(z), z = x W^T + b. Weights are laid out anew for every pass: whoever holds a view of them may have
// changed them, and beside the product it is little: a B-th part of it.
template <class T>
View<const T> Dense_layer<T>::forward(View<const T> x, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const std::size_t inputs = this->inputs(), outputs = this->outputs();
  const Activation f = after_ == nullptr ? Activation{} : after_->activation();
  const bool keeps_z = pass.training && reads_input(f.curve);
  x_ = x;
  y_.resize(x.rows, outputs);
  if (keeps_z) z_.resize(x.rows, outputs);
  packed_.resize(1, k.packed_size(outputs, inputs));

  pass.pool.split(outputs, k.output_step, inputs * Thread_pool::element,
                  [&](std::size_t first, std::size_t last) {
                    k.pack(weight().row_range(first, last), packed_.data() + k.packed_size(first, inputs));
                  });
  const auto part = [&](std::size_t n, std::size_t n_end, std::size_t o, std::size_t o_end) {
    const auto cut = [&](View<T> all) { return all.row_range(n, n_end).column_range(o, o_end); };
    k.dense_forward(x.row_range(n, n_end),
                    {weight().row_range(o, o_end), packed_.data() + k.packed_size(o, inputs)},
                    description_.bias ? b_.data() + o : nullptr, f, keeps_z ? cut(z_) : View<T>(), cut(y_));
  };
  const std::size_t threads = pass.pool.threads();
  if (imbalance(x.rows, k.row_step, threads) <= imbalance(outputs, k.output_step, threads)) {
    pass.pool.split(x.rows, k.row_step, inputs * outputs,
                    [&](std::size_t first, std::size_t last) { part(first, last, 0, outputs); });
  } else {
    pass.pool.split(outputs, k.output_step, inputs * x.rows,
                    [&](std::size_t first, std::size_t last) { part(0, x.rows, first, last); });
  }
  if (after_ != nullptr) after_->save(keeps_z ? z_ : y_);
  return y_;
}

// dW = dz^T x, db = sum_n dz, dx = dz W.
template <class T>
View<T> Dense_layer<T>::backward(View<T> dz, bool dx_wanted, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const View<T> dw{dw_.data(), this->outputs(), this->inputs(), this->inputs()};
  pass.pool.split(this->outputs(), k.output_step, dz.rows * this->inputs(),
                  [&](std::size_t first, std::size_t last) {
                    k.dense_backward_weights(dz.column_range(first, last), x_, dw.row_range(first, last),
                                             description_.bias ? db_.data() + first : nullptr);
                  });
  if (description_.l1 != 0.0 || description_.l2 != 0.0) add_penalty(pass);
  return dx_wanted ? backward_input(dz, pass) : View<T>();
}

template <class T>
View<T> Dense_layer<T>::backward_input(View<const T> dz, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const Activation g = before_ == nullptr ? Activation{} : before_->activation();
  const View<const T> saved = before_ == nullptr ? View<const T>() : before_->saved();
  dx_.resize(dz.rows, this->inputs());
  const auto part = [&](std::size_t n, std::size_t n_end, std::size_t i, std::size_t i_end) {
    const auto cut = [&](auto all) {
      return all.data == nullptr ? all : all.row_range(n, n_end).column_range(i, i_end);
    };
    k.dense_backward_input(dz.row_range(n, n_end), weight().column_range(i, i_end), g, cut(saved),
                           cut(dx_.view()));
  };
  const std::size_t threads = pass.pool.threads(), inputs = this->inputs();
  if (imbalance(dz.rows, k.row_step, threads) <= imbalance(inputs, k.output_step, threads)) {
    pass.pool.split(dz.rows, k.row_step, inputs * this->outputs(),
                    [&](std::size_t first, std::size_t last) { part(first, last, 0, inputs); });
  } else {
    pass.pool.split(inputs, k.output_step, dz.rows * this->outputs(),
                    [&](std::size_t first, std::size_t last) { part(0, dz.rows, first, last); });
  }
  return dx_;
}

template <class T>
void Dense_layer<T>::add_penalty(const Pass<T>& pass) {
  const View<T> dw{dw_.data(), this->outputs(), this->inputs(), this->inputs()};
  penalties_.resize(1, this->outputs());
  pass.pool.split(this->outputs(), 1, this->inputs() * Thread_pool::element,
                  [&](std::size_t first, std::size_t last) {
                    pass.kernels.penalize(weight().row_range(first, last), description_.l1, description_.l2,
                                          dw.row_range(first, last), penalties_.data() + first);
                  });
  penalty_ = 0.0;
  for (const T row : penalties_.span()) penalty_ += row;
}

template class Dense_layer<float>;
template class Dense_layer<double>;

}  // namespace bp::batch
