// The dense layer: its weights laid out, its three matrix products, its penalties; and who does which part.
#include <fmt/core.h>

#include <algorithm>
#include <bit>
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

// Whether so many numbers of x are 0 that it is faster to pass over them: by a sample, the same whoever
// computes, of rows of which each is looked at in another run of 64. By their bits, if these are known.
template <class T>
bool is_sparse(const Sparse<T>& x) {
  constexpr std::size_t sample = 32, run = 64;
  // In random places passing over pays from 0.35 to 0.5 on, by the size of the layer.
  constexpr double worth_passing_over = 0.4;
  const std::size_t rows = std::min(sample, x.numbers.rows);
  std::size_t zeros = 0, numbers = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t n = i * x.numbers.rows / rows, word = i % words_of(x.numbers.cols);
    const std::size_t length = std::min(run, x.numbers.cols - word * run);
    const T* const begin = x.numbers.row(n) + word * run;
    zeros += x.lit.data != nullptr ? length - static_cast<std::size_t>(std::popcount(x.word(n, word)))
                                   : static_cast<std::size_t>(std::count(begin, begin + length, T(0)));
    numbers += length;
  }
  return static_cast<double>(zeros) > worth_passing_over * static_cast<double>(numbers);
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
  arrange(nullptr);
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

// --- How the weights stand in memory ----------------------------------------------------------------------

// Rows of W are needed for dx and for the penalties. And what is packed must have room where the rows have
// it.
template <class T>
bool Dense_layer<T>::can_keep_packed(const Pass<T>& pass) const {
  const Kernels<T>& k = pass.kernels;
  return pass.training && pass.keep_packed && !dx_wanted_ && description_.l1 == 0.0 &&
         description_.l2 == 0.0 && k.packed_size(this->outputs(), this->inputs()) == w_.size();
}

template <class T>
void Dense_layer<T>::arrange(const Kernels<T>* packed_by) {
  if (packed_by == packed_by_) return;
  rearrange(w_, packed_by_, packed_by);
  rearrange(dw_, packed_by_, packed_by);
  packed_by_ = packed_by;
}

template <class T>
void Dense_layer<T>::rearrange(std::span<T> numbers, const Kernels<T>* from, const Kernels<T>* to) {
  if (from == to) return;
  unordered_.resize(1, numbers.size());
  if (from != nullptr) {
    std::copy(numbers.begin(), numbers.end(), unordered_.data());
    from->unpack(unordered_.data(), rows_of(numbers));
  }
  if (to != nullptr) {
    std::copy(numbers.begin(), numbers.end(), unordered_.data());
    to->pack(rows_of(unordered_.span()), numbers.data());
  }
}

// --- Forward ----------------------------------------------------------------------------------------------

// y = f(z), z = x W^T + b. Unless W is kept packed, one of the two is laid out for this pass, x because it is
// another, W because whoever holds a view of it may have changed it: whichever costs less.
template <class T>
View<const T> Dense_layer<T>::forward(View<const T> x, const Pass<T>& pass) {
  const Activation f = after_ == nullptr ? Activation{} : after_->activation();
  const bool keeps_z = pass.training && reads_input(f.curve);
  x_ = {x, pass.lit};
  y_.resize(x.rows, this->outputs());
  if (keeps_z) z_.resize(x.rows, this->outputs());
  constexpr std::size_t enough_outputs = 64;  // for one number of x to be used that often
  sparse_ = this->outputs() >= enough_outputs && is_sparse(x_);
  if (sparse_ && x_.lit.data == nullptr) find_lit(pass);
  if (can_keep_packed(pass)) {
    arrange(&pass.kernels);
  } else if (pass.training || packed_by_ != &pass.kernels) {
    arrange(nullptr);
  }
  if (packed_by_ == nullptr && !sparse_ &&
      cost_of_packing(pass.kernels, x.rows, this->outputs()) <
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
  if (packed_by_ == nullptr) pack(weight(), pass);
  const T* const packed = packed_by_ == nullptr ? packed_.data() : w_.data();
  share(pass, x_.numbers.rows, k.row_step, this->outputs(), k.output_step,
        [&](std::size_t n, std::size_t n_end, std::size_t o, std::size_t o_end) {
          const auto cut = [&](View<T> all) { return all.row_range(n, n_end).column_range(o, o_end); };
          const Weights<T> w = {weight().row_range(o, o_end), packed + k.packed_size(o, inputs)};
          const T* const bias = description_.bias ? b_.data() + o : nullptr;
          const View<T> z = keeps_z ? cut(z_) : View<T>();
          if (sparse_) return k.sparse_forward(x_.row_range(n, n_end), w, bias, f, z, cut(y_));
          k.dense_forward(x_.numbers.row_range(n, n_end), w, bias, f, z, cut(y_));
        });
}

template <class T>
void Dense_layer<T>::forward_by_examples(Activation f, bool keeps_z, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const std::size_t inputs = this->inputs();
  pack(x_.numbers, pass);
  share(pass, x_.numbers.rows, k.output_step, this->outputs(), k.row_step,
        [&](std::size_t n, std::size_t n_end, std::size_t o, std::size_t o_end) {
          const auto cut = [&](View<T> all) { return all.row_range(n, n_end).column_range(o, o_end); };
          k.dense_forward_by_examples(x_.numbers.row_range(n, n_end),
                                      packed_.data() + k.packed_size(n, inputs), weight().row_range(o, o_end),
                                      description_.bias ? b_.data() + o : nullptr, f,
                                      keeps_z ? cut(z_) : View<T>(), cut(y_));
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

template <class T>
void Dense_layer<T>::find_lit(const Pass<T>& pass) {
  const View<const T> x = x_.numbers;
  lit_.resize(x.rows, words_of(x.cols));
  pass.pool.split(x.rows, 1, x.cols * Thread_pool::element, [&](std::size_t first, std::size_t last) {
    pass.kernels.find_lit(x.row_range(first, last), lit_.view().row_range(first, last));
  });
  x_.lit = lit_;
}

// --- Backward ---------------------------------------------------------------------------------------------

// dW = dz^T x, db = sum_n dz, dx = dz W.
template <class T>
View<T> Dense_layer<T>::backward(View<T> dz, bool dx_wanted, const Pass<T>& pass) {
  dx_wanted_ = dx_wanted;
  if (dx_wanted) arrange(nullptr);
  backward_weights(dz, pass);
  if (description_.l1 != 0.0 || description_.l2 != 0.0) add_penalty(pass);
  return dx_wanted ? backward_input(dz, pass) : View<T>();
}

template <class T>
void Dense_layer<T>::backward_weights(View<const T> dz, const Pass<T>& pass) {
  const Kernels<T>& k = pass.kernels;
  const std::size_t inputs = this->inputs();
  const bool kept = packed_by_ != nullptr;
  if (sparse_ && !kept) packed_dw_.resize(1, k.packed_size(this->outputs(), inputs));
  pass.pool.split(this->outputs(), k.output_step, dz.rows * inputs, [&](std::size_t o, std::size_t o_end) {
    const View<const T> part = dz.column_range(o, o_end);
    const View<T> rows = rows_of(dw_).row_range(o, o_end);
    T* const db = description_.bias ? db_.data() + o : nullptr;
    if (!kept && !sparse_) return k.dense_backward_weights(part, x_.numbers, rows, db);
    T* const packed = (kept ? dw_.data() : packed_dw_.data()) + k.packed_size(o, inputs);
    if (sparse_) {
      k.sparse_backward(part, x_, packed, db);
    } else {
      k.dense_backward_packed(part, x_.numbers, packed, db);
    }
    if (!kept) k.unpack(packed, rows);
  });
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
  const View<T> dw = rows_of(dw_);
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
