#include "engine/vector/optimizer.h"

#include <cmath>
#include <memory>

#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random;

namespace {

Network<float> small_network() {
  Random random(1);
  return {3, {Dense{5}, Batch_norm{}, Dense{2}}, random};
}

void fill_gradients(Network<float>& net, float size) {
  Random random(2);
  for (const auto& tensor : net.parameters()) {
    for (float& g : tensor.grad) g = size * static_cast<float>(random.uniform(-1.0, 1.0));
  }
}

std::vector<float> numbers(std::span<const float> flat) { return {flat.begin(), flat.end()}; }

}  // namespace

TEST_CASE("an optimizer shows what it remembers under the names of the parameters", "[optimizer]") {
  Network<float> net = small_network();
  Adam<float> adam(net);
  fill_gradients(net, 1.0f);

  adam.step();

  const auto state = adam.state();
  REQUIRE(state.size() == 12);
  CHECK(state[0].name == "m.0.weight");
  CHECK(state[11].name == "v.2.bias");
  CHECK(state[6].shape == std::vector<std::size_t>{5, 3});
  const auto parameters = net.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    for (std::size_t j = 0; j < parameters[i].data.size(); ++j) {
      CHECK(std::abs(state[i].data[j] - 0.1f * parameters[i].grad[j]) <= 1e-7f);  // m = 0.1 g
    }
  }
}

TEST_CASE("an optimizer goes on from its state as if it had not stopped", "[optimizer]") {
  Network<float> net = small_network(), other = small_network();
  Adam<float> adam(net), resumed(other);
  for (int step = 0; step < 3; ++step) fill_gradients(net, 1.0f), adam.step();

  const auto from = net.state(), to = other.state(), remembered = adam.state(), written = resumed.state();
  for (std::size_t i = 0; i < from.size(); ++i)
    std::copy_n(from[i].data.begin(), from[i].data.size(), to[i].data.begin());
  for (std::size_t i = 0; i < remembered.size(); ++i) {
    std::copy_n(remembered[i].data.begin(), remembered[i].data.size(), written[i].data.begin());
  }
  resumed.restore_steps(adam.steps());
  fill_gradients(net, 2.0f);
  fill_gradients(other, 2.0f);
  adam.step();
  resumed.step();

  CHECK(numbers(net.flat_parameters()) == numbers(other.flat_parameters()));
  CHECK(resumed.steps() == 4);
}

TEST_CASE("the numbers between tensors stay 0", "[optimizer]") {
  Network<float> net = small_network();
  Adagrad<float> adagrad(net);
  fill_gradients(net, 1.0f);

  adagrad.step();

  std::size_t in_tensors = 0, not_zero = 0;
  for (const auto& tensor : net.parameters()) in_tensors += tensor.data.size();
  for (const float p : net.flat_parameters()) not_zero += p != 0.0f;
  CHECK(net.flat_parameters().size() > in_tensors);
  CHECK(not_zero <= in_tensors);
}

TEST_CASE("a step is the same bits with one thread and with three", "[optimizer]") {
  const auto run = [](std::size_t threads) {
    Random random(1);
    Thread_pool pool(threads, 0);
    Network<float> net(200, {Dense{100}}, random);
    net.use(pool);
    Rmsprop<float> rmsprop(net);
    for (int step = 0; step < 2; ++step) fill_gradients(net, 1.0f), rmsprop.step();
    return numbers(net.flat_parameters());
  };

  CHECK(run(1) == run(3));
}

TEST_CASE("the learning rate in force is that of the step", "[optimizer]") {
  Network<float> net = small_network();
  Sgd<float> sgd(net, 0.5);
  fill_gradients(net, 1.0f);
  const float before = net.parameters()[0].data[0], g = net.parameters()[0].grad[0];

  sgd.set_learning_rate(0.25);
  sgd.step();

  CHECK(net.parameters()[0].data[0] == before - 0.25f * g);
}

TEST_CASE("options out of range are refused, by name", "[optimizer]") {
  using bp::test::contains_text;
  Network<float> net = small_network();
  Random random(1);
  Network<float> without(3, {Activation{Curve::relu}}, random);

  CHECK_THROWS_WITH(Sgd<float>(net, -1.0), contains_text("learning_rate"));
  CHECK_THROWS_WITH(Momentum<float>(net, 0.1, 1.0), contains_text("momentum"));
  CHECK_THROWS_WITH(Nesterov<float>(net, 0.1, -0.5), contains_text("momentum"));
  CHECK_THROWS_WITH(Adagrad<float>(net, {.epsilon = 0.0}), contains_text("epsilon"));
  CHECK_THROWS_WITH(Rmsprop<float>(net, {.alpha = 1.0}), contains_text("alpha"));
  CHECK_THROWS_WITH(Adam<float>(net, {.beta1 = std::nan("")}), contains_text("beta1"));
  CHECK_THROWS_WITH(Adam<float>(net, {.beta2 = 1.0}), contains_text("beta2"));
  CHECK_THROWS_WITH(Adamw<float>(net, {.weight_decay = -1.0}), contains_text("weight_decay"));
  CHECK_THROWS_WITH(Sgd<float>(without, 0.1), contains_text("without parameters"));
  Sgd<float> sgd(net, 0.1);
  CHECK_THROWS_AS(sgd.set_learning_rate(INFINITY), std::invalid_argument);
}
