// The works by hand: what is left when all bookkeeping is gone.
#include "tests/bench/hand.h"

#include <math.h>

#include "tests/bench/work.h"

namespace bp::bench {
namespace {

// A layer's parameters lie neuron by neuron, its weights and then its bias.
template <int Inputs, int Outputs>
void dense(const double* parameter, const double* x, double* out) {
  for (int o = 0; o < Outputs; ++o) {
    const double* neuron = parameter + o * (Inputs + 1);
    double sum = neuron[Inputs];
    for (int i = 0; i < Inputs; ++i) sum += neuron[i] * x[i];
    out[o] = sum;
  }
}

template <int Size>
void relu(double* x) {
  for (int i = 0; i < Size; ++i) x[i] = x[i] > 0.0 ? x[i] : 0.0;
}

// dw = dout * x and dx = dout * w, both added up. A neuron that ReLU shut has out = 0, and passes nothing.
template <int Inputs, int Outputs>
void dense_relu_backward(const double* parameter, const double* x, const double* out, const double* dout,
                         double* dparameter, double* dx) {
  for (int o = 0; o < Outputs; ++o) {
    if (!(out[o] > 0.0)) continue;
    const double* neuron = parameter + o * (Inputs + 1);
    double* dneuron = dparameter + o * (Inputs + 1);
    for (int i = 0; i < Inputs; ++i) {
      dneuron[i] += dout[o] * x[i];
      if (dx) dx[i] += dout[o] * neuron[i];
    }
    dneuron[Inputs] += dout[o];
  }
}

inline void sine_and_cosine(double x, double* sine, double* cosine) {
#ifdef __GLIBC__
  sincos(x, sine, cosine);
#else
  *sine = sin(x);
  *cosine = cos(x);
#endif
}

}  // namespace

double hand_moons(const Moons& data, const double* parameter, double* gradient) {
  constexpr int second = hidden * (inputs + 1);
  constexpr int last = second + hidden * (hidden + 1);

  double squares = 0.0;
  for (int i = 0; i < parameter_count; ++i) {
    squares += parameter[i] * parameter[i];
    gradient[i] = 2.0 * penalty * parameter[i];
  }

  double data_loss = 0.0;
  for (int s = 0; s < samples; ++s) {
    double out1[hidden];
    double out2[hidden];
    double score;
    dense<inputs, hidden>(parameter, data.point[s], out1);
    relu<hidden>(out1);
    dense<hidden, hidden>(parameter + second, out1, out2);
    relu<hidden>(out2);
    dense<hidden, 1>(parameter + last, out2, &score);
    const double margin = 1.0 - data.label[s] * score;
    if (!(margin > 0.0)) continue;  // beyond the margin a sample has no gradient
    data_loss += margin;

    const double dscore = -data.label[s] / samples;
    double dout2[hidden];
    double dout1[hidden] = {};
    for (int i = 0; i < hidden; ++i) {
      gradient[last + i] += dscore * out2[i];
      dout2[i] = dscore * parameter[last + i];
    }
    gradient[last + hidden] += dscore;
    dense_relu_backward<hidden, hidden>(parameter + second, out1, out2, dout2, gradient + second, dout1);
    dense_relu_backward<inputs, hidden>(parameter, data.point[s], out1, dout1, gradient, nullptr);
  }
  return data_loss / samples + penalty * squares;
}

// Every y and its slope is kept, as a program that means to look at them would. dy_n/dx is the product of the
// slopes, multiplied from the end as backpropagation does.
double hand_chain(double start, double* gradient) {
  static double y[chain_length + 1];
  static double slope[chain_length];
  y[0] = start;
  for (long i = 0; i < chain_length; ++i) {
    double sine;
    double cosine;
    sine_and_cosine(y[i], &sine, &cosine);
    y[i + 1] = sine * chain_sine + y[i] * chain_keep;
    slope[i] = cosine * chain_sine + chain_keep;
  }
  double product = 1.0;
  for (long i = chain_length; i-- > 0;) product *= slope[i];
  *gradient = product;
  return y[chain_length];
}

double hand_wide_sum(const double* w, const double* x, double* dw, double* dx) {
  double sum = 0.0;
  for (long i = 0; i < wide_length; ++i) sum += w[i] * x[i];
  for (long i = 0; i < wide_length; ++i) {
    dw[i] = x[i];
    dx[i] = w[i];
  }
  return sum;
}

double hand_deep(double start, double* gradient) {
  double y = start;
  double product = 1.0;
  for (long i = 0; i < deep_length; ++i) {
    double sine;
    double cosine;
    sine_and_cosine(y, &sine, &cosine);
    product *= cosine;
    y = sine;
  }
  *gradient = product;
  return y;
}

}  // namespace bp::bench
