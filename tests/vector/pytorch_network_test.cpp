// The network of tests/support/pytorch_network.h put together from the kernels: PyTorch's gradients, and
// three steps of every optimizer, for every implementation that this machine can run.
#include <cmath>
#include <functional>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/support/pytorch_network.h"

using namespace bp::batch;
namespace pytorch = bp::test::pytorch;
using pytorch::examples, pytorch::inputs, pytorch::hidden, pytorch::classes, pytorch::parameter_count;

namespace {

struct Network {
  explicit Network(const Kernels<double>& kernels) : k(kernels) {}

  View<double> w1() { return {p.data(), hidden, inputs, inputs}; }
  View<double> w2() { return {p.data() + 32, classes, hidden, hidden}; }

  void forward() {
    std::vector<double> packed(k.packed_size(hidden, inputs) + k.packed_size(classes, hidden));
    double* packed2 = packed.data() + k.packed_size(hidden, inputs);
    k.pack(w1(), packed.data());
    k.pack(w2(), packed2);
    k.dense_forward(x, {w1(), packed.data()}, p.data() + 20, {}, {}, z);
    k.batch_norm_statistics(z, mean.data(), variance.data());
    k.batch_norm_forward(z, mean.data(), variance.data(), 1e-3, p.data() + 24, p.data() + 28, normal);
    k.activation_forward(normal, {Curve::relu}, h);
    mask(h);
    k.dense_forward(h, {w2(), packed2}, p.data() + 44, {}, {}, logits);
  }

  // Leaves the gradients in g and returns the loss.
  double backward() {
    std::vector<double> losses(examples), penalty(hidden);
    const std::vector<std::uint32_t> labels(std::begin(pytorch::labels), std::end(pytorch::labels));
    k.cross_entropy_labels(logits, labels.data(), 1.0 / examples, losses.data(), dlogits);
    k.dense_backward_weights(dlogits, h, {g.data() + 32, classes, hidden, hidden}, g.data() + 44);
    k.dense_backward_input(dlogits, w2(), {}, {}, dh);
    mask(dh);
    k.activation_backward(h, {Curve::relu}, dh, dh);  // h is 0 where dropped: closed twice is closed
    k.batch_norm_backward(z, mean.data(), variance.data(), 1e-3, p.data() + 24, dh, g.data() + 24,
                          g.data() + 28, dz);
    const View<double> dw1{g.data(), hidden, inputs, inputs};
    k.dense_backward_weights(dz, x, dw1, g.data() + 20);
    k.penalize(w1(), 0.0, 0.001, dw1, penalty.data());

    double loss = 0.0;
    for (const double one : losses) loss += one / examples;
    for (const double one : penalty) loss += one;
    return loss;
  }

  void mask(Matrix<double>& matrix) {  // PyTorch's mask is given, not counted out
    for (std::size_t n = 0; n < examples; ++n) {
      for (std::size_t j = 0; j < hidden; ++j) matrix(n, j) *= pytorch::mask[n][j] / 0.8;
    }
  }

  static Matrix<double> examples_of_pytorch() {
    Matrix<double> x(examples, inputs);
    for (std::size_t n = 0; n < examples; ++n) std::copy_n(pytorch::x[n], inputs, x.row(n).begin());
    return x;
  }

  const Kernels<double>& k;
  pytorch::Parameters p = pytorch::initial, g = {};
  const Matrix<double> x = examples_of_pytorch();
  Matrix<double> z{examples, hidden}, normal{examples, hidden}, h{examples, hidden},
      logits{examples, classes};
  Matrix<double> dlogits{examples, classes}, dh{examples, hidden}, dz{examples, hidden};
  std::vector<double> mean = std::vector<double>(hidden), variance = std::vector<double>(hidden);
};

// Gradients of size 1 through a few hundred operations.
constexpr double one_pass = 1e-14;

using Update =
    std::function<void(const Kernels<double>&, int t, const double* g, double* m, double* v, double* p)>;

void check_three_steps(const pytorch::Figures& want, const Update& update) {
  for (const Kernels<double>* k : available_kernels<double>()) {
    INFO(k->name);
    Network network(*k);
    std::vector<double> m(parameter_count), v(parameter_count);

    for (int step = 0; step < 3; ++step) {
      network.forward();
      CHECK(std::abs(network.backward() - want.loss[step]) <= one_pass);
      update(*k, step + 1, network.g.data(), m.data(), v.data(), network.p.data());
    }

    for (std::size_t i = 0; i < parameter_count; ++i) {
      INFO("parameter " << i);
      // b1's true gradient is 0 (normalisation takes the mean away): what is computed is rounding, some
      // 3e-16, which AdaGrad divides by its epsilon of 1e-10.
      const double tolerance = i >= pytorch::b1_begin && i < pytorch::b1_end ? 1e-6 : 1e-13;
      CHECK(std::abs(network.p[i] - want.after[i]) <= tolerance);
    }
  }
}

Adam_step adam_step(int t, double weight_decay) {
  return {.rest1 = 1.0 - 0.9,
          .rest2 = 1.0 - 0.999,
          .epsilon = 1e-8,
          .length = 0.01 / (1.0 - std::pow(0.9, t)),
          .root_scale = 1.0 / std::sqrt(1.0 - std::pow(0.999, t)),
          .keep = 1.0 - 0.01 * weight_decay};
}

}  // namespace

TEST_CASE("a network of kernels has PyTorch's gradients", "[kernels]") {
  for (const Kernels<double>* k : available_kernels<double>()) {
    INFO(k->name);
    Network network(*k);

    network.forward();
    network.backward();

    for (std::size_t i = 0; i < parameter_count; ++i) {
      INFO("parameter " << i);
      CHECK(std::abs(network.g[i] - pytorch::initial_grad[i]) <= one_pass);
    }
  }
}

TEST_CASE("every update is where PyTorch's optimizer is after three steps", "[kernels]") {
  constexpr std::size_t n = parameter_count;
  SECTION("SGD") {
    check_three_steps(pytorch::sgd,
                      [](auto& k, int, auto* g, auto*, auto*, auto* p) { k.sgd({0.5}, n, g, p); });
  }
  SECTION("momentum") {
    check_three_steps(pytorch::momentum, [](auto& k, int, auto* g, auto* m, auto*, auto* p) {
      k.momentum({0.1, 0.9}, n, g, m, p);
    });
  }
  SECTION("Nesterov") {
    check_three_steps(pytorch::nesterov, [](auto& k, int, auto* g, auto* m, auto*, auto* p) {
      k.momentum({0.1, 0.9, true}, n, g, m, p);
    });
  }
  SECTION("AdaGrad") {
    check_three_steps(pytorch::adagrad, [](auto& k, int, auto* g, auto*, auto* v, auto* p) {
      k.adagrad({0.1, 1e-10}, n, g, v, p);
    });
  }
  SECTION("RMSProp") {
    check_three_steps(pytorch::rmsprop, [](auto& k, int, auto* g, auto*, auto* v, auto* p) {
      k.rmsprop({0.01, 0.99, 1.0 - 0.99, 1e-8}, n, g, v, p);
    });
  }
  SECTION("Adam") {
    check_three_steps(pytorch::adam, [](auto& k, int t, auto* g, auto* m, auto* v, auto* p) {
      k.adam(adam_step(t, 0.0), n, g, m, v, p);
    });
  }
  SECTION("AdamW") {
    check_three_steps(pytorch::adamw, [](auto& k, int t, auto* g, auto* m, auto* v, auto* p) {
      k.adam(adam_step(t, 0.1), n, g, m, v, p);
    });
  }
}
