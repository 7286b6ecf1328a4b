#include "engine/vector/network.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/vector/loss.h"
#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::random_matrix, bp::test::contains_text;

namespace {

// 784 - 512 - dropout - 512 with penalty and normalisation - dropout - 10.
std::vector<Layer_description> regularised() {
  const Activation relu{Curve::relu};
  return {Dense{512},   relu, Dropout_rate{0.2}, Dense{.outputs = 512, .l2 = 0.001},
          Batch_norm{}, relu, Dropout_rate{0.2}, Dense{10}};
}

template <class T>
std::vector<std::string> names(const std::vector<Named_tensor<T>>& tensors) {
  std::vector<std::string> all;
  for (const auto& tensor : tensors) all.push_back(tensor.name);
  return all;
}

}  // namespace

TEST_CASE("parameters have the names and shapes that PyTorch gives them in a Sequential", "[network]") {
  Random random(1);
  Network<float> net(784, regularised(), random);

  CHECK(names(net.parameters()) == std::vector<std::string>{"0.weight", "0.bias", "3.weight", "3.bias",
                                                            "4.weight", "4.bias", "7.weight", "7.bias"});
  CHECK(names(net.state()) == std::vector<std::string>{"0.weight", "0.bias", "3.weight", "3.bias", "4.weight",
                                                       "4.bias", "4.running_mean", "4.running_var",
                                                       "7.weight", "7.bias"});
  CHECK(net.parameters()[0].shape == std::vector<std::size_t>{512, 784});
  CHECK(net.parameters()[7].shape == std::vector<std::size_t>{10});
  REQUIRE(net.counters().size() == 1);
  CHECK(net.counters()[0].name == "4.num_batches_tracked");
}

TEST_CASE("what each layer gave in the last pass is there to be looked at", "[network]") {
  Random random(1);
  Network<double> net(4, {Dense{5}, Activation{Curve::relu}, Dropout_rate{0.5}, Dense{2}}, random);
  const Matrix<double> x = random_matrix<double>(random, 3, 4);

  CHECK_THROWS_AS(net.output_of(0), std::logic_error);
  const View<const double> y = net.forward(x, Training{7});

  CHECK((net.output_of(3).data == y.data && net.output_of(3).cols == 2));
  CHECK(net.output_of(0).data == net.output_of(1).data);  // computed together
  std::size_t dropped = 0;
  for (std::size_t n = 0; n < 3; ++n) {
    for (std::size_t o = 0; o < 5; ++o) {
      double z = net.parameters()[1].data[o];
      for (std::size_t i = 0; i < 4; ++i) z += x(n, i) * net.parameters()[0].data[4 * o + i];
      const double active = net.output_of(1)(n, o), passed = net.output_of(2)(n, o);
      CHECK(std::abs(active - std::max(z, 0.0)) < 1e-14);
      CHECK((passed == 0.0 || passed == 2.0 * active));
      dropped += passed == 0.0 && active > 0.0 ? 1 : 0;
    }
  }
  CHECK(dropped > 0);
  net.forward(x);
  CHECK(net.output_of(2).data == net.output_of(1).data);  // nothing is dropped
  CHECK_THROWS_AS(net.output_of(4), std::out_of_range);
}

TEST_CASE("the summary counts what Keras counts for the same network", "[network]") {
  Random random(1);
  const Network<float> net(784, regularised(), random);

  CHECK(net.trainable_count() == 670'730);
  CHECK(net.parameter_count() == 671'754);
  CHECK(net.summary() ==
        "    layer                outputs    parameters\n"
        "    (inputs)                 784\n"
        "0   dense                    512       401,920\n"
        "1   relu                     512             0\n"
        "2   dropout                  512             0\n"
        "3   dense                    512       262,656\n"
        "4   batch_norm               512         2,048\n"
        "5   relu                     512             0\n"
        "6   dropout                  512             0\n"
        "7   dense                     10         5,130\n"
        "671,754 parameters: 670,730 trainable, 1,024 running statistics\n");
}

TEST_CASE("a pass to use the network gives each example the same in any batch", "[network]") {
  Random random(2);
  Network<float> net(20, {Dense{16}, Batch_norm{}, Activation{Curve::gelu}, Dropout_rate{0.5}, Dense{5}},
                     random);
  const Matrix<float> x = random_matrix<float>(random, 23, 20);
  const Matrix<float> whole = net.predict(x, 23), parts = net.predict(x, 4);

  REQUIRE(whole.rows() == 23);
  CHECK(std::memcmp(whole.data(), parts.data(), whole.size() * sizeof(float)) == 0);
  CHECK(whole(0, 0) != whole(1, 0));
}

TEST_CASE("a network has the same bits with one thread and with five", "[network]") {
  Random random(3);
  const Matrix<float> x = random_matrix<float>(random, 61, 150);
  const std::vector<std::uint32_t> labels(61, 3);
  const auto gradients = [&](std::size_t threads) {
    Random same(4);
    Thread_pool pool(threads, 0);
    Network<float> net(150,
                       {Dense{.outputs = 130, .l1 = 0.01}, Activation{Curve::tanh}, Dropout_rate{0.3},
                        Dense{120}, Batch_norm{}, Activation{Curve::relu}, Dense{10}},
                       same);
    net.use(pool);
    Matrix<float> dy(61, 10);
    Loss<float> loss(Loss_kind::softmax_cross_entropy);
    loss(net.forward(x, Training{5}), std::span(labels), dy, net.kernels(), pool);
    net.backward(dy);
    return std::vector<float>(net.flat_gradients().begin(), net.flat_gradients().end());
  };

  const std::vector<float> one = gradients(1), five = gradients(5);

  REQUIRE(one.size() == five.size());
  CHECK(std::memcmp(one.data(), five.data(), one.size() * sizeof(float)) == 0);
  CHECK(std::any_of(one.begin(), one.end(), [](float g) { return g != 0.0f; }));
}

TEST_CASE("gradients are overwritten by the next backward, not added to", "[network]") {
  Random random(5);
  Network<double> net(3, {Dense{4}, Batch_norm{}, Activation{Curve::silu}, Dense{.outputs = 2, .l2 = 0.1}},
                      random);
  const Matrix<double> x = random_matrix<double>(random, 5, 3), up = random_matrix<double>(random, 5, 2);
  const auto run = [&] {
    Matrix<double> dy = up;
    net.forward(x, Training{1});
    net.backward(dy);
    return std::vector<double>(net.flat_gradients().begin(), net.flat_gradients().end());
  };

  const std::vector<double> first = run();

  CHECK(run() == first);
}

TEST_CASE("the gradient by the inputs is the slope of the loss by them", "[network]") {
  Random random(6);
  Network<double> net(4, {Dropout_rate{0.3}, Dense{6}, Activation{Curve::softplus}, Dense{3}}, random);
  Matrix<double> x = random_matrix<double>(random, 3, 4);
  const Matrix<double> up = random_matrix<double>(random, 3, 3);
  const auto loss = [&] {
    const View<const double> y = net.forward(x, Training{9});
    double sum = 0.0;
    for (std::size_t n = 0; n < y.rows; ++n) {
      for (std::size_t k = 0; k < y.cols; ++k) sum += y(n, k) * up(n, k);
    }
    return sum;
  };

  Matrix<double> dy = up;
  loss();
  const View<const double> dx = net.backward_to_inputs(dy);
  const std::vector<double> slopes(dx.data, dx.data + x.size());

  CHECK(bp::test::gradient_error(x.span(), slopes, loss) <= bp::test::difference_tolerance);
}

TEST_CASE("a network that has been moved computes as before", "[network]") {
  Random random(7);
  Network<double> net(3, {Dense{4}, Activation{Curve::tanh}, Dense{2}}, random);
  const Matrix<double> x = random_matrix<double>(random, 2, 3);
  const Matrix<double> before = net.predict(x);
  const auto parameters = net.parameters();

  Network<double> moved = std::move(net);

  const Matrix<double> after = moved.predict(x);
  CHECK(std::equal(before.span().begin(), before.span().end(), after.span().begin()));
  CHECK(moved.parameters()[0].data.data() == parameters[0].data.data());
}

TEST_CASE("weights written through a view count from the next pass on", "[network]") {
  Random random(8);
  Network<float> net(1, {Dense{1}}, random);
  const Matrix<float> x{{2}};
  const std::span<float> weight = net.parameters()[0].data;
  net.forward(x);

  weight[0] = 5.0f;

  CHECK(net.forward(x)(0, 0) == 10.0f);
}

TEST_CASE("the penalty of backward is that of the weights, written out", "[network]") {
  Random random(9);
  Network<double> net(2, {Dense{.outputs = 2, .l1 = 0.5}, Dense{.outputs = 1, .bias = false, .l2 = 0.25}},
                      random);
  const std::vector<double> first = {1, -2, 3, -4}, second = {2, -3};
  std::copy(first.begin(), first.end(), net.parameters()[0].data.begin());
  std::copy(second.begin(), second.end(), net.parameters()[2].data.begin());
  const Matrix<double> x(1, 2);
  Matrix<double> dy(1, 1);

  net.forward(x, Training{});
  net.backward(dy);

  CHECK(net.penalty() == 0.5 * 10 + 0.25 * 13);
  CHECK(net.penalty_now() == net.penalty());
  CHECK(net.parameters()[2].grad[1] == 2 * 0.25 * -3);
}

TEST_CASE("operations count the products of forward and backward", "[network]") {
  Random random(1);
  const Network<float> net(784, {Dense{128}, Activation{Curve::relu}, Dense{10}}, random);

  CHECK(net.operations_per_example() == 2 * 2.0 * 784 * 128 + 3 * 2.0 * 128 * 10);
}

TEST_CASE("what does not fit a network is refused at its edge, and said", "[network]") {
  Random random(1);
  CHECK_THROWS_AS(Network<float>(0, {Dense{1}}, random), std::invalid_argument);
  CHECK_THROWS_AS(Network<float>(1, {}, random), std::invalid_argument);
  Network<float> net(3, {Dense{2}}, random);
  const Matrix<float> x(4, 3), narrow(4, 2);
  Matrix<float> dy(4, 2), wrong(3, 2);

  CHECK_THROWS_WITH(net.forward(narrow), contains_text("3 inputs was given examples of 2"));
  CHECK_THROWS_AS(net.backward(dy), std::logic_error);
  net.forward(x);
  CHECK_THROWS_AS(net.backward(dy), std::logic_error);  // that pass was not training
  net.forward(x, Training{});
  CHECK_THROWS_WITH(net.backward(wrong), contains_text("4 x 2 outputs was given gradients of 3 x 2"));
  CHECK_NOTHROW(net.backward(dy));
  CHECK_THROWS_AS(net.backward(dy), std::logic_error);  // once a pass
  CHECK_THROWS_AS(net.predict(x, 0), std::invalid_argument);
  const Matrix<std::uint64_t> bits(4, 1), few(3, 1), wide(4, 2);
  CHECK_NOTHROW(net.forward(x, Training{.lit = bits}));
  CHECK_THROWS_WITH(net.forward(x, Training{.lit = few}),
                    contains_text("the bits of 4 x 3 numbers were given as 3 x 1 words"));
  CHECK_THROWS_AS(net.forward(x, Training{.lit = wide}), std::invalid_argument);
}
