#include "engine/vector/label_signal.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "engine/data/random.h"

namespace bp::batch {

namespace {

constexpr std::size_t shuffles = 40;

/// Sums of inputs class by class.
class Class_sums {
 public:
  Class_sums(std::size_t classes, std::size_t inputs) : sums_(classes, inputs), counts_(classes) {}

  /// S of the examples x with these labels.
  double operator()(const Matrix<double>& x, const std::vector<std::uint32_t>& labels) {
    sums_.fill(0.0);
    std::fill(counts_.begin(), counts_.end(), 0.0);
    for (std::size_t n = 0; n < x.rows(); ++n) {
      double* const sum = sums_.view().row(labels[n]);
      const double* const row = x.view().row(n);
      for (std::size_t i = 0; i < x.cols(); ++i) sum[i] += row[i];
      counts_[labels[n]] += 1.0;
    }
    double result = 0.0;
    for (std::size_t k = 0; k < sums_.rows(); ++k) {
      double square = 0.0;
      for (const double sum : sums_.row(k)) square += sum * sum;
      if (counts_[k] > 0.0) result += square / counts_[k];
    }
    return result;
  }

 private:
  Matrix<double> sums_;
  std::vector<double> counts_;
};

template <class T>
double number(const Examples<T>& examples, std::size_t n, std::size_t i, std::size_t inputs) {
  if (examples.bytes.empty()) return examples.numbers(n, i);
  return examples.bytes[n * inputs + i] * examples.scale + examples.offset;
}

}  // namespace

template <class T>
double label_signal(const Examples<T>& examples, std::size_t inputs, std::size_t most, std::uint64_t seed) {
  if (examples.labels.empty()) return 0.0;
  const std::size_t count = std::min(most, examples.size());
  Matrix<double> x(count, inputs);
  std::vector<std::uint32_t> labels(count);
  for (std::size_t n = 0; n < count; ++n) {
    const std::size_t from = n * examples.size() / count;
    for (std::size_t i = 0; i < inputs; ++i) x(n, i) = number(examples, from, i, inputs);
    labels[n] = examples.labels[from];
  }
  const auto [least, greatest] = std::minmax_element(labels.begin(), labels.end());
  if (count == 0 || *least == *greatest) return 0.0;

  Class_sums sums(*greatest + 1, inputs);
  const double found = sums(x, labels);
  Random random(seed);
  double sum = 0.0, squares = 0.0;  // of S' - S: differences keep the digits
  for (std::size_t round = 0; round < shuffles; ++round) {
    random.shuffle(std::span(labels));
    const double difference = sums(x, labels) - found;
    sum += difference;
    squares += difference * difference;
  }
  const double mean = sum / shuffles;
  const double variance = (squares - sum * mean) / (shuffles - 1);
  return variance > 0.0 ? -mean / std::sqrt(variance) : 0.0;
}

template double label_signal(const Examples<float>&, std::size_t, std::size_t, std::uint64_t);
template double label_signal(const Examples<double>&, std::size_t, std::size_t, std::uint64_t);

}  // namespace bp::batch
