// For lesson 13: a fully connected network as a tutorial programs it in NumPy, and its gradient mended.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/data/toy.h"

namespace bp {

inline double squash(double x) { return 1 / (1 + std::exp(-x)); }

/// The slope of the sigmoid at a weighted sum v. What is squashed already does not belong here.
inline double sigmoid_derivative(double v) { return squash(v) * (1 - squash(v)); }

/// Which of the two mistakes in the backward pass are mended.
struct Mended {
  bool output = false, hidden = false;
};

/// Two inputs, H hidden neurons with sigmoids, and one output without. Also the gradient of each number.
template <std::size_t H>
struct Published_network {
  std::array<double, H> w1[2] = {}, b1 = {}, w2 = {};
  double b2 = 0;

  double hidden(const std::vector<double>& x, std::size_t k) const {
    return squash(x[0] * w1[0][k] + x[1] * w1[1][k] + b1[k]);
  }
  double output(const std::vector<double>& x) const {
    double sum = b2;
    for (std::size_t k = 0; k < H; ++k) sum += hidden(x, k) * w2[k];
    return sum;
  }

  /// What the program takes for the gradient of 1/2 sum (output - label)^2. Mended in both places it is
  /// that gradient.
  Published_network gradient(const Labelled_points& table, Mended mended) const {
    Published_network d;
    for (std::size_t row = 0; row < table.size(); ++row) {
      const std::vector<double>& x = table.inputs[row];
      const double out = output(x), error = out - table.labels[row];
      const double d_out =
          mended.output ? error : error * sigmoid_derivative(out);  // but out was never squashed
      d.b2 += d_out;
      for (std::size_t k = 0; k < H; ++k) {
        const double h = hidden(x, k);
        const double slope =
            mended.hidden ? h * (1 - h) : sigmoid_derivative(h);  // but h is squashed already
        const double d_hidden = d_out * w2[k] * slope;
        d.w2[k] += d_out * h;
        d.b1[k] += d_hidden;
        for (std::size_t i = 0; i < 2; ++i) d.w1[i][k] += d_hidden * x[i];
      }
    }
    return d;
  }

  void step(const Labelled_points& table, double rate, Mended mended) {
    const Published_network d = gradient(table, mended);
    b2 -= rate * d.b2;
    for (std::size_t k = 0; k < H; ++k) {
      w2[k] -= rate * d.w2[k];
      b1[k] -= rate * d.b1[k];
      for (std::size_t i = 0; i < 2; ++i) w1[i][k] -= rate * d.w1[i][k];
    }
  }
};

}  // namespace bp
