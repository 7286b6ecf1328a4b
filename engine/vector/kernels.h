// The kernels: every loop over a batch that the layers, losses and optimizers are made of.
//
// They exist as plain loops (reference_kernels(), kernels_reference*.cpp), which explain them, and in faster
// versions, which are held to the plain loops. All are tables of functions with this one contract:
//
//     const Kernels<float>& k = best_kernels<float>();
//     k.dense_forward(x, {w, packed}, bias, {Curve::relu}, {}, y);
//
// Shapes:    B = batch (examples), I = inputs, O = outputs, C = columns (features or classes); x B x I reads
//            "x has B rows and I columns". Any of them may be 0 but where it says otherwise. A vector is a
//            pointer to that many numbers. Shapes are the caller's to see to: they are only asserted here.
// Results:   are overwritten, not added to, and share no memory with what is read, but where it says "may
//            be". A gradient is d + name: dx is dL/dx, of x's shape.
// Parts:     whatever is said to be split by rows, by columns or by outputs may be called on a part of those,
//            with every view and vector that has them cut alike. What is computed for an element depends only
//            on the numbers it is made of, not on the part it is computed in or its place there: so however
//            many threads share the work, the results are the same bits. Sums go in one fixed order.
// Accuracy:  u is 2^-24 for float, 2^-53 for double, and an error of so many u is relative to the result.
//            A sum of n terms is within n u sum |terms| of the exact one (Higham, 2nd ed., section 3.1).
//            A result below the smallest normal number, or with a factor below it, may be 0, and a 0 may have
//            either sign.
// NaN, inf:  go through as in the plain loop; a NaN that goes in is not lost but where it says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/vector/activation.h"
#include "engine/vector/matrix.h"

namespace bp::batch {

/// The weights of a dense layer, O x I, and what Kernels<T>::pack made of them.
template <class T>
struct Weights {
  View<const T> w;
  const T* packed = nullptr;
};

/// How many words of 64 bits have a bit for each of so many numbers.
constexpr std::size_t words_of(std::size_t numbers) { return (numbers + 63) / 64; }

/// Numbers of which many are 0, B x I, and a bit for each that tells: in row n word i / 64, bit i % 64 from
/// the lowest. Where it is 0, the number is; where it is 1, it need not be another. Bits after the last
/// number's do not count.
template <class T>
struct Sparse {
  View<const T> numbers;
  View<const std::uint64_t> lit;  // B x words_of(I)

  /// Word w of row n, the bits that do not count 0.
  std::uint64_t word(std::size_t n, std::size_t w) const {
    const std::size_t count = numbers.cols - 64 * w;
    return lit(n, w) & (~std::uint64_t{0} >> (count < 64 ? 64 - count : 0));
  }
  Sparse row_range(std::size_t first, std::size_t last) const {
    return {numbers.row_range(first, last), lit.row_range(first, last)};
  }
};

/// Which elements dropout keeps: see dropout_keeps(). Backward must be given the same.
struct Dropout {
  std::uint64_t key = 0;         // another for every layer and step: best from splitmix64 (data/random.h)
  std::uint32_t drop_below = 0;  // rate * 2^32: elements whose draw is below are dropped
  double scale = 1.0;            // 1 / (1 - rate), so that the mean of the outputs stays ("inverted" dropout)
  std::size_t first_row = 0;     // of a part: where its rows begin in the whole batch
};

// Numbers that an optimizer works out in double, once a step. rest is 1 - beta: of 1 - 0.999f only four
// digits are right.
struct Sgd_step {
  double learning_rate;
};
struct Momentum_step {
  double learning_rate, momentum;
  bool nesterov = false;
};
struct Adagrad_step {
  double learning_rate, epsilon;
};
struct Rmsprop_step {
  double learning_rate, alpha, rest, epsilon;
};
/// t counts steps from 1. With keep = 1 it is Adam.
struct Adam_step {
  double rest1, rest2, epsilon;
  double length;      // learning_rate / (1 - beta1^t)
  double root_scale;  // 1 / sqrt(1 - beta2^t)
  double keep = 1.0;  // AdamW: 1 - learning_rate * weight_decay
};

template <class T>
struct Kernels {
  const char* name;  // "reference", or the instruction set

  // ---- Dense layer: y = f(z), z = x W^T + b -----------------------------------------------------------

  /// How outputs should be cut into parts: at multiples of this.
  std::size_t output_step;
  /// How rows of a batch should best be cut: at multiples of this. Any other cut gives the same bits, slower.
  std::size_t row_step;

  /// How many numbers pack() writes for the weights of O outputs: O I and, where O is no multiple of
  /// output_step, perhaps some 0s more. What belongs to the outputs from o on, a multiple of output_step,
  /// begins at packed_size(o, I).
  std::size_t (*packed_size)(std::size_t outputs, std::size_t inputs);
  /// Lays weights out for dense_forward, to be done whenever they have changed. Split by outputs, at
  /// multiples of output_step: the part from o on has packed + packed_size(o, I).
  ///
  /// Shapes:    w O x I; packed packed_size(O, I), at an address aligned as Matrix's
  void (*pack)(View<const T> w, T* packed);
  /// The other way: the rows of w from what pack() made of them. Split as pack().
  ///
  /// Shapes:    packed packed_size(O, I), w O x I
  void (*unpack)(const T* packed, View<T> w);

  /// z = x W^T + b: z[n][o] = b[o] + sum_i x[n][i] w[o][i], and y = f(z).
  ///
  /// Split by rows of x, z and y, and by outputs at multiples of output_step. z.data may be null, and y may
  /// be z: then z is not kept, as when f does not read its input. bias may be null.
  ///
  /// Shapes:    x B x I, w O x I, bias O, z and y B x O
  void (*dense_forward)(View<const T> x, Weights<T> w, const T* bias, Activation f, View<T> z, View<T> y);

  /// The same, to the bit, from packed examples instead of packed weights: packed_x is what pack(x, packed_x)
  /// wrote. So where there are fewer examples than outputs there is less to pack.
  ///
  /// Split by outputs, and by rows at multiples of output_step: the part from n on has packed_x +
  /// packed_size(n, I).
  ///
  /// Shapes:    x B x I, packed_x packed_size(B, I), w O x I, bias O, z and y B x O
  void (*dense_forward_by_examples)(View<const T> x, const T* packed_x, View<const T> w, const T* bias,
                                    Activation f, View<T> z, View<T> y);

  /// Which numbers of x are not 0, in bits as Sparse has them; the bit of a -0 may be either. Split by rows.
  ///
  /// Shapes:    x B x I, lit B x words_of(I)
  void (*find_lit)(View<const T> x, View<std::uint64_t> lit);

  /// dense_forward for x of which many numbers are 0: they are passed over. The same bits, but for the sign
  /// of a sum that is 0; and an infinite weight or NaN need not be multiplied by a 0. Split as dense_forward.
  ///
  /// Measured with AVX-512 for 128 x 784-128 with half, 80 % and 95 % of x 0, in random places: 188, 96 and
  /// 43 microseconds, and 228 for dense_forward; 145 for pictures half of which is 0, for there zeros lie
  /// together.
  void (*sparse_forward)(Sparse<T> x, Weights<T> w, const T* bias, Activation f, View<T> z, View<T> y);

  /// The gradient by the input, already taken through the activation g before it:
  /// dx[n][i] = (sum_o dz[n][o] w[o][i]) * g'[n][i], which is dz W for the identity.
  ///
  /// saved is what g's backward pass reads, z or y of that layer (reads_input in activation.h): dx is then dz
  /// of that layer. Of the identity it may be null. Split by rows, and by columns of w, saved and dx.
  ///
  /// Shapes:    dz B x O, w O x I, saved and dx B x I
  void (*dense_backward_input)(View<const T> dz, View<const T> w, Activation g, View<const T> saved,
                               View<T> dx);

  /// The gradients by weights and bias: dw[o][i] = sum_n dz[n][o] x[n][i], which is dz^T x, and
  /// db[o] = sum_n dz[n][o]. db may be null.
  ///
  /// Split by outputs (columns of dz, rows of dw), and by columns of x and dw with db for one part only.
  ///
  /// Shapes:    dz B x O, x B x I, dw O x I, db O
  void (*dense_backward_weights)(View<const T> dz, View<const T> x, View<T> dw, T* db);

  /// The same, to the bit, with dw as pack() would lay it out. Split by outputs at multiples of output_step:
  /// the part from o on has packed_dw + packed_size(o, I).
  ///
  /// Shapes:    dz B x O, x B x I, packed_dw packed_size(O, I), db O
  void (*dense_backward_packed)(View<const T> dz, View<const T> x, T* packed_dw, T* db);

  /// That for x of which many numbers are 0, as sparse_forward.
  ///
  /// Shapes:    as dense_backward_packed
  void (*sparse_backward)(View<const T> dz, Sparse<T> x, T* packed_dw, T* db);

  /// Adds the gradient of the penalty l1 sum |w| + l2 sum w^2 to dw: l1 sign(w) + 2 l2 w, with sign(0) = 0;
  /// penalty[o] is what row o adds to the loss. Split by rows.
  ///
  /// Shapes:    w and dw O x I, penalty O
  void (*penalize)(View<const T> w, double l1, double l2, View<T> dw, T* penalty);

  // ---- Activations by themselves ----------------------------------------------------------------------

  /// y = f(z), each number by itself. Split by rows or columns. y may be z.
  ///
  /// Shapes:    z and y B x C
  /// Accuracy:  8 u, also in the tails; gelu and gelu_tanh 8 u, and 4 u times the size of the exponent of e
  ///            in them (z^2/2, and 2 sqrt(2/pi) (z + 0.044715 z^3)).
  /// NaN, inf:  NaN gives NaN. gelu, gelu_tanh, silu and mish of -inf (inf * 0) and softsign of either
  ///            infinity (inf / inf) give NaN, as does f' of these but softsign's.
  void (*activation_forward)(View<const T> z, Activation f, View<T> y);

  /// dz = dy * f'(z), from z or y as reads_input says. Split by rows or columns. dz may be dy.
  ///
  /// At a kink f' is PyTorch's. Where f' of relu, relu6 or hard_tanh is 0, dz is 0 even for an infinite dy.
  /// Where what was saved is NaN, they and leaky_relu pass dy on.
  ///
  /// Shapes:    saved, dy and dz B x C
  /// Accuracy:  as the value; for gelu, gelu_tanh, silu and mish, whose f' crosses 0, relative to
  ///            max(|f'|, 1).
  void (*activation_backward)(View<const T> saved, Activation f, View<const T> dy, View<T> dz);

  /// p[k] = exp(z[k]) / sum_j exp(z[j]) of each row, for logits of any size. Split by rows. p may be z.
  ///
  /// Shapes:    z and p B x C, C >= 1
  /// Accuracy:  (C + 8) u, and u times how far the logit is below the greatest.
  /// NaN, inf:  a row with a NaN or +inf, or with nothing but -inf, is NaN throughout.
  void (*softmax_forward)(View<const T> z, View<T> p);

  /// dz[k] = p[k] (dp[k] - sum_j dp[j] p[j]). Split by rows. dz may be dp.
  ///
  /// Shapes:    p, dp and dz B x C
  void (*softmax_backward)(View<const T> p, View<const T> dp, View<T> dz);

  // ---- Loss -------------------------------------------------------------------------------------------

  /// loss[n] = -log softmax(z[n])[label[n]] and dz[n][k] = scale * (softmax(z[n])[k] - [k is the label]); the
  /// mean over the batch has scale 1/B. Split by rows. dz may be z; its data may be null: no gradient.
  ///
  /// Shapes:    z and dz B x C, labels B, each below C; loss B
  /// Accuracy:  of the loss (C + 8) u relative to it plus the spread of its row; of dz the same times scale.
  /// NaN, inf:  as softmax_forward, loss and gradient.
  void (*cross_entropy_labels)(View<const T> z, const std::uint32_t* labels, double scale, T* loss,
                               View<T> dz);
  /// The same for targets that are probabilities t, one-hot or soft, that sum to 1 in each row:
  /// loss[n] = logsumexp(z[n]) - sum_k t[n][k] z[n][k], dz = scale * (softmax(z) - t). A class whose target
  /// is 0 is left out of the sum, so its logit may be -inf. Split by rows. dz may be z.
  ///
  /// Shapes:    z, t and dz B x C, loss B
  void (*cross_entropy_targets)(View<const T> z, View<const T> t, double scale, T* loss, View<T> dz);

  /// Which class has the greatest number in each row: the first of equals, and the first NaN if there is one.
  /// Split by rows.
  ///
  /// Shapes:    z B x C, C >= 1; best B
  void (*argmax)(View<const T> z, std::uint32_t* best);

  // ---- Batch normalisation: y = gamma * x^ + beta, x^ = (x - mean) * r, r = 1 / sqrt(variance + epsilon

  /// Mean and variance of each column: the mean squared distance from the mean, divided by B, not by B - 1.
  /// Split by columns.
  ///
  /// Shapes:    x B x C, B >= 1; mean and variance C
  /// Accuracy:  (B + 8) u: the mean relative to mean |x|, the variance, taken in a second pass, to itself and
  ///            the square of the mean's error.
  void (*batch_norm_statistics)(View<const T> x, T* mean, T* variance);

  /// y = gamma * (x - mean) * r + beta, with the batch's statistics or the running ones. Split by rows or
  /// columns. y may be x.
  ///
  /// Shapes:    x and y B x C, mean, variance, gamma and beta C
  void (*batch_norm_forward)(View<const T> x, const T* mean, const T* variance, double epsilon,
                             const T* gamma, const T* beta, View<T> y);

  /// dbeta = sum_n dy, dgamma = sum_n dy x^ and dx = gamma r (dy - dbeta/B - x^ dgamma/B), in each column:
  /// mean and variance are those of x, and the gradient goes through them too. Split by columns. dx may be
  /// dy.
  ///
  /// Shapes:    x, dy and dx B x C, B >= 1; mean, variance, gamma, dgamma and dbeta C
  void (*batch_norm_backward)(View<const T> x, const T* mean, const T* variance, double epsilon,
                              const T* gamma, View<const T> dy, T* dgamma, T* dbeta, View<T> dx);

  // ---- Dropout ----------------------------------------------------------------------------------------

  /// y = x * scale where dropout_keeps() the element, else 0, even for NaN and inf. Linear in x with factors
  /// that can be had again, so it is its own backward: dx from dy by the same call, and no mask is kept.
  /// Split by rows, each part with its first_row. y may be x.
  ///
  /// Shapes:    x and y B x C
  /// Accuracy:  3 u: scale is rounded to T.
  void (*dropout)(View<const T> x, Dropout dropout, View<T> y);

  // ---- Optimizers: n parameters p with gradients g, in one pass; as in PyTorch ------------------------
  //
  // Split anywhere. m, s and v start at 0.
  //
  // Accuracy:  m, s and v: 4 u of the sizes of the terms added. p: u of p, 3 u where keep is not 1, and 8 u
  //            of the sizes of the terms of its change; reciprocal and square root may be approximate within
  //            that. A square too large for T is inf: p stays as it is, and Adam's v is NaN in the next step.

  /// p -= learning_rate * g
  void (*sgd)(Sgd_step step, std::size_t n, const T* g, T* p);
  /// m = momentum * m + g; p -= learning_rate * m, or Nesterov's learning_rate * (g + momentum * m).
  void (*momentum)(Momentum_step step, std::size_t n, const T* g, T* m, T* p);
  /// s += g^2; p -= learning_rate * g / (sqrt(s) + epsilon)
  void (*adagrad)(Adagrad_step step, std::size_t n, const T* g, T* s, T* p);
  /// v = alpha * v + rest * g^2; p -= learning_rate * g / (sqrt(v) + epsilon)
  void (*rmsprop)(Rmsprop_step step, std::size_t n, const T* g, T* v, T* p);
  /// m += rest1 * (g - m); v += rest2 * (g^2 - v);
  /// p = keep * p - length * m / (root_scale * sqrt(v) + epsilon)
  void (*adam)(Adam_step step, std::size_t n, const T* g, T* m, T* v, T* p);

  // ---- Data -------------------------------------------------------------------------------------------

  /// x[n][c] = bytes[rows[n] * C + c] * scale + offset: a batch of pictures out of all of them; and which of
  /// these bytes are not 0, in bits as Sparse has them, unless lit.data is null. Split by rows.
  ///
  /// Shapes:    rows B, x B x C, lit B x words_of(C); bytes as many rows of C as rows[] asks for
  /// Accuracy:  3 u of the sizes of the terms: scale and offset are rounded to T.
  void (*gather_bytes)(const std::uint8_t* bytes, const std::uint32_t* rows, double scale, double offset,
                       View<T> x, View<std::uint64_t> lit);
};

/// A 32-bit number scrambled: a one-to-one function whose every output bit depends on every input bit.
///
/// Source:    C. Wellons, "Prospecting for hash functions" (2018), lowbias32 with his improved constants.
constexpr std::uint32_t mix32(std::uint32_t x) {
  x = (x ^ (x >> 16)) * 0x21f0aaadu;
  x = (x ^ (x >> 15)) * 0xd35a2d97u;
  return x ^ (x >> 15);
}

/// Whether dropout keeps element `index`, the number of elements before it in the whole batch, row after row
/// (modulo 2^32). Counting instead of drawing in sequence: whoever computes an element, and when, it is the
/// same draw.
constexpr bool dropout_keeps(const Dropout& dropout, std::uint32_t index) {
  const auto low = static_cast<std::uint32_t>(dropout.key),
             high = static_cast<std::uint32_t>(dropout.key >> 32);
  return mix32(mix32(index + low) ^ high) >= dropout.drop_below;
}

/// The plain loops. T is float or double. They calculate in double, sums from first to last, and round to T
/// where they store: what a faster version for float differs by is that version's error.
template <class T>
const Kernels<T>& reference_kernels();

/// Every implementation that this machine can run, the fastest first, the plain loops last.
template <class T>
std::span<const Kernels<T>* const> available_kernels();

/// The first of available_kernels().
template <class T>
const Kernels<T>& best_kernels() {
  return *available_kernels<T>().front();
}

}  // namespace bp::batch
