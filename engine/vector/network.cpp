#include "engine/vector/network.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "engine/data/with_commas.h"

namespace bp::batch {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

template <class T>
std::unique_ptr<Layer<T>> make_layer(std::size_t inputs, const Layer_description& description,
                                     std::size_t place) {
  return std::visit(
      [&](const auto& layer) -> std::unique_ptr<Layer<T>> {
        using Kind = std::decay_t<decltype(layer)>;
        if constexpr (std::is_same_v<Kind, Dense>) {
          return std::make_unique<Dense_layer<T>>(inputs, layer);
        } else if constexpr (std::is_same_v<Kind, Activation>) {
          return std::make_unique<Activation_layer<T>>(inputs, layer);
        } else if constexpr (std::is_same_v<Kind, Softmax>) {
          return std::make_unique<Softmax_layer<T>>(inputs);
        } else if constexpr (std::is_same_v<Kind, Dropout_rate>) {
          return std::make_unique<Dropout_layer<T>>(inputs, layer.rate, place);
        } else {
          return std::make_unique<Batch_norm_layer<T>>(inputs, layer);
        }
      },
      description);
}

}  // namespace

template <class T>
Network<T>::Network(std::size_t inputs, std::vector<Layer_description> layers, Random& random)
    : inputs_(inputs), description_(std::move(layers)) {
  if (inputs_ == 0) refuse("a network of 0 inputs");
  if (description_.empty()) refuse("a network needs one layer or more");
  std::size_t size = inputs_;
  for (std::size_t i = 0; i < description_.size(); ++i) {
    layers_.push_back(make_layer<T>(size, description_[i], i));
    size = layers_.back()->outputs();
  }
  fuse();
  place_parameters();
  for (const auto& layer : layers_) layer->initialize(random);
}

// An activation beside a dense layer is computed within that one's products.
template <class T>
void Network<T>::fuse() {
  const auto activation = [&](std::size_t i) {
    return i < layers_.size() ? dynamic_cast<Activation_layer<T>*>(layers_[i].get()) : nullptr;
  };
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    auto* dense = dynamic_cast<Dense_layer<T>*>(layers_[i].get());
    if (dense != nullptr) dense->join(activation(i - 1), activation(i + 1));  // 0 - 1 is no layer either
  }
}

// All parameters in one row of memory, each tensor from a cache line on, so that an optimizer passes over
// them at once.
template <class T>
void Network<T>::place_parameters() {
  constexpr std::size_t step = Matrix<T>::alignment / sizeof(T);
  const auto sizes = [](Layer<T>& layer) {
    std::vector<std::size_t> counts;
    for (const Named_tensor<T>& tensor : layer.parameters()) {
      std::size_t count = 1;
      for (const std::size_t length : tensor.shape) count *= length;
      counts.push_back(count);
    }
    return counts;
  };
  const auto room = [](std::size_t count) { return (count + step - 1) / step * step; };

  std::size_t total = 0;
  for (const auto& layer : layers_) {
    for (const std::size_t count : sizes(*layer)) total += room(count);
  }
  data_.resize(1, total);
  grad_.resize(1, total);
  std::size_t at = 0;
  for (const auto& layer : layers_) {
    places_.push_back(at);
    std::vector<std::span<T>> data, grad;
    for (const std::size_t count : sizes(*layer)) {
      data.push_back(data_.span().subspan(at, count));
      grad.push_back(grad_.span().subspan(at, count));
      at += room(count);
    }
    layer->place_parameters(data, grad);
  }
  while (lowest_ + 1 < layers_.size() && layers_[lowest_]->parameters().empty()) ++lowest_;
}

// --- Passes -----------------------------------------------------------------------------------------------

template <class T>
View<const T> Network<T>::pass_forward(View<const T> x, std::optional<Training> training) {
  if (x.cols != inputs_) {
    refuse(fmt::format("a network of {} inputs was given examples of {}", inputs_, x.cols));
  }
  training_rows_.reset();
  const Training how = training.value_or(Training());
  if (how.lit.data != nullptr && (how.lit.rows != x.rows || how.lit.cols != words_of(x.cols))) {
    refuse(fmt::format("the bits of {} x {} numbers were given as {} x {} words", x.rows, x.cols,
                       how.lit.rows, how.lit.cols));
  }
  Pass<T> pass{*kernels_, *pool_, training.has_value(), how.dropout_key, how.keep_packed, how.lit};
  View<const T> y = x;
  given_.clear();
  for (const auto& layer : layers_) {
    y = layer->forward(y, pass);
    given_.push_back(y);
    pass.lit = {};  // they are those of the network's x
  }
  if (training) {
    training_ = *training;
    training_rows_ = x.rows;
  }
  return y;
}

template <class T>
View<const T> Network<T>::output_of(std::size_t i) const {
  if (i >= layers_.size()) {
    throw std::out_of_range(fmt::format("backstep: layer {} of a network of {}", i, layers_.size()));
  }
  if (given_.size() != layers_.size()) throw std::logic_error("backstep: output_of() before a forward pass");
  return given_[i];
}

template <class T>
View<const T> Network<T>::forward(View<const T> x) {
  return pass_forward(x, std::nullopt);
}
template <class T>
View<const T> Network<T>::forward(View<const T> x, Training training) {
  return pass_forward(x, training);
}

template <class T>
View<T> Network<T>::pass_backward(View<T> dy, bool dx_wanted) {
  if (!training_rows_) {
    throw std::logic_error("backstep: backward() of a network needs forward(x, Training()) just before it");
  }
  if (dy.rows != *training_rows_ || dy.cols != outputs()) {
    refuse(fmt::format("backward() of a network that gave {} x {} outputs was given gradients of {} x {}",
                       *training_rows_, outputs(), dy.rows, dy.cols));
  }
  training_rows_.reset();  // layers may overwrite what they kept
  const Pass<T> pass{*kernels_, *pool_, true, training_.dropout_key};
  // Below the first layer with parameters nobody asks for a gradient.
  const std::size_t lowest = dx_wanted ? 0 : lowest_;
  for (std::size_t i = layers_.size(); i-- > lowest;) {
    dy = layers_[i]->backward(dy, dx_wanted || i > lowest, pass);
  }
  return dy;
}

template <class T>
void Network<T>::backward(View<T> dy) {
  pass_backward(dy, false);
}
template <class T>
View<const T> Network<T>::backward_to_inputs(View<T> dy) {
  return pass_backward(dy, true);
}

template <class T>
Matrix<T> Network<T>::predict(View<const T> x, std::size_t batch) {
  if (batch == 0) refuse("predict() in batches of 0");
  Matrix<T> all(x.rows, outputs());
  for (std::size_t first = 0; first < x.rows; first += batch) {
    const View<const T> y = forward(x.row_range(first, std::min(first + batch, x.rows)));
    for (std::size_t n = 0; n < y.rows; ++n) { std::copy_n(y.row(n), y.cols, all.view().row(first + n)); }
  }
  return all;
}

// --- Parameters -------------------------------------------------------------------------------------------

namespace {

template <class T>
void append(std::vector<Named_tensor<T>>& all, std::size_t place, std::vector<Named_tensor<T>> tensors) {
  for (Named_tensor<T>& tensor : tensors) {
    tensor.name = fmt::format("{}.{}", place, tensor.name);
    all.push_back(std::move(tensor));
  }
}

template <class T>
std::size_t count(const std::vector<Named_tensor<T>>& tensors) {
  std::size_t numbers = 0;
  for (const Named_tensor<T>& tensor : tensors) numbers += tensor.data.size();
  return numbers;
}

}  // namespace

template <class T>
std::vector<Named_tensor<T>> Network<T>::parameters() {
  std::vector<Named_tensor<T>> all;
  for (std::size_t i = 0; i < layers_.size(); ++i) append(all, i, layers_[i]->parameters());
  return all;
}

template <class T>
std::vector<Named_tensor<T>> Network<T>::state() {
  std::vector<Named_tensor<T>> all;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    append(all, i, layers_[i]->parameters());
    append(all, i, layers_[i]->buffers());
  }
  return all;
}

template <class T>
std::vector<Named_count> Network<T>::counters() {
  std::vector<Named_count> all;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    std::int64_t* tracked = layers_[i]->batches_tracked();
    if (tracked != nullptr) all.push_back({fmt::format("{}.num_batches_tracked", i), tracked});
  }
  return all;
}

template <class T>
typename Network<T>::Flat Network<T>::arranged_in_rows() {
  for (const auto& layer : layers_) layer->parameters();
  return flat_as_arranged();
}

template <class T>
typename Network<T>::Arrangement Network<T>::arrangement() const {
  Arrangement all;
  for (const auto& layer : layers_) all.push_back(layer->packed_by());
  return all;
}

template <class T>
void Network<T>::rearrange(const Arrangement& from, std::span<T> numbers) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Layer<T>& layer = *layers_[i];
    if (layer.packed_by() == from[i]) continue;
    layer.rearrange(numbers.subspan(places_[i], layer.inputs() * layer.outputs()), from[i],
                    layer.packed_by());
  }
}

template <class T>
std::size_t Network<T>::trainable_count() const {
  std::size_t numbers = 0;
  for (const auto& layer : layers_) numbers += count(layer->parameters());
  return numbers;
}

template <class T>
std::size_t Network<T>::parameter_count() const {
  std::size_t numbers = trainable_count();
  for (const auto& layer : layers_) numbers += count(layer->buffers());
  return numbers;
}

template <class T>
double Network<T>::penalty() const {
  double sum = 0.0;
  for (const auto& layer : layers_) sum += layer->penalty();
  return sum;
}

template <class T>
double Network<T>::penalty_now() const {
  double sum = 0.0;
  for (const auto& layer : layers_) {
    const auto* dense = dynamic_cast<const Dense_layer<T>*>(layer.get());
    if (dense == nullptr) continue;
    const Dense& description = dense->description();
    if (description.l1 == 0.0 && description.l2 == 0.0) continue;
    const std::span<T> weights = layer->parameters()[0].data;
    double sizes = 0.0, squares = 0.0;
    for (const double w : weights) {
      sizes += std::abs(w);
      squares += w * w;
    }
    sum += description.l1 * sizes + description.l2 * squares;
  }
  return sum;
}

template <class T>
double Network<T>::operations_per_example() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (!std::holds_alternative<Dense>(description_[i])) continue;
    const double product = 2.0 * static_cast<double>(layers_[i]->inputs() * layers_[i]->outputs());
    sum += (sum == 0.0 ? 2.0 : 3.0) * product;
  }
  return sum;
}

// --- Summary ----------------------------------------------------------------------------------------------

template <class T>
std::string Network<T>::summary() const {
  std::string table = fmt::format("{:<4}{:<14}{:>14}{:>14}\n", "", "layer", "outputs", "parameters");
  table += fmt::format("{:<4}{:<14}{:>14}\n", "", "(inputs)", with_commas(inputs_));
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const std::size_t parameters = count(layers_[i]->parameters()) + count(layers_[i]->buffers());
    table += fmt::format("{:<4}{:<14}{:>14}{:>14}\n", i, layers_[i]->name(),
                         with_commas(layers_[i]->outputs()), with_commas(parameters));
  }
  const std::size_t trainable = trainable_count(), all = parameter_count();
  return table + fmt::format("{} parameters: {} trainable, {} running statistics\n", with_commas(all),
                             with_commas(trainable), with_commas(all - trainable));
}

template class Network<float>;
template class Network<double>;

}  // namespace bp::batch
