// Softmax, its cross-entropy and the greatest class in SIMD. Formulas: kernels_reference_loss.cpp.
//
// A row is gone over three times: for its greatest number, for the exponentials, which are kept, and for the
// results. The lanes beyond a row's end are -inf: never the greatest, and their exponential is 0.
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/vector/kernels_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_loss.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

#include "engine/vector/kernels_simd_math.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

namespace {

constexpr double lowest = -std::numeric_limits<double>::infinity();

template <class T>
HWY_INLINE Vector<T> load_logits(Whole<T> at, const T* z) {
  return at.load(z);
}
template <class T>
HWY_INLINE Vector<T> load_logits(Part<T> at, const T* z) {
  return hn::IfThenElse(hn::FirstN(Tag<T>(), at.count), at.load(z), all<T>(lowest));
}

/// The greatest number of a row, but for NaN.
template <class T>
HWY_INLINE T greatest_of(const T* z, std::size_t count) {
  Vector<T> best = all<T>(lowest);
  for_each_vector<T>(count, [&](auto at) HWY_ATTR {
    const Vector<T> v = load_logits(at, z);
    best = hn::IfThenElse(hn::Gt(v, best), v, best);
  });
  return hn::GetLane(hn::MaxOfLanes(Tag<T>(), best));
}

template <class T>
struct Row_sum {
  T greatest;
  T rest;  // the sum of e^(z - greatest) but for one of those that are 1; NaN where greatest is no number
};

/// Writes e^(z - greatest) to e, unless that is null; e may be z.
template <class T>
HWY_INLINE Row_sum<T> sum_exponentials(const T* z, std::size_t count, T* e) {
  const T greatest = greatest_of(z, count);
  const Vector<T> m = hn::Set(Tag<T>(), greatest);
  Vector<T> below = hn::Zero(Tag<T>());
  std::size_t equal = 0;
  for_each_vector<T>(count, [&](auto at) HWY_ATTR {
    const Vector<T> v = load_logits(at, z);
    const Vector<T> power = exp<T>(hn::Sub(v, m));
    const auto is_greatest = hn::Eq(v, m);  // false for NaN, which so comes into the sum
    equal += hn::CountTrue(Tag<T>(), is_greatest);
    below = hn::Add(below, hn::IfThenZeroElse(is_greatest, power));
    if (e != nullptr) at.store(power, e);
  });
  if (!std::isfinite(greatest)) return {greatest, std::numeric_limits<T>::quiet_NaN()};
  return {greatest, sum_of<T>(below) + static_cast<T>(equal - 1)};
}

}  // namespace

template <class T>
void Simd<T>::softmax_forward(View<const T> z, View<T> p) {
  assert(z.cols >= 1 && z.rows == p.rows && z.cols == p.cols);
  for (std::size_t n = 0; n < z.rows; ++n) {
    T* row = p.row(n);
    const Row_sum<T> sum = sum_exponentials(z.row(n), z.cols, row);
    const Vector<T> total = hn::Set(Tag<T>(), 1 + sum.rest);
    for_each_vector<T>(z.cols, [&](auto at) HWY_ATTR { at.store(hn::Div(at.load(row), total), row); });
  }
}

template <class T>
void Simd<T>::softmax_backward(View<const T> p, View<const T> dp, View<T> dz) {
  assert(p.rows == dz.rows && p.cols == dz.cols && dp.rows == dz.rows && dp.cols == dz.cols);
  for (std::size_t n = 0; n < p.rows; ++n) {
    const T *y = p.row(n), *dy = dp.row(n);
    Vector<T> sum = hn::Zero(Tag<T>());
    for_each_vector<T>(p.cols, [&](auto at) HWY_ATTR { sum = hn::MulAdd(at.load(y), at.load(dy), sum); });
    const Vector<T> mean = hn::Set(Tag<T>(), sum_of<T>(sum));
    for_each_vector<T>(p.cols, [&](auto at) HWY_ATTR {
      at.store(hn::Mul(at.load(y), hn::Sub(at.load(dy), mean)), dz.row(n));
    });
  }
}

template <class T>
void Simd<T>::cross_entropy_labels(View<const T> z, const std::uint32_t* labels, double scale, T* loss,
                                   View<T> dz) {
  for (std::size_t n = 0; n < z.rows; ++n) {
    const std::uint32_t label = labels[n];
    assert(label < z.cols);
    T* row = dz.data == nullptr ? nullptr : dz.row(n);
    const double logit = z(n, label);  // before dz, which may stand in its place
    const Row_sum<T> sum = sum_exponentials(z.row(n), z.cols, row);
    loss[n] = static_cast<T>(static_cast<double>(std::log1p(sum.rest)) + (sum.greatest - logit));
    if (row == nullptr) continue;

    const T total = 1 + sum.rest, of_label = row[label] / total;
    for_each_vector<T>(z.cols, [&](auto at) HWY_ATTR {
      const Vector<T> p = hn::Div(at.load(row), hn::Set(Tag<T>(), total));
      at.store(hn::Mul(all<T>(scale), p), row);
    });
    row[label] = static_cast<T>(scale) * (of_label - 1);
  }
}

template <class T>
void Simd<T>::cross_entropy_targets(View<const T> z, View<const T> t, double scale, T* loss, View<T> dz) {
  assert(t.rows == z.rows && t.cols == z.cols);
  for (std::size_t n = 0; n < z.rows; ++n) {
    const T *logits = z.row(n), *targets = t.row(n);
    const Vector<T> greatest = hn::Set(Tag<T>(), greatest_of(logits, z.cols));
    Vector<T> distance = hn::Zero(Tag<T>());
    for_each_vector<T>(z.cols, [&](auto at) HWY_ATTR {
      const Vector<T> target = at.load(targets);
      const Vector<T> term = hn::Mul(target, hn::Sub(greatest, at.load(logits)));
      distance = hn::Add(distance, hn::IfThenZeroElse(hn::Eq(target, hn::Zero(Tag<T>())), term));
    });

    T* row = dz.data == nullptr ? nullptr : dz.row(n);
    const Row_sum<T> sum = sum_exponentials(logits, z.cols, row);
    loss[n] = static_cast<T>(static_cast<double>(std::log1p(sum.rest)) + sum_of<T>(distance));
    if (row == nullptr) continue;
    for_each_vector<T>(z.cols, [&](auto at) HWY_ATTR {
      const Vector<T> p = hn::Div(at.load(row), hn::Set(Tag<T>(), 1 + sum.rest));
      at.store(hn::Mul(all<T>(scale), hn::Sub(p, at.load(targets))), row);
    });
  }
}

template <class T>
void Simd<T>::argmax(View<const T> z, std::uint32_t* best) {
  assert(z.cols >= 1);
  for (std::size_t n = 0; n < z.rows; ++n) {
    const Vector<T> greatest = hn::Set(Tag<T>(), greatest_of(z.row(n), z.cols));
    constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
    std::size_t first = none, first_nan = none;
    for_each_vector<T>(z.cols, [&](auto at) HWY_ATTR {
      const Vector<T> v = load_logits(at, z.row(n));
      const auto found = hn::FindFirstTrue(Tag<T>(), hn::Eq(v, greatest));
      const auto found_nan = hn::FindFirstTrue(Tag<T>(), hn::IsNaN(v));
      if (found >= 0 && first == none) first = at.i + static_cast<std::size_t>(found);
      if (found_nan >= 0 && first_nan == none) first_nan = at.i + static_cast<std::size_t>(found_nan);
    });
    best[n] = static_cast<std::uint32_t>(first_nan != none ? first_nan : first);
  }
}

template struct Simd<float>;
template struct Simd<double>;

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
