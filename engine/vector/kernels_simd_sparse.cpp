// The dense layer's products with x in SIMD, for x of which many numbers are 0: a dark pixel adds nothing
// to a sum, and nor does a neuron that ReLU or dropout has silenced. These kernels pass over them.
//
// A tile (kernels_simd_tile.inc) cannot: its rows are different examples, of which some are lit where others
// are dark. So here one example's sums are formed at a time, of `wide` outputs, in eight vectors:
//
//     forward           z[n][0..127]  += x[n][i]  * W^T[i][0..127]     for each i that is lit in example n
//     gradient by W     dW^T[i][0..127] += x[n][i] * dz[n][0..127]     for each n in which i is lit
//
// Every multiply-add has to load its numbers of W^T or dz anew, of which a processor can do one for each: so
// nothing is lost while they come from the first-level cache, and that decides the order of the loops.
//
// Two examples (or two inputs) go together, so that what is loaded is used twice; where one of them is
// dark, 0 is added to its sums. Which numbers are not 0 is a mask, a bit for each; the loops go from bit to
// bit. Sums are formed in the order of the dense kernels, and adding 0 changes no sum: the results are
// theirs, to the bit.
#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "engine/vector/kernels_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_sparse.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

#include "engine/vector/kernels_simd_tile.inc"

#include "engine/vector/kernels_simd_transpose.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

namespace {

/// A bit for each of the `count` numbers from p, at most 64: 1 where it is not 0. NaN is not 0, which
/// Highway's Ne would deny.
template <class T>
HWY_INLINE std::uint64_t lit(const T* p, std::size_t count) {
  const Tag<T> d;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; i += lanes<T>) {
    std::array<std::uint8_t, 8> bytes = {};
    hn::StoreMaskBits(d, hn::Not(hn::Eq(load(p + i, count - i), hn::Zero(d))), bytes.data());
    std::uint64_t some = bytes[0];
    if constexpr (lanes < T >> 8) some |= std::uint64_t{bytes[1]} << 8;
    bits |= some << i;
  }
  return bits;
}

/// What is added to rows of sums: for each number j of a mask, values[r][j] times the row at rows + j *
/// step, to row r of the sums. A row is so many panels of two vectors, which follow each other at `panel`.
template <class T, int count>
struct Row_sums {
  std::array<const T*, count> values;
  std::array<T*, count> sums;
  const T* rows;
  std::size_t step, panel;
};

template <class T, int count, int panels>
HWY_INLINE void add_rows(const Row_sums<T, count>& from, std::uint64_t bits) {
  const Tag<T> d;
  Vector<T> sum[count][2 * panels];
  BP_UNROLL_ALL
  for (int r = 0; r < count; ++r) {
    BP_UNROLL_ALL
    for (int v = 0; v < 2 * panels; ++v) sum[r][v] = hn::LoadU(d, from.sums[r] + std::size_t(v) * lanes<T>);
  }
  for (; bits != 0; bits &= bits - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(bits));
    const T* row = from.rows + j * from.step;
    Vector<T> value[count];
    BP_UNROLL_ALL
    for (int r = 0; r < count; ++r) value[r] = hn::Set(d, from.values[r][j]);
    BP_UNROLL_ALL
    for (int v = 0; v < 2 * panels; ++v) {
      const Vector<T> factor =
          hn::LoadU(d, row + std::size_t(v / 2) * from.panel + std::size_t(v % 2) * lanes<T>);
      BP_UNROLL_ALL
      for (int r = 0; r < count; ++r) sum[r][v] = hn::MulAdd(value[r], factor, sum[r][v]);
    }
  }
  BP_UNROLL_ALL
  for (int r = 0; r < count; ++r) {
    BP_UNROLL_ALL
    for (int v = 0; v < 2 * panels; ++v) hn::StoreU(sum[r][v], d, from.sums[r] + std::size_t(v) * lanes<T>);
  }
}

// As many panels as leave registers for two rows of sums.
#if HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr std::size_t most_panels = 4;
#else
constexpr std::size_t most_panels = 2;
#endif
template <class T>
inline constexpr std::size_t wide = most_panels* tile_columns<T>;

/// The same for 1 to most_panels panels.
template <class T, int count>
HWY_INLINE void add_rows(const Row_sums<T, count>& from, std::uint64_t bits, std::size_t panels) {
  if (panels == 1) return add_rows<T, count, 1>(from, bits);
  if (panels == 2) return add_rows<T, count, 2>(from, bits);
  if constexpr (most_panels > 2) {
    if (panels == 3) return add_rows<T, count, 3>(from, bits);
    return add_rows<T, count, 4>(from, bits);
  }
}

/// work(o, panels) for each group of whole panels of outputs; how many outputs these are, all but the last
/// few.
template <class T, class Work>
HWY_INLINE std::size_t for_each_group(std::size_t outputs, Work work) {
  const std::size_t whole = outputs / tile_columns<T>;
  for (std::size_t p = 0; p < whole; p += most_panels) {
    work(p * tile_columns<T>, std::min(most_panels, whole - p));
  }
  return whole * tile_columns<T>;
}

}  // namespace

// A block of 64 inputs has one mask, and its part of W^T, 32 KiB, goes through the first-level cache once for
// all examples.
template <class T>
void Simd<T>::sparse_forward(View<const T> x, Weights<T> weights, const T* bias, Activation f, View<T> z,
                             View<T> y) {
  assert(x.rows == y.rows && x.cols == weights.w.cols && weights.w.rows == y.cols);
  constexpr std::size_t block = 64, panel = tile_columns<T>;
  const View<T> sums = z.data == nullptr ? y : z;
  const auto group = [&](std::size_t o, std::size_t panels) HWY_ATTR {
    for (std::size_t n = 0; n < x.rows; ++n) {
      if (bias == nullptr) {
        std::fill_n(sums.row(n) + o, panels * panel, T(0));
      } else {
        std::copy_n(bias + o, panels * panel, sums.row(n) + o);
      }
    }
    for (std::size_t i = 0; i < x.cols; i += block) {
      const std::size_t inputs = std::min(block, x.cols - i);
      const T* w = weights.packed + o * x.cols + i * panel;
      std::size_t n = 0;
      for (; n + 2 <= x.rows; n += 2) {
        const T *one = x.row(n) + i, *other = x.row(n + 1) + i;
        add_rows<T, 2>({{one, other}, {sums.row(n) + o, sums.row(n + 1) + o}, w, panel, x.cols * panel},
                       lit(one, inputs) | lit(other, inputs), panels);
      }
      if (n < x.rows) {
        const T* last = x.row(n) + i;
        add_rows<T, 1>({{last}, {sums.row(n) + o}, w, panel, x.cols * panel}, lit(last, inputs), panels);
      }
    }
    if (f.curve == Curve::identity && sums.data == y.data) return;
    const auto part = [&](View<T> all) HWY_ATTR { return all.column_range(o, o + panels * panel); };
    activation_forward(part(sums), f, part(y));
  };
  const std::size_t done = for_each_group<T>(y.cols, group);
  if (done == y.cols) return;
  const auto rest = [&](auto all) { return all.data == nullptr ? all : all.column_range(done, y.cols); };
  dense_forward(x, {weights.w.row_range(done, y.cols), weights.packed + done * x.cols},
                bias == nullptr ? nullptr : bias + done, f, rest(z), rest(y));
}

// Of dz a block of examples is copied, so that rows that are far apart in memory do not drive each other
// out of the cache: for 128 outputs 64 KiB, of which a panel of examples needs 16. The sums of a block of
// inputs, 16 KiB, are turned over when they are done.
template <class T>
void Simd<T>::sparse_backward_weights(View<const T> dz, View<const T> x, const T* packed_x, View<T> dw,
                                      T* db) {
  assert(dz.rows == x.rows && dz.cols == dw.rows && x.cols == dw.cols);
  constexpr std::size_t input_block = 32, example_block = 128, panel = tile_columns<T>;
  HWY_ALIGN T sums[input_block * wide<T>];
  HWY_ALIGN T rows[example_block * wide<T>];
  const auto add_block = [&](std::size_t o, std::size_t panels, std::size_t first, std::size_t i) HWY_ATTR {
    const std::size_t width = panels * panel, inputs = std::min(input_block, x.cols - i);
    const std::size_t end = std::min(first + example_block, x.rows);
    const View<T> here = dw.row_range(o, o + width).column_range(i, i + inputs);
    const View<T> turned = {sums, inputs, width, width};
    for (std::size_t r = 0; r < width; ++r) {
      for (std::size_t c = 0; c < inputs; c += 64 / sizeof(T)) hwy::Prefetch(here.row(r) + c);
    }
    if (first == 0) {
      std::fill_n(sums, inputs * width, T(0));
    } else {
      transpose<T>(here, turned);  // from where the examples before have left off
    }
    for (std::size_t n = first; n < end; n += panel) {
      const std::size_t lanes_of_x = std::min(panel, x.rows - n) > lanes<T> ? panel : lanes<T>;
      const T* values = packed_x + n * x.cols + i * lanes_of_x;
      const T* const factors = rows + (n - first) * width;
      std::size_t j = 0;
      for (; j + 2 <= inputs; j += 2) {
        const T *one = values + j * lanes_of_x, *other = one + lanes_of_x;
        add_rows<T, 2>({{one, other}, {sums + j * width, sums + (j + 1) * width}, factors, width, panel},
                       lit(one, lanes_of_x) | lit(other, lanes_of_x), panels);
      }
      if (j < inputs) {
        const T* last = values + j * lanes_of_x;
        add_rows<T, 1>({{last}, {sums + j * width}, factors, width, panel}, lit(last, lanes_of_x), panels);
      }
    }
    transpose<T>(turned, here);
  };
  const std::size_t done = for_each_group<T>(dw.rows, [&](std::size_t o, std::size_t panels) HWY_ATTR {
    const std::size_t width = panels * panel;
    for (std::size_t first = 0; first < x.rows; first += example_block) {
      const std::size_t count = std::min(example_block, x.rows - first);
      for (std::size_t n = 0; n < count; ++n) std::copy_n(dz.row(first + n) + o, width, rows + n * width);
      for (std::size_t i = 0; i < x.cols; i += input_block) add_block(o, panels, first, i);
    }
  });
  if (done < dw.rows) {
    dense_backward_weights(dz.column_range(done, dz.cols), x, dw.row_range(done, dw.rows), nullptr);
  }
  // Of no inputs the gradients are those of the bias alone.
  if (db != nullptr) dense_backward_weights(dz, x.column_range(0, 0), dw.column_range(0, 0), db);
}

template struct Simd<float>;
template struct Simd<double>;

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
