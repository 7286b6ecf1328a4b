// Optimizers: each rule by hand, and how the rules are related. PyTorch's figures are in
// optimizer_pytorch_test.cpp, policies and errors in optimizer_policy_test.cpp.
#include "engine/scalar/optimizer.h"

#include <cmath>
#include <vector>

#include "engine/data/random.h"
#include "tests/support/catch2.h"
#include "tests/support/optimizer_bench.h"

using namespace bp;
using Numbers = std::vector<double>;
using bp::test::make, bp::test::path, bp::test::Bench;

namespace {

// A few roundings of numbers of size 1; and an epsilon of 1e-8 or less beside gradients of size 1.
constexpr double few_roundings = 4e-15, no_epsilon = 1e-30, epsilon_shows = 4e-8;

void check_path(const Numbers& got, const Numbers& want, double tolerance = few_roundings) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    INFO("step " << i + 1 << ": got " << got[i] << ", want " << want[i]);
    CHECK(std::abs(got[i] - want[i]) <= tolerance);
  }
}

const Numbers random_grads = [] {
  Random random(17);
  Numbers grads(50);
  for (double& grad : grads) grad = random.normal();
  return grads;
}();

}  // namespace

// --- The rules by hand ----------------------------------------------------------------------------------

TEST_CASE("SGD goes against the gradient by the learning rate", "[optimizer]") {
  check_path(path(1.0, {2.0, -1.0, 4.0}, make<Sgd>(0.25)), {0.5, 0.75, -0.25});
}

TEST_CASE("momentum adds half of the last velocity to each gradient", "[optimizer]") {
  // m = 2, 0, 4.
  check_path(path(1.0, {2.0, -1.0, 4.0}, make<Momentum>(0.25, 0.5)), {0.5, 0.5, -0.5});
}

TEST_CASE("Nesterov's momentum steps by the gradient and what the velocity will be", "[optimizer]") {
  // m = 2, 0, 4; g + m/2 = 3, -1, 6.
  check_path(path(1.0, {2.0, -1.0, 4.0}, make<Nesterov>(0.25, 0.5)), {0.25, 0.5, -1.0});
}

TEST_CASE("AdaGrad divides by the root of the sum of all squares so far", "[optimizer]") {
  // s = 9, 25, 169: steps 3/3, 4/5, -12/13.
  check_path(path(1.0, {3.0, 4.0, -12.0}, make<Adagrad>(Adagrad_options{.learning_rate = 1.0})),
             {0.0, -0.8, -0.8 + 12.0 / 13.0}, 1e-10);
  // With epsilon 1 the first step is 3 / (3 + 1): it stands beside the root, not under it.
  check_path(path(1.0, {3.0}, make<Adagrad>(Adagrad_options{.learning_rate = 1.0, .epsilon = 1.0})), {0.25});
}

TEST_CASE("RMSProp divides by the root of a fading mean of squares", "[optimizer]") {
  // v = 3/4 * 0 + 1/4 * 16 = 4, then 3 + 1/4 * 4 = 4, then 3 + 1/4 * 52 = 16.
  const Rmsprop_options options{.learning_rate = 0.5, .alpha = 0.75, .epsilon = no_epsilon};

  check_path(path(1.0, {4.0, -2.0, std::sqrt(52.0)}, make<Rmsprop>(options)),
             {0.0, 0.5, 0.5 - 0.125 * std::sqrt(52.0)});
  check_path(path(1.0, {4.0}, make<Rmsprop>(Rmsprop_options{0.5, 0.75, 2.0})), {0.5});
}

TEST_CASE("Adam corrects both means for their start from 0", "[optimizer]") {
  // m = 1, 0, 3/2 over 1 - 1/2^t; v = 1, 1, 3 over 1 - (3/4)^t.
  const Adam_options options{.learning_rate = 0.5, .beta1 = 0.5, .beta2 = 0.75, .epsilon = no_epsilon};
  const double third = 0.5 * (12.0 / 7.0) / std::sqrt(192.0 / 37.0);

  check_path(path(1.0, {2.0, -1.0, 3.0}, make<Adam>(options)), {0.5, 0.5, 0.5 - third});
  // Epsilon is added to the root of the corrected v, which is 2: 0.5 * 2 / (2 + 2).
  check_path(path(1.0, {2.0}, make<Adam>(Adam_options{0.5, 0.5, 0.75, 2.0})), {0.75});
}

TEST_CASE("AdamW shrinks the parameter by learning rate times decay, apart from Adam's step", "[optimizer]") {
  const Adamw_options options{
      .learning_rate = 0.25, .beta1 = 0.5, .beta2 = 0.75, .epsilon = no_epsilon, .weight_decay = 0.5};

  // 4 - 4/8 - 1/4 = 3.25; then 3.25 * 7/8 and no step, for m = 0.
  check_path(path(4.0, {2.0, -1.0}, make<Adamw>(options)), {3.25, 2.84375});
}

TEST_CASE("the defaults are PyTorch's", "[optimizer]") {
  // The size of the first step from gradient 1 tells the learning rate; the rest shows in two steps.
  check_path(path(0.0, {1.0, 0.0}, make<Momentum>(1.0)), {-1.0, -1.9});
  check_path(path(0.0, {1.0, 0.0}, make<Nesterov>(1.0)), {-1.9, -2.71});
  check_path(path(0.0, {1.0}, make<Adagrad>()), {-0.01}, 1e-11);
  check_path(path(0.0, {1.0}, make<Rmsprop>()), {-0.1}, epsilon_shows);
  check_path(path(0.0, {1.0}, make<Adam>()), {-0.001}, 1e-10);
  check_path(path(1.0, {1.0}, make<Adamw>()), {0.99999 - 0.001}, 1e-10);
  // epsilon / (gradient + epsilon) of the step is missing.
  CHECK(std::abs(path(0.0, {1e-8}, make<Adam>())[0] + 0.0005) <= 1e-12);
  CHECK(std::abs(path(0.0, {1e-10}, make<Adagrad>())[0] + 0.005) <= 1e-12);
  CHECK(std::abs(path(0.0, {1e-7}, make<Rmsprop>())[0] + 0.05) <= 1e-12);
  // m and v after one gradient 1 and one gradient 0: 0.09 / 0.19 and 0.000999 / 0.001999.
  const Numbers two = path(0.0, {1.0, 0.0}, make<Adam>());
  CHECK(std::abs(two[1] - two[0] + 0.001 * (0.09 / 0.19) / std::sqrt(0.000999 / 0.001999)) <= 1e-10);
}

// --- How they are related -------------------------------------------------------------------------------

TEST_CASE("without momentum, momentum and Nesterov are SGD to the last bit", "[optimizer]") {
  const Numbers sgd = path(0.3, random_grads, make<Sgd>(0.05));

  CHECK(path(0.3, random_grads, make<Momentum>(0.05, 0.0)) == sgd);
  CHECK(path(0.3, random_grads, make<Nesterov>(0.05, 0.0)) == sgd);
  CHECK(path(0.3, random_grads, make<Momentum>(0.05, 0.1)) != sgd);
}

TEST_CASE("without decay AdamW is Adam to the last bit", "[optimizer]") {
  const Numbers adam = path(0.3, random_grads, make<Adam>(Adam_options{0.02, 0.8, 0.95, 1e-6}));

  CHECK(path(0.3, random_grads, make<Adamw>(Adamw_options{0.02, 0.8, 0.95, 1e-6, 0.0})) == adam);
  CHECK(path(0.3, random_grads, make<Adamw>(Adamw_options{0.02, 0.8, 0.95, 1e-6, 0.1})) != adam);
}

TEST_CASE("Adam without memory steps as RMSProp without memory: by the sign of the gradient", "[optimizer]") {
  const Numbers adam = path(0.3, random_grads, make<Adam>(Adam_options{0.02, 0.0, 0.0, no_epsilon}));
  const Numbers rmsprop = path(0.3, random_grads, make<Rmsprop>(Rmsprop_options{0.02, 0.0, no_epsilon}));
  double place = 0.3;

  for (std::size_t i = 0; i < random_grads.size(); ++i) {
    place -= std::copysign(0.02, random_grads[i]);
    CHECK(std::abs(adam[i] - place) <= 1e-14);
    CHECK(std::abs(rmsprop[i] - place) <= 1e-14);
  }
}

TEST_CASE("Adam's first step is the learning rate times the sign of the gradient, up to epsilon",
          "[optimizer]") {
  for (const double grad : {1e-5, -3e-3, 0.7, -250.0, 1e9}) {
    const double first = path(0.0, {grad}, make<Adam>())[0];

    // 1 / (1 + epsilon / |g|), and a few roundings.
    CHECK(std::abs(first + std::copysign(0.001, grad)) <= 0.001 * (1e-8 / std::abs(grad) + few_roundings));
  }
}

TEST_CASE("each parameter has its own state, by its place in the list", "[optimizer]") {
  Bench bench({1.0, 1.0, 1.0});
  Adam together(bench.parameters, {.learning_rate = 0.1});
  Numbers grads[3] = {{1.0, -2.0, 0.5}, {3.0, 0.1, -4.0}, {random_grads.begin(), random_grads.begin() + 3}};

  for (std::size_t i = 0; i < 3; ++i) bench.step(together, {grads[0][i], grads[1][i], grads[2][i]});

  for (std::size_t p = 0; p < 3; ++p) {
    CHECK(bench.data()[p] == path(1.0, grads[p], make<Adam>(Adam_options{.learning_rate = 0.1})).back());
  }
}

TEST_CASE("every optimizer finds the bottom of a narrow valley", "[optimizer]") {
  // (p - 1)^2 / 2 + 10 (q + 2)^2, from the origin.
  const auto distance = [](auto make, int steps) {
    Bench bench({0.0, 0.0});
    const auto optimizer = make(bench.parameters);
    for (int i = 0; i < steps; ++i) {
      const Numbers at = bench.data();
      bench.step(*optimizer, {at[0] - 1.0, 20.0 * (at[1] + 2.0)});
    }
    return std::hypot(bench.data()[0] - 1.0, bench.data()[1] + 2.0);
  };

  CHECK(distance(make<Sgd>(0.05), 500) < 1e-6);
  CHECK(distance(make<Momentum>(0.02, 0.9), 500) < 1e-6);
  CHECK(distance(make<Nesterov>(0.02, 0.9), 500) < 1e-6);
  CHECK(distance(make<Adagrad>(Adagrad_options{.learning_rate = 1.0}), 500) < 1e-6);
  CHECK(distance(make<Adam>(Adam_options{.learning_rate = 0.1}), 1000) < 1e-6);
  CHECK(distance(make<Adamw>(Adamw_options{.learning_rate = 0.1, .weight_decay = 0.0}), 1000) < 1e-6);
  // RMSProp does not settle: its steps stay about as long as the learning rate.
  CHECK(distance(make<Rmsprop>(Rmsprop_options{.learning_rate = 0.001}), 5000) < 0.01);
}
