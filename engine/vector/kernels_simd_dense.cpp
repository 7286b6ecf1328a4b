// The dense layer in SIMD: its three matrix products, from tiles.
//
// All are C = A B, with different matrices in the places:
//
//     forward           z  = x W^T    A = x,     B = W^T   packed once a step, for W has to be turned over
//       by examples     z^T = W x^T   A = W,     B = x^T   packed instead, and z^T turned over
//     gradient by x     dx = dz W     A = dz,    B = W     rows of W are rows of B
//     gradient by W     dW = dz^T x   A = dz^T,  B = x     A is read down the columns of dz
//       packed          dW^T = x^T dz A = x^T,   B = dz    a panel of C at a time, as pack() lays them out
//
// C is cut into columns as wide as a tile, the panels; tile after tile of a panel goes down the rows of A.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/vector/kernels_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_dense.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

#include "engine/vector/kernels_simd_tile.inc"

#include "engine/vector/kernels_simd_transpose.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

namespace {

// ---- C = A B -------------------------------------------------------------------------------------------

// k is cut into blocks of at most this, between which the sums wait in C: what a tile reads of A and B is
// then still in the caches for its neighbours. 128 to 512 were tried: 1 to 3 % apart.
constexpr std::size_t depth_block = 384;
// Rows are cut into blocks: what is read of A for one panel is still in the second-level cache for the next.
constexpr std::size_t row_block = std::size_t(tile_rows) * 16;

template <class T>
struct Panel {
  const T* b;
  std::size_t step;  // from k to k
};

template <class T>
struct Product {
  const T* a;
  std::size_t a_row, a_step;  // from row to row, from k to k
  std::size_t depth;          // how many k there are
  const T* start;             // what the sums of each column begin with, or null for 0
  View<T> c;
  bool goes_on = false;  // the sums begin with what is in C instead
};

/// How wide the panel with so many columns is packed, and its tiles are.
template <class T>
std::size_t panel_width(std::size_t columns) {
  return columns > lanes<T> ? tile_columns<T> : lanes<T>;
}

template <class T>
void copy_columns(const T* from, std::size_t from_row, T* to, std::size_t to_row, std::size_t rows,
                  std::size_t columns) {
  for (std::size_t m = 0; m < rows; ++m) std::copy_n(from + m * from_row, columns, to + m * to_row);
}

/// One panel of one block of k: columns n on, for all rows of C.
template <class T>
void multiply_panel(const Product<T>& p, std::size_t k, std::size_t depth, const Panel<T>& panel,
                    std::size_t n, std::size_t columns) {
  // A tile that juts out over the last column writes here. So C has no numbers that are not its own.
  HWY_ALIGN T buffer[tile_rows * tile_columns<T>];
  HWY_ALIGN T start[tile_columns<T>] = {};
  const bool whole = columns % lanes<T> == 0;
  const std::size_t width = panel_width<T>(columns);
  if (p.start != nullptr) std::copy_n(p.start + n, columns, start);

  // Tiles of equal height, or nearly: 32 rows are 11 + 11 + 10 and not 14 + 14 + 4.
  const std::size_t count = (p.c.rows + tile_rows - 1) / tile_rows;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t m = i * p.c.rows / count, rows = (i + 1) * p.c.rows / count - m;
    T* c = p.c.row(m) + n;
    Tile_place<T> at = {.a = p.a + m * p.a_row + k * p.a_step,
                        .a_row = p.a_row,
                        .a_step = p.a_step,
                        .b = panel.b,
                        .b_step = panel.step,
                        .start = start,
                        .start_row = 0,
                        .c = whole ? c : buffer,
                        .c_row = whole ? p.c.stride : width};
    if (k > 0 || p.goes_on) {  // from where the block before has left off
      if (!whole) copy_columns(c, p.c.stride, buffer, width, rows, columns);
      at.start = at.c, at.start_row = at.c_row;
    }
    tiles<T>[width / lanes<T> - 1][rows - 1](at, depth);
    if (!whole) copy_columns(buffer, width, c, p.c.stride, rows, columns);
  }
}

/// C = A B. panels(k, depth, n, columns) gives rows k to k + depth - 1 of B's columns from n on;
/// done(rows, n, columns) is told of each block of C that is finished, while it is still in the cache.
template <class T, class Panels, class Done>
HWY_INLINE void multiply(const Product<T>& whole, Panels& panels, Done done) {
  for (std::size_t m = 0; m < whole.c.rows; m += row_block) {
    Product<T> p = whole;
    p.a += m * p.a_row;
    p.c = whole.c.row_range(m, std::min(m + row_block, whole.c.rows));
    std::size_t k = 0;
    do {  // once for no k at all: C is then what the sums begin with
      const std::size_t depth = std::min(depth_block, p.depth - k);
      for (std::size_t n = 0; n < p.c.cols; n += tile_columns<T>) {
        const std::size_t columns = std::min(tile_columns<T>, p.c.cols - n);
        multiply_panel(p, k, depth, panels(k, depth, n, columns), n, columns);
        if (k + depth == p.depth) done(m, n, columns);
      }
      k += depth;
    } while (k < p.depth);
  }
}

/// Panels of a B whose rows are rows in memory: read where they stand. (Packing them first made the products
/// 3 to 5 % slower.) Only the last panel, if it is no whole number of vectors wide, is copied and filled up
/// with zeros, so that tiles may read whole vectors.
template <class T>
struct Rows_in_place {
  View<const T> b;
  HWY_ALIGN T copy[depth_block * tile_columns<T>];

  Panel<T> operator()(std::size_t k, std::size_t depth, std::size_t n, std::size_t columns) {
    if (columns % lanes<T> == 0) return {b.data + k * b.stride + n, b.stride};
    const std::size_t width = panel_width<T>(columns);
    for (std::size_t i = 0; i < depth; ++i) {
      const T* row = b.row(k + i) + n;
      for_each_vector<T>(columns, [&](auto at) HWY_ATTR { at.store_whole(at.load(row), copy + i * width); });
    }
    return {copy, width};
  }
};

}  // namespace

template <class T>
std::size_t Simd<T>::packed_size(std::size_t outputs, std::size_t inputs) {
  return (outputs + lanes<T> - 1) / lanes<T> * lanes<T> * inputs;
}

template <class T>
void Simd<T>::pack(View<const T> w, T* packed) {
  for (std::size_t o = 0; o < w.rows; o += tile_columns<T>) {
    const View<const T> rows = w.row_range(o, std::min(o + tile_columns<T>, w.rows));
    pack_panel(rows, panel_width<T>(rows.rows), packed + o * w.cols);
  }
}

template <class T>
void Simd<T>::unpack(const T* packed, View<T> w) {
  for (std::size_t o = 0; o < w.rows; o += tile_columns<T>) {
    const View<T> rows = w.row_range(o, std::min(o + tile_columns<T>, w.rows));
    transpose<T>({packed + o * w.cols, w.cols, rows.rows, panel_width<T>(rows.rows)}, rows);
  }
}

// ---- The products --------------------------------------------------------------------------------------

template <class T>
void Simd<T>::dense_forward(View<const T> x, Weights<T> weights, const T* bias, Activation f, View<T> z,
                            View<T> y) {
  assert(x.rows == y.rows && x.cols == weights.w.cols && weights.w.rows == y.cols);
  const View<T> sums = z.data == nullptr ? y : z;
  const auto panels = [&](std::size_t k, std::size_t, std::size_t n, std::size_t columns) HWY_ATTR {
    const std::size_t width = panel_width<T>(columns);
    return Panel<T>{weights.packed + n * x.cols + k * width, width};
  };
  const auto activate = [&](std::size_t m, std::size_t n, std::size_t columns) HWY_ATTR {
    if (f.curve == Curve::identity && sums.data == y.data) return;
    const auto part = [&](View<T> all) HWY_ATTR {
      return all.row_range(m, std::min(m + row_block, all.rows)).column_range(n, n + columns);
    };
    activation_forward(part(sums), f, part(y));
  };
  multiply<T>({x.data, x.stride, 1, x.cols, bias, sums}, panels, activate);
}

// The examples are the panels, and a block of outputs is done for each of them in turn: its z^T is 14 KiB,
// and the block's weights are still in the second-level cache for the next panel.
template <class T>
void Simd<T>::dense_forward_by_examples(View<const T> x, const T* packed_x, View<const T> w, const T* bias,
                                        Activation f, View<T> z, View<T> y) {
  assert(x.rows == y.rows && x.cols == w.cols && w.rows == y.cols);
  constexpr std::size_t output_block = std::size_t(tile_rows) * 8;
  HWY_ALIGN T sums[output_block * tile_columns<T>];
  for (std::size_t o = 0; o < w.rows; o += output_block) {
    const std::size_t outputs = std::min(output_block, w.rows - o);
    for (std::size_t n = 0; n < x.rows; n += tile_columns<T>) {
      const std::size_t examples = std::min(tile_columns<T>, x.rows - n), width = panel_width<T>(examples);
      for (std::size_t i = 0; i < outputs; ++i) {
        std::fill_n(sums + i * width, width, bias == nullptr ? T(0) : bias[o + i]);
      }
      const Product<T> product = {w.row(o), w.stride, 1, x.cols, nullptr, {sums, outputs, width, width},
                                  true};
      for (std::size_t k = 0; k < x.cols; k += depth_block) {
        const Panel<T> panel = {packed_x + n * x.cols + k * width, width};
        multiply_panel(product, k, std::min(depth_block, x.cols - k), panel, 0, width);
      }
      const auto part = [&](View<T> all)
                            HWY_ATTR { return all.row_range(n, n + examples).column_range(o, o + outputs); };
      const View<T> found = part(z.data == nullptr ? y : z);
      transpose<T>({sums, outputs, examples, width}, found);
      if (f.curve != Curve::identity || z.data != nullptr) activation_forward(found, f, part(y));
    }
  }
}

template <class T>
void Simd<T>::dense_backward_input(View<const T> dz, View<const T> w, Activation g, View<const T> saved,
                                   View<T> dx) {
  assert(dz.rows == dx.rows && dz.cols == w.rows && w.cols == dx.cols);
  Rows_in_place<T> panels;
  panels.b = w;
  const auto activate = [&](std::size_t m, std::size_t n, std::size_t columns) HWY_ATTR {
    if (g.curve == Curve::identity) return;
    const std::size_t end = std::min(m + row_block, dx.rows);
    const View<T> part = dx.row_range(m, end).column_range(n, n + columns);
    activation_backward(saved.row_range(m, end).column_range(n, n + columns), g, part, part);
  };
  multiply<T>({dz.data, dz.stride, 1, dz.cols, nullptr, dx}, panels, activate);
}

/// sums[c] = sum_n x[n][c], from the first row to the last; of `vectors` vectors of columns at a time, so
/// that an addition need not wait for the one before it.
template <class T, int vectors>
HWY_INLINE void sum_columns(View<const T> x, std::size_t c, T* sums) {
  Vector<T> sum[vectors];
  for (auto& one : sum) one = hn::Zero(Tag<T>());
  for (std::size_t n = 0; n < x.rows; ++n) {
    for (int i = 0; i < vectors; ++i) {
      const std::size_t at = c + std::size_t(i) * lanes<T>;
      sum[i] = hn::Add(sum[i], load(x.row(n) + at, x.cols - at));
    }
  }
  for (int i = 0; i < vectors; ++i) {
    const std::size_t at = c + std::size_t(i) * lanes<T>;
    store(sum[i], sums + at, x.cols - at);
  }
}

template <class T>
void Simd<T>::sum_of_rows(View<const T> dz, T* db) {
  std::size_t c = 0;
  for (; c + 4 * lanes<T> <= dz.cols; c += 4 * lanes<T>) sum_columns<T, 4>(dz, c, db);
  for (; c < dz.cols; c += lanes<T>) sum_columns<T, 1>(dz, c, db);
}

// A batch of none may be nowhere in memory.
template <class T>
void Simd<T>::dense_backward_weights(View<const T> dz, View<const T> x, View<T> dw, T* db) {
  assert(dz.rows == x.rows && dz.cols == dw.rows && x.cols == dw.cols);
  if (db != nullptr) sum_of_rows(dz, db);
  if (x.rows == 0) {
    for (std::size_t o = 0; o < dw.rows; ++o) std::fill_n(dw.row(o), dw.cols, T(0));
    return;
  }
  Rows_in_place<T> panels;
  panels.b = x;
  multiply<T>({dz.data, 1, dz.stride, dz.rows, nullptr, dw}, panels, [](auto...) {});
}

template <class T>
void Simd<T>::dense_backward_packed(View<const T> dz, View<const T> x, T* packed_dw, T* db) {
  assert(dz.rows == x.rows);
  if (db != nullptr) sum_of_rows(dz, db);
  if (x.rows == 0) {
    std::fill_n(packed_dw, packed_size(dz.cols, x.cols), T(0));
    return;
  }
  Rows_in_place<T> rows;
  for (std::size_t o = 0; o < dz.cols; o += tile_columns<T>) {
    const std::size_t outputs = std::min(tile_columns<T>, dz.cols - o), width = panel_width<T>(outputs);
    rows.b = dz.column_range(o, o + outputs);
    const auto panel = [&](std::size_t k, std::size_t depth, std::size_t, std::size_t)
                           HWY_ATTR { return rows(k, depth, 0, outputs); };
    multiply<T>({x.data, 1, x.stride, x.rows, nullptr, {packed_dw + o * x.cols, x.cols, width, width}}, panel,
                [](auto...) {});
  }
}

template struct Simd<float>;
template struct Simd<double>;

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
