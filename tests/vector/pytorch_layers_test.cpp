// Layers, losses and optimizers of this engine beside PyTorch's numbers: a network with everything in it,
// layer by layer, its gradients, and three steps of every optimizer.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/vector/loss.h"
#include "engine/vector/optimizer.h"
#include "tests/support/catch2.h"
#include "tests/support/every_curve.h"
#include "tests/support/pytorch_layers.h"

using namespace bp::batch;
namespace pytorch = bp::test::pytorch;
using pytorch::examples, pytorch::inputs, pytorch::hidden, pytorch::classes;

namespace {

// The step whose dropout of layer 3 is the mask that PyTorch was given: the first of all keys, found by
// trying.
constexpr std::uint64_t key_of_mask = 168506;

// Numbers of size 1 through a few hundred operations.
constexpr double one_pass = 1e-14;

std::vector<Layer_description> layers(std::size_t first) {
  std::vector<Layer_description> all = {Dense{.outputs = hidden, .l2 = 0.001}, Batch_norm{1e-3, 0.01},
                                        Activation{Curve::relu}, Dropout_rate{0.2}, Dense{classes}};
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
  return all;
}

/// The first so many layers of the network, with PyTorch's weights.
Network<double> network(std::size_t first = 5) {
  bp::Random random(1);
  Network<double> net(inputs, layers(first), random);
  const double* next = pytorch::initial.data();
  for (const Named_tensor<double>& tensor : net.parameters()) {
    std::copy_n(next, tensor.data.size(), tensor.data.begin());
    next += tensor.data.size();
  }
  return net;
}

Matrix<double> batch() {
  Matrix<double> x(examples, inputs);
  for (std::size_t n = 0; n < examples; ++n) std::copy_n(pytorch::x[n], inputs, x.row(n).begin());
  return x;
}

template <std::size_t rows, std::size_t cols>
double greatest_error(View<const double> got, const double (&want)[rows][cols]) {
  if (got.rows != rows || got.cols != cols) return INFINITY;
  double worst = 0.0;
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t c = 0; c < cols; ++c) {
      const double error = std::abs(got(n, c) - want[n][c]);
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

/// Loss and gradients of one pass.
double run(Network<double>& net, const Matrix<double>& x) {
  const std::vector<std::uint32_t> labels(std::begin(pytorch::labels), std::end(pytorch::labels));
  Matrix<double> dy(examples, classes);
  Loss<double> loss(Loss_kind::softmax_cross_entropy);
  const double value = loss(net.forward(x, Training{key_of_mask}), std::span(labels), dy);
  net.backward(dy);
  return value + net.penalty();
}

}  // namespace

TEST_CASE("dropout of the key found for it is the mask that PyTorch was given", "[layer]") {
  Network<double> net = network();
  const Dropout mask = dynamic_cast<Dropout_layer<double>&>(net.layer(3)).mask(key_of_mask);

  for (std::uint32_t i = 0; i < examples * hidden; ++i) {
    INFO("element " << i);
    CHECK(dropout_keeps(mask, i) == (pytorch::mask[i / hidden][i % hidden] == 1));
  }
}

TEST_CASE("every layer of a network gives PyTorch's numbers", "[layer]") {
  const Matrix<double> x = batch();
  const auto output_error = [&](std::size_t first, const auto& want) {
    Network<double> net = network(first);
    return greatest_error(net.forward(x, Training{key_of_mask}), want);
  };

  CHECK(output_error(1, pytorch::dense1_output) <= one_pass);
  CHECK(output_error(2, pytorch::batch_norm_output) <= one_pass);
  CHECK(output_error(3, pytorch::relu_output) <= one_pass);
  CHECK(output_error(4, pytorch::dropout_output) <= one_pass);
  CHECK(output_error(5, pytorch::logits_output) <= one_pass);
}

TEST_CASE("running statistics move by momentum, the variance divided by one less", "[layer]") {
  Network<double> net = network();
  const Matrix<double> x = batch();

  net.forward(x, Training{});

  const std::vector<Named_tensor<double>> state = net.state();
  REQUIRE(state.at(4).name == "1.running_mean");
  REQUIRE(state.at(5).name == "1.running_var");
  for (std::size_t c = 0; c < hidden; ++c) {
    INFO("column " << c);
    CHECK(std::abs(state[4].data[c] - 0.01 * pytorch::batch_mean[c]) <= one_pass);
    const double unbiased = pytorch::batch_variance[c] * examples / (examples - 1);
    CHECK(std::abs(state[5].data[c] - (0.99 * 1.0 + 0.01 * unbiased)) <= one_pass);
  }
  CHECK(*net.counters().at(0).count == 1);
}

TEST_CASE("a network has PyTorch's loss and gradients", "[network]") {
  Network<double> net = network();

  const double loss = run(net, batch());

  CHECK(std::abs(loss - pytorch::sgd.loss[0]) <= one_pass);
  CHECK(std::abs(loss - net.penalty() - pytorch::cross_entropy) <= one_pass);
  std::size_t i = 0;
  for (const Named_tensor<double>& tensor : net.parameters()) {
    INFO(tensor.name);
    for (const double grad : tensor.grad) CHECK(std::abs(grad - pytorch::initial_grad[i++]) <= one_pass);
  }
  CHECK(i == pytorch::parameter_count);
}

namespace {

template <class Rule, class... Arguments>
void check_three_steps(const pytorch::Figures& want, const Arguments&... arguments) {
  Network<double> net = network();
  const Matrix<double> x = batch();
  Rule optimizer(net, arguments...);

  for (const double loss : want.loss) {
    CHECK(std::abs(run(net, x) - loss) <= one_pass);
    optimizer.step();
  }

  CHECK(optimizer.steps() == 3);
  std::size_t i = 0;
  for (const Named_tensor<double>& tensor : net.parameters()) {
    INFO(tensor.name);
    // The bias before a normalisation has the gradient 0: what is computed is rounding, some 3e-16, which
    // AdaGrad divides by its epsilon of 1e-10.
    const double tolerance = tensor.name == "0.bias" ? 1e-6 : 1e-13;
    for (const double number : tensor.data) CHECK(std::abs(number - want.after[i++]) <= tolerance);
  }
}

}  // namespace

TEST_CASE("three steps of every optimizer lead where PyTorch's lead", "[optimizer]") {
  SECTION("SGD") { check_three_steps<Sgd<double>>(pytorch::sgd, 0.5); }
  SECTION("momentum") { check_three_steps<Momentum<double>>(pytorch::momentum, 0.1, 0.9); }
  SECTION("Nesterov") { check_three_steps<Nesterov<double>>(pytorch::nesterov, 0.1, 0.9); }
  SECTION("AdaGrad") {
    check_three_steps<Adagrad<double>>(pytorch::adagrad, bp::Adagrad_options{0.1, 1e-10});
  }
  SECTION("RMSProp") {
    check_three_steps<Rmsprop<double>>(pytorch::rmsprop, bp::Rmsprop_options{0.01, 0.99, 1e-8});
  }
  SECTION("Adam") { check_three_steps<Adam<double>>(pytorch::adam, bp::Adam_options{.learning_rate = 0.01}); }
  SECTION("AdamW") {
    check_three_steps<Adamw<double>>(pytorch::adamw,
                                     bp::Adamw_options{.learning_rate = 0.01, .weight_decay = 0.1});
  }
}

TEST_CASE("a layer of every activation has PyTorch's values and derivatives", "[layer]") {
  const std::vector<Curve> curves = bp::test::every_curve();
  for (const pytorch::Activation_figures& want : pytorch::activations) {
    INFO(want.name);
    const auto curve = std::find_if(curves.begin(), curves.end(),
                                    [&](Curve c) { return std::string(name_of(c)) == want.name; });
    REQUIRE(curve != curves.end());
    bp::Random random(1);
    Network<double> net(pytorch::points, {Activation{*curve}}, random);
    Matrix<double> x(1, pytorch::points), dy(1, pytorch::points);
    std::copy(std::begin(pytorch::point), std::end(pytorch::point), x.data());
    for (std::size_t i = 0; i < pytorch::points; ++i) dy(0, i) = 2.0 + static_cast<double>(i);

    const View<const double> y = net.forward(x, Training{});
    const View<const double> dx = net.backward_to_inputs(dy);

    for (std::size_t i = 0; i < pytorch::points; ++i) {
      INFO("at " << pytorch::point[i]);
      CHECK(std::abs(y(0, i) - want.value[i]) <= 1e-15 * (1.0 + std::abs(want.value[i])));
      CHECK(std::abs(dx(0, i) - (2.0 + static_cast<double>(i)) * want.derivative[i]) <= 1e-14);
    }
  }
}

TEST_CASE("every loss has PyTorch's value and gradient", "[loss]") {
  const View<const double> y{&pytorch::outputs[0][0], 2, 3, 3}, t{&pytorch::targets[0][0], 2, 3, 3},
      signs{&pytorch::signs[0][0], 2, 3, 3};
  const std::vector<std::uint32_t> labels = {pytorch::loss_labels[0], pytorch::loss_labels[1]};
  // scale: of a loss that PyTorch's figures sum where ours is the mean.
  const auto check = [&](Loss_kind kind, const Targets<double>& targets, const pytorch::Loss_figures& want,
                         double scale = 1.0) {
    INFO(name_of(kind));
    Matrix<double> dy(2, 3);
    const double value = Loss<double>(kind)(y, targets, dy);
    CHECK(std::abs(value * scale - want.value) <= one_pass);
    for (double& slope : dy.span()) slope *= scale;
    CHECK(greatest_error(dy, want.grad) <= one_pass);
  };

  check(Loss_kind::mean_squared_error, t, pytorch::mean_squared);
  check(Loss_kind::half_squared_error, t, pytorch::half_squared_sum, 2.0);
  check(Loss_kind::mean_absolute_error, t, pytorch::mean_absolute);
  check(Loss_kind::huber_loss, t, pytorch::huber);
  check(Loss_kind::binary_cross_entropy_with_logits, t, pytorch::binary_cross_entropy);
  check(Loss_kind::softmax_cross_entropy, t, pytorch::cross_entropy_targets);
  check(Loss_kind::softmax_cross_entropy, std::span(labels), pytorch::cross_entropy_labels);
  check(Loss_kind::hinge_loss, signs, pytorch::hinge);
}

TEST_CASE("cross-entropy of logits a thousand apart is exact", "[loss]") {
  const Matrix<double> z{{1000, 0, -1000}};
  const std::vector<std::uint32_t> first = {0}, last = {2};
  Matrix<double> dz(1, 3);
  Loss<double> loss(Loss_kind::softmax_cross_entropy);

  CHECK(loss(z, std::span(first), dz) == 0.0);
  CHECK((dz(0, 0) == 0.0 && dz(0, 1) == 0.0 && dz(0, 2) == 0.0));
  CHECK(loss(z, std::span(last), dz) == 2000.0);
  CHECK((dz(0, 0) == 1.0 && dz(0, 1) == 0.0 && dz(0, 2) == -1.0));
}
