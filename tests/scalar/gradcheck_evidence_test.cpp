// What a gradient check makes of points where there is nothing to compare with, and of checks that could not
// have failed.
#include <array>
#include <cmath>
#include <span>
#include <string>

#include "engine/scalar/gradcheck.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::contains_text;
using Evidence = Gradcheck_entry::Evidence;

// --- Kinks -----------------------------------------------------------------------------------------------

TEST_CASE("a point on a kink is neither passed nor failed, and the node is named", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(2.0, "x"), w = graph.leaf(0.5, "w");
  const Value h = relu(x * w - 1.0).named("h1"), y = h * 3.0 + x;

  const Gradcheck_report report = gradcheck(y, {x, w});

  CHECK(report.verdict == Gradcheck_verdict::kink_crossed);
  CHECK_FALSE(report.passed());
  CHECK_THAT(report.reason, contains_text("relu at node 5 (h1) stands on its kink"));
  CHECK_THAT(report.reason, contains_text("every step of x crosses it (and of 1 more)"));
  CHECK(report.entries.at(0).evidence == Evidence::kink);
  CHECK(report.entries.at(0).obstacle == "relu at node 5 (h1)");
  CHECK(std::isnan(report.entries.at(0).central));
  CHECK(report.entries.at(0).agrees());  // forward mode follows the same convention: relu'(0) = 0
  CHECK(report.entries.at(0).backward == 1.0);
}

TEST_CASE("a wrong gradient at a kink fails, by the convention", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(0.0, "x"), y = relu(x);

  CHECK(gradcheck_claims(y, std::array{x}, std::array{0.0}).verdict == Gradcheck_verdict::kink_crossed);
  CHECK(gradcheck_claims(y, std::array{x}, std::array{0.5}).verdict == Gradcheck_verdict::failed);
  CHECK(gradcheck_claims(y, std::array{x}, std::array{1.0}).verdict == Gradcheck_verdict::failed);
}

TEST_CASE("a kink closer than the step is stepped around", "[gradcheck]") {
  for (double x : {1e-9, -1e-9, 1e-7, -3e-12}) {
    INFO("x = " << x);
    const Gradcheck_report report = gradcheck([](Value v) { return abs(v) * 0.5; }, x);

    CHECK(report.passed());
    CHECK(report.entries.at(0).step < std::abs(x));
    CHECK(report.entries.at(0).backward == (x > 0 ? 0.5 : -0.5));
  }
}

TEST_CASE("a tie is a kink of max, but not where both inputs are the same value", "[gradcheck]") {
  const Gradcheck_report tie = gradcheck([](Value x, Value y) { return max(x, y); }, 1.5, 1.5);
  const Gradcheck_report same = gradcheck([](Value x) { return max(x, x); }, 1.5);

  CHECK(tie.verdict == Gradcheck_verdict::kink_crossed);
  CHECK(tie.entries.at(0).backward == 0.5);
  CHECK(same.verdict == Gradcheck_verdict::passed);
  CHECK(same.entries.at(0).backward == 1.0);
}

TEST_CASE("a kink that does not move with the input is no obstacle", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(2.0, "x"), zero = graph.leaf(0.0, "zero");
  const Value y = relu(zero) + square(x);

  CHECK(gradcheck(y, {x}).passed());
  CHECK(gradcheck(y, {x, zero}).verdict == Gradcheck_verdict::kink_crossed);
}

TEST_CASE("crossing the axis is no kink of atan2, crossing its cut is", "[gradcheck]") {
  const auto angle = [](Value y, Value x) { return atan2(y, x); };

  CHECK(gradcheck(angle, 1.0, 0.0).passed());
  CHECK(gradcheck(angle, 1e-9, 1.0).passed());
  CHECK(gradcheck(angle, -1.0, -1.0).passed());
  CHECK(gradcheck(angle, 0.0, -1.0).verdict == Gradcheck_verdict::kink_crossed);
  CHECK(gradcheck(angle, 1e-9, -1.0).passed());
}

// --- What proves nothing ---------------------------------------------------------------------------------

TEST_CASE("a check that could not have failed does not pass", "[gradcheck]") {
  const auto verdict = [](const auto& f, double x) { return gradcheck(f, x).verdict; };

  CHECK(verdict([](Value x) { return relu(x); }, -1.0) == Gradcheck_verdict::proved_nothing);
  CHECK(verdict([](Value x) { return square(x); }, 0.0) == Gradcheck_verdict::proved_nothing);
  CHECK(verdict([](Value x) { return x; }, 2.0) == Gradcheck_verdict::proved_nothing);
  CHECK(verdict([](Value x) { return x.graph().constant(2.0); }, 2.0) == Gradcheck_verdict::proved_nothing);
  CHECK(verdict([](Value x) { return x.graph().leaf(2.0) * 3.0; }, 2.0) == Gradcheck_verdict::proved_nothing);
  CHECK(verdict([](Value x) { return tanh(x); }, 20.0) == Gradcheck_verdict::proved_nothing);
  CHECK(verdict([](Value x) { return tanh(x); }, 2.0) == Gradcheck_verdict::passed);
}

TEST_CASE("without an input nothing is proved", "[gradcheck]") {
  Graph graph;
  const Value y = square(graph.leaf(2.0));

  const Gradcheck_report report = gradcheck(y, std::span<const Value>());

  CHECK(report.verdict == Gradcheck_verdict::proved_nothing);
  CHECK(report.reason == "there is no input to check.");
  CHECK(to_string(report) == "gradient check: proved nothing: there is no input to check.\n");
}

TEST_CASE("gradients of 0 that should not be fail, they do not prove nothing", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(2.0), y = square(x);

  CHECK(gradcheck_claims(y, std::array{x}, std::array{0.0}).verdict == Gradcheck_verdict::failed);
}

TEST_CASE("a seed of 1 proves nothing where it stays 1, and the mend is told", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(0.5, "x"), y = graph.leaf(2.0, "y");
  const Gradcheck_options one{.seed = 1.0};

  const Gradcheck_report alone = gradcheck(sin(x), {x}, one);
  const Gradcheck_report sum = gradcheck(sin(x) + exp(y), {x, y}, one);

  CHECK(alone.verdict == Gradcheck_verdict::proved_nothing);
  CHECK_THAT(alone.reason, contains_text("Leave the seed at its default"));
  CHECK(sum.verdict == Gradcheck_verdict::proved_nothing);
  CHECK(gradcheck(sin(x), {x}).passed());
  CHECK(gradcheck(sin(x * y), {x, y}, one).passed());  // the product's gradient from above is cos(1)
  CHECK(gradcheck(sin(x) * 0.3, {x}, one).passed());
  CHECK(gradcheck(sin(x), {x}, {.seed = -2.5}).passed());
}

TEST_CASE("the gradients reported are those of a seed of 1, whatever the seed", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(0.5, "x"), y = exp(x) * x;
  const double truth = std::exp(0.5) * 1.5;

  for (double seed : {0.7390851332151607, 1.0, -3.0, 1e-3}) {
    CHECK(test::close(gradcheck(y, {x}, {.seed = seed}).entries.at(0).backward, truth));
  }
}
