// A network: layers in a row, the outputs of one the inputs of the next, a batch at a time.
//
//     Random random(1);
//     Network<float> net(784, {Dense{128}, Activation{Curve::relu}, Dense{10}}, random);
//     View<const float> logits = net.forward(x, Training{.dropout_key = step});
//     loss(logits, labels, dlogits);  // loss.h
//     net.backward(dlogits);
//     optimizer.step();               // optimizer.h
//
// Parameters have the names that PyTorch gives them in an nn.Sequential of the same layers, where every layer
// counts, activations and dropout too: 0.weight, 0.bias, 2.weight, 2.bias.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/vector/layer.h"

namespace bp::batch {

/// Asks a forward pass to drop, to normalise by the batch and to keep what backward needs.
struct Training {
  std::uint64_t dropout_key = 0;  // another for every step
  /// Lets layers keep their weights packed from this step to the next, which is faster. Whoever asks for
  /// parameters() gets them in rows; but views that were asked for before this pass then show another order.
  bool keep_packed = false;
  /// Which numbers of x are not 0, if that is known: the bits of Sparse (kernels.h), B x words_of(I), which
  /// must stay as they are until backward. No data: a layer that wants to know looks.
  View<const std::uint64_t> lit = {};
};

/// A whole number under its name in PyTorch: how many batches running statistics have seen.
struct Named_count {
  std::string name;
  std::int64_t* count;
};

template <class T>
class Network {
 public:
  /// The parameters are drawn layer by layer, in the order of parameters() but neuron by neuron.
  ///
  /// Throws:    std::invalid_argument when inputs is 0 or there is no layer, and for what a layer refuses.
  Network(std::size_t inputs, std::vector<Layer_description> layers, Random& random);
  Network(Network&&) noexcept = default;
  Network& operator=(Network&&) noexcept = default;

  /// From now on computes with these; they must outlive the network. At first: the calling thread alone, and
  /// best_kernels().
  void use(Thread_pool& pool) { pool_ = &pool; }
  void use(const Kernels<T>& kernels) { kernels_ = &kernels; }
  Thread_pool& pool() const { return *pool_; }
  const Kernels<T>& kernels() const { return *kernels_; }

  /// The outputs for a batch, as they are used: nothing dropped, running statistics. Valid until the next
  /// pass.
  ///
  /// Shapes:    x B x I; the result B x O
  /// Throws:    std::invalid_argument when x has not I columns.
  View<const T> forward(View<const T> x);
  /// The same, to train with: backward may follow, for as long as x stays as it is.
  ///
  /// Throws:    as forward(x), also for bits of another shape.
  View<const T> forward(View<const T> x, Training training);
  /// From dL/d outputs the gradients of all parameters, which overwrite the last (there is no zero_grad),
  /// with those of the penalties. What is in dy afterwards is not defined.
  ///
  /// Shapes:    dy B x O, of the last forward pass
  /// Throws:    std::logic_error when that was not training; std::invalid_argument for another shape.
  void backward(View<T> dy);
  /// The same and also dx, the gradient by the inputs, valid until the next pass.
  View<const T> backward_to_inputs(View<T> dy);

  /// forward(x) for any number of examples, `batch` at a time, so that memory stays small.
  ///
  /// Throws:    as forward; std::invalid_argument for a batch of 0.
  Matrix<T> predict(View<const T> x, std::size_t batch = 256);

  /// What layer i gave in the last pass, valid until the next. A dense layer with an activation after it
  /// gives what that gives.
  ///
  /// Shapes:    B x the layer's outputs
  /// Throws:    std::out_of_range where there is no such layer; std::logic_error before the first pass.
  View<const T> output_of(std::size_t i) const;

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return layers_.back()->outputs(); }
  const std::vector<Layer_description>& description() const { return description_; }
  /// Layer i, counted as in the names.
  Layer<T>& layer(std::size_t i) { return *layers_.at(i); }

  /// All that training changes by gradients. The views stay valid as long as the network, moved or not; after
  /// a pass with keep_packed ask again.
  std::vector<Named_tensor<T>> parameters();
  /// parameters() and running statistics, in the order of PyTorch's state_dict, whose num_batches_tracked are
  /// counters().
  std::vector<Named_tensor<T>> state();
  std::vector<Named_count> counters();
  /// Parameters and gradients as one row each, for whoever treats all alike: tensor after tensor, as in
  /// parameters(). Between tensors there may be numbers that belong to none and are 0.
  std::span<T> flat_parameters() { return arranged_in_rows().data; }
  std::span<T> flat_gradients() { return arranged_in_rows().grad; }

  /// The same, in whatever order they now are, for whoever does not mind: an optimizer. arrangement() tells
  /// the order; rearrange() brings other numbers, one for each parameter, from an order that once was to the
  /// one that now is.
  struct Flat {
    std::span<T> data, grad;
  };
  using Arrangement = std::vector<const Kernels<T>*>;  // of each layer: packed_by()
  Flat flat_as_arranged() { return {data_.span(), grad_.span()}; }
  Arrangement arrangement() const;
  void rearrange(const Arrangement& from, std::span<T> numbers);

  /// How many numbers are trained, and how many state() has.
  std::size_t trainable_count() const;
  std::size_t parameter_count() const;

  /// What the penalties of the last backward were: sum over layers of l1 sum |w| + l2 sum w^2.
  double penalty() const;
  /// The same of the weights as they now are.
  double penalty_now() const;
  /// Multiplications and additions of a dense forward and backward pass, for one example: 2 I O a layer for
  /// the outputs, as many for the weights' gradients, and, but for the first layer, for the inputs'.
  double operations_per_example() const;

  /// A table of layers, what each gives, and how many parameters, as Keras prints it.
  std::string summary() const;

 private:
  View<const T> pass_forward(View<const T> x, std::optional<Training> training);
  View<T> pass_backward(View<T> dy, bool dx_wanted);
  void fuse();
  void place_parameters();
  Flat arranged_in_rows();

  std::size_t inputs_;
  std::vector<Layer_description> description_;
  std::vector<std::unique_ptr<Layer<T>>> layers_;
  std::vector<std::size_t> places_;   // of each layer's first parameter in data_
  std::size_t lowest_ = 0;            // the first layer with parameters, or the last layer
  std::vector<View<const T>> given_;  // by each layer, in the last pass
  Matrix<T> data_, grad_;             // of all parameters
  Thread_pool* pool_ = &Thread_pool::alone();
  const Kernels<T>* kernels_ = &best_kernels<T>();
  Training training_;
  std::optional<std::size_t> training_rows_;  // of the last pass, if backward may follow
};

}  // namespace bp::batch
