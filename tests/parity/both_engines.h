// One network in both engines, from the same weights, on the same batch.
#pragma once

#include <vector>

#include "engine/data/random.h"
#include "tests/parity/compare.h"
#include "tests/parity/scalar_network.h"

namespace bp::test {

/// What to train on, and how to measure it.
struct Task {
  std::size_t inputs;
  std::vector<batch::Layer_description> layers;
  batch::Loss_kind loss = batch::Loss_kind::softmax_cross_entropy;
  double delta = 1.0;
  std::size_t examples = 6;
};

template <class T>
class Both_engines {
 public:
  explicit Both_engines(const Task& task, std::uint64_t seed = 1)
      : task_(task), random_(seed), net(task.inputs, task.layers, random_), scalar(graph, net) {
    make_batch();
    dy_.resize(task.examples, net.outputs());
  }

  /// Forward and backward in both; the losses must agree too.
  void run(std::uint64_t dropout_key) {
    batch::Loss<T> loss(task_.loss, task_.delta);
    const batch::View<const T> outputs = net.forward(x_, batch::Training{dropout_key});
    batch_loss = loss(outputs, targets_.view(), dy_, net.kernels(), net.pool());
    net.backward(dy_);
    batch_loss += net.penalty();

    graph.zero_grad();
    const Value L =
        scalar.loss(scalar.forward(exact_x_, dropout_key), task_.loss, task_.delta, exact_targets_);
    L.backward();
    scalar_loss = L.data();
  }

  std::vector<Compared<T>> gradients() {
    return compared([](const auto& tensor) { return tensor.grad; },
                    [](const Value& value) { return value.grad_or_zero(); });
  }
  std::vector<Compared<T>> parameters() {
    return compared([](const auto& tensor) { return tensor.data; },
                    [](const Value& value) { return value.data(); });
  }
  bool losses_agree() const {
    return std::abs(batch_loss - scalar_loss) <= parity<T> * std::abs(scalar_loss) && scalar_loss != 0.0;
  }

 private:
  template <class Of_tensor, class Of_value>
  std::vector<Compared<T>> compared(Of_tensor of_tensor, Of_value of_value) {
    std::vector<Compared<T>> all;
    const auto tensors = net.parameters();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const std::span<T> got = of_tensor(tensors[i]);
      all.push_back({tensors[i].name, {got.begin(), got.end()}, {}});
      for (const Value& value : scalar.parameters()[i].values) all.back().want.push_back(of_value(value));
    }
    return all;
  }

  // Numbers that a T has exactly, so that both engines see the same. Soft targets are multiples of 1/8.
  void make_batch() {
    using batch::Loss_kind;
    x_.resize(task_.examples, task_.inputs);
    for (T& number : x_.span()) number = static_cast<T>(random_.uniform(-1.5, 1.5));
    targets_.resize(task_.examples, net.outputs());
    for (std::size_t n = 0; n < task_.examples; ++n) {
      for (T& t : targets_.row(n)) {
        const double draw = random_.uniform();
        if (task_.loss == Loss_kind::softmax_cross_entropy)
          t = T(0);
        else if (task_.loss == Loss_kind::hinge_loss)
          t = draw < 0.5 ? T(-1) : T(1);
        else if (task_.loss == Loss_kind::binary_cross_entropy_with_logits)
          t = T(std::floor(9 * draw) / 8);
        else
          t = static_cast<T>(4.0 * draw - 2.0);
      }
      if (task_.loss == Loss_kind::softmax_cross_entropy) {
        const std::size_t classes = net.outputs();
        targets_(n, random_.below(classes)) += T(0.625);
        targets_(n, random_.below(classes)) += T(0.375);
      }
    }
    const auto exact = [](const batch::Matrix<T>& from) {
      batch::Matrix<double> to(from.rows(), from.cols());
      std::copy(from.span().begin(), from.span().end(), to.span().begin());
      return to;
    };
    exact_x_ = exact(x_);
    exact_targets_ = exact(targets_);
  }

  Task task_;
  Random random_;
  batch::Matrix<T> x_, targets_, dy_;
  batch::Matrix<double> exact_x_, exact_targets_;

 public:
  Graph graph;
  batch::Network<T> net;
  Scalar_network scalar;
  double batch_loss = 0.0, scalar_loss = 0.0;
};

}  // namespace bp::test
