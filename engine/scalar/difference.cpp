#include "engine/scalar/difference.h"

#include <algorithm>
#include <cmath>

namespace bp {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// From the first step down to a 10^-11 of it, where rounding has the better of every curve.
constexpr std::size_t ladder_length = 13;
constexpr double ladder_ratio = 8.0;

std::vector<double> ladder(double x, double step, bool thorough) {
  std::vector<double> steps;
  const auto add = [&](double first, std::size_t length) {
    for (std::size_t k = 0; k < length; ++k, first /= ladder_ratio) {
      if (x + first != x && x - first != x) steps.push_back(first);
    }
  };
  add(step * std::max(1.0, std::abs(x)), ladder_length);
  if (thorough && std::abs(x) < 1.0) add(step * std::abs(x), ladder_length / 2);
  std::sort(steps.rbegin(), steps.rend());
  return steps;
}

bool has_kink(Op op) {
  switch (op) {
#define KINK(name, side) \
  case Op::name: {       \
    return true;         \
  }
#include "engine/scalar/op_table.def"
#undef KINK
    default: return false;
  }
}

// A sum of n terms rounds n times at the size of what it has added up so far. Such errors go up and down,
// hence the square root.
double rounded_size_of_sum(Value node) {
  const std::size_t factors = node.op() == Op::dot ? 2 : 1;
  double size = 0.0;
  for (std::size_t i = 0; i < node.input_count(); i += factors) {
    size += std::abs(node.input(i).data() * (factors == 2 ? node.input(i + 1).data() : 1.0));
  }
  const std::size_t terms = node.input_count() / factors;
  return size * std::sqrt(static_cast<double>(terms));
}

// The number whose last bit an operation rounds.
double rounded_size(Value node) {
  const double size = std::abs(node.data());
  switch (node.op()) {
    case Op::gelu:
    case Op::gelu_tanh: {
      // Their tail is about exp(-x^2 / 2): one rounding in the exponent is x^2 of them in the result.
      const double x = std::min(0.0, node.input(0).data());
      return size * (1.0 + x * x);
    }
    case Op::sum:
    case Op::dot: return rounded_size_of_sum(node);
    case Op::mean: return size + rounded_size_of_sum(node) / static_cast<double>(node.input_count());
    // The exponentials are at most 1, and their sum is rounded like any other.
    case Op::logsumexp:
    case Op::softmax_cross_entropy: return size + std::sqrt(static_cast<double>(node.input_count()));
    default: return size;
  }
}

double rounding_of(Value root) {
  root.backward();
  double sum = 0.0;
  for (Value node : root.graph()) {
    if (node.is_leaf() || !node.has_grad()) continue;
    const double share = std::abs(node.grad()) * rounded_size(node);
    if (std::isfinite(share)) sum += share;
  }
  return epsilon * sum;
}

}  // namespace

double kink_side_of(Value node) {
  const double y = node.input_count() == 2 ? node.input(1).data() : 0.0;
  return kink_side(node.op(), node.input(0).data(), y);
}

Differences::Differences(Value root) : graph_(root.graph()), root_(root), rounding_(rounding_of(root)) {
  for (Value node : graph_) {
    if (has_kink(node.op())) kinked_.push_back(node);
  }
  std::transform(kinked_.begin(), kinked_.end(), std::back_inserter(sides_), kink_side_of);
}

// L with the leaf at x, unless a kink or the edge of a domain lies in between.
std::optional<double> Differences::evaluate(Value leaf, double x, Difference& obstacle) {
  leaf.set_data(x);
  graph_.recompute();
  const std::optional<Value> trouble = graph_.first_non_finite();
  if (trouble) {
    obstacle.non_finite = trouble;
    obstacle.kink.reset();
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kinked_.size(); ++i) {
    if (kink_side_of(kinked_[i]) == sides_[i]) continue;
    obstacle.kink = kinked_[i];
    obstacle.non_finite.reset();
    return std::nullopt;
  }
  return root_.data();
}

Differences::Rung Differences::measure(Value leaf, double x, double step, Difference& obstacle) {
  // What is added to x is not step but what x + step was rounded to.
  const double above = x + step, below = x - step, distance = above - below;
  const std::optional<double> higher = evaluate(leaf, above, obstacle);
  if (!higher) return {};
  const std::optional<double> lower = evaluate(leaf, below, obstacle);
  if (!lower) return {};
  // Where the step is long, L out there may be far larger than at x.
  const double rounding = std::max(rounding_, epsilon * std::max(std::abs(*higher), std::abs(*lower)));
  return {true, (*higher - *lower) / distance, 4.0 * rounding / distance, 0.5 * distance};
}

// Whether a smaller step says something that the errors do not explain.
bool Differences::contradicted(const std::vector<Rung>& rungs, std::size_t i, double error) {
  for (std::size_t j = i + 1; j < rungs.size(); ++j) {
    const double apart = std::abs(rungs[i].difference - rungs[j].difference);
    if (rungs[j].good && apart > 2.0 * (error + rungs[j].rounding)) return true;
  }
  return false;
}

Difference Differences::by(Value leaf, double step, bool thorough) {
  const double x = leaf.data();
  std::vector<Rung> rungs;
  Difference best, obstacle;
  for (double h : ladder(x, step, thorough)) {
    rungs.push_back(measure(leaf, x, h, obstacle));
    if (rungs.size() < 2) continue;
    const Rung &last = rungs.back(), &before = rungs[rungs.size() - 2];
    if (!last.good || !before.good) continue;
    best.error = std::min(best.error, std::abs(before.difference - last.difference) + before.rounding);
    if (!thorough && last.rounding >= best.error) break;
  }
  leaf.set_data(x);
  graph_.recompute();

  best = Difference();
  for (std::size_t i = 0; i + 1 < rungs.size(); ++i) {
    if (!rungs[i].good || !rungs[i + 1].good) continue;
    const double error = std::abs(rungs[i].difference - rungs[i + 1].difference) + rungs[i].rounding;
    if (error >= best.error || contradicted(rungs, i, error)) continue;
    best.value = rungs[i].difference;
    best.error = error;
    best.step = rungs[i].step;
  }
  return best.step > 0.0 ? best : obstacle;
}

}  // namespace bp
