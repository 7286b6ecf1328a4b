#include "engine/scalar/gradcheck.h"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/scalar/dual.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::contains_text;
using Evidence = Gradcheck_entry::Evidence;

namespace {

const double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Reference points at which an operation is smooth, its derivatives are neither 0 nor lost in rounding, and a
// step of 10^-5 is short.
bool is_ordinary(const test::Reference& row) {
  const bool has_y = info(row.op).arity == 2;
  const auto middling = [](double number) { return std::abs(number) > 1e-3 && std::abs(number) < 1e3; };
  return middling(row.x) && middling(row.dx) && (!has_y || (middling(row.y) && middling(row.dy))) &&
         std::abs(row.x) <= 4.0 && kink_side(row.op, row.x, row.y) == kink_side(row.op, row.x + 1e-9, row.y);
}

std::vector<Value> inputs_of(const test::Reference& row, Value x, Value y) {
  return info(row.op).arity == 2 ? std::vector<Value>{x, y} : std::vector<Value>{x};
}

}  // namespace

// --- What passes -----------------------------------------------------------------------------------------

TEST_CASE("every operation passes at ordinary points, whatever comes from above", "[gradcheck]") {
  Random random(3);
  int checked = 0;
  for (const auto& row : test::references()) {
    if (!is_ordinary(row)) continue;
    Graph graph;
    const Value x = graph.leaf(row.x, "x"), y = graph.leaf(row.y, "y");
    const Value root = test::apply(row.op, x, y) * random.uniform(0.2, 1.7);

    const Gradcheck_report report = gradcheck(root, inputs_of(row, x, y));

    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y << '\n' << to_string(report));
    CHECK(report.passed());
    ++checked;
  }
  CHECK(checked > 120);
}

TEST_CASE("no operation is called wrong at extreme points", "[gradcheck]") {
  for (const auto& row : test::references()) {
    if (!std::isfinite(row.dx) || !std::isfinite(row.dy)) continue;
    Graph graph;
    const Value x = graph.leaf(row.x, "x"), y = graph.leaf(row.y, "y");

    const Gradcheck_report report = gradcheck(test::apply(row.op, x, y), inputs_of(row, x, y));

    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y << '\n' << to_string(report));
    CHECK(report.verdict != Gradcheck_verdict::failed);
    CHECK_FALSE(report.reason.empty());
  }
}

TEST_CASE("random calculations with shared nodes pass", "[gradcheck]") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    Graph graph;
    std::vector<Value> leaves;
    for (int i = 0; i < 5; ++i) leaves.push_back(graph.leaf(random.uniform(-1.5, 1.5)));
    const Value root = test::random_expression(random, leaves, 100);

    const Gradcheck_report report = gradcheck(root, leaves);

    INFO("seed " << seed << '\n' << to_string(report));
    CHECK(report.passed());
    REQUIRE(report.entries.size() == 5);
    for (const Gradcheck_entry& entry : report.entries) {
      CHECK(entry.forward_badness() < 0.01);  // the tolerances are not what makes it pass
      CHECK(entry.central_badness() < 0.75);
    }
  }
}

TEST_CASE("a network with kinks in every neuron passes", "[gradcheck]") {
  Random random(11);
  Graph graph;
  std::vector<Value> parameters, layer;
  const auto parameter = [&] {
    parameters.push_back(graph.leaf(random.normal()));
    return parameters.back();
  };
  for (int i = 0; i < 4; ++i) layer.push_back(graph.constant(random.normal()));
  for (int depth = 0; depth < 3; ++depth) {
    std::vector<Value> next;
    for (int o = 0; o < 8; ++o) {
      std::vector<Value> weights;
      for (std::size_t i = 0; i < layer.size(); ++i) weights.push_back(parameter());
      next.push_back(leaky_relu(dot(weights, layer) + parameter(), 0.1));
    }
    layer = next;
  }

  const Gradcheck_report report = gradcheck(softmax_cross_entropy(layer, 3), parameters);

  INFO(to_string(report));
  CHECK(report.passed());
  CHECK(report.entries.size() == 184);
}

TEST_CASE("a function is checked at a point, in each of its three forms", "[gradcheck]") {
  const auto of_values = [](std::span<const Value> x) { return dot(x, x) * 0.5; };
  const std::vector<double> point = {0.5, -2.0, 3.0};

  const Gradcheck_report listed = gradcheck(of_values, {0.5, -2.0, 3.0});
  const Gradcheck_report held = gradcheck(of_values, point);
  const Gradcheck_report spelled = gradcheck([](Value x, Value y) { return sin(x) * y; }, 0.5, 2);
  const Gradcheck_report single = gradcheck([](auto x) { return x * x * x; }, 2.0);

  CHECK(listed.passed());
  CHECK(test::close(listed.entries.at(2).backward, 3.0));
  CHECK(listed.entries.at(2).input == "x3");
  CHECK(held.passed());
  CHECK(held.entries.size() == 3);
  CHECK(spelled.passed());
  CHECK(spelled.entries.at(0).input == "x1");
  CHECK(test::close(spelled.entries.at(0).backward, 2.0 * std::cos(0.5)));
  CHECK(test::close(spelled.entries.at(1).backward, std::sin(0.5)));
  CHECK(single.passed());
  CHECK(single.entries.at(0).input == "x");
}

TEST_CASE("the check is made at the leaves' present numbers", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(2.0), y = x * x * x;
  x.set_data(10.0);

  const Gradcheck_report report = gradcheck(y, {x});

  CHECK(report.passed());
  CHECK(test::close(report.entries.at(0).backward, 300.0));
}

// --- What fails ------------------------------------------------------------------------------------------

TEST_CASE("the true gradient passes as a claim and every planted fault falls", "[gradcheck]") {
  int planted = 0;
  for (const auto& row : test::references()) {
    if (!is_ordinary(row)) continue;
    Graph graph;
    const Value x = graph.leaf(row.x, "x"), y = graph.leaf(row.y, "y");
    const Value root = test::apply(row.op, x, y);
    const std::vector<Value> inputs = inputs_of(row, x, y);
    std::vector<double> truth = {row.dx};
    if (inputs.size() == 2) truth.push_back(row.dy);
    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y);

    CHECK(gradcheck_claims(root, inputs, truth).passed());

    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const double d = truth[i];
      for (double wrong : {-d, 2.0 * d, 0.5 * d, 0.0, d + 1.0, d * (1.0 + 1e-8), infinity, not_a_number}) {
        std::vector<double> claims = truth;
        claims[i] = wrong;

        const Gradcheck_report report = gradcheck_claims(root, inputs, claims);

        INFO("claimed " << wrong << " for input " << i << '\n' << to_string(report));
        CHECK(report.verdict == Gradcheck_verdict::failed);
        CHECK(report.worst == i);
        CHECK_THAT(report.reason, contains_text(i == 0 ? "x: the claim says" : "y: the claim says"));
        ++planted;
      }
    }
  }
  CHECK(planted > 1000);
}

TEST_CASE("the central difference alone finds a wrong gradient too", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(0.7, "x"), y = tanh(x) * 3.0;
  const double truth = 3.0 / (std::cosh(0.7) * std::cosh(0.7));

  const auto report = gradcheck_claims(y, std::array{x}, std::array{truth * (1.0 + 1e-6)});

  CHECK(report.entries.at(0).central_badness() > 1.0);
  CHECK(report.entries.at(0).forward_badness() > 1.0);
}

TEST_CASE("a wrong claim is told with all three numbers and the ratio", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(3.0, "w5"), y = x * x;

  const auto report = gradcheck_claims(y, std::array{x}, std::array{-3.0});

  CHECK_THAT(report.reason, contains_text("w5: the claim says -3, forward mode 6, the central difference 6"));
  CHECK_THAT(report.reason, contains_text("The ratio to forward mode is -0.5."));
}

TEST_CASE("one wrong claim among many is named as the worst", "[gradcheck]") {
  Graph graph;
  std::vector<Value> x;
  std::vector<double> claims;
  for (int i = 0; i < 40; ++i) {
    x.push_back(graph.leaf(0.1 * i + 0.05, "x" + std::to_string(i)));
    claims.push_back(2.0 * x.back().data());
  }
  const Value y = dot(x, x);
  claims[27] += 1e-5;

  const Gradcheck_report report = gradcheck_claims(y, x, claims);

  CHECK(report.verdict == Gradcheck_verdict::failed);
  CHECK(report.worst == 27);
  CHECK_THAT(report.reason, contains_text("x27"));
  CHECK(report.entries[26].agrees());
  CHECK_FALSE(report.entries[27].agrees());
}

TEST_CASE("a gradient claimed for an input that leads nowhere fails", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(2.0, "x"), aside = graph.leaf(3.0, "aside"), y = x * x;
  const Value later = graph.leaf(4.0, "later");
  const std::array inputs = {x, aside, later};

  CHECK(gradcheck(y, inputs).passed());
  CHECK(gradcheck_claims(y, inputs, std::array{4.0, 0.0, 0.0}).passed());
  CHECK(gradcheck_claims(y, inputs, std::array{4.0, 1e-300, 0.0}).verdict == Gradcheck_verdict::failed);
  CHECK(gradcheck_claims(y, inputs, std::array{4.0, 0.0, -1.0}).verdict == Gradcheck_verdict::failed);
}

TEST_CASE("a number that is not finite is named with its node", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(-1.0, "x"), y = log(x).named("y"), z = y * 2.0;
  const Value big = graph.leaf(800.0, "big"), e = exp(big) + x;
  const Value nan_leaf = graph.leaf(not_a_number, "hole"), f = nan_leaf * x;

  const Gradcheck_report domain = gradcheck(z, {x});
  const Gradcheck_report overflow = gradcheck(e, {x, big});
  const Gradcheck_report leaf = gradcheck(f, {x});

  CHECK(domain.verdict == Gradcheck_verdict::failed);
  CHECK_THAT(domain.reason, contains_text("log at node 1 (y) is nan: there is nothing"));
  CHECK(overflow.verdict == Gradcheck_verdict::failed);
  CHECK_THAT(overflow.reason, contains_text("exp at node 5 is inf"));
  CHECK(leaf.verdict == Gradcheck_verdict::failed);
  CHECK_THAT(leaf.reason, contains_text("leaf at node 7 (hole) is nan"));
}

TEST_CASE("a gradient that is not finite is named with the node that broke it", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(0.0, "x"), r = sqrt(x).named("r"), y = r * 3.0 + x;

  const Gradcheck_report report = gradcheck(y, {x});

  CHECK(report.verdict == Gradcheck_verdict::failed);
  CHECK_THAT(report.reason,
             contains_text("x: backward() says inf: sqrt at node 1 (r) has a derivative of inf"));
}

TEST_CASE("the edge of a domain fails and is named", "[gradcheck]") {
  // x^1.5 has the derivative 0 at 0, and no value to the left of it.
  Graph graph;
  const Value x = graph.leaf(0.0, "x"), p = pow(x, 1.5).named("p"), y = p + x;

  const Gradcheck_report report = gradcheck(y, {x});

  CHECK(report.verdict == Gradcheck_verdict::failed);
  CHECK(report.entries.at(0).evidence == Evidence::not_finite);
  CHECK_THAT(report.reason, contains_text("x: pow at node 2 (p) is not finite at a step to one side"));
}

// --- The options -----------------------------------------------------------------------------------------

TEST_CASE("the step that was asked for is the largest taken", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(100.0, "x"), y = square(x);

  // A parabola bends by nothing that a central difference sees, so the longest step is the best.
  CHECK(test::close(gradcheck(y, {x}, {.step = 0.01}).entries.at(0).step, 1.0));
  CHECK(test::close(gradcheck(y, {x}, {.step = 1e-4}).entries.at(0).step, 0.01, 1e4));
}

TEST_CASE("the default step is the cube root of epsilon", "[gradcheck]") {
  CHECK(test::close(Gradcheck_options().step, std::cbrt(std::numeric_limits<double>::epsilon())));
  CHECK(test::close(Gradcheck_options().seed, std::cos(Gradcheck_options().seed)));
}

// --- Errors, and what the check leaves behind ------------------------------------------------------------

TEST_CASE("the graph is left as it was", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(0.5, "x"), y = graph.leaf(2.0, "y"), untouched = graph.leaf(3.0);
  const Value h = sin(x) * y, root = exp(h) + untouched;
  h.backward(0.25);  // x and y have gradients, root and untouched have none
  const double x_grad = x.grad(), h_grad = h.grad();
  const std::size_t size = graph.size();

  gradcheck(root, {x, y, untouched});
  gradcheck_claims(root, std::array{x}, std::array{not_a_number});

  CHECK(graph.size() == size);
  CHECK(x.data() == 0.5);
  CHECK(x.grad() == x_grad);
  CHECK(h.grad() == h_grad);
  CHECK_FALSE(root.has_grad());
  CHECK_FALSE(untouched.has_grad());
  CHECK(root.data() == std::exp(h.data()) + 3.0);
}

TEST_CASE("impossible arguments are refused and leave the graph as it was", "[gradcheck]") {
  Graph graph, elsewhere;
  const Value x = graph.leaf(0.5, "x"), h = sin(x).named("h"), y = h * 2.0;
  const Value stranger = elsewhere.leaf(1.0);
  const auto before = graph.mark();
  const Value stale = x * 3.0;
  graph.rewind(before);
  y.backward(0.3);
  const double grad = x.grad();

  CHECK_THROWS_WITH(gradcheck(y, {x, h}), contains_text("h is not one but a sin"));
  CHECK_THROWS_AS(gradcheck(y, {y}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(y, {x, stranger}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(y, {x, Value()}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(Value(), {x}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(stale, {x}), std::out_of_range);
  CHECK_THROWS_AS(gradcheck(y, {x}, {.step = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(y, {x}, {.step = -1e-5}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(y, {x}, {.step = not_a_number}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(y, {x}, {.step = infinity}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(y, {x}, {.seed = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck(y, {x}, {.seed = infinity}), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck_claims(y, std::array{x}, std::array{1.0, 2.0}), std::invalid_argument);
  CHECK(x.data() == 0.5);
  CHECK(x.grad() == grad);
  CHECK(y.grad() == 0.3);
}

TEST_CASE("what the function throws comes through, and so does a Value of nowhere", "[gradcheck]") {
  Graph elsewhere;
  const Value stranger = elsewhere.leaf(1.0);

  CHECK_THROWS_AS(gradcheck([](Value) -> Value { throw std::domain_error("mine"); }, 1.0), std::domain_error);
  CHECK_THROWS_AS(gradcheck([&](Value) { return stranger; }, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(gradcheck([](Value) { return Value(); }, 1.0), std::invalid_argument);
}
