// The activations as plain loops: for each its formula, its derivative, and why in this form.
//
// value(z) is y = f(z). backward(saved, dy) is dz = dL/dz = dL/dy * dy/dz; `saved` is z or y (activation.h).
#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/vector/kernels_reference.h"

namespace bp::batch::reference {

namespace {

struct Identity {
  double value(double z) const { return z; }
  double backward(double, double dy) const { return dy; }
};

// y = max(z, 0)      dy/dz = 1 where z > 0, else 0 (at 0 itself PyTorch's choice). y > 0 exactly where z > 0.
//
// Written as "not below" so that NaN stays NaN, and as a choice, for 0 * dy is NaN where dy is infinite.
struct Relu {
  double value(double z) const { return z < 0.0 ? 0.0 : z; }
  double backward(double y, double dy) const { return y <= 0.0 ? 0.0 : dy; }
};

// y = z where z > 0, else s z      dy/dz = 1 or s. y has the sign of z, because s >= 0.
struct Leaky_relu {
  double slope;
  double value(double z) const { return z > 0.0 ? z : slope * z; }
  double backward(double y, double dy) const { return y <= 0.0 ? slope * dy : dy; }
};

// y = z between -1 and 1, which it does not leave      dy/dz = 1 inside, 0 at the ends and outside.
struct Hard_tanh {
  double value(double z) const { return z < -1.0 ? -1.0 : z > 1.0 ? 1.0 : z; }
  double backward(double y, double dy) const { return y <= -1.0 || y >= 1.0 ? 0.0 : dy; }
};

// y = max(z, 0), and no more than 6      dy/dz = 1 in between, 0 at the ends and outside.
struct Relu6 {
  double value(double z) const { return z < 0.0 ? 0.0 : z > 6.0 ? 6.0 : z; }
  double backward(double y, double dy) const { return y <= 0.0 || y >= 6.0 ? 0.0 : dy; }
};

// y = 1 / (1 + e^-z)      dy/dz = e^-z / (1 + e^-z)^2 = y (1 - y) = y(z) y(-z).
//
// 1 - y(z) = y(-z), and the latter keeps its digits where y has rounded to 1. Far on the left e^-z is inf and
// y is the 0 that is wanted.
struct Sigmoid {
  double value(double z) const { return 1.0 / (1.0 + std::exp(-z)); }
  double slope(double z) const { return value(z) * value(-z); }
  double backward(double z, double dy) const { return dy * slope(z); }
};

// y = (e^z - e^-z) / (e^z + e^-z)      dy/dz = 1 - y^2 = 1 / cosh(z)^2, which keeps its digits as y nears 1.
struct Tanh {
  double value(double z) const { return std::tanh(z); }
  double backward(double z, double dy) const {
    const double sech = 1.0 / std::cosh(z);
    return dy * (sech * sech);
  }
};

// y = z where z > 0, else e^z - 1      dy/dz = 1 or e^z. expm1 keeps the digits of y near 0.
struct Elu {
  double value(double z) const { return z > 0.0 ? z : std::expm1(z); }
  double backward(double z, double dy) const { return z > 0.0 ? dy : dy * std::exp(z); }
};

// ELU with a negative side a times as large, all of it s times as large. Numbers: Klambauer et al.,
// "Self-Normalizing Neural Networks" (2017), appendix: the fixed point with mean 0 and variance 1.
struct Selu {
  static constexpr double s = 1.0507009873554804934193349852946, a = 1.6732632423543772848170429916717;
  double value(double z) const { return s * (z > 0.0 ? z : a * std::expm1(z)); }
  double backward(double z, double dy) const { return dy * (s * (z > 0.0 ? 1.0 : a * std::exp(z))); }
};

// y = z F(z), F the normal distribution: F(z) = (1 + erf(z / sqrt 2)) / 2 = erfc(-z / sqrt 2) / 2, which does
// not cancel on the left.
//
// dy/dz = F(z) + z F'(z), F'(z) = e^(-z^2 / 2) / sqrt(2 pi).
struct Gelu {
  static constexpr double root_half = std::numbers::sqrt2 / 2.0;
  static constexpr double peak = std::numbers::inv_sqrtpi * root_half;  // 1 / sqrt(2 pi)
  double value(double z) const { return 0.5 * z * std::erfc(-root_half * z); }
  double backward(double z, double dy) const {
    return dy * (0.5 * std::erfc(-root_half * z) + z * (peak * std::exp(-0.5 * (z * z))));
  }
};

// y = z (1 + tanh(u/2)) / 2 = z sigmoid(u), u = 2 sqrt(2/pi) (z + 0.044715 z^3): GELU by an approximation of
// F (Hendrycks and Gimpel, 2016). The sigmoid does not cancel on the left.
//
// dy/dz = sigmoid(u) + z sigmoid'(u) u', u' = 2 sqrt(2/pi) (1 + 3 * 0.044715 z^2).
struct Gelu_tanh {
  static constexpr double bend = 1.5957691216057307117598;  // 2 sqrt(2/pi)
  double value(double z) const { return z * Sigmoid().value(u(z)); }
  double backward(double z, double dy) const {
    const double near = std::clamp(z, -100.0, 100.0);
    const double du = bend * (1.0 + 0.134145 * (near * near));
    return dy * (Sigmoid().value(u(z)) + z * (du * Sigmoid().slope(u(z))));
  }

 private:
  // Beyond 100 the sigmoid is 0 or 1 and its slope 0, and inf * 0 must not come from a finite z.
  static double u(double z) {
    const double near = std::clamp(z, -100.0, 100.0);
    return bend * (near * (1.0 + 0.044715 * (near * near)));
  }
};

// y = z sigmoid(z)      dy/dz = sigmoid(z) + z sigmoid'(z).
struct Silu {
  double value(double z) const { return z * Sigmoid().value(z); }
  double backward(double z, double dy) const { return dy * (Sigmoid().value(z) + z * Sigmoid().slope(z)); }
};

// y = log(1 + e^z)      dy/dz = e^z / (1 + e^z) = sigmoid(z).
//
// For z > 0 as z + log(1 + e^-z), because e^z overflows; log1p keeps the digits of a small exponential.
struct Softplus {
  double value(double z) const { return z > 0.0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); }
  double backward(double z, double dy) const { return dy * Sigmoid().value(z); }
};

// y = z tanh(s), s = softplus(z) (Misra, "Mish", 2019).
//
// dy/dz = tanh(s) + z / cosh(s)^2 ds/dz, ds/dz = sigmoid(z).
struct Mish {
  double value(double z) const { return z * std::tanh(Softplus().value(z)); }
  double backward(double z, double dy) const {
    const double s = Softplus().value(z), sech = 1.0 / std::cosh(s);
    return dy * (std::tanh(s) + z * (sech * sech * Sigmoid().value(z)));
  }
};

// y = z / (1 + |z|)      dy/dz = (1 + |z| - z sign(z)) / (1 + |z|)^2 = 1 / (1 + |z|)^2.
struct Softsign {
  double value(double z) const { return z / (1.0 + std::abs(z)); }
  double backward(double z, double dy) const {
    const double size = 1.0 + std::abs(z);
    return dy / size / size;  // its square may be inf
  }
};

/// use(curve) with the formulas above: chosen once, not for every number.
template <class Use>
auto with_curve(Activation f, Use use) {
  switch (f.curve) {
    case Curve::identity: break;
    case Curve::relu: return use(Relu());
    case Curve::leaky_relu: return use(Leaky_relu{f.slope});
    case Curve::hard_tanh: return use(Hard_tanh());
    case Curve::relu6: return use(Relu6());
    case Curve::sigmoid: return use(Sigmoid());
    case Curve::tanh: return use(Tanh());
    case Curve::elu: return use(Elu());
    case Curve::selu: return use(Selu());
    case Curve::gelu: return use(Gelu());
    case Curve::gelu_tanh: return use(Gelu_tanh());
    case Curve::silu: return use(Silu());
    case Curve::softplus: return use(Softplus());
    case Curve::mish: return use(Mish());
    case Curve::softsign: return use(Softsign());
  }
  return use(Identity());
}

}  // namespace

template <class T>
T activate(Activation f, T z) {
  return with_curve(f, [&](auto curve) { return static_cast<T>(curve.value(z)); });
}

template <class T>
T activate_backward(Activation f, T saved, T dy) {
  return with_curve(f, [&](auto curve) { return static_cast<T>(curve.backward(saved, dy)); });
}

template <class T>
void activation_forward(View<const T> z, Activation f, View<T> y) {
  assert(z.rows == y.rows && z.cols == y.cols);
  with_curve(f, [&](auto curve) {
    for (std::size_t n = 0; n < z.rows; ++n) {
      for (std::size_t c = 0; c < z.cols; ++c) y(n, c) = static_cast<T>(curve.value(z(n, c)));
    }
  });
}

template <class T>
void activation_backward(View<const T> saved, Activation f, View<const T> dy, View<T> dz) {
  assert(dy.rows == dz.rows && dy.cols == dz.cols);
  assert(f.curve == Curve::identity || (saved.rows == dz.rows && saved.cols == dz.cols));
  if (f.curve == Curve::identity) saved = dy;  // not read: it may be nothing at all
  with_curve(f, [&](auto curve) {
    for (std::size_t n = 0; n < dz.rows; ++n) {
      for (std::size_t c = 0; c < dz.cols; ++c) {
        dz(n, c) = static_cast<T>(curve.backward(saved(n, c), dy(n, c)));
      }
    }
  });
}

#define INSTANTIATE(T)                                                  \
  template T activate(Activation, T);                                   \
  template T activate_backward(Activation, T, T);                       \
  template void activation_forward(View<const T>, Activation, View<T>); \
  template void activation_backward(View<const T>, Activation, View<const T>, View<T>);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp::batch::reference
