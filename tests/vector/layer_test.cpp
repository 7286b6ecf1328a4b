#include "engine/vector/layer.h"

#include <cmath>
#include <limits>

#include "engine/vector/network.h"
#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::random_matrix;

TEST_CASE("what a layer cannot be made of is refused, and said", "[layer]") {
  Random random(1);
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  const auto refusal = [&](const Layer_description& layer) -> std::string {
    try {
      Network<float>(3, {layer}, random);
    } catch (const std::invalid_argument& error) { return error.what(); }
    return "accepted";
  };

  CHECK(refusal(Dense{0}) == "backstep: a dense layer of 0 outputs");
  CHECK_THAT(refusal(Dense{.outputs = 1, .l1 = -1.0}), bp::test::contains_text("l1"));
  CHECK_THAT(refusal(Dense{.outputs = 1, .l2 = infinity}), bp::test::contains_text("l2"));
  for (const double rate : {-0.1, 1.0, nan}) {
    CHECK_THAT(refusal(Dropout_rate{rate}), bp::test::contains_text("dropout rate"));
  }
  CHECK_THAT(refusal(Batch_norm{0.0}), bp::test::contains_text("epsilon"));
  CHECK_THAT(refusal(Batch_norm{1e-3, 1.5}), bp::test::contains_text("momentum"));
  CHECK_THAT(refusal(Activation{Curve::leaky_relu, -1.0}), bp::test::contains_text("slope"));
  CHECK(refusal(Dropout_rate{0.0}) == "accepted");
}

TEST_CASE("weights are drawn neuron by neuron, as the scalar engine draws them", "[layer]") {
  Random random(5), same(5);
  Network<double> net(2, {Dense{.outputs = 2, .biases = bp::Initializer::uniform(1.0, 2.0)}}, random);
  const bp::Initializer glorot = bp::Initializer::xavier_uniform(), bias = bp::Initializer::uniform(1.0, 2.0);

  const auto parameters = net.parameters();

  for (std::size_t o = 0; o < 2; ++o) {
    CHECK(parameters[0].data[2 * o] == glorot(same, 2, 2));
    CHECK(parameters[0].data[2 * o + 1] == glorot(same, 2, 2));
    CHECK(parameters[1].data[o] == bias(same, 2, 2));
  }
}

TEST_CASE("dropout drops while training only, and scales what it keeps", "[layer]") {
  Random random(1);
  Network<double> net(1000, {Dropout_rate{0.25}}, random);
  Matrix<double> x(1, 1000);
  x.fill(3.0);

  const View<const double> used = net.forward(x);
  bool unchanged = true;
  for (std::size_t c = 0; c < 1000; ++c) unchanged = unchanged && used(0, c) == 3.0;
  const View<const double> trained = net.forward(x, Training{7});
  std::size_t dropped = 0, kept = 0;
  for (std::size_t c = 0; c < 1000; ++c) {
    dropped += trained(0, c) == 0.0;
    kept += trained(0, c) == 4.0;  // 3 / 0.75
  }

  CHECK(unchanged);
  CHECK(dropped + kept == 1000);
  CHECK(std::abs(static_cast<double>(dropped) - 250.0) <= 5.0 * std::sqrt(1000 * 0.25 * 0.75));
}

TEST_CASE("every dropout of a network, and every step, drops others", "[layer]") {
  Random random(1);
  Network<double> net(64, {Dropout_rate{0.5}, Dropout_rate{0.5}}, random);
  const auto masks_differ = [](const Dropout& a, const Dropout& b) {
    int different = 0;
    for (std::uint32_t i = 0; i < 64; ++i) different += dropout_keeps(a, i) != dropout_keeps(b, i);
    return different;
  };
  const auto& first = dynamic_cast<Dropout_layer<double>&>(net.layer(0));
  const auto& second = dynamic_cast<Dropout_layer<double>&>(net.layer(1));

  CHECK(masks_differ(first.mask(1), first.mask(1)) == 0);
  CHECK(masks_differ(first.mask(1), second.mask(1)) > 16);  // 32 +- 4 expected
  CHECK(masks_differ(first.mask(1), first.mask(2)) > 16);
}

TEST_CASE("batch normalisation uses its running statistics when it does not train", "[layer]") {
  Random random(1);
  Network<double> net(1, {Batch_norm{.epsilon = 0.25, .momentum = 1.0}}, random);
  const Matrix<double> x{{1}, {5}};  // mean 3; variance 4, or 8 divided by one less

  net.forward(x, Training{});
  const View<const double> y = net.forward(x);

  CHECK(std::abs(y(0, 0) - -2.0 / std::sqrt(8.25)) <= 0x1p-52);
  CHECK(std::abs(y(1, 0) - 2.0 / std::sqrt(8.25)) <= 0x1p-52);
}

TEST_CASE("a batch of one example tells batch normalisation a mean, but no variance", "[layer]") {
  Random random(1);
  Network<double> net(1, {Batch_norm{.momentum = 0.5}}, random);
  const Matrix<double> x{{6}};

  const View<const double> y = net.forward(x, Training{});

  CHECK(y(0, 0) == 0.0);  // beta
  CHECK(net.state()[2].data[0] == 3.0);
  CHECK(net.state()[3].data[0] == 1.0);
  CHECK(*net.counters()[0].count == 1);
}
