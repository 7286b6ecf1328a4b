#include "engine/vector/examples.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

std::size_t classes_of(std::size_t outputs) { return std::max<std::size_t>(outputs, 2); }

}  // namespace

template <class T>
void Examples<T>::check(const Network<T>& net) const {
  const std::size_t count = size();
  if (count == 0) refuse("no examples, or none that have labels or targets");
  if (count > std::numeric_limits<std::uint32_t>::max())
    refuse(fmt::format("{} examples; at most 2^32 - 1", count));
  if (bytes.empty() == (numbers.data == nullptr)) refuse("examples need bytes or numbers, one of the two");
  if (!labels.empty() && targets.data != nullptr) refuse("examples need labels or targets, one of the two");
  if (!bytes.empty() && bytes.size() != count * net.inputs()) {
    refuse(fmt::format("{} examples for a network of {} inputs have {} bytes, which would be {}", count,
                       net.inputs(), bytes.size(), count * net.inputs()));
  }
  if (bytes.empty() && (numbers.rows != count || numbers.cols != net.inputs())) {
    refuse(fmt::format("{} examples for a network of {} inputs are {} x {} numbers", count, net.inputs(),
                       numbers.rows, numbers.cols));
  }
  if (labels.empty() && targets.cols != net.outputs()) {
    refuse(fmt::format("{} targets an example for a network of {} outputs", targets.cols, net.outputs()));
  }
  for (std::size_t n = 0; n < labels.size(); ++n) {
    if (labels[n] < classes_of(net.outputs())) continue;
    refuse(fmt::format("example {} has the label {}, and the network's {} output{} can name 0 to {}", n,
                       labels[n], net.outputs(), net.outputs() == 1 ? "" : "s",
                       classes_of(net.outputs()) - 1));
  }
}

template <class T>
Image_examples<T>::Image_examples(const Labelled_images& from, std::size_t most, std::size_t first)
    : pixels_(from.images.pixels()) {
  first = std::min(first, from.size());
  const std::size_t count = std::min(most, from.size() - first);
  bytes_ = std::span(from.images.bytes).subspan(first * pixels_, count * pixels_);
  const auto begin = from.labels.bytes.begin() + static_cast<std::ptrdiff_t>(first);
  labels_.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
}

template <class T>
void Batch<T>::gather(const Examples<T>& examples, std::span<const std::uint32_t> rows,
                      const Network<T>& net) {
  const std::size_t inputs = net.inputs();
  x_.resize(rows.size(), inputs);
  // A byte of 0 is the number 0 unless something is added to it.
  const bool tells = !examples.bytes.empty() && examples.offset == 0.0 && std::isfinite(examples.scale);
  lit_.resize(tells ? rows.size() : 0, words_of(inputs));
  constexpr std::size_t fetch = 2 * Thread_pool::element;  // for a number's byte comes from memory
  net.pool().split(rows.size(), 1, inputs * fetch, [&](std::size_t first, std::size_t last) {
    if (!examples.bytes.empty()) {
      net.kernels().gather_bytes(examples.bytes.data(), rows.data() + first, examples.scale, examples.offset,
                                 x_.view().row_range(first, last),
                                 tells ? lit_.view().row_range(first, last) : View<std::uint64_t>());
    } else {
      for (std::size_t n = first; n < last; ++n) {
        std::copy_n(examples.numbers.row(rows[n]), inputs, x_.view().row(n));
      }
    }
  });
  labels_.clear();
  if (!examples.labels.empty()) {
    for (const std::uint32_t row : rows) labels_.push_back(examples.labels[row]);
  } else {
    t_.resize(rows.size(), examples.targets.cols);
    for (std::size_t n = 0; n < rows.size(); ++n) {
      std::copy_n(examples.targets.row(rows[n]), t_.cols(), t_.view().row(n));
    }
  }
}

template <class T>
Targets<T> Batch<T>::targets() const {
  if (!labels_.empty()) return std::span<const std::uint32_t>(labels_);
  return t_.view();
}

template <class T>
std::span<const std::uint32_t> Classes<T>::of_targets(const Targets<T>& targets) {
  if (const auto* labels = std::get_if<std::span<const std::uint32_t>>(&targets)) return *labels;
  if (loss_ != Loss_kind::softmax_cross_entropy) return {};
  const View<const T> t = std::get<View<const T>>(targets);
  targets_.resize(t.rows);
  classify(t, 0.5, std::span(targets_));
  return targets_;
}

template <class T>
std::span<const std::uint32_t> Classes<T>::of_outputs(View<const T> y) {
  const bool logits = loss_ == Loss_kind::softmax_cross_entropy || loss_ == Loss_kind::hinge_loss ||
                      loss_ == Loss_kind::binary_cross_entropy_with_logits;
  outputs_.resize(y.rows);
  classify(y, logits ? 0.0 : 0.5, std::span(outputs_));
  return outputs_;
}

template <class T>
Evaluation evaluate(Network<T>& net, Loss<T> loss, const Examples<T>& examples,
                    std::span<const std::uint32_t> rows) {
  constexpr std::size_t at_once = 500;
  examples.check(net);
  if (rows.empty()) refuse("evaluation on no examples");
  Evaluation result{0.0, 0.0, Confusion_matrix(classes_of(net.outputs()))};
  Batch<T> batch;
  Classes<T> classes(loss.kind());
  for (std::size_t first = 0; first < rows.size(); first += at_once) {
    const auto part = rows.subspan(first, std::min(at_once, rows.size() - first));
    batch.gather(examples, part, net);
    const View<const T> y = net.forward(batch.x());
    const double mean = loss(y, batch.targets(), View<T>(), net.kernels(), net.pool());
    result.loss += mean * static_cast<double>(part.size());
    const auto truth = classes.of_targets(batch.targets());
    if (truth.empty()) continue;
    const auto said = classes.of_outputs(y);
    for (std::size_t n = 0; n < truth.size(); ++n) result.confusion.add(truth[n], said[n]);
  }
  result.loss = result.loss / static_cast<double>(rows.size()) + net.penalty_now();
  result.accuracy = result.confusion.total() == 0 ? std::nan("") : result.confusion.accuracy();
  return result;
}

template <class T>
Evaluation evaluate(Network<T>& net, Loss<T> loss, const Examples<T>& examples) {
  std::vector<std::uint32_t> rows(examples.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return evaluate(net, std::move(loss), examples, std::span<const std::uint32_t>(rows));
}

#define INSTANTIATE(T)                                                    \
  template struct Examples<T>;                                            \
  template class Image_examples<T>;                                       \
  template class Batch<T>;                                                \
  template class Classes<T>;                                              \
  template Evaluation evaluate(Network<T>&, Loss<T>, const Examples<T>&); \
  template Evaluation evaluate(Network<T>&, Loss<T>, const Examples<T>&, std::span<const std::uint32_t>);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp::batch
