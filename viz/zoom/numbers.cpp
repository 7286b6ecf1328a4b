#include "viz/zoom/numbers.h"

#include <algorithm>
#include <cmath>
#include <variant>

namespace bp {

namespace {

using batch::Activation, batch::Batch_norm, batch::Dense, batch::Dropout_rate, batch::Matrix, batch::View;

Matrix<double> row_of(std::span<const double> numbers) {
  Matrix<double> row(1, numbers.size());
  std::copy(numbers.begin(), numbers.end(), row.data());
  return row;
}
std::vector<double> numbers_in(View<const double> row) { return {row.data, row.data + row.cols}; }

/// z = W x + b of a dense layer, with its own weights, for the activation behind it has taken the layer's.
std::vector<double> sums_of(batch::Layer<double>& dense, const std::vector<double>& x) {
  const auto tensors = dense.parameters();
  std::vector<double> z(dense.outputs());
  for (std::size_t o = 0; o < z.size(); ++o) {
    const std::span<double> w = tensors[0].data.subspan(o * x.size(), x.size());
    for (std::size_t i = 0; i < x.size(); ++i) z[o] += w[i] * x[i];
    if (tensors.size() > 1) z[o] += tensors[1].data[o];
  }
  return z;
}

std::vector<double> slopes_of(const batch::Kernels<double>& kernels, Activation f,
                              const std::vector<double>& z, const std::vector<double>& y) {
  Matrix<double> dy(1, z.size()), dz(1, z.size());
  dy.fill(1.0);
  kernels.activation_backward(row_of(batch::reads_input(f.curve) ? z : y), f, dy, dz);
  return numbers_in(dz.view());
}

/// The layers of a network one by one, as it is used: dense layers and activations keep what backward needs.
class Pass_by_layers {
 public:
  explicit Pass_by_layers(batch::Network<double>& net) : net_(net) {}

  /// Copies stay until backward: a layer reads its inputs then.
  void forward(std::span<const double> x, std::vector<Layer_numbers>& layers) {
    rows_.push_back(row_of(x));
    for (std::size_t i = 0; i < net_.description().size(); ++i) {
      const auto& description = net_.description()[i];
      Layer_numbers layer{.in = numbers_in(rows_.back().view()), .out = {}, .dout = {}, .slope = {}};
      if (std::holds_alternative<Batch_norm>(description)) {
        const Affine affine = affine_of(net_, i);
        layer.out = layer.in;
        for (std::size_t c = 0; c < layer.out.size(); ++c) {
          layer.out[c] = affine.scale[c] * layer.in[c] + affine.shift[c];
        }
      } else if (!std::holds_alternative<Dropout_rate>(description)) {
        layer.out = numbers_in(net_.layer(i).forward(rows_.back(), training_));
      } else {
        layer.out = layer.in;
      }
      rows_.push_back(row_of(layer.out));
      layers.push_back(std::move(layer));
    }
  }

  /// dy: by the outputs. Afterwards the gradients of dense layers' parameters are in the network.
  void backward(Matrix<double> dy, std::vector<Layer_numbers>& layers) {
    for (std::size_t i = layers.size(); i-- > 0;) {
      const auto& description = net_.description()[i];
      if (std::holds_alternative<Dense>(description)) layers[i].dout = numbers_in(dy.view());
      if (std::holds_alternative<Batch_norm>(description)) {
        const Affine affine = affine_of(net_, i);
        for (std::size_t c = 0; c < dy.cols(); ++c) dy(0, c) *= affine.scale[c];
      } else if (!std::holds_alternative<Dropout_rate>(description)) {
        dy = row_of(numbers_in(net_.layer(i).backward(dy, true, training_)));
      }
    }
  }

 private:
  batch::Network<double>& net_;
  std::vector<Matrix<double>> rows_;
  const batch::Pass<double> training_{net_.kernels(), net_.pool(), true, 0};
};

/// A dense layer that takes the activation behind it over gives f(z), and gets and gives the gradient by z:
/// what is said of it here is the sum z, and what is said of the activation f(z) and the gradient by that.
void part_sums_from_activations(batch::Network<double>& net, std::vector<Layer_numbers>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto* f = std::get_if<Activation>(&net.description()[i]);
    if (f == nullptr) continue;
    if (i > 0 && std::holds_alternative<Dense>(net.description()[i - 1])) {
      layers[i - 1].out = layers[i].in = sums_of(net.layer(i - 1), layers[i - 1].in);
    }
    layers[i].slope = slopes_of(net.kernels(), *f, layers[i].in, layers[i].out);
  }
}

}  // namespace

Affine affine_of(batch::Network<double>& net, std::size_t layer) {
  batch::Layer<double>& norm = net.layer(layer);
  const auto parameters = norm.parameters(), buffers = norm.buffers();
  const double epsilon = std::get<Batch_norm>(net.description()[layer]).epsilon;
  Affine affine;
  for (std::size_t c = 0; c < norm.outputs(); ++c) {
    affine.scale.push_back(parameters[0].data[c] / std::sqrt(buffers[1].data[c] + epsilon));
    affine.shift.push_back(parameters[1].data[c] - affine.scale[c] * buffers[0].data[c]);
  }
  return affine;
}

Zoom_numbers numbers_of(batch::Network<double>& net, const Weight_place& place, const Zoom_example& example) {
  Zoom_numbers numbers;
  Pass_by_layers pass(net);
  pass.forward(example.x, numbers.layers);
  const Matrix<double> y = row_of(numbers.layers.back().out);
  Matrix<double> dy(1, y.cols());
  const std::vector<std::uint32_t> label = {example.label};
  batch::Loss<double> loss(example.loss);
  numbers.loss = loss(y, std::span<const std::uint32_t>(label), dy, net.kernels(), net.pool());
  pass.backward(dy, numbers.layers);
  part_sums_from_activations(net, numbers.layers);
  const auto tensors = net.layer(place.layer).parameters();
  const std::size_t at =
      place.is_bias ? place.unit : place.unit * net.layer(place.layer).inputs() + place.input;
  numbers.gradient = tensors[place.is_bias ? 1 : 0].grad[at];
  return numbers;
}

}  // namespace bp
