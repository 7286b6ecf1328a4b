// The dense layer: its weights laid out, its three matrix products, its penalties; and who does which part.
#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "engine/data/check.h"
#include "engine/vector/layer.h"

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

// How much longer the longest part is than the parts would be on average, if so many units were cut.
double imbalance(std::size_t count, std::size_t step, std::size_t threads) {
  const std::size_t units = (count + step - 1) / step;
  const std::size_t most = (units + threads - 1) / threads;
  return units == 0 ? 1.0 : static_cast<double>(most * threads) / static_cast<double>(units);
}

// What it costs, for each input, to pack so many rows and to form their sums with so many others, in
// multiply-adds. Packing a number takes as long as 8 (0.14 and 0.017 ns were measured), and rows that fill a
// vector up are packed and multiplied too.
template <class T>
std::size_t cost_of_packing(const Kernels<T>& k, std::size_t rows, std::size_t others) {
  return 8 * rows + k.packed_size(rows, 1) * others;
}

// Whether so many numbers of x are 0 that it is faster to pass over them: by a sample of its rows, the same
// whoever computes.
template <class T>
bool is_sparse(View<const T> x) {
  constexpr std::size_t sample = 8;
  // In random places passing over pays from 0.35 to 0.5 on, by the size of the layer.
  constexpr double worth_passing_over = 0.4;
  const std::size_t rows = std::min(sample, x.rows);
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const T* const row = x.row(i * x.rows / rows);
    zeros += static_cast<std::size_t>(std::count(row, row + x.cols, T(0)));
  }
  return static_cast<double>(zeros) > worth_passing_over * static_cast<double>(rows * x.cols);
}

}  // namespace

template <class T>
Dense_layer<T>::Dense_layer(std::size_t inputs, Dense description)
    : Layer<T>(inputs, description.outputs), description_(description) {
  if (description_.outputs == 0) refuse("a dense layer of 0 outputs");
  check_not_negative(description_.l1, "l1 of a dense layer");
  check_not_negative(description_.l2, "l2 of a dense layer");
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

/// work(row, row end, column, column end) on parts of a result, cut by rows or by columns, whichever makes
/// the parts more alike.
template <class T>
template <class Work>
void Dense_layer<T>::share(const Pass<T>& pass, std::size_t rows, std::size_t row_step, std::size_t columns,
                           std::size_t column_step, const Work& work) const {
  const std::size_t threads = pass.pool.threads(), product = this->inputs() * this->outputs();
  assert(columns != 0);
  if (imbalance(rows, row_step, threads) <= imbalance(columns, column_step, threads)) {
    pass.pool.split(rows, row_step, product,
                    [&](std::size_t first, std::size_t last) { work(first, last, 0, columns); });
  } else {
    pass.pool.split(columns, column_step, product / columns * rows,
                    [&](std::size_t first, std::size_t last) { work(0, rows, first, last); });
  }
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

// y = f(z), z = x W^T + b. One of the two is laid out anew for every pass, x because it is another, W because
// whoever holds a view of it may have changed it: whichever costs less.
template <class T>
View<const T> Dense_layer<T>::forward(View<const T> x, const Pass<T>& pass) {
  const Activation f = after_ == nullptr ? Activation{} : after_->activation();
  const bool keeps_z = pass.training && reads_input(f.curve);
  x_ = x;
  y_.resize(x.rows, this->outputs());
  if (keeps_z) z_.resize(x.rows, this->outputs());
  constexpr std::size_t enough_outputs = 64;  // for one number of x to be used that often
  sparse_ = this->outputs() >= enough_outputs && is_sparse(x);
  if (!sparse_ && cost_of_packing(pass.kernels, x.rows, this->outputs()) <
                      cost_of_packing(pass.kernels, this->outputs(), x.rows)) {
    forward_by_examples(f, keeps_z, pass);
  } else {
    forward_by_outputs(f, keeps_z, pass);
  }
  if (after_ != nullptr) after_->save(keeps_z ? z_ : y_);
  return y_;
}

template <class T>
void Dense_layer<T>::forward_by_outputs(Activation f, bool keeps_z, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const std::size_t inputs = this->inputs();
  pack(weight(), pass);
  share(pass, x_.rows, k.row_step, this->outputs(), k.output_step,
        [&](std::size_t n, std::size_t n_end, std::size_t o, std::size_t o_end) {
          const auto cut = [&](View<T> all) { return all.row_range(n, n_end).column_range(o, o_end); };
          const auto form = sparse_ ? k.sparse_forward : k.dense_forward;
          form(x_.row_range(n, n_end),
               {weight().row_range(o, o_end), packed_.data() + k.packed_size(o, inputs)},
               description_.bias ? b_.data() + o : nullptr, f, keeps_z ? cut(z_) : View<T>(), cut(y_));
        });
}

template <class T>
void Dense_layer<T>::forward_by_examples(Activation f, bool keeps_z, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const std::size_t inputs = this->inputs();
  pack(x_, pass);
  share(pass, x_.rows, k.output_step, this->outputs(), k.row_step,
        [&](std::size_t n, std::size_t n_end, std::size_t o, std::size_t o_end) {
          const auto cut = [&](View<T> all) { return all.row_range(n, n_end).column_range(o, o_end); };
          k.dense_forward_by_examples(
              x_.row_range(n, n_end), packed_.data() + k.packed_size(n, inputs), weight().row_range(o, o_end),
              description_.bias ? b_.data() + o : nullptr, f, keeps_z ? cut(z_) : View<T>(), cut(y_));
        });
}

template <class T>
void Dense_layer<T>::pack(View<const T> rows, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  packed_.resize(1, k.packed_size(rows.rows, rows.cols));
  pass.pool.split(rows.rows, k.output_step, rows.cols * Thread_pool::element,
                  [&](std::size_t first, std::size_t last) {
                    k.pack(rows.row_range(first, last), packed_.data() + k.packed_size(first, rows.cols));
                  });
}

// dW = dz^T x, db = sum_n dz, dx = dz W.
template <class T>
View<T> Dense_layer<T>::backward(View<T> dz, bool dx_wanted, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const View<T> dw{dw_.data(), this->outputs(), this->inputs(), this->inputs()};
  if (sparse_) pack(x_, pass);
  pass.pool.split(this->outputs(), k.output_step, dz.rows * this->inputs(),
                  [&](std::size_t first, std::size_t last) {
                    const View<const T> dz_part = dz.column_range(first, last);
                    T* const db = description_.bias ? db_.data() + first : nullptr;
                    if (sparse_) {
                      k.sparse_backward_weights(dz_part, x_, packed_.data(), dw.row_range(first, last), db);
                    } else {
                      k.dense_backward_weights(dz_part, x_, dw.row_range(first, last), db);
                    }
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
  share(pass, dz.rows, k.row_step, this->inputs(), k.output_step,
        [&](std::size_t n, std::size_t n_end, std::size_t i, std::size_t i_end) {
          const auto cut = [&](auto all) {
            return all.data == nullptr ? all : all.row_range(n, n_end).column_range(i, i_end);
          };
          k.dense_backward_input(dz.row_range(n, n_end), weight().column_range(i, i_end), g, cut(saved),
                                 cut(dx_.view()));
        });
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
