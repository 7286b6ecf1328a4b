#include "engine/vector/metrics.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "engine/vector/kernels.h"

namespace bp::batch {

namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Confusion_matrix::Confusion_matrix(std::size_t classes) : classes_(classes), counts_(classes * classes) {
  if (classes == 0) throw std::invalid_argument("backstep: a confusion matrix of 0 classes");
}

void Confusion_matrix::add(std::uint32_t truth, std::uint32_t predicted) {
  if (truth >= classes_ || predicted >= classes_) {
    throw std::invalid_argument(
        fmt::format("backstep: class {} taken for {}, but there are {} classes", truth, predicted, classes_));
  }
  ++counts_[truth * classes_ + predicted];
}

std::uint64_t Confusion_matrix::count(std::size_t truth, std::size_t predicted) const {
  if (truth >= classes_ || predicted >= classes_) {
    throw std::invalid_argument(
        fmt::format("backstep: count({}, {}) of {} classes", truth, predicted, classes_));
  }
  return counts_[truth * classes_ + predicted];
}

std::uint64_t Confusion_matrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t(0));
}

std::uint64_t Confusion_matrix::support(std::size_t k) const {
  std::uint64_t sum = 0;
  for (std::size_t other = 0; other < classes_; ++other) sum += count(k, other);
  return sum;
}

std::uint64_t Confusion_matrix::called(std::size_t k) const {
  std::uint64_t sum = 0;
  for (std::size_t other = 0; other < classes_; ++other) sum += count(other, k);
  return sum;
}

double Confusion_matrix::accuracy() const {
  std::uint64_t right = 0;
  for (std::size_t k = 0; k < classes_; ++k) right += count(k, k);
  return share(right, total());
}

double Confusion_matrix::precision(std::size_t k) const { return share(count(k, k), called(k)); }
double Confusion_matrix::recall(std::size_t k) const { return share(count(k, k), support(k)); }
// 2 TP / (2 TP + FP + FN): TP + FP are those called k, TP + FN those that are.
double Confusion_matrix::f1(std::size_t k) const { return share(2 * count(k, k), called(k) + support(k)); }

template <class Measure>
double Confusion_matrix::macro(Measure measure) const {
  double sum = 0.0;
  std::size_t occurring = 0;
  for (std::size_t k = 0; k < classes_; ++k) {
    if (called(k) + support(k) == 0) continue;
    sum += measure(k);
    ++occurring;
  }
  return occurring == 0 ? 0.0 : sum / static_cast<double>(occurring);
}

double Confusion_matrix::macro_precision() const {
  return macro([&](std::size_t k) { return precision(k); });
}
double Confusion_matrix::macro_recall() const {
  return macro([&](std::size_t k) { return recall(k); });
}
double Confusion_matrix::macro_f1() const {
  return macro([&](std::size_t k) { return f1(k); });
}

std::string Confusion_matrix::to_string() const {
  const std::uint64_t most = *std::max_element(counts_.begin(), counts_.end());
  const std::size_t width = std::max(std::to_string(most).size(), std::to_string(classes_ - 1).size()) + 2;
  std::string table = fmt::format("{:>10}", "true\\said");
  for (std::size_t k = 0; k < classes_; ++k) table += fmt::format("{:>{}}", k, width);
  table += '\n';
  for (std::size_t truth = 0; truth < classes_; ++truth) {
    table += fmt::format("{:>10}", truth);
    for (std::size_t said = 0; said < classes_; ++said)
      table += fmt::format("{:>{}}", count(truth, said), width);
    table += '\n';
  }
  return table;
}

std::string Confusion_matrix::report() const {
  std::string table =
      fmt::format("{:>10}{:>11}{:>9}{:>9}{:>10}\n", "class", "precision", "recall", "F1", "support");
  const auto add_row = [&](const std::string& name, double p, double r, double f, std::uint64_t examples) {
    table += fmt::format("{:>10}{:>11.4f}{:>9.4f}{:>9.4f}{:>10}\n", name, p, r, f, examples);
  };
  for (std::size_t k = 0; k < classes_; ++k)
    add_row(std::to_string(k), precision(k), recall(k), f1(k), support(k));
  add_row("macro", macro_precision(), macro_recall(), macro_f1(), total());
  add_row("micro", micro_precision(), micro_recall(), micro_f1(), total());
  return table;
}

template <class T>
void classify(View<const T> y, double threshold, std::span<std::uint32_t> classes) {
  if (y.cols == 0 || classes.size() != y.rows) {
    throw std::invalid_argument(
        fmt::format("backstep: classes of {} x {} outputs asked for {}", y.rows, y.cols, classes.size()));
  }
  if (y.cols > 1) return best_kernels<T>().argmax(y, classes.data());
  for (std::size_t n = 0; n < y.rows; ++n) classes[n] = y(n, 0) > threshold ? 1 : 0;
}
template void classify(View<const float>, double, std::span<std::uint32_t>);
template void classify(View<const double>, double, std::span<std::uint32_t>);

}  // namespace bp::batch
