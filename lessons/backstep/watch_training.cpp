#include "lessons/backstep/watch_training.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

#include "engine/scalar/loss.h"
#include "lessons/backstep/failure.h"

namespace backstep {
namespace {

using bp::Activation, bp::Graph, bp::Mlp, bp::Optimizer, bp::Value;

constexpr std::array activations = {Activation::elu,      Activation::identity, Activation::leaky_relu(),
                                    Activation::relu,     Activation::sigmoid,  Activation::silu,
                                    Activation::softplus, Activation::tanh};

constexpr std::size_t most_neurons = 32, most_layers = 6;  // hidden ones: a page has to have room for them

void check_layers(const std::vector<std::size_t>& layers) {
  if (layers.size() < 2 || layers.front() != 2 || layers.back() != 1) {
    throw Failure(bad_input, "--layers: give 2 inputs, the hidden layers and 1 output, such as 2,8,8,1");
  }
  if (layers.size() > most_layers + 2) {
    throw Failure(bad_input, fmt::format("--layers: at most {} hidden layers", most_layers));
  }
  for (std::size_t k = 1; k + 1 < layers.size(); ++k) {
    if (layers[k] == 0 || layers[k] > most_neurons) {
      throw Failure(bad_input, fmt::format("--layers: a hidden layer has 1 to {} neurons", most_neurons));
    }
  }
}

/// Weights that suit the activation: He's for those that are 0 below 0, or nearly so.
std::unique_ptr<Mlp> network(Graph& graph, const Watch_options& options) {
  check_layers(options.layers);
  std::vector<Activation> of_layers(options.layers.size() - 2, watch_activation(options.activation));
  of_layers.push_back(Activation::identity);
  const bool straight = options.activation == "tanh" || options.activation == "sigmoid" ||
                        options.activation == "softplus" || options.activation == "identity";
  bp::Random random(options.seed);
  return std::make_unique<Mlp>(graph, options.layers, of_layers, random,
                               straight ? bp::Initializer::xavier_uniform() : bp::Initializer::he_uniform());
}

std::unique_ptr<Optimizer> optimizer(const Watch_options& options, const Mlp& net) {
  const double rate = options.learning_rate;
  const std::vector<Value> all = net.parameters();
  if (options.optimizer == "sgd") return std::make_unique<bp::Sgd>(all, rate);
  if (options.optimizer == "momentum") return std::make_unique<bp::Momentum>(all, rate);
  if (options.optimizer == "nesterov") return std::make_unique<bp::Nesterov>(all, rate);
  if (options.optimizer == "adagrad") {
    return std::make_unique<bp::Adagrad>(all, bp::Adagrad_options{.learning_rate = rate});
  }
  if (options.optimizer == "rmsprop") {
    return std::make_unique<bp::Rmsprop>(all, bp::Rmsprop_options{.learning_rate = rate});
  }
  return std::make_unique<bp::Adam>(all, bp::Adam_options{.learning_rate = rate});
}

}  // namespace

std::vector<std::string> watch_activations() {
  std::vector<std::string> names;
  names.reserve(activations.size());
  for (const Activation& each : activations) names.emplace_back(each.name());
  return names;
}

Activation watch_activation(const std::string& name) {
  const auto found = std::find_if(activations.begin(), activations.end(),
                                  [&](const Activation& each) { return each.name() == name; });
  if (found == activations.end()) throw std::invalid_argument("backstep: no activation " + name);
  return *found;
}

const std::vector<std::string>& watch_optimizers() {
  static const std::vector<std::string> names = {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"};
  return names;
}

Watch_training::Watch_training(const Watch_options& options, const bp::Labelled_points& points)
    : points_(points),
      targets_(points.labels.begin(), points.labels.end()),
      net_(network(graph_, options)),
      optimizer_(optimizer(options, *net_)) {}

bp::Watched_epoch Watch_training::look() {
  const Graph::Scope scope(graph_);
  std::vector<Value> logits;
  std::size_t right = 0;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    logits.push_back((*net_)(std::span<const double>(points_.inputs[i]))[0]);
    if ((logits.back().data() > 0) == (points_.labels[i] == 1)) ++right;
  }
  const Value loss = bp::binary_cross_entropy_with_logits(logits, targets_);
  if (!std::isfinite(loss.data())) diverged();
  optimizer_->zero_grad();
  loss.backward();
  bp::Watched_epoch seen = bp::watched_epoch(*net_, epoch(), loss.data(), right);
  for (const double norm : seen.norms) {
    if (!std::isfinite(norm)) diverged();
  }
  return seen;
}

void Watch_training::step() {
  try {
    optimizer_->step();
  } catch (const std::runtime_error&) { diverged(); }  // the one that Optimizer::step() has for this
}

double Watch_training::score(double x, double y) {
  const Graph::Scope scope(graph_);
  return (*net_)(std::span<const double>(std::array{x, y}))[0].data();
}

void Watch_training::diverged() const {
  throw Failure(Status::diverged,
                fmt::format("training diverged after epoch {}: a number is no longer finite; try a smaller "
                            "--learning-rate than {}",
                            epoch(), optimizer_->learning_rate()));
}

}  // namespace backstep
