// Batch normalisation, dropout, penalties and gathering in SIMD. Formulas: kernels_reference*.cpp.
#include <algorithm>

#include "engine/vector/kernels_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_training.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

namespace {

// ---- Batch normalisation -------------------------------------------------------------------------------
//
// Columns are features, and a vector holds neighbouring columns: a sum down the batch is one vector of sums.
// Four such vectors go down side by side, so that an addition need not wait for the one before it.

/// work(c, vectors) for strips of four vectors of columns, then of one; `vectors` is a constant.
template <class T, class Work>
HWY_INLINE void for_each_strip(std::size_t cols, Work work) {
  std::size_t c = 0;
  for (; c + 4 * lanes<T> <= cols; c += 4 * lanes<T>) work(c, std::integral_constant<std::size_t, 4>());
  for (; c < cols; c += lanes<T>) work(c, std::integral_constant<std::size_t, 1>());
}

/// Vectors side by side, from column c on, of a row of so many columns.
template <class T, std::size_t vectors>
struct Strip {
  std::size_t c, cols;
  HWY_INLINE Vector<T> load(const T* row, std::size_t i) const {
    const std::size_t at = c + i * lanes<T>;
    return batch::HWY_NAMESPACE::load(row + at, cols - at);
  }
  HWY_INLINE void store(Vector<T> v, T* row, std::size_t i) const {
    const std::size_t at = c + i * lanes<T>;
    batch::HWY_NAMESPACE::store(v, row + at, cols - at);
  }
};

/// 1 / sqrt(variance + epsilon)
template <class T>
HWY_INLINE Vector<T> inverse_deviation(Vector<T> variance, double epsilon) {
  return hn::Div(all<T>(1.0), hn::Sqrt(hn::Add(variance, all<T>(epsilon))));
}

}  // namespace

template <class T>
void Simd<T>::batch_norm_statistics(View<const T> x, T* mean, T* variance) {
  assert(x.rows >= 1);
  const Vector<T> rows = all<T>(static_cast<double>(x.rows));
  for_each_strip<T>(x.cols, [&](std::size_t c, auto vectors) HWY_ATTR {
    const Strip<T, vectors> strip{c, x.cols};
    Vector<T> sum[vectors], centre[vectors], squares[vectors];
    for (std::size_t i = 0; i < vectors; ++i) sum[i] = squares[i] = hn::Zero(Tag<T>());
    for (std::size_t n = 0; n < x.rows; ++n) {
      for (std::size_t i = 0; i < vectors; ++i) sum[i] = hn::Add(sum[i], strip.load(x.row(n), i));
    }
    for (std::size_t i = 0; i < vectors; ++i) centre[i] = hn::Div(sum[i], rows);
    for (std::size_t n = 0; n < x.rows; ++n) {
      for (std::size_t i = 0; i < vectors; ++i) {
        const Vector<T> distance = hn::Sub(strip.load(x.row(n), i), centre[i]);
        squares[i] = hn::MulAdd(distance, distance, squares[i]);
      }
    }
    for (std::size_t i = 0; i < vectors; ++i) {
      strip.store(centre[i], mean, i);
      strip.store(hn::Div(squares[i], rows), variance, i);
    }
  });
}

template <class T>
void Simd<T>::batch_norm_forward(View<const T> x, const T* mean, const T* variance, double epsilon,
                                 const T* gamma, const T* beta, View<T> y) {
  assert(x.rows == y.rows && x.cols == y.cols);
  for_each_strip<T>(x.cols, [&](std::size_t c, auto vectors) HWY_ATTR {
    const Strip<T, vectors> strip{c, x.cols};
    Vector<T> centre[vectors], r[vectors], scale[vectors], shift[vectors];
    for (std::size_t i = 0; i < vectors; ++i) {
      centre[i] = strip.load(mean, i);
      r[i] = inverse_deviation<T>(strip.load(variance, i), epsilon);
      scale[i] = strip.load(gamma, i);
      shift[i] = strip.load(beta, i);
    }
    for (std::size_t n = 0; n < x.rows; ++n) {
      for (std::size_t i = 0; i < vectors; ++i) {
        const Vector<T> normal = hn::Mul(hn::Sub(strip.load(x.row(n), i), centre[i]), r[i]);
        strip.store(hn::MulAdd(scale[i], normal, shift[i]), y.row(n), i);
      }
    }
  });
}

template <class T>
void Simd<T>::batch_norm_backward(View<const T> x, const T* mean, const T* variance, double epsilon,
                                  const T* gamma, View<const T> dy, T* dgamma, T* dbeta, View<T> dx) {
  assert(x.rows >= 1 && x.rows == dy.rows && x.cols == dy.cols && x.rows == dx.rows && x.cols == dx.cols);
  const Vector<T> rows = all<T>(static_cast<double>(x.rows));
  for_each_strip<T>(x.cols, [&](std::size_t c, auto vectors) HWY_ATTR {
    const Strip<T, vectors> strip{c, x.cols};
    Vector<T> centre[vectors], r[vectors], sum[vectors], product[vectors];
    for (std::size_t i = 0; i < vectors; ++i) {
      centre[i] = strip.load(mean, i);
      r[i] = inverse_deviation<T>(strip.load(variance, i), epsilon);
      sum[i] = product[i] = hn::Zero(Tag<T>());
    }
    const auto normal = [&](std::size_t n, std::size_t i)
                            HWY_ATTR { return hn::Mul(hn::Sub(strip.load(x.row(n), i), centre[i]), r[i]); };
    for (std::size_t n = 0; n < x.rows; ++n) {
      for (std::size_t i = 0; i < vectors; ++i) {
        const Vector<T> above = strip.load(dy.row(n), i);
        sum[i] = hn::Add(sum[i], above);
        product[i] = hn::MulAdd(above, normal(n, i), product[i]);
      }
    }
    Vector<T> scale[vectors], mean_sum[vectors], mean_product[vectors];
    for (std::size_t i = 0; i < vectors; ++i) {
      strip.store(sum[i], dbeta, i);
      strip.store(product[i], dgamma, i);
      scale[i] = hn::Mul(strip.load(gamma, i), r[i]);
      mean_sum[i] = hn::Div(sum[i], rows);
      mean_product[i] = hn::Div(product[i], rows);
    }
    for (std::size_t n = 0; n < x.rows; ++n) {
      for (std::size_t i = 0; i < vectors; ++i) {
        const Vector<T> centred = hn::Sub(strip.load(dy.row(n), i), mean_sum[i]);
        const Vector<T> rest = hn::NegMulAdd(normal(n, i), mean_product[i], centred);
        strip.store(hn::Mul(scale[i], rest), dx.row(n), i);
      }
    }
  });
}

// ---- Dropout -------------------------------------------------------------------------------------------

namespace {

template <class T>
using Index = hn::Rebind<std::uint32_t, Tag<T>>;  // as many 32-bit numbers as there are lanes of T

template <class V>
HWY_INLINE V mix32(V x) {
  const hn::DFromV<V> d;
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<16>(x)), hn::Set(d, 0x21f0aaadu));
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<15>(x)), hn::Set(d, 0xd35a2d97u));
  return hn::Xor(x, hn::ShiftRight<15>(x));
}

// draw < drop_below as a mask of T's lanes. Not all sets compare unsigned numbers: with the first bit turned
// over they are in the order of signed ones.
HWY_INLINE auto is_below(hn::Vec<Index<float>> draw, std::uint32_t drop_below) {
  const hn::RebindToSigned<Tag<float>> integer;
  const auto shifted = hn::BitCast(integer, hn::Xor(draw, hn::Set(Index<float>(), 0x80000000u)));
  const auto limit = hn::Set(integer, static_cast<std::int32_t>(drop_below ^ 0x80000000u));
  return hn::RebindMask(Tag<float>(), hn::Lt(shifted, limit));
}
HWY_INLINE auto is_below(hn::Vec<Index<double>> draw, std::uint32_t drop_below) {
  const hn::RebindToSigned<Tag<double>> integer;
  const auto wide = hn::BitCast(integer, hn::PromoteTo(hn::RebindToUnsigned<Tag<double>>(), draw));
  return hn::RebindMask(Tag<double>(), hn::Lt(wide, hn::Set(integer, std::int64_t(drop_below))));
}

}  // namespace

template <class T>
void Simd<T>::dropout(View<const T> x, Dropout dropout, View<T> y) {
  assert(x.rows == y.rows && x.cols == y.cols);
  const Index<T> index;
  const auto lane = hn::Iota(index, 0);
  const auto low = static_cast<std::uint32_t>(dropout.key),
             high = static_cast<std::uint32_t>(dropout.key >> 32);
  for (std::size_t n = 0; n < x.rows; ++n) {
    const auto before = static_cast<std::uint32_t>((dropout.first_row + n) * x.cols);
    for_each_vector<T>(x.cols, [&](auto at) HWY_ATTR {
      const auto start = hn::Set(index, before + static_cast<std::uint32_t>(at.i) + low);
      const auto place = hn::Add(start, lane);
      const auto draw = mix32(hn::Xor(mix32(place), hn::Set(index, high)));
      const Vector<T> scaled = hn::Mul(at.load(x.row(n)), all<T>(dropout.scale));
      at.store(hn::IfThenZeroElse(is_below(draw, dropout.drop_below), scaled), y.row(n));
    });
  }
}

// ---- Penalties and data --------------------------------------------------------------------------------

template <class T>
void Simd<T>::penalize(View<const T> w, double l1, double l2, View<T> dw, T* penalty) {
  assert(w.rows == dw.rows && w.cols == dw.cols);
  const Vector<T> zero = hn::Zero(Tag<T>());
  for (std::size_t o = 0; o < w.rows; ++o) {
    Vector<T> sizes = zero, squares = zero;
    for_each_vector<T>(w.cols, [&](auto at) HWY_ATTR {
      const Vector<T> weight = at.load(w.row(o));
      const Vector<T> step = hn::CopySign(all<T>(l1), weight);
      const Vector<T> slope = hn::IfThenZeroElse(hn::Eq(weight, zero), step);
      sizes = hn::Add(sizes, hn::Abs(weight));
      squares = hn::MulAdd(weight, weight, squares);
      const Vector<T> gradient = hn::Add(at.load(dw.row(o)), slope);
      at.store(hn::MulAdd(all<T>(2.0 * l2), weight, gradient), dw.row(o));
    });
    penalty[o] = static_cast<T>(l1 * sum_of<T>(sizes) + l2 * sum_of<T>(squares));
  }
}

namespace {

/// As many bytes as T has lanes, as numbers.
HWY_INLINE Vector<float> numbers_of(const std::uint8_t* bytes, float) {
  const hn::Rebind<std::uint8_t, Tag<float>> byte;
  const hn::RebindToSigned<Tag<float>> integer;
  return hn::ConvertTo(Tag<float>(), hn::PromoteTo(integer, hn::LoadU(byte, bytes)));
}
HWY_INLINE Vector<double> numbers_of(const std::uint8_t* bytes, double) {
  const hn::Rebind<std::uint8_t, Tag<double>> byte;
  const hn::Rebind<std::int32_t, Tag<double>> integer;
  return hn::PromoteTo(Tag<double>(), hn::PromoteTo(integer, hn::LoadU(byte, bytes)));
}

}  // namespace

template <class T>
void Simd<T>::gather_bytes(const std::uint8_t* bytes, const std::uint32_t* rows, double scale, double offset,
                           View<T> x, View<std::uint64_t> lit) {
  const Vector<T> factor = all<T>(scale), start = all<T>(offset);
  const auto picture = [&](std::size_t n) { return bytes + std::size_t(rows[n]) * x.cols; };
  // The next pictures are anywhere among all: no processor guesses where. Ask for them while others are done.
  constexpr std::size_t ahead = 3, line = 64;
  for (std::size_t n = 0; n < std::min(ahead, x.rows); ++n) {
    for (std::size_t c = 0; c < x.cols; c += line) hwy::Prefetch(picture(n) + c);
  }
  for (std::size_t n = 0; n < x.rows; ++n) {
    const std::uint8_t *from = picture(n), *next = picture(std::min(n + ahead, x.rows - 1));
    T* to = x.row(n);
    for (std::size_t c = 0; lit.data != nullptr && c < x.cols; c += 64) {
      lit.row(n)[c / 64] = lit_bits(from + c, std::min<std::size_t>(64, x.cols - c));
    }
    std::size_t c = 0;
    for (; c + lanes<T> <= x.cols; c += lanes<T>) {
      if (c % line == 0) hwy::Prefetch(next + c);
      hn::StoreU(hn::MulAdd(numbers_of(from + c, T()), factor, start), Tag<T>(), to + c);
    }
    if (c == x.cols) continue;
    std::uint8_t end[lanes<T>] = {};
    for (std::size_t i = 0; c + i < x.cols; ++i) end[i] = from[c + i];
    store_part(hn::MulAdd(numbers_of(end, T()), factor, start), to + c, x.cols - c);
  }
}

template struct Simd<float>;
template struct Simd<double>;

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
