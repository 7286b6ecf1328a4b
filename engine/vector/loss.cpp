#include "engine/vector/loss.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

// One output: its loss, and the derivative of that by y.
struct Term {
  double value, slope;
};

double sign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x; }  // NaN stays

struct Half_squared {
  Term operator()(double y, double t) const { return {0.5 * (y - t) * (y - t), y - t}; }
};
struct Squared {
  Term operator()(double y, double t) const { return {(y - t) * (y - t), 2.0 * (y - t)}; }
};
struct Absolute {
  Term operator()(double y, double t) const { return {std::abs(y - t), sign(y - t)}; }
};
// With c = min(|y - t|, delta) both branches are c (|y - t| - c/2), and the slope is c with the sign of y -
// t.
struct Huber {
  double delta;
  Term operator()(double y, double t) const {
    const double size = std::abs(y - t), capped = size > delta ? delta : size;
    return {capped * (size - 0.5 * capped), capped * sign(y - t)};
  }
};
// -log(sigmoid(y)) = log(1 + e^-y) = softplus(-y), and -log(1 - sigmoid(y)) = softplus(y). Both from e^-|y|,
// which does not overflow: softplus(y) = max(y, 0) + log(1 + e^-|y|).
//
// Slope: t * -sigmoid(-y) + (1 - t) sigmoid(y), which is sigmoid(y) - t but keeps its digits where that
// cancels.
struct Binary_cross_entropy {
  Term operator()(double y, double t) const {
    const double e = std::exp(-std::abs(y)), tail = std::log1p(e);
    const double above = 1.0 / (1.0 + e), below = e / (1.0 + e);  // sigmoid of |y| and of -|y|
    const double right = y > 0.0 ? above : below, left = y > 0.0 ? below : above;
    const double plus = (y > 0.0 ? y : 0.0) + tail, minus = (y > 0.0 ? 0.0 : -y) + tail;
    return {t * minus + (1.0 - t) * plus, (1.0 - t) * right - t * left};
  }
};
struct Hinge {
  Term operator()(double y, double t) const {
    const double margin = 1.0 - t * y;
    return {margin < 0.0 ? 0.0 : margin, margin <= 0.0 ? 0.0 : -t};  // NaN stays in the value
  }
};

/// use(f) with the terms of that loss.
template <class Use>
void with_terms(Loss_kind kind, double delta, Use use) {
  switch (kind) {
    case Loss_kind::softmax_cross_entropy: break;  // looks at a whole row
    case Loss_kind::half_squared_error: return use(Half_squared());
    case Loss_kind::mean_squared_error: return use(Squared());
    case Loss_kind::mean_absolute_error: return use(Absolute());
    case Loss_kind::huber_loss: return use(Huber{delta});
    case Loss_kind::binary_cross_entropy_with_logits: return use(Binary_cross_entropy());
    case Loss_kind::hinge_loss: return use(Hinge());
  }
}

bool averages_outputs(Loss_kind kind) {
  return kind != Loss_kind::softmax_cross_entropy && kind != Loss_kind::half_squared_error;
}

template <class T>
void check_targets(Loss_kind kind, View<const T> t) {
  const bool probabilities =
      kind == Loss_kind::softmax_cross_entropy || kind == Loss_kind::binary_cross_entropy_with_logits;
  for (std::size_t n = 0; n < t.rows; ++n) {
    double sum = 0.0;
    for (std::size_t k = 0; k < t.cols; ++k) {
      const double target = t(n, k);
      sum += target;
      if (probabilities && !(target >= 0.0 && target <= 1.0)) {
        refuse(fmt::format("{}: target {} of example {} is {}; it must be from 0 to 1", name_of(kind), k, n,
                           target));
      }
      if (kind == Loss_kind::hinge_loss && target != 1.0 && target != -1.0) {
        refuse(fmt::format("hinge_loss: target {} of example {} is {}; it must be -1 or 1", k, n, target));
      }
    }
    if (kind == Loss_kind::softmax_cross_entropy && std::abs(sum - 1.0) > 1e-5) {
      refuse(fmt::format("softmax_cross_entropy: the targets of example {} sum to {}; they must sum to 1", n,
                         sum));
    }
  }
}

}  // namespace

const char* name_of(Loss_kind kind) {
  switch (kind) {
    case Loss_kind::softmax_cross_entropy: return "softmax_cross_entropy";
    case Loss_kind::half_squared_error: return "half_squared_error";
    case Loss_kind::mean_squared_error: return "mean_squared_error";
    case Loss_kind::mean_absolute_error: return "mean_absolute_error";
    case Loss_kind::huber_loss: return "huber_loss";
    case Loss_kind::binary_cross_entropy_with_logits: return "binary_cross_entropy_with_logits";
    case Loss_kind::hinge_loss: return "hinge_loss";
  }
  return "?";
}

template <class T>
Loss<T>::Loss(Loss_kind kind, double delta) : kind_(kind), delta_(delta) {
  if (!(delta > 0.0)) refuse(fmt::format("huber_loss with delta {}; it must be above 0", delta));
}

template <class T>
double Loss<T>::operator()(View<const T> y, const Targets<T>& targets, View<T> dy, const Kernels<T>& kernels,
                           Thread_pool& pool) {
  check(y, targets, dy);
  rows_.resize(y.rows);
  const auto* labels = std::get_if<std::span<const std::uint32_t>>(&targets);
  const double count = static_cast<double>(y.rows);
  if (kind_ == Loss_kind::softmax_cross_entropy) {
    pool.split(y.rows, 1, y.cols * Thread_pool::element, [&](std::size_t first, std::size_t last) {
      const View<T> dz = dy.data == nullptr ? dy : dy.row_range(first, last);
      const View<const T> z = y.row_range(first, last);
      if (labels != nullptr) {
        kernels.cross_entropy_labels(z, labels->data() + first, 1.0 / count, rows_.data() + first, dz);
      } else {
        kernels.cross_entropy_targets(z, std::get<View<const T>>(targets).row_range(first, last), 1.0 / count,
                                      rows_.data() + first, dz);
      }
    });
  } else {
    elementwise(y, labels != nullptr ? spread(*labels, y.cols) : std::get<View<const T>>(targets), dy, pool);
  }
  double sum = 0.0;
  for (const T row : rows_) sum += row;
  return sum / count;
}

template <class T>
void Loss<T>::elementwise(View<const T> y, View<const T> t, View<T> dy, Thread_pool& pool) {
  const double outputs = averages_outputs(kind_) ? static_cast<double>(y.cols) : 1.0;
  const double count = static_cast<double>(y.rows) * outputs;
  with_terms(kind_, delta_, [&](auto term_of) {
    pool.split(y.rows, 1, y.cols * Thread_pool::element, [&](std::size_t first, std::size_t last) {
      for (std::size_t n = first; n < last; ++n) {
        double sum = 0.0;
        for (std::size_t k = 0; k < y.cols; ++k) {
          const Term term = term_of(y(n, k), t(n, k));
          sum += term.value;
          if (dy.data != nullptr) dy(n, k) = static_cast<T>(term.slope / count);
        }
        rows_[n] = static_cast<T>(sum / outputs);
      }
    });
  });
}

template <class T>
View<const T> Loss<T>::spread(std::span<const std::uint32_t> labels, std::size_t outputs) {
  const T off = kind_ == Loss_kind::hinge_loss ? T(-1) : T(0);
  one_hot_.resize(labels.size(), outputs);
  one_hot_.fill(off);
  for (std::size_t n = 0; n < labels.size(); ++n) {
    if (outputs > 1) {
      one_hot_(n, labels[n]) = T(1);
    } else if (labels[n] == 1) {
      one_hot_(n, 0) = T(1);
    }
  }
  return one_hot_;
}

template <class T>
void Loss<T>::check(View<const T> y, const Targets<T>& targets, View<T> dy) const {
  if (y.rows == 0 || y.cols == 0) refuse(fmt::format("{} of no outputs", name_of(kind_)));
  if (dy.data != nullptr && (dy.rows != y.rows || dy.cols != y.cols)) {
    refuse(fmt::format("{} of {} x {} outputs was given room for a gradient of {} x {}", name_of(kind_),
                       y.rows, y.cols, dy.rows, dy.cols));
  }
  if (const auto* labels = std::get_if<std::span<const std::uint32_t>>(&targets)) {
    if (labels->size() != y.rows) {
      refuse(fmt::format("{} of {} examples was given {} labels", name_of(kind_), y.rows, labels->size()));
    }
    const bool one_output = y.cols == 1 && kind_ != Loss_kind::softmax_cross_entropy;
    const std::size_t classes = one_output ? 2 : y.cols;
    for (std::size_t n = 0; n < labels->size(); ++n) {
      if ((*labels)[n] >= classes) {
        refuse(fmt::format("{}: label {} of example {}, but there are {} classes", name_of(kind_),
                           (*labels)[n], n, classes));
      }
    }
    return;
  }
  const View<const T> t = std::get<View<const T>>(targets);
  if (t.rows != y.rows || t.cols != y.cols) {
    refuse(fmt::format("{} of {} x {} outputs was given {} x {} targets", name_of(kind_), y.rows, y.cols,
                       t.rows, t.cols));
  }
  check_targets(kind_, t);
}

template class Loss<float>;
template class Loss<double>;

}  // namespace bp::batch
