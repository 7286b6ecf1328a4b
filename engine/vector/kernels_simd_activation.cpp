// The activations in SIMD. Formulas, and why in this form: kernels_reference_activation.cpp, in its order.
#include <array>
#include <numbers>

#include "engine/vector/kernels_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd_activation.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

#include "engine/vector/kernels_simd_math.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

namespace {

// In all of them V is a vector of T, z and y are what they are in the plain loops.

template <class T, class V = Vector<T>>
struct Identity {
  HWY_INLINE V value(V z) const { return z; }
  HWY_INLINE V backward(V, V dy) const { return dy; }
};

// Not Max(z, 0), which may take 0 for NaN.
template <class T, class V = Vector<T>>
struct Relu {
  HWY_INLINE V value(V z) const { return hn::IfThenZeroElse(hn::Lt(z, all<T>(0.0)), z); }
  HWY_INLINE V backward(V y, V dy) const { return hn::IfThenZeroElse(hn::Le(y, all<T>(0.0)), dy); }
};

template <class T, class V = Vector<T>>
struct Leaky_relu {
  V slope;
  HWY_INLINE V value(V z) const { return hn::IfThenElse(hn::Gt(z, all<T>(0.0)), z, hn::Mul(slope, z)); }
  HWY_INLINE V backward(V y, V dy) const {
    return hn::IfThenElse(hn::Le(y, all<T>(0.0)), hn::Mul(slope, dy), dy);
  }
};

template <class T, class V = Vector<T>>
struct Hard_tanh {
  HWY_INLINE V value(V z) const { return limit<T>(z, -1.0, 1.0); }
  HWY_INLINE V backward(V y, V dy) const { return hn::IfThenZeroElse(hn::Ge(hn::Abs(y), all<T>(1.0)), dy); }
};

template <class T, class V = Vector<T>>
struct Relu6 {
  HWY_INLINE V value(V z) const { return limit<T>(z, 0.0, 6.0); }
  HWY_INLINE V backward(V y, V dy) const {
    return hn::IfThenZeroElse(hn::Or(hn::Le(y, all<T>(0.0)), hn::Ge(y, all<T>(6.0))), dy);
  }
};

/// 1 / (1 + e^-z), and its slope e^-|z| / (1 + e^-|z|)^2.
template <class T, class V = Vector<T>>
HWY_INLINE V sigmoid(V z) {
  const V one = all<T>(1.0);
  return hn::Div(one, hn::Add(one, exp<T>(hn::Neg(z))));
}
template <class T, class V = Vector<T>>
HWY_INLINE V sigmoid_slope(V z) {
  const V e = exp<T>(hn::Neg(hn::Abs(z))), sum = hn::Add(all<T>(1.0), e);
  return hn::Div(e, hn::Mul(sum, sum));
}

template <class T, class V = Vector<T>>
struct Sigmoid {
  HWY_INLINE V value(V z) const { return sigmoid<T>(z); }
  HWY_INLINE V backward(V z, V dy) const { return hn::Mul(dy, sigmoid_slope<T>(z)); }
};

// tanh |z| = (e^2|z| - 1) / (e^2|z| + 1), which is 1 long before e^44; the sign is put back.
// 1 / cosh(z)^2 = 4 e / (1 + e)^2 with e = e^-2|z|: four times the slope of the sigmoid at 2z.
template <class T, class V = Vector<T>>
struct Tanh {
  HWY_INLINE V value(V z) const {
    const V size = hn::Abs(z), e = expm1<T>(hn::Add(size, size));
    return hn::CopySign(hn::Div(e, hn::Add(e, all<T>(2.0))), z);
  }
  HWY_INLINE V backward(V z, V dy) const {
    return hn::Mul(dy, hn::Mul(all<T>(4.0), sigmoid_slope<T>(hn::Add(z, z))));
  }
};

/// ELU of two scales: identity * z where z > 0, else negative * (e^z - 1). SELU has both, ELU is 1 and 1.
template <class T, class V = Vector<T>>
struct Elu {
  V identity, negative;
  HWY_INLINE V value(V z) const {
    return hn::IfThenElse(hn::Gt(z, all<T>(0.0)), hn::Mul(identity, z), hn::Mul(negative, expm1<T>(z)));
  }
  HWY_INLINE V backward(V z, V dy) const {
    const V slope = hn::IfThenElse(hn::Gt(z, all<T>(0.0)), identity, hn::Mul(negative, exp<T>(z)));
    return hn::Mul(dy, slope);
  }
};

/// The normal distribution: its tail on the left, what the tail leaves of 1 on the right.
template <class T, class V = Vector<T>>
HWY_INLINE V normal(V z) {
  const V tail = normal_tail<T>(z);
  return hn::IfThenElse(hn::Gt(z, all<T>(0.0)), hn::Sub(all<T>(1.0), tail), tail);
}

template <class T, class V = Vector<T>>
struct Gelu {
  HWY_INLINE V value(V z) const { return hn::Mul(z, normal<T>(z)); }
  HWY_INLINE V backward(V z, V dy) const {
    const V density = hn::Mul(all<T>(std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2.0),
                              exp<T>(hn::Mul(hn::Mul(all<T>(-0.5), z), z)));
    return hn::Mul(dy, hn::MulAdd(z, density, normal<T>(z)));
  }
};

template <class T, class V = Vector<T>>
struct Gelu_tanh {
  static constexpr double bend = 1.5957691216057307117598;  // 2 sqrt(2/pi)
  HWY_INLINE V value(V z) const { return hn::Mul(z, sigmoid<T>(u(z))); }
  HWY_INLINE V backward(V z, V dy) const {
    const V near = limit<T>(z, -100.0, 100.0);
    const V du = hn::MulAdd(all<T>(bend * 0.134145), hn::Mul(near, near), all<T>(bend));
    const V slope = hn::Mul(z, hn::Mul(du, sigmoid_slope<T>(u(z))));
    return hn::Mul(dy, hn::Add(sigmoid<T>(u(z)), slope));
  }

 private:
  // Beyond 100 the sigmoid is 0 or 1, and a square must not become infinite.
  HWY_INLINE V u(V z) const {
    const V near = limit<T>(z, -100.0, 100.0);
    return hn::Mul(near, hn::MulAdd(all<T>(bend * 0.044715), hn::Mul(near, near), all<T>(bend)));
  }
};

template <class T, class V = Vector<T>>
struct Silu {
  HWY_INLINE V value(V z) const { return hn::Mul(z, sigmoid<T>(z)); }
  HWY_INLINE V backward(V z, V dy) const {
    return hn::Mul(dy, hn::MulAdd(z, sigmoid_slope<T>(z), sigmoid<T>(z)));
  }
};

template <class T, class V = Vector<T>>
struct Softplus {
  HWY_INLINE V value(V z) const {
    const V positive = hn::IfThenElse(hn::Lt(z, all<T>(0.0)), all<T>(0.0), z);  // NaN stays
    return hn::Add(positive, log1p<T>(exp<T>(hn::Neg(hn::Abs(z)))));
  }
  HWY_INLINE V backward(V z, V dy) const { return hn::Mul(dy, sigmoid<T>(z)); }
};

// With e = e^z and q = (1 + e)^2 + 1, tanh(log(1 + e)) = ((1 + e)^2 - 1) / q = (e^2 + 2 e) / q, and
// 1 / cosh^2 * sigmoid = 4 (1 + e)^2 / q^2 * e / (1 + e) = 4 e (1 + e) / q^2, of which each of two factors is
// finite. From 44 on the tanh is 1 and what is left of the slope is nothing beside it.
template <class T, class V = Vector<T>>
struct Mish {
  HWY_INLINE V value(V z) const {
    const V e = exp_of(z), above = hn::MulAdd(e, e, hn::Add(e, e));
    return hn::Mul(z, hn::Div(above, hn::Add(above, all<T>(2.0))));
  }
  HWY_INLINE V backward(V z, V dy) const {
    const V e = exp_of(z), above = hn::MulAdd(e, e, hn::Add(e, e)), q = hn::Add(above, all<T>(2.0));
    const V slope = hn::Mul(hn::Div(hn::Mul(all<T>(4.0), e), q), hn::Div(hn::Add(all<T>(1.0), e), q));
    const V bend = hn::IfThenZeroElse(hn::Gt(z, all<T>(44.0)), slope);
    return hn::Mul(dy, hn::MulAdd(z, bend, hn::Div(above, q)));
  }

 private:
  HWY_INLINE V exp_of(V z) const { return exp<T>(limit<T>(z, -1000.0, 44.0)); }
};

template <class T, class V = Vector<T>>
struct Softsign {
  HWY_INLINE V value(V z) const { return hn::Div(z, hn::Add(all<T>(1.0), hn::Abs(z))); }
  HWY_INLINE V backward(V z, V dy) const {
    const V size = hn::Add(all<T>(1.0), hn::Abs(z));
    return hn::Div(hn::Div(dy, size), size);  // the square of a large float would be inf
  }
};

/// use(curve) with the formulas above: chosen once, not for every vector.
template <class T, class Use>
HWY_INLINE void with_curve(Activation f, Use use) {
  constexpr double s = 1.0507009873554804934193349852946, a = 1.6732632423543772848170429916717;
  switch (f.curve) {
    case Curve::identity: return use(Identity<T>());
    case Curve::relu: return use(Relu<T>());
    case Curve::leaky_relu: return use(Leaky_relu<T>{all<T>(f.slope)});
    case Curve::hard_tanh: return use(Hard_tanh<T>());
    case Curve::relu6: return use(Relu6<T>());
    case Curve::sigmoid: return use(Sigmoid<T>());
    case Curve::tanh: return use(Tanh<T>());
    case Curve::elu: return use(Elu<T>{all<T>(1.0), all<T>(1.0)});
    case Curve::selu: return use(Elu<T>{all<T>(s), all<T>(s * a)});
    case Curve::gelu: return use(Gelu<T>());
    case Curve::gelu_tanh: return use(Gelu_tanh<T>());
    case Curve::silu: return use(Silu<T>());
    case Curve::softplus: return use(Softplus<T>());
    case Curve::mish: return use(Mish<T>());
    case Curve::softsign: return use(Softsign<T>());
  }
}

}  // namespace

template <class T>
void Simd<T>::activation_forward(View<const T> z, Activation f, View<T> y) {
  assert(z.rows == y.rows && z.cols == y.cols);
  with_curve<T>(f, [&](auto curve) HWY_ATTR {
    for (std::size_t n = 0; n < z.rows; ++n) {
      const T* from = z.row(n);
      T* to = y.row(n);
      for_each_vector<T>(z.cols, [&](auto at) HWY_ATTR { at.store(curve.value(at.load(from)), to); });
    }
  });
}

template <class T>
void Simd<T>::activation_backward(View<const T> saved, Activation f, View<const T> dy, View<T> dz) {
  assert(dy.rows == dz.rows && dy.cols == dz.cols);
  assert(f.curve == Curve::identity || (saved.rows == dz.rows && saved.cols == dz.cols));
  if (f.curve == Curve::identity) saved = dy;  // not read: it may be nothing at all
  with_curve<T>(f, [&](auto curve) HWY_ATTR {
    for (std::size_t n = 0; n < dz.rows; ++n) {
      const T *number = saved.row(n), *from = dy.row(n);
      T* to = dz.row(n);
      for_each_vector<T>(
          dz.cols, [&](auto at) HWY_ATTR { at.store(curve.backward(at.load(number), at.load(from)), to); });
    }
  });
}

template struct Simd<float>;
template struct Simd<double>;

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
