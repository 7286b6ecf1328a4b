// Three steps of every optimizer on a network with all the trimmings, against PyTorch.
//
// Dense 5 -> 4, batch normalisation (biased variance, epsilon 1e-3), ReLU, inverted dropout with a given mask
// and keep probability 0.8, dense 4 -> 3, mean softmax cross-entropy of six examples, plus 0.001 * sum W1^2:
// all of it written out in Values. Figures: tests/support/pytorch_network.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "engine/scalar/optimizer.h"
#include "tests/support/catch2.h"
#include "tests/support/pytorch_network.h"

using namespace bp;
using namespace bp::test::pytorch;

namespace {

struct Network {
  Network() {
    for (const double number : initial) parameters.push_back(graph.leaf(number));
  }

  // Rows of parameters as a layer: weights from `first` on, biases from `first_bias` on.
  Layer dense(std::size_t first, std::size_t first_bias, std::size_t fan_in, std::size_t fan_out) {
    std::vector<Neuron> neurons;
    for (std::size_t o = 0; o < fan_out; ++o) {
      const auto row = parameters.begin() + static_cast<std::ptrdiff_t>(first + o * fan_in);
      neurons.emplace_back(std::vector(row, row + static_cast<std::ptrdiff_t>(fan_in)),
                           parameters[first_bias + o], Activation::identity);
    }
    return Layer(neurons);
  }

  Value loss() {
    const Layer first = dense(0, 20, inputs, hidden), second = dense(32, 44, hidden, classes);
    std::vector<std::vector<Value>> z;
    for (const auto& row : x) z.push_back(first(row));
    for (std::size_t j = 0; j < hidden; ++j) normalise(z, j);

    std::vector<Value> losses;
    for (std::size_t n = 0; n < examples; ++n) {
      for (std::size_t j = 0; j < hidden; ++j) z[n][j] = relu(z[n][j]) * (mask[n][j] / 0.8);
      losses.push_back(softmax_cross_entropy(second(z[n]), labels[n]));
    }
    return mean(losses) + l2_penalty(std::span(parameters).first(20), 0.001);
  }

  // Column j: (z - mean) / sqrt(variance + 1e-3) * gamma + beta.
  void normalise(std::vector<std::vector<Value>>& z, std::size_t j) {
    std::vector<Value> column, squares;
    for (const auto& row : z) column.push_back(row[j]);
    const Value centre = mean(column);
    for (const Value& value : column) squares.push_back(square(value - centre));
    const Value scale = parameters[24 + j] / sqrt(mean(squares) + 1e-3);
    for (auto& row : z) row[j] = (row[j] - centre) * scale + parameters[28 + j];
  }

  Graph graph;
  std::vector<Value> parameters;
};

// Gradients of size 1 through a few hundred operations.
constexpr double one_pass = 1e-14;

void check_three_steps(const Figures& want,
                       const std::function<std::unique_ptr<Optimizer>(const std::vector<Value>&)>& make) {
  Network network;
  const std::unique_ptr<Optimizer> optimizer = make(network.parameters);

  for (int step = 0; step < 3; ++step) {
    Graph::Scope scope(network.graph);
    const Value loss = network.loss();
    CHECK(std::abs(loss.data() - want.loss[step]) <= one_pass);
    optimizer->zero_grad();
    loss.backward();
    optimizer->step();
  }

  for (std::size_t i = 0; i < parameter_count; ++i) {
    INFO("parameter " << i);
    // Normalisation takes the mean away, and b1 with it: its true gradient is 0, and what is computed is
    // rounding, some 3e-16, which AdaGrad divides by its epsilon of 1e-10: 3 steps of 0.1 * 3e-6. The other
    // gradients are 1e-3 and more, with errors of 1e-16: known to 1e-13 of themselves, and steps are 0.1.
    const double tolerance = i >= b1_begin && i < b1_end ? 1e-6 : 1e-13;
    CHECK(std::abs(network.parameters[i].data() - want.after[i]) <= tolerance);
  }
}

template <class Rule, class... Arguments>
auto make(const Arguments&... arguments) {
  return
      [=](const std::vector<Value>& parameters) { return std::make_unique<Rule>(parameters, arguments...); };
}

}  // namespace

TEST_CASE("a network with batch normalisation and dropout in Values has PyTorch's gradients", "[optimizer]") {
  Network network;

  network.loss().backward(-1.75);

  for (std::size_t i = 0; i < parameter_count; ++i) {
    INFO("parameter " << i);
    CHECK(std::abs(network.parameters[i].grad() + 1.75 * initial_grad[i]) <= one_pass);
  }
}

TEST_CASE("every optimizer is where PyTorch's is after three steps", "[optimizer]") {
  SECTION("SGD") { check_three_steps(sgd, make<Sgd>(0.5)); }
  SECTION("momentum") { check_three_steps(momentum, make<Momentum>(0.1, 0.9)); }
  SECTION("Nesterov") { check_three_steps(nesterov, make<Nesterov>(0.1, 0.9)); }
  SECTION("AdaGrad") { check_three_steps(adagrad, make<Adagrad>(Adagrad_options{.learning_rate = 0.1})); }
  SECTION("RMSProp") { check_three_steps(rmsprop, make<Rmsprop>(Rmsprop_options{})); }
  SECTION("Adam") { check_three_steps(adam, make<Adam>(Adam_options{.learning_rate = 0.01})); }
  SECTION("AdamW") {
    check_three_steps(adamw, make<Adamw>(Adamw_options{.learning_rate = 0.01, .weight_decay = 0.1}));
  }
}
