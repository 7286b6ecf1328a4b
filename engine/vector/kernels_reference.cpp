// The dense layer and the gathering of examples as plain loops, and the table of all plain loops.
#include "engine/vector/kernels_reference.h"

#include <algorithm>

namespace bp::batch {

namespace {

// A plain loop reads W as it stands: packed it is the same, row after row.
std::size_t packed_size(std::size_t outputs, std::size_t inputs) { return outputs * inputs; }
template <class T>
void pack(View<const T> w, T* packed) {
  for (std::size_t o = 0; o < w.rows; ++o) std::copy_n(w.row(o), w.cols, packed + o * w.cols);
}
template <class T>
void unpack(const T* packed, View<T> w) {
  for (std::size_t o = 0; o < w.rows; ++o) std::copy_n(packed + o * w.cols, w.cols, w.row(o));
}

// z[n][o] = b[o] + sum_i x[n][i] w[o][i]
template <class T>
void dense_forward(View<const T> x, Weights<T> weights, const T* bias, Activation f, View<T> z, View<T> y) {
  const View<const T> w = weights.w;
  assert(x.rows == y.rows && x.cols == w.cols && w.rows == y.cols);
  for (std::size_t n = 0; n < x.rows; ++n) {
    for (std::size_t o = 0; o < w.rows; ++o) {
      double sum = bias == nullptr ? 0.0 : bias[o];
      for (std::size_t i = 0; i < w.cols; ++i) sum += static_cast<double>(x(n, i)) * w(o, i);
      if (z.data != nullptr) z(n, o) = static_cast<T>(sum);
      y(n, o) = reference::activate(f, static_cast<T>(sum));
    }
  }
}

template <class T>
void dense_forward_by_examples(View<const T> x, const T*, View<const T> w, const T* bias, Activation f,
                               View<T> z, View<T> y) {
  dense_forward<T>(x, {w}, bias, f, z, y);
}

// x[n][i] is in z[n][o] of every output o, with the factor w[o][i]. So by the chain rule, summed over all
// ways, dx[n][i] = sum_o dz[n][o] w[o][i]: the same weights the other way, the sum over the outputs.
template <class T>
void dense_backward_input(View<const T> dz, View<const T> w, Activation g, View<const T> saved, View<T> dx) {
  assert(dz.rows == dx.rows && dz.cols == w.rows && w.cols == dx.cols);
  assert(g.curve == Curve::identity || (saved.rows == dx.rows && saved.cols == dx.cols));
  for (std::size_t n = 0; n < dx.rows; ++n) {
    for (std::size_t i = 0; i < dx.cols; ++i) {
      double sum = 0.0;
      for (std::size_t o = 0; o < w.rows; ++o) sum += static_cast<double>(dz(n, o)) * w(o, i);
      const T dy = static_cast<T>(sum);
      dx(n, i) = g.curve == Curve::identity ? dy : reference::activate_backward(g, saved(n, i), dy);
    }
  }
}

// w[o][i] is in z[n][o] of every example n, with the factor x[n][i]; b[o] is there with the factor 1. The sum
// runs over the batch: an example that is alone gives the outer product dz x.
template <class T>
void dense_backward_weights(View<const T> dz, View<const T> x, View<T> dw, T* db) {
  assert(dz.rows == x.rows && dz.cols == dw.rows && x.cols == dw.cols);
  for (std::size_t o = 0; o < dw.rows; ++o) {
    for (std::size_t i = 0; i < dw.cols; ++i) {
      double sum = 0.0;
      for (std::size_t n = 0; n < x.rows; ++n) sum += static_cast<double>(dz(n, o)) * x(n, i);
      dw(o, i) = static_cast<T>(sum);
    }
    if (db == nullptr) continue;
    double sum = 0.0;
    for (std::size_t n = 0; n < x.rows; ++n) sum += dz(n, o);
    db[o] = static_cast<T>(sum);
  }
}

template <class T>
void dense_backward_packed(View<const T> dz, View<const T> x, T* packed_dw, T* db) {
  dense_backward_weights<T>(dz, x, View<T>{packed_dw, dz.cols, x.cols, x.cols}, db);
}

// Sets the bit of each number of a row that is not 0. NaN is not: no number equals it.
template <class T>
void set_bits(const T* row, std::size_t count, std::uint64_t* words) {
  std::fill_n(words, words_of(count), std::uint64_t{0});
  for (std::size_t i = 0; i < count; ++i) words[i / 64] |= std::uint64_t{row[i] != T(0)} << i % 64;
}
template <class T>
void find_lit(View<const T> x, View<std::uint64_t> lit) {
  for (std::size_t n = 0; n < x.rows; ++n) set_bits(x.row(n), x.cols, lit.row(n));
}

// A number that is 0 adds 0: the plain loops need not pass over it.
template <class T>
void sparse_forward(Sparse<T> x, Weights<T> w, const T* bias, Activation f, View<T> z, View<T> y) {
  dense_forward<T>(x.numbers, w, bias, f, z, y);
}
template <class T>
void sparse_backward(View<const T> dz, Sparse<T> x, T* packed_dw, T* db) {
  dense_backward_packed<T>(dz, x.numbers, packed_dw, db);
}

// d|w|/dw = sign(w), taken as 0 at the kink, and d(w^2)/dw = 2 w. NaN is neither above nor below 0: it comes
// in by the square, or, where l2 is 0, by 0 * NaN.
template <class T>
void penalize(View<const T> w, double l1, double l2, View<T> dw, T* penalty) {
  assert(w.rows == dw.rows && w.cols == dw.cols);
  for (std::size_t o = 0; o < w.rows; ++o) {
    double sizes = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < w.cols; ++i) {
      const double weight = w(o, i);
      const double sign = weight > 0.0 ? 1.0 : weight < 0.0 ? -1.0 : 0.0;
      sizes += sign * weight;
      squares += weight * weight;
      dw(o, i) = static_cast<T>(dw(o, i) + l1 * sign + 2.0 * l2 * weight);
    }
    penalty[o] = static_cast<T>(l1 * sizes + l2 * squares);
  }
}

template <class T>
void gather_bytes(const std::uint8_t* bytes, const std::uint32_t* rows, double scale, double offset,
                  View<T> x, View<std::uint64_t> lit) {
  for (std::size_t n = 0; n < x.rows; ++n) {
    const std::uint8_t* row = bytes + std::size_t(rows[n]) * x.cols;
    if (lit.data != nullptr) set_bits(row, x.cols, lit.row(n));
    for (std::size_t c = 0; c < x.cols; ++c) x(n, c) = static_cast<T>(row[c] * scale + offset);
  }
}

template <class T>
constexpr Kernels<T> table = {
    .name = "reference",
    .output_step = 1,
    .row_step = 1,
    .packed_size = packed_size,
    .pack = pack,
    .unpack = unpack,
    .dense_forward = dense_forward,
    .dense_forward_by_examples = dense_forward_by_examples,
    .find_lit = find_lit,
    .sparse_forward = sparse_forward,
    .dense_backward_input = dense_backward_input,
    .dense_backward_weights = dense_backward_weights,
    .dense_backward_packed = dense_backward_packed,
    .sparse_backward = sparse_backward,
    .penalize = penalize,
    .activation_forward = reference::activation_forward,
    .activation_backward = reference::activation_backward,
    .softmax_forward = reference::softmax_forward,
    .softmax_backward = reference::softmax_backward,
    .cross_entropy_labels = reference::cross_entropy_labels,
    .cross_entropy_targets = reference::cross_entropy_targets,
    .argmax = reference::argmax,
    .batch_norm_statistics = reference::batch_norm_statistics,
    .batch_norm_forward = reference::batch_norm_forward,
    .batch_norm_backward = reference::batch_norm_backward,
    .dropout = reference::dropout,
    .sgd = reference::sgd,
    .momentum = reference::momentum,
    .adagrad = reference::adagrad,
    .rmsprop = reference::rmsprop,
    .adam = reference::adam,
    .gather_bytes = gather_bytes,
};

}  // namespace

template <class T>
const Kernels<T>& reference_kernels() {
  return table<T>;
}
template const Kernels<float>& reference_kernels();
template const Kernels<double>& reference_kernels();

}  // namespace bp::batch
