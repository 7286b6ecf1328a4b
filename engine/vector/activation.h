// The activations of the batch engine: which there are, and what their backward pass has to be given.
#pragma once

#include <cstdint>

namespace bp::batch {

/// What an activation does to each number by itself. Formulas: kernels_reference_activation.cpp. Softmax
/// looks at a whole row and has kernels of its own.
enum class Curve : std::uint8_t {
  identity,
  relu,
  leaky_relu,
  hard_tanh,
  relu6,
  sigmoid,
  tanh,
  elu,
  selu,
  gelu,
  gelu_tanh,
  silu,
  softplus,
  mish,
  softsign,
};

/// A curve and, for leaky_relu, its slope on the negative side, which is 0 or more.
struct Activation {
  Curve curve = Curve::identity;
  double slope = 0.01;
};

/// Which numbers of the forward pass y = f(z) the backward pass reads: z where this is true, else y.
///
/// Those made of straight pieces can be read off y, so z need not be kept: a layer of ReLUs takes half the
/// memory. The smooth ones read z. tanh'(z) = 1 - y^2 too could be had from y, but where y is near 1, what
/// is left of 1 - y^2 has few digits, and none from z = 9 on in float.
constexpr bool reads_input(Curve curve) {
  return curve != Curve::identity && curve != Curve::relu && curve != Curve::leaky_relu &&
         curve != Curve::hard_tanh && curve != Curve::relu6;
}

}  // namespace bp::batch
