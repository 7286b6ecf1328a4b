// The dense layer's products with x in SIMD, for x of which many numbers are 0: a dark pixel adds nothing
// to a sum, and nor does a neuron that ReLU or dropout has silenced. These kernels pass over them.
//
// A tile (kernels_simd_tile.inc) cannot: its rows are different examples, of which some are lit where others
// are dark. So here one example's sums are formed at a time, of `wide` outputs, in eight vectors:
//
//     forward           z[n][0..127]  += x[n][i]  * W^T[i][0..127]     for each i that is lit in example n
//     gradient by W     dW^T[i][0..127] += x[n][i] * dz[n][0..127]     for each n in which i is lit
//
// Both W^T and dW^T are as pack() lays weights out. The numbers of W^T or dz are loaded anew for each i or n,
// of which a processor can do a vector for each multiply-add of vectors: so nothing is lost while they come
// from the caches next to it, and that decides the order of the loops.
//
// Two examples (or two inputs) go together, so that what is loaded is used twice; where one of them is dark,
// 0 is added to its sums. So they should be alike: neighbouring inputs are, and of the examples those are put
// together that have about as many lit. Which numbers are not 0 is a mask, a bit for each; the loops go from
// bit to bit. Sums are formed in the order of the dense kernels, and adding 0 changes no sum: the results are
// theirs, to the bit, whoever the other is.
#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "engine/vector/kernels_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_sparse.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

#include "engine/vector/kernels_simd_tile.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

namespace {

/// What is added to rows of sums: for each number j of a mask, the value at values[r] + j * value_step times
/// the row at rows + j * step, to row r of the sums. A row is so many panels of two vectors, which follow
/// each other at rows_panel and sums_panel.
template <class T, int count>
struct Row_sums {
  std::array<const T*, count> values = {};
  std::size_t value_step = 1;
  const T* rows;
  std::size_t step, rows_panel;
  std::array<T*, count> sums = {};
  std::size_t sums_panel;
  bool from_zero = false;  // and not from what stands in the sums

  /// The same for one row of sums.
  Row_sums<T, 1> one(const T* value, T* sum) const {
    return {{value}, value_step, rows, step, rows_panel, {sum}, sums_panel, from_zero};
  }
};

template <class T, int count, int panels>
HWY_INLINE void add_rows(const Row_sums<T, count>& from, std::uint64_t bits) {
  const Tag<T> d;
  const auto vector = [](std::size_t panel, int v) {
    return std::size_t(v / 2) * panel + std::size_t(v % 2) * lanes<T>;
  };
  Vector<T> sum[count][2 * panels];
  BP_UNROLL_ALL
  for (int r = 0; r < count; ++r) {
    BP_UNROLL_ALL
    for (int v = 0; v < 2 * panels; ++v) {
      sum[r][v] = from.from_zero ? hn::Zero(d) : hn::LoadU(d, from.sums[r] + vector(from.sums_panel, v));
    }
  }
  for (; bits != 0; bits &= bits - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(bits));
    const T* row = from.rows + j * from.step;
    Vector<T> value[count];
    BP_UNROLL_ALL
    for (int r = 0; r < count; ++r) value[r] = hn::Set(d, from.values[r][j * from.value_step]);
    BP_UNROLL_ALL
    for (int v = 0; v < 2 * panels; ++v) {
      const Vector<T> factor = loaded_once<T>(hn::LoadU(d, row + vector(from.rows_panel, v)));
      BP_UNROLL_ALL
      for (int r = 0; r < count; ++r) sum[r][v] = hn::MulAdd(value[r], factor, sum[r][v]);
    }
  }
  BP_UNROLL_ALL
  for (int r = 0; r < count; ++r) {
    BP_UNROLL_ALL
    for (int v = 0; v < 2 * panels; ++v) {
      hn::StoreU(sum[r][v], d, from.sums[r] + vector(from.sums_panel, v));
    }
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

/// Some examples, at most `most`, in the order of how many of a block of 64 inputs are lit in each, so that
/// an example and the next are alike. Of Fashion-MNIST's pixels 0.50 are lit, in one or the other of two
/// examples 0.66, and of two that follow each other here 0.58 (batches of 32).
struct Alike {
  static constexpr std::size_t most = 128;
  std::array<std::uint64_t, most> masks;
  std::array<std::uint8_t, most> order;

  // By the bits in one word of each row. An example comes after all whose key is less: to count these,
  // vectors of keys at a time, is faster than what has to wait for its own last store.
  template <class T>
  HWY_INLINE void sort(const Sparse<T>& x, std::size_t word) {
    using Key = std::int16_t;
    const hn::ScalableTag<Key> d;
    HWY_ALIGN std::array<Key, most> keys;
    const std::size_t rows = x.lit.rows, room = hwy::RoundUpTo(rows, hn::Lanes(d));
    for (std::size_t n = 0; n < rows; ++n) {
      masks[n] = x.word(n, word);
      keys[n] = Key(std::size_t(std::popcount(masks[n])) * most + n);
    }
    std::fill(keys.begin() + rows, keys.begin() + room, std::numeric_limits<Key>::max());
    for (std::size_t n = 0; n < rows; ++n) {
      const auto key = hn::Set(d, keys[n]);
      std::size_t less = 0;
      for (std::size_t k = 0; k < room; k += hn::Lanes(d)) {
        less += hn::CountTrue(d, hn::Lt(hn::Load(d, keys.data() + k), key));
      }
      order[less] = std::uint8_t(n);
    }
  }
};

}  // namespace

template <class T>
void Simd<T>::find_lit(View<const T> x, View<std::uint64_t> lit) {
  assert(lit.rows == x.rows && lit.cols == words_of(x.cols));
  for (std::size_t n = 0; n < x.rows; ++n) {
    for (std::size_t i = 0; i < x.cols; i += 64) {
      lit.row(n)[i / 64] = lit_bits(x.row(n) + i, std::min<std::size_t>(64, x.cols - i));
    }
  }
}

// A block of 64 inputs has one mask, and its part of W^T, 32 KiB, goes through the first-level cache once for
// all examples.
template <class T>
void Simd<T>::sparse_forward(Sparse<T> sparse, Weights<T> weights, const T* bias, Activation f, View<T> z,
                             View<T> y) {
  const View<const T> x = sparse.numbers;
  assert(x.rows == y.rows && x.cols == weights.w.cols && weights.w.rows == y.cols);
  constexpr std::size_t block = 64, panel = tile_columns<T>;
  const View<T> sums = z.data == nullptr ? y : z;
  Alike alike;
  const auto add_block = [&](std::size_t o, std::size_t panels, std::size_t first, std::size_t i) HWY_ATTR {
    const Sparse<T> part = sparse.row_range(first, std::min(first + alike.most, x.rows));
    const View<const T> here = part.numbers;
    const T* w = weights.packed + o * x.cols + i * panel;
    alike.sort(part, i / block);
    Row_sums<T, 2> two = {.rows = w, .step = panel, .rows_panel = x.cols * panel, .sums_panel = panel};
    std::size_t n = 0;
    for (; n + 2 <= here.rows; n += 2) {
      const std::size_t a = alike.order[n], b = alike.order[n + 1];
      const std::uint64_t bits = alike.masks[a] | alike.masks[b];
      if (bits == 0) continue;
      two.values = {here.row(a) + i, here.row(b) + i};
      two.sums = {sums.row(first + a) + o, sums.row(first + b) + o};
      add_rows(two, bits, panels);
    }
    if (n == here.rows) return;
    const std::size_t a = alike.order[n];
    add_rows(two.one(here.row(a) + i, sums.row(first + a) + o), alike.masks[a], panels);
  };
  const auto group = [&](std::size_t o, std::size_t panels) HWY_ATTR {
    for (std::size_t n = 0; n < x.rows; ++n) {
      if (bias == nullptr) {
        std::fill_n(sums.row(n) + o, panels * panel, T(0));
      } else {
        std::copy_n(bias + o, panels * panel, sums.row(n) + o);
      }
    }
    for (std::size_t i = 0; i < x.cols; i += block) {
      for (std::size_t n = 0; n < x.rows; n += alike.most) add_block(o, panels, n, i);
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

namespace {

/// How many examples have one mask.
constexpr std::size_t masked_examples = 32;
/// masks[i]: a bit for each of these examples, 1 where input i of a block of 64 is lit.
using Input_masks = std::array<std::uint64_t, 64>;

/// The masks of inputs from those of at most masked_examples examples: a matrix of bits turned over. Both of
/// its halves of 32 x 32 at once: the quarters that are not on the diagonal change places, then theirs, and
/// so on, 5 times 16 exchanges between two rows. A loop for each size becomes vectors.
///
/// Source:    H. S. Warren, Hacker's Delight, 2nd ed., section 7-3.
HWY_INLINE void turn_over(View<const std::uint64_t> lit, std::size_t word, Input_masks& masks) {
  std::array<std::uint64_t, masked_examples> rows = {};
  for (std::size_t n = 0; n < lit.rows; ++n) rows[n] = lit.row(n)[word];
  const auto exchange = [&](auto size, std::uint64_t low) HWY_ATTR {  // low: the lower columns of each pair
    constexpr std::size_t half = size;
    for (std::size_t first = 0; first < masked_examples; first += 2 * half) {
      for (std::size_t n = first; n < first + half; ++n) {
        const std::uint64_t other = ((rows[n] >> half) ^ rows[n + half]) & low;
        rows[n] ^= other << half;
        rows[n + half] ^= other;
      }
    }
  };
  exchange(std::integral_constant<std::size_t, 16>(), 0x0000ffff0000ffff);
  exchange(std::integral_constant<std::size_t, 8>(), 0x00ff00ff00ff00ff);
  exchange(std::integral_constant<std::size_t, 4>(), 0x0f0f0f0f0f0f0f0f);
  exchange(std::integral_constant<std::size_t, 2>(), 0x3333333333333333);
  exchange(std::integral_constant<std::size_t, 1>(), 0x5555555555555555);
  for (std::size_t i = 0; i < masked_examples; ++i) {
    masks[i] = rows[i] & 0xffffffff;
    masks[i + masked_examples] = rows[i] >> 32;
  }
}

}  // namespace

// Of dz a block of examples is copied, unless its rows follow each other anyway: rows that are far apart in
// memory would drive each other out of the cache. For 128 outputs that is 64 KiB, of which the examples of
// one mask need 16, as do the sums of a block of inputs.
template <class T>
void Simd<T>::sparse_backward(View<const T> dz, Sparse<T> sparse, T* packed_dw, T* db) {
  const View<const T> x = sparse.numbers;
  assert(dz.rows == x.rows);
  if (x.rows == 0) return dense_backward_packed(dz, x, packed_dw, db);
  constexpr std::size_t word = 64, input_block = 32, example_block = 128, panel = tile_columns<T>;
  HWY_ALIGN T copied[example_block * wide<T>];
  const T* rows = copied;
  std::array<Input_masks, example_block / masked_examples> masks;
  const auto add_block = [&](std::size_t o, std::size_t panels, std::size_t first, std::size_t i) HWY_ATTR {
    const std::size_t inputs = std::min(input_block, x.cols - i), width = panels * panel;
    const std::size_t end = std::min(first + example_block, x.rows);
    T* const sums = packed_dw + o * x.cols + i * panel;
    for (std::size_t n = first; n < end; n += masked_examples) {
      const std::uint64_t* const mask = masks[(n - first) / masked_examples].data() + i % word;
      const T* const values = x.row(n) + i;
      Row_sums<T, 2> two = {.value_step = x.stride,
                            .rows = rows + (n - first) * width,
                            .step = width,
                            .rows_panel = panel,
                            .sums_panel = x.cols * panel,
                            .from_zero = n == 0};
      std::size_t j = 0;
      for (; j + 2 <= inputs; j += 2) {
        two.values = {values + j, values + j + 1};
        two.sums = {sums + j * panel, sums + (j + 1) * panel};
        add_rows(two, mask[j] | mask[j + 1], panels);
      }
      if (j < inputs) add_rows(two.one(values + j, sums + j * panel), mask[j], panels);
    }
  };
  const std::size_t done = for_each_group<T>(dz.cols, [&](std::size_t o, std::size_t panels) HWY_ATTR {
    const std::size_t width = panels * panel;
    for (std::size_t first = 0; first < x.rows; first += example_block) {
      const std::size_t count = std::min(example_block, x.rows - first);
      if (dz.stride == width) {
        rows = dz.row(first);
      } else {
        for (std::size_t n = 0; n < count; ++n) std::copy_n(dz.row(first + n) + o, width, copied + n * width);
      }
      for (std::size_t i = 0; i < x.cols; i += input_block) {
        for (std::size_t n = 0; i % word == 0 && n < count; n += masked_examples) {
          const std::size_t end = std::min(n + masked_examples, count);
          turn_over(sparse.lit.row_range(first + n, first + end), i / word, masks[n / masked_examples]);
        }
        add_block(o, panels, first, i);
      }
    }
  });
  if (done < dz.cols) {
    dense_backward_packed(dz.column_range(done, dz.cols), x, packed_dw + done * x.cols, nullptr);
  }
  if (db != nullptr) sum_of_rows(dz, db);
}

template struct Simd<float>;
template struct Simd<double>;

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
