// Softmax, its cross-entropy and the greatest class as plain loops.
//
// With m the greatest logit of a row, p[k] = e^(z[k] - m) / sum_j e^(z[j] - m): the factor e^-m above and
// below cancels, and no exponential is above 1, so that nothing overflows; the sum is at least 1.
#include <cmath>

#include "engine/vector/kernels_reference.h"

namespace bp::batch::reference {

namespace {

struct Row_sum {
  double greatest;  // m; NaN where a logit is
  double rest;      // the sum of e^(z[j] - m) but for the first j where it is 1
};

template <class T>
Row_sum sum_exponentials(View<const T> z, std::size_t n) {
  assert(z.cols >= 1);
  std::uint32_t best = 0;
  argmax(z.row_range(n, n + 1), &best);
  const double greatest = z(n, best);
  double rest = 0.0;
  for (std::size_t j = 0; j < z.cols; ++j) {
    if (j != best) rest += std::exp(z(n, j) - greatest);
  }
  // inf - inf: no shift makes a row of infinite logits into numbers.
  if (!std::isfinite(greatest)) return {std::nan(""), std::nan("")};
  return {greatest, rest};
}

template <class T>
double probability(View<const T> z, std::size_t n, std::size_t k, const Row_sum& sum) {
  return std::exp(z(n, k) - sum.greatest) / (1.0 + sum.rest);
}

}  // namespace

template <class T>
void softmax_forward(View<const T> z, View<T> p) {
  assert(z.rows == p.rows && z.cols == p.cols);
  for (std::size_t n = 0; n < z.rows; ++n) {
    const Row_sum sum = sum_exponentials(z, n);
    for (std::size_t k = 0; k < z.cols; ++k) p(n, k) = static_cast<T>(probability(z, n, k, sum));
  }
}

// dp[j]/dz[k] = p[j] ([j = k] - p[k]): with p[j] = e^z[j] / S the quotient rule gives [j = k] e^z[j] / S from
// the numerator and -e^z[j] e^z[k] / S^2 from S. Summed over j with the gradients from above,
//
//     dz[k] = sum_j dp[j] p[j] ([j = k] - p[k]) = p[k] (dp[k] - sum_j dp[j] p[j]).
template <class T>
void softmax_backward(View<const T> p, View<const T> dp, View<T> dz) {
  assert(p.rows == dz.rows && p.cols == dz.cols && dp.rows == dz.rows && dp.cols == dz.cols);
  for (std::size_t n = 0; n < p.rows; ++n) {
    double mean = 0.0;
    for (std::size_t j = 0; j < p.cols; ++j) mean += static_cast<double>(dp(n, j)) * p(n, j);
    for (std::size_t k = 0; k < p.cols; ++k) dz(n, k) = static_cast<T>(p(n, k) * (dp(n, k) - mean));
  }
}

// L = -log p[c] for the label c, which is m + log(sum_j e^(z[j] - m)) - z[c]. The sum is 1 + rest, and log1p
// keeps the digits of a small loss.
//
// dL/dz[k] = e^(z[k] - m) / sum - [k = c] = p[k] - [k = c]: exponentials and logarithm cancel.
template <class T>
void cross_entropy_labels(View<const T> z, const std::uint32_t* labels, double scale, T* loss, View<T> dz) {
  for (std::size_t n = 0; n < z.rows; ++n) {
    assert(labels[n] < z.cols);
    const Row_sum sum = sum_exponentials(z, n);
    loss[n] = static_cast<T>(std::log1p(sum.rest) + (sum.greatest - z(n, labels[n])));
    if (dz.data == nullptr) continue;
    for (std::size_t k = 0; k < z.cols; ++k) {
      const double target = k == labels[n] ? 1.0 : 0.0;
      dz(n, k) = static_cast<T>(scale * (probability(z, n, k, sum) - target));
    }
  }
}

// L = -sum_k t[k] log p[k] = log(1 + rest) + sum_k t[k] (m - z[k]), for the targets sum to 1.
//
// dL/dz[k] = p[k] sum_j t[j] - t[k] = p[k] - t[k].
template <class T>
void cross_entropy_targets(View<const T> z, View<const T> t, double scale, T* loss, View<T> dz) {
  assert(t.rows == z.rows && t.cols == z.cols);
  for (std::size_t n = 0; n < z.rows; ++n) {
    const Row_sum sum = sum_exponentials(z, n);
    double distance = 0.0;
    for (std::size_t k = 0; k < z.cols; ++k) {
      if (t(n, k) != T(0)) distance += t(n, k) * (sum.greatest - z(n, k));
    }
    loss[n] = static_cast<T>(std::log1p(sum.rest) + distance);
    if (dz.data == nullptr) continue;
    for (std::size_t k = 0; k < z.cols; ++k) {
      dz(n, k) = static_cast<T>(scale * (probability(z, n, k, sum) - t(n, k)));
    }
  }
}

template <class T>
void argmax(View<const T> z, std::uint32_t* best) {
  assert(z.cols >= 1);
  for (std::size_t n = 0; n < z.rows; ++n) {
    std::size_t winner = 0;
    for (std::size_t k = 1; k < z.cols && !std::isnan(z(n, winner)); ++k) {
      if (z(n, k) > z(n, winner) || std::isnan(z(n, k))) winner = k;
    }
    best[n] = static_cast<std::uint32_t>(winner);
  }
}

#define INSTANTIATE(T)                                                                          \
  template void softmax_forward(View<const T>, View<T>);                                        \
  template void softmax_backward(View<const T>, View<const T>, View<T>);                        \
  template void cross_entropy_labels(View<const T>, const std::uint32_t*, double, T*, View<T>); \
  template void cross_entropy_targets(View<const T>, View<const T>, double, T*, View<T>);       \
  template void argmax(View<const T>, std::uint32_t*);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp::batch::reference
