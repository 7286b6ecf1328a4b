#include "tests/diagnosis/network.h"

#include <algorithm>
#include <cmath>

#include "tests/diagnosis/decimals.h"

namespace bp::test {
namespace {

const char* text_of(Curve curve) {
  switch (curve) {
    case Curve::linear: return "linear";
    case Curve::sigmoid: return "sigmoid";
    case Curve::tanh: return "tanh";
    case Curve::relu: return "relu";
    case Curve::leaky_relu: return "leaky_relu";
    case Curve::silu: return "silu";
    case Curve::softplus: return "softplus";
    case Curve::elu: return "elu";
  }
  return "";
}

const char* text_of(Loss loss) {
  switch (loss) {
    case Loss::half_squared: return "half squared";
    case Loss::squared: return "squared";
    case Loss::mean_squared: return "mean squared";
    case Loss::cross_entropy: return "cross-entropy";
    case Loss::written_cross_entropy: return "cross-entropy written out";
    case Loss::soft_targets: return "soft targets";
    case Loss::softmax_half_squared: return "softmax, half squared";
  }
  return "";
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

Row chosen_row(Random& random, std::size_t n, double low, double high) {
  Row row;
  for (std::size_t i = 0; i < n; ++i) row.push_back(chosen_number(random, low, high));
  return row;
}

Dense random_layer(Random& random, std::size_t inputs, std::size_t units, Curve curve) {
  Dense layer;
  layer.curve = curve;
  for (std::size_t k = 0; k < units; ++k) layer.weights.push_back(chosen_row(random, inputs, -1, 1));
  const std::size_t biases[] = {units, 1, units, 1, 0};
  layer.biases = chosen_row(random, biases[random.below(5)], -0.9, 0.9);
  return layer;
}

// Of a softmax one class, or shares of 0.2 and what is left; else anything between 0 and 1.
Row random_target(Random& random, Loss loss, std::size_t outputs) {
  if (!has_softmax(loss)) return chosen_row(random, outputs, 0.01, 0.99);
  const bool soft = loss == Loss::soft_targets;
  Row row(outputs, soft ? 0.2 : 0);
  row[random.below(outputs)] = soft ? 1 - 0.2 * static_cast<double>(outputs - 1) : 1;
  for (double& t : row) t = std::round(t * 100) / 100;
  return row;
}

}  // namespace

bool written_out(Loss loss) { return has_softmax(loss) && loss != Loss::cross_entropy; }

bool has_softmax(Loss loss) {
  return loss != Loss::half_squared && loss != Loss::squared && loss != Loss::mean_squared;
}

std::string sample_name(const Network& network, const std::string& what, std::size_t sample) {
  return network.samples() > 1 ? what + "_s" + std::to_string(sample + 1) : what;
}

std::string unit_name(const Network& network, const char* what, std::size_t layer, std::size_t unit,
                      std::size_t sample) {
  const char letter = layer == network.last() ? 'o' : "hgk"[layer];
  return sample_name(network, what + std::string("_") + letter + std::to_string(unit + 1), sample);
}

std::string weight_name(const Network& network, std::size_t layer, std::size_t unit, std::size_t input) {
  std::size_t before = 0;
  for (std::size_t l = 0; l < layer; ++l) {
    before += network.layers[l].units() * network.layers[l].weights[0].size();
  }
  return "w" + std::to_string(before + unit * network.layers[layer].weights[0].size() + input + 1);
}

std::string bias_name(const Network& network, std::size_t layer, std::size_t unit) {
  if (network.layers[layer].one_bias()) return "b" + std::to_string(layer + 1);
  const char letter = layer == network.last() ? 'o' : "hgk"[layer];
  return std::string("b_") + letter + std::to_string(unit + 1);
}

double value_of(Curve curve, double net) {
  switch (curve) {
    case Curve::linear: return net;
    case Curve::sigmoid: return sigmoid(net);
    case Curve::tanh: return std::tanh(net);
    case Curve::relu: return std::max(net, 0.0);
    case Curve::leaky_relu: return net > 0 ? net : 0.01 * net;
    case Curve::silu: return net * sigmoid(net);
    case Curve::softplus: return std::log1p(std::exp(net));
    case Curve::elu: return net > 0 ? net : std::expm1(net);
  }
  return net;
}

double derivative_of(Curve curve, double net) {
  switch (curve) {
    case Curve::linear: return 1;
    case Curve::sigmoid: return sigmoid(net) * (1 - sigmoid(net));
    case Curve::tanh: return 1 - std::tanh(net) * std::tanh(net);
    case Curve::relu: return net > 0 ? 1 : 0;
    case Curve::leaky_relu: return net > 0 ? 1 : 0.01;
    case Curve::silu: return sigmoid(net) * (1 + net * (1 - sigmoid(net)));
    case Curve::softplus: return sigmoid(net);
    case Curve::elu: return net > 0 ? 1 : std::exp(net);
  }
  return 1;
}

std::string describe(const Network& network) {
  std::string text = std::to_string(network.inputs[0].size());
  for (const Dense& layer : network.layers) text += "-" + std::to_string(layer.units());
  text += std::string(" ") + text_of(network.layers.front().curve);
  if (network.layers.size() > 1 && network.layers.back().curve != network.layers.front().curve) {
    text += std::string("/") + text_of(network.layers.back().curve);
  }
  text += std::string(", ") + text_of(network.loss);
  if (network.samples() > 1) text += ", batch of " + std::to_string(network.samples());
  return network.penalty != 0 ? text + ", penalty" : text;
}

Network random_network(Random& random) {
  constexpr Curve curves[] = {Curve::sigmoid, Curve::sigmoid, Curve::tanh,      Curve::relu,
                              Curve::relu,    Curve::silu,    Curve::softplus,  Curve::elu,
                              Curve::sigmoid, Curve::tanh,    Curve::leaky_relu};
  constexpr Loss losses[] = {Loss::half_squared,          Loss::half_squared,  Loss::squared,
                             Loss::mean_squared,          Loss::cross_entropy, Loss::cross_entropy,
                             Loss::written_cross_entropy, Loss::soft_targets,  Loss::softmax_half_squared};
  Network network;
  network.loss = losses[random.below(std::size(losses))];
  const Curve hidden = curves[random.below(std::size(curves))];
  const bool linear_output = has_softmax(network.loss) || random.below(3) == 0;
  const std::size_t depth[] = {1, 1, 1, 2, 2, 3}, samples[] = {1, 1, 1, 2, 3};
  const std::size_t hidden_layers = depth[random.below(6)];
  std::size_t inputs = 1 + random.below(3);
  const std::size_t given = inputs;
  for (std::size_t l = 0; l < hidden_layers; ++l) {
    network.layers.push_back(random_layer(random, inputs, 1 + random.below(4), hidden));
    inputs = network.layers.back().units();
  }
  const std::size_t outputs = has_softmax(network.loss) ? 2 + random.below(3) : 1 + random.below(3);
  const Curve output = hidden == Curve::tanh || random.below(2) == 0 ? hidden : Curve::sigmoid;
  network.layers.push_back(random_layer(random, inputs, outputs, linear_output ? Curve::linear : output));
  const std::size_t rows = samples[random.below(5)];
  for (std::size_t s = 0; s < rows; ++s) {
    network.inputs.push_back(chosen_row(random, given, -0.3, 1.5));
    network.targets.push_back(random_target(random, network.loss, outputs));
  }
  if (random.below(4) == 0) network.penalty = static_cast<double>(1 + random.below(10)) / 100;
  network.half_penalty = random.below(2) == 0;
  if (random.below(2) == 0) network.learning_rate = static_cast<double>(1 + random.below(9)) / 10;
  network.biases_learn = random.below(2) == 0;
  network.half_as_factor = random.below(2) == 0;
  network.penalty_on_biases = random.below(3) == 0;
  return network;
}

}  // namespace bp::test
