// Weights that stay packed from one training step to the next: nobody can tell, but by the time it takes.
#include <algorithm>
#include <functional>
#include <vector>

#include "engine/vector/network.h"
#include "engine/vector/optimizer.h"
#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::random_matrix;

namespace {

constexpr std::size_t inputs = 70, outputs = 64, classes = 5;

/// A network and its optimizer, on batches of which every other has many zeros.
template <class T>
struct Run {
  explicit Run(bool keep_packed, Dense first = Dense{outputs}, const Kernels<T>& kernels = best_kernels<T>())
      : net(inputs, {first, Activation{Curve::relu}, Dense{32}, Activation{Curve::tanh}, Dense{classes}},
            random),
        adam(net),
        keep(keep_packed) {
    net.use(kernels);
  }

  void step() {
    Matrix<T> x = random_matrix<T>(random, 19, inputs);
    if (adam.steps() % 2 == 1) {
      for (T& number : x.span()) number = std::max(number, T(0));
    }
    pass(x);
    net.backward(dy);
    adam.step();
  }
  void pass(const Matrix<T>& x) {
    const View<const T> y = net.forward(x, Training{.keep_packed = keep});
    dy.resize(y.rows, y.cols);
    for (std::size_t n = 0; n < y.rows; ++n) {
      for (std::size_t c = 0; c < y.cols; ++c) dy(n, c) = y(n, c) - T(0.25);
    }
  }

  /// Parameters, their gradients, and what the optimizer remembers of them.
  std::vector<T> all() {
    std::vector<T> numbers;
    for (const auto& tensor : net.parameters()) {
      numbers.insert(numbers.end(), tensor.data.begin(), tensor.data.end());
      numbers.insert(numbers.end(), tensor.grad.begin(), tensor.grad.end());
    }
    for (const auto& tensor : adam.state()) {
      numbers.insert(numbers.end(), tensor.data.begin(), tensor.data.end());
    }
    return numbers;
  }
  bool is_packed() { return net.layer(0).packed_by() != nullptr; }

  Random random{7};
  Network<T> net;
  Adam<T> adam;
  Matrix<T> dy;
  bool keep;
};

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {  // but for the sign of 0
  return a == b && std::any_of(a.begin(), a.end(), [](T number) { return number != T(0); });
}

}  // namespace

TEMPLATE_TEST_CASE("weights that stay packed are trained to the same numbers", "[network][packed]", float,
                   double) {
  for (const Kernels<TestType>* kernels : available_kernels<TestType>()) {
    for (const std::size_t threads : {1, 3}) {
      INFO(kernels->name << ", " << threads << " threads");
      Thread_pool pool(threads, 0);
      Run<TestType> rows(false, Dense{outputs}, *kernels), packed(true, Dense{outputs}, *kernels);
      packed.net.use(pool);

      for (int step = 0; step < 6; ++step) rows.step(), packed.step();

      CHECK(!rows.is_packed());
      CHECK(packed.net.layer(0).packed_by() == kernels);
      CHECK(packed.net.layer(2).packed_by() == nullptr);  // its rows are needed, for its dx
      CHECK(same(packed.all(), rows.all()));
    }
  }
}

TEST_CASE("whoever asks finds packed weights in rows, and training goes on", "[network][packed]") {
  Run<float> rows(false), packed(true);
  for (int step = 0; step < 6; ++step) {
    INFO("step " << step);
    rows.step(), packed.step();
    if (step % 2 == 0) continue;
    REQUIRE(packed.is_packed());

    if (step == 3) {
      CHECK(same<float>({packed.net.flat_gradients().begin(), packed.net.flat_gradients().end()},
                        {rows.net.flat_gradients().begin(), rows.net.flat_gradients().end()}));
    } else {
      CHECK(same(packed.all(), rows.all()));
    }
    CHECK(!packed.is_packed());
    for (Run<float>* run : {&rows, &packed}) run->net.parameters()[0].data[step] = 0.5f;
  }
  CHECK(same(packed.all(), rows.all()));
}

TEST_CASE("packed weights are understood by passes that do not train", "[network][packed]") {
  Run<float> rows(false), packed(true);
  for (int step = 0; step < 3; ++step) rows.step(), packed.step();
  Random other(8);
  const Matrix<float> x = random_matrix<float>(other, 33, inputs);
  const auto numbers = [](const Matrix<float>& y) {
    return std::vector<float>(y.span().begin(), y.span().end());
  };

  const std::vector<float> of_packed = numbers(packed.net.predict(x));
  CHECK(packed.is_packed());
  CHECK(same(of_packed, numbers(rows.net.predict(x))));

  for (Run<float>* run : {&rows, &packed}) run->net.use(reference_kernels<float>());
  const std::vector<float> of_other_kernels = numbers(packed.net.predict(x));
  CHECK(!packed.is_packed());
  CHECK(same(of_other_kernels, numbers(rows.net.predict(x))));
}

TEST_CASE("packed weights give the gradient by the inputs, too, and other kernels take them over",
          "[network][packed]") {
  Run<float> rows(false), packed(true);
  for (int step = 0; step < 2; ++step) rows.step(), packed.step();
  REQUIRE(packed.is_packed());
  Random other(8);
  const Matrix<float> x = random_matrix<float>(other, 19, inputs);
  rows.pass(x), packed.pass(x);
  const View<const float> of_rows = rows.net.backward_to_inputs(rows.dy),
                          of_packed = packed.net.backward_to_inputs(packed.dy);
  CHECK(same<float>({of_packed.data, of_packed.data + 19 * inputs},
                    {of_rows.data, of_rows.data + 19 * inputs}));
  CHECK(same(packed.all(), rows.all()));

  for (const Kernels<float>* kernels : available_kernels<float>()) {
    INFO(kernels->name);
    for (Run<float>* run : {&rows, &packed}) run->net.use(*kernels);
    for (int step = 0; step < 2; ++step) rows.step(), packed.step();
    CHECK(packed.net.layer(0).packed_by() == kernels);
    CHECK(same(packed.all(), rows.all()));
  }
}

TEST_CASE("packed weights may end with a panel of one vector", "[network][packed]") {
  for (const Kernels<float>* kernels : available_kernels<float>()) {
    INFO(kernels->name);
    const std::size_t size = kernels->output_step / 2;
    Run<float> rows(false, Dense{outputs + size}, *kernels), packed(true, Dense{outputs + size}, *kernels);
    for (int step = 0; step < 4; ++step) rows.step(), packed.step();

    CHECK(packed.is_packed());
    CHECK(same(packed.all(), rows.all()));
  }
}

TEST_CASE("weights with penalties stay in rows, and so do those that do not fill whole vectors",
          "[network][packed]") {
  for (const Dense& first : {Dense{.outputs = outputs, .l2 = 0.01}, Dense{outputs + 1}}) {
    Run<float> rows(false, first), packed(true, first);
    for (int step = 0; step < 4; ++step) rows.step(), packed.step();

    CHECK(!packed.is_packed());
    CHECK(same(packed.all(), rows.all()));
  }
}
