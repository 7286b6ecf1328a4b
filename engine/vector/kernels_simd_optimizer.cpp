// The optimizers' updates in SIMD: every number is read once and written once. Formulas: kernels.h.
//
// All is loaded before anything is stored. Large arrays begin at the same place of a page, and a load whose
// address has the lower 12 bits of a store's just before it waits for that: Adam took 20 % longer.
#include "engine/vector/kernels_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_optimizer.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

namespace {

/// x / size for size > 0. The processor's estimate r of 1 / size is off by 2^-11 or less; one step of
/// Newton's rule, r + r (1 - size r), squares that. The divider is left to the square root, and Adam takes
/// 17 % less time.
///
/// Accuracy:  4 u; x / inf is 0.
HWY_INLINE Vector<float> quotient(Vector<float> x, Vector<float> size) {
#if HWY_TARGET == HWY_NEON
  return hn::Div(x, size);  // whose estimate has 8 digits only
#else
  const Vector<float> r = hn::ApproximateReciprocal(size), one = all<float>(1.0);
  // Of size = inf the error is inf * 0, NaN, for which Min gives its second operand; r is 0 then. Of a NaN r
  // is NaN, too.
  const Vector<float> error = hn::Min(hn::NegMulAdd(size, r, one), one);
  // Not x r + x r error, which is NaN for an infinite x.
  return hn::Mul(x, hn::MulAdd(r, error, r));
#endif
}
HWY_INLINE Vector<double> quotient(Vector<double> x, Vector<double> size) { return hn::Div(x, size); }

}  // namespace

template <class T>
void Simd<T>::sgd(Sgd_step step, std::size_t n, const T* g, T* p) {
  const Vector<T> rate = all<T>(step.learning_rate);
  for_each_vector<T>(n, [&](auto at) HWY_ATTR { at.store(hn::NegMulAdd(rate, at.load(g), at.load(p)), p); });
}

template <class T>
void Simd<T>::momentum(Momentum_step step, std::size_t n, const T* g, T* m, T* p) {
  const Vector<T> rate = all<T>(step.learning_rate), friction = all<T>(step.momentum);
  for_each_vector<T>(n, [&](auto at) HWY_ATTR {
    const Vector<T> gradient = at.load(g);
    const Vector<T> velocity = hn::MulAdd(friction, at.load(m), gradient);
    const Vector<T> direction = step.nesterov ? hn::MulAdd(friction, velocity, gradient) : velocity;
    const Vector<T> parameter = hn::NegMulAdd(rate, direction, at.load(p));
    at.store(velocity, m);
    at.store(parameter, p);
  });
}

template <class T>
void Simd<T>::adagrad(Adagrad_step step, std::size_t n, const T* g, T* s, T* p) {
  const Vector<T> rate = all<T>(step.learning_rate), epsilon = all<T>(step.epsilon);
  for_each_vector<T>(n, [&](auto at) HWY_ATTR {
    const Vector<T> gradient = at.load(g);
    const Vector<T> squares = hn::MulAdd(gradient, gradient, at.load(s));
    const Vector<T> change = hn::Div(hn::Mul(rate, gradient), hn::Add(hn::Sqrt(squares), epsilon));
    const Vector<T> parameter = hn::Sub(at.load(p), change);
    at.store(squares, s);
    at.store(parameter, p);
  });
}

template <class T>
void Simd<T>::rmsprop(Rmsprop_step step, std::size_t n, const T* g, T* v, T* p) {
  const Vector<T> rate = all<T>(step.learning_rate), epsilon = all<T>(step.epsilon);
  const Vector<T> alpha = all<T>(step.alpha), rest = all<T>(step.rest);
  for_each_vector<T>(n, [&](auto at) HWY_ATTR {
    const Vector<T> gradient = at.load(g);
    const Vector<T> square = hn::MulAdd(alpha, at.load(v), hn::Mul(hn::Mul(rest, gradient), gradient));
    const Vector<T> change = hn::Div(hn::Mul(rate, gradient), hn::Add(hn::Sqrt(square), epsilon));
    const Vector<T> parameter = hn::Sub(at.load(p), change);
    at.store(square, v);
    at.store(parameter, p);
  });
}

template <class T>
void Simd<T>::adam(Adam_step step, std::size_t n, const T* g, T* m, T* v, T* p) {
  // Numerator and denominator divided by root_scale, so that epsilon is added and not multiplied and added.
  const Vector<T> rest1 = all<T>(step.rest1), rest2 = all<T>(step.rest2);
  const Vector<T> length = all<T>(step.length / step.root_scale);
  const Vector<T> epsilon = all<T>(step.epsilon / step.root_scale);
  const auto update = [&](auto kept) HWY_ATTR {
    for_each_vector<T>(n, [&](auto at) HWY_ATTR {
      const Vector<T> gradient = at.load(g), old_mean = at.load(m), old_square = at.load(v), old = at.load(p);
      const Vector<T> mean = hn::MulAdd(rest1, hn::Sub(gradient, old_mean), old_mean);
      const Vector<T> square = hn::MulAdd(rest2, hn::MulSub(gradient, gradient, old_square), old_square);
      const Vector<T> direction = quotient(mean, hn::Add(hn::Sqrt(square), epsilon));
      at.store(mean, m);
      at.store(square, v);
      at.store(hn::NegMulAdd(length, direction, kept(old)), p);
    });
  };
  if (step.keep == 1.0) {
    update([](Vector<T> parameter) HWY_ATTR { return parameter; });
  } else {
    const Vector<T> keep = all<T>(step.keep);
    update([&](Vector<T> parameter) HWY_ATTR { return hn::Mul(keep, parameter); });
  }
}

template struct Simd<float>;
template struct Simd<double>;

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
