// Uses Backstep's matchers in a test of somebody else's. Catch2 2.13 and 3.x: <backstep/catch.h> brings either.
#define CATCH_CONFIG_RUNNER  // Catch2 2.13 only; 3.x ignores it
#include <backstep/catch.h>

#include "engine/scalar/math.h"

using bp::Graph, bp::HasData, bp::HasGrad, bp::Value;

TEST_CASE("a published gradient agrees to its last digit") {
  Graph graph;
  const Value x = graph.leaf(3.0, "x");
  const Value y = square(x) + 0.3 * x;

  y.backward(2.0);

  CHECK_THAT(y, HasData("9.9"));
  CHECK_THAT(x, HasGrad("12.6"));
  CHECK_THAT(x, !HasGrad("12.4"));
}

TEST_CASE("a function of ours passes the gradient check") {
  CHECK_GRADIENTS([](Value a, Value b) { return tanh(a * b) * b; }, 0.4, -0.7);
}

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
