#include "engine/scalar/difference.h"

#include <cmath>
#include <vector>

#include "engine/scalar/dual.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;

namespace {
const double first_step = std::cbrt(std::numeric_limits<double>::epsilon());
}

TEST_CASE("a central difference is the derivative to within the error it states", "[difference]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Graph graph;
    std::vector<Value> leaves;
    for (int i = 0; i < 4; ++i) leaves.push_back(graph.leaf(random.uniform(-2.0, 2.0)));
    const Value root = test::random_expression(random, leaves, 30 + static_cast<int>(seed));
    Differences differences(root);

    for (const Value& leaf : leaves) {
      const double truth = forward_derivative(root, leaf);
      const Difference found = differences.by(leaf, first_step, false);

      CHECK(std::abs(found.value - truth) <= found.error);
      CHECK(found.error <= 1e-7 * (1.0 + std::abs(truth)));  // and it does not state much
    }
  }
}

TEST_CASE("the step is the distance that was really taken", "[difference]") {
  Graph graph;
  const Value x = graph.leaf(1e6 + 0.1);
  const Value y = square(x);

  const Difference found =
      Differences(y).by(x, 1e-13, false);  // 1e-7, and doubles near 10^6 are 1.2e-10 apart

  CHECK(found.step == 0.5 * ((x.data() + 1e-7) - (x.data() - 1e-7)));
  CHECK(found.step != 1e-7);
  CHECK(std::abs(found.value - 2.0 * x.data()) <= found.error);
}

TEST_CASE("the leaf is put back, and so is all that depends on it", "[difference]") {
  Graph graph;
  const Value x = graph.leaf(0.25), y = exp(x) * 3.0;
  const double before = y.data();

  Differences(y).by(x, first_step, true);

  CHECK(x.data() == 0.25);
  CHECK(y.data() == before);
}

TEST_CASE("a kink is stepped around, unless the point stands on it", "[difference]") {
  Graph graph;
  const Value x = graph.leaf(1e-9), y = abs(x) * 3.0;
  Differences differences(y);

  const Difference near = differences.by(x, first_step, false);

  CHECK(near.step < 1e-9);
  CHECK(std::abs(near.value - 3.0) <= near.error);
  CHECK(near.error < 1e-5);

  Graph other;
  const Value zero = other.leaf(0.0), h = abs(zero);
  const Difference on = Differences(h * 3.0).by(zero, first_step, true);

  CHECK(std::isnan(on.value));
  CHECK(on.kink.value().index() == h.index());
  CHECK_FALSE(on.non_finite.has_value());
}

TEST_CASE("the edge of a domain is named where every step crosses it", "[difference]") {
  Graph graph;
  const Value x = graph.leaf(0.0), h = pow(x, 1.5);

  const Difference found = Differences(h + 1.0).by(x, first_step, true);

  CHECK(std::isnan(found.value));
  CHECK(found.non_finite.value().index() == h.index());
  CHECK_FALSE(found.kink.has_value());
}

TEST_CASE("a step that crosses a pole is not believed", "[difference]") {
  Graph graph;
  const Value x = graph.leaf(1e-9), y = 1.0 / x;

  const Difference found = Differences(y).by(x, first_step, false);

  CHECK(std::abs(found.value / -1e18 - 1.0) < 1e-9);
  CHECK(std::abs(found.value - -1e18) <= found.error);
}

TEST_CASE("a detail narrower than the first step is found by the thorough search", "[difference]") {
  // A bell of width 10^-8 at 0, beside it: every long step sees only its flat surroundings.
  Graph graph;
  const Value x = graph.leaf(1e-9), y = exp(-square(1e8 * x));
  const double truth = forward_derivative(y, x);
  Differences differences(y);

  const Difference quick = differences.by(x, first_step, false);
  const Difference thorough = differences.by(x, first_step, true);

  CHECK(quick.value == 0.0);
  CHECK(std::abs(thorough.value - truth) <= thorough.error);
  CHECK(thorough.error < 1e-3 * std::abs(truth));
}

TEST_CASE("a tiny leaf gets tiny steps in the thorough search", "[difference]") {
  Graph graph;
  const Value x = graph.leaf(1e-300), y = log(x);

  const Difference found = Differences(y).by(x, first_step, true);

  CHECK(std::abs(found.value / 1e300 - 1.0) < 1e-8);
}

TEST_CASE("rounding inside a sum is part of the error", "[difference]") {
  // x is added to 10^8 and 10^8 taken away again: L is small, but the sum rounded at 1.5e-8.
  Graph graph;
  const Value x = graph.leaf(0.3), y = (x + 1e8) - 1e8;

  const Difference found = Differences(y).by(x, first_step, false);

  CHECK(std::abs(found.value - 1.0) > 1e-6);
  CHECK(std::abs(found.value - 1.0) <= found.error);
}
