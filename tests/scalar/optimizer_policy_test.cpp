// Optimizers: when they may step, what a step changes and what it refuses, and the errors.
#include <limits>
#include <stdexcept>
#include <vector>

#include "engine/scalar/optimizer.h"
#include "tests/support/catch2.h"
#include "tests/support/optimizer_bench.h"

using namespace bp;
using bp::test::make, bp::test::path, bp::test::Bench;
using Numbers = std::vector<double>;
using Catch::Matchers::Message;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a new learning rate holds from the next step, and the velocity is in units of the gradient",
          "[optimizer]") {
  Bench bench({0.0});
  Momentum optimizer(bench.parameters, 1.0, 0.5);

  bench.step(optimizer, {1.0});
  optimizer.set_learning_rate(0.1);
  bench.step(optimizer, {0.0});

  CHECK(optimizer.learning_rate() == 0.1);
  CHECK(std::abs(bench.data()[0] - (-1.0 - 0.1 * 0.5)) <= 4e-15);  // Keras would be at -1.5
  CHECK(optimizer.steps() == 2);
}

TEST_CASE("gradients add up over backward passes until zero_grad, and step leaves them", "[optimizer]") {
  Bench bench({1.0});
  const Value p = bench.parameters[0];
  Sgd optimizer(bench.parameters, 0.5);

  (p * 3.0).backward();
  (p * 4.0).backward();
  optimizer.step();

  CHECK(p.data() == 1.0 - 0.5 * 7.0);
  CHECK(p.grad() == 7.0);
  optimizer.zero_grad();
  CHECK(p.grad() == 0.0);
  optimizer.step();
  CHECK(p.data() == -2.5);
}

TEST_CASE("a parameter that the loss does not depend on has gradient 0: only decay moves it", "[optimizer]") {
  Bench bench({1.0, 1.0});
  Sgd sgd(bench.parameters, 0.5);
  Adamw adamw(bench.parameters, {.learning_rate = 0.5, .weight_decay = 0.5});

  (bench.parameters[0] * 2.0).backward();
  sgd.step();
  CHECK(bench.data() == Numbers{0.0, 1.0});
  adamw.step();

  CHECK(bench.data()[1] == 0.75);
}

TEST_CASE("after a step the recorded loss wants a recompute", "[optimizer]") {
  Bench bench({3.0});
  const Value p = bench.parameters[0], loss = square(p);
  Sgd optimizer(bench.parameters, 0.25);

  loss.backward();
  optimizer.step();

  CHECK(p.data() == 1.5);
  CHECK(loss.data() == 9.0);
  CHECK_THROWS_AS(loss.backward(), std::logic_error);
  bench.graph.recompute();
  CHECK(loss.data() == 2.25);
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  CHECK(p.data() == 0.75);
}

TEST_CASE("a gradient that is not finite stops the step before anything has changed", "[optimizer]") {
  for (const double bad : {not_a_number, infinity, -infinity}) {
    Bench bench({1.0, 2.0});
    bench.parameters[1].named("w");
    Adam optimizer(bench.parameters, {.learning_rate = 0.1});
    bench.step(optimizer, {1.0, -1.0});
    const Numbers before = bench.data();

    CHECK_THROWS_AS(bench.step(optimizer, {1.0, bad}), std::runtime_error);

    CHECK(bench.data() == before);
    CHECK(optimizer.steps() == 1);
    bench.step(optimizer, {3.0, -2.0});
    // The state is as if the bad step had not been tried.
    const auto adam = make<Adam>(Adam_options{.learning_rate = 0.1});
    CHECK(bench.data() == Numbers{path(1.0, {1.0, 3.0}, adam)[1], path(2.0, {-1.0, -2.0}, adam)[1]});
  }
}

TEST_CASE("a diverged step says which parameter, which step, and what to try", "[optimizer]") {
  Bench bench({1.0, 2.0});
  bench.parameters[1].named("w1[0,2]");
  Sgd optimizer(bench.parameters, 0.5);

  CHECK_THROWS_MATCHES(
      bench.step(optimizer, {1.0, infinity}), std::runtime_error,
      Message("backstep: step 1: the gradient of parameter 1 (w1[0,2]) is inf; nothing was changed. "
              "Graph::first_non_finite() shows where it began; a smaller learning rate (now 0.5) "
              "may help"));
}

TEST_CASE("a step that would make a parameter infinite changes none", "[optimizer]") {
  Bench bench({1.0, 2.0});
  Sgd optimizer(bench.parameters, 1e300);

  CHECK_THROWS_MATCHES(bench.step(optimizer, {1e-300, 1e300}), std::runtime_error,
                       Message("backstep: step 1: parameter 1 would become -inf; no parameter was changed. "
                               "A smaller learning rate (now 1e+300) may help"));
  CHECK(bench.data() == Numbers{1.0, 2.0});
}

// --- Errors ---------------------------------------------------------------------------------------------

TEST_CASE("a step before any backward pass, or after one of another loss, is refused", "[optimizer]") {
  Bench bench({1.0, 2.0});
  const Value other = bench.graph.leaf(3.0);
  Sgd optimizer(bench.parameters, 0.5);

  CHECK_THROWS_MATCHES(
      optimizer.step(), std::logic_error,
      Message("backstep: step() of an optimizer whose parameters have no gradients; run backward() "
              "first"));
  square(other).backward();
  CHECK_THROWS_AS(optimizer.step(), std::logic_error);
  CHECK(bench.data() == Numbers{1.0, 2.0});
  (bench.parameters[0] * 0.0).backward();
  CHECK_NOTHROW(optimizer.step());  // a gradient that is 0 is a gradient
}

TEST_CASE("an optimizer refuses what is no set of parameters", "[optimizer]") {
  Bench bench({1.0, 2.0}), stranger({3.0, 4.0});
  const Value a = bench.parameters[0], b = bench.parameters[1];

  CHECK_THROWS_MATCHES(Sgd({}, 0.1), std::invalid_argument,
                       Message("backstep: an optimizer needs one parameter or more"));
  CHECK_THROWS_MATCHES(Sgd({a, (a * b).named("c")}, 0.1), std::invalid_argument,
                       Message("backstep: parameter 1 (c) of an optimizer is no leaf but the result of mul"));
  CHECK_THROWS_AS(Sgd({a, bench.graph.constant(2.0)}, 0.1), std::invalid_argument);
  CHECK_THROWS_MATCHES(Sgd({a, b, a}, 0.1), std::invalid_argument,
                       Message("backstep: parameter 2 of an optimizer stands there twice"));
  CHECK_THROWS_MATCHES(Sgd({a, stranger.parameters[1]}, 0.1), std::invalid_argument,
                       Message("backstep: this Value belongs to another graph"));
  CHECK_THROWS_AS(Sgd({Value()}, 0.1), std::invalid_argument);
}

TEST_CASE("an optimizer whose parameters were dropped by a rewind says so", "[optimizer]") {
  Graph graph;
  const Graph::Mark start = graph.mark();
  const Value p = graph.leaf(1.0);
  Sgd optimizer({p}, 0.1);
  p.backward();

  graph.rewind(start);

  CHECK_THROWS_AS(optimizer.step(), std::out_of_range);
}

TEST_CASE("settings out of range are refused by name", "[optimizer]") {
  const Bench bench({1.0});
  const std::vector<Value> p = bench.parameters;
  Sgd sgd(p, 0.0);

  CHECK_THROWS_MATCHES(Sgd(p, -0.1), std::invalid_argument,
                       Message("backstep: learning_rate is -0.1; it must be 0 or more, and finite"));
  CHECK_THROWS_AS(Sgd(p, not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(Adam(p, {.learning_rate = infinity}), std::invalid_argument);
  CHECK_THROWS_AS(sgd.set_learning_rate(-1.0), std::invalid_argument);
  CHECK(sgd.learning_rate() == 0.0);
  CHECK_THROWS_MATCHES(Momentum(p, 0.1, 1.0), std::invalid_argument,
                       Message("backstep: momentum is 1; it must be from 0 to below 1"));
  CHECK_THROWS_AS(Nesterov(p, 0.1, -0.1), std::invalid_argument);
  CHECK_THROWS_AS(Nesterov(p, 0.1, not_a_number), std::invalid_argument);
  CHECK_THROWS_MATCHES(Adagrad(p, {.epsilon = 0.0}), std::invalid_argument,
                       Message("backstep: epsilon is 0; it must be above 0, and finite"));
  CHECK_THROWS_MATCHES(Rmsprop(p, {.alpha = 1.0}), std::invalid_argument,
                       Message("backstep: alpha is 1; it must be from 0 to below 1"));
  CHECK_THROWS_AS(Rmsprop(p, {.epsilon = not_a_number}), std::invalid_argument);
  CHECK_THROWS_MATCHES(Adam(p, {.beta1 = 1.0}), std::invalid_argument,
                       Message("backstep: beta1 is 1; it must be from 0 to below 1"));
  CHECK_THROWS_MATCHES(Adam(p, {.beta2 = -0.5}), std::invalid_argument,
                       Message("backstep: beta2 is -0.5; it must be from 0 to below 1"));
  CHECK_THROWS_AS(Adam(p, {.epsilon = -1e-8}), std::invalid_argument);
  CHECK_THROWS_MATCHES(Adamw(p, {.weight_decay = -0.1}), std::invalid_argument,
                       Message("backstep: weight_decay is -0.1; it must be 0 or more, and finite"));
}
