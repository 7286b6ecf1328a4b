#include "engine/scalar/math.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "engine/data/random.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

TEST_CASE("operators take values and numbers on either side", "[math]") {
  Graph graph;
  const Value a = graph.leaf(3.0), b = graph.leaf(4.0);

  CHECK((a + b).data() == 7.0);
  CHECK((a + 1.0).data() == 4.0);
  CHECK((1.0 + a).data() == 4.0);
  CHECK((a - b).data() == -1.0);
  CHECK((a - 1.0).data() == 2.0);
  CHECK((1.0 - a).data() == -2.0);
  CHECK((a * b).data() == 12.0);
  CHECK((a * 2.0).data() == 6.0);
  CHECK((2.0 * a).data() == 6.0);
  CHECK((a / b).data() == 0.75);
  CHECK((a / 2.0).data() == 1.5);
  CHECK((6.0 / a).data() == 2.0);
  CHECK((-a).data() == -3.0);
  CHECK((+a).index() == a.index());
  CHECK(pow(2.0, a).data() == 8.0);
  CHECK(pow(a, 2.0).data() == 9.0);
  CHECK(max(a, 3.5).data() == 3.5);
  CHECK(min(1.0, a).data() == 1.0);
  CHECK(leaky_relu(-a, 0.5).data() == -1.5);
}

TEST_CASE("the order of a number and a value matters to the gradient", "[math]") {
  Graph graph;
  const Value a = graph.leaf(4.0);

  (3.0 * (1.0 - a) + 5.0 * (8.0 / a) + 7.0 * pow(2.0, a)).backward();

  // -3 - 5 * 8/16 + 7 * 2^4 log 2
  CHECK(close(a.grad(), -3.0 - 2.5 + 112.0 * std::log(2.0)));
}

TEST_CASE("an assignment with an operator moves the name on and keeps the old node", "[math]") {
  Graph graph;
  const Value a = graph.leaf(3.0);
  Value x = a;

  x += a;
  x *= 2.0;
  x -= 1.0;
  x /= a;
  x -= a;
  x /= 2.0;
  x += 1.0;
  x *= a;
  x.backward();

  // x = ((2(a + a) - 1) / a - a) / 2 + 1) a = (4a - 1 - a^2 + 2a) / 2
  CHECK(close(x.data(), (6.0 * 3.0 - 1.0 - 9.0) / 2.0));
  CHECK(std::abs(a.grad() - (3.0 - 3.0)) <= 1e-14);
  CHECK(a.data() == 3.0);
}

TEST_CASE("softmax sums to 1, ignores a shift, and keeps its digits far out", "[math]") {
  Graph graph;
  const std::vector<Value> z{graph.leaf(1001.0), graph.leaf(1002.0), graph.leaf(1003.0)};

  const auto p = softmax(z);

  CHECK(std::abs(p[0].data() + p[1].data() + p[2].data() - 1.0) <= 1e-12);
  CHECK(std::abs(p[0].data() - 0.090030573170380457998) <= 1e-13);
  CHECK(std::abs(p[2].data() - 0.66524095577482188953) <= 1e-12);
}

TEST_CASE("the softmax Jacobian is p_i (delta_ij - p_j): its rows sum to 0", "[math]") {
  Random random(5);
  Graph graph;
  std::vector<Value> z;
  for (int i = 0; i < 5; ++i) z.push_back(graph.leaf(random.uniform(-2, 2)));
  const auto p = softmax(z);

  for (std::size_t i = 0; i < p.size(); ++i) {
    graph.zero_grad();
    p[i].backward(1.7);
    double row = 0.0;
    for (std::size_t j = 0; j < z.size(); ++j) {
      const double expected = 1.7 * p[i].data() * ((i == j ? 1.0 : 0.0) - p[j].data());
      CHECK(std::abs(z[j].grad() - expected) <= 1e-15);
      row += z[j].grad();
    }
    CHECK(std::abs(row) <= 1e-15);
  }
}

TEST_CASE("softmax cross-entropy is -log p of the label and its gradient is p less the label", "[math]") {
  Graph graph;
  const std::vector<Value> z{graph.leaf(1.0), graph.leaf(2.0), graph.leaf(3.0)};

  const Value L = softmax_cross_entropy(z, 2);
  L.backward(2.0);

  CHECK(close(L.data(), 0.40760596444438030448));
  CHECK(close(z[0].grad(), 2.0 * 0.090030573170380457998));
  CHECK(close(z[1].grad(), 2.0 * 0.24472847105479765247));
  CHECK(close(z[2].grad(), 2.0 * -0.33475904422517811047));
}

TEST_CASE("a label that is not a class is refused", "[math]") {
  Graph graph;
  const std::vector<Value> z{graph.leaf(1.0), graph.leaf(2.0)}, none;

  CHECK_THROWS_AS(softmax_cross_entropy(z, 2), std::out_of_range);
  CHECK_THROWS_AS(softmax_cross_entropy(none, 0), std::invalid_argument);
  CHECK_THROWS_AS(softmax(none), std::invalid_argument);
  CHECK_THROWS_AS(softmax_cross_entropy(2, z), std::out_of_range);
  CHECK_THROWS_AS(softmax_cross_entropy(std::size_t(-1), z), std::out_of_range);
  CHECK_THROWS_AS(softmax_cross_entropy(0, none), std::invalid_argument);
  CHECK(graph.size() == 2);
}

TEST_CASE("softmax cross-entropy as one node has the class as a constant in front of the logits", "[math]") {
  Graph graph;
  const Value a = graph.leaf(1.0), b = graph.leaf(2.0);

  const Value L = softmax_cross_entropy(1, {a, b});

  REQUIRE(L.op() == Op::softmax_cross_entropy);
  REQUIRE(L.input_count() == 3);
  CHECK(L.input(0).is_constant());
  CHECK(L.input(0).data() == 1.0);
  CHECK(L.input(1).index() == a.index());
  CHECK(L.input(2).index() == b.index());
  CHECK(L.local_derivative(0) == 0.0);
  CHECK(graph.size() == 4);
}

TEST_CASE("softmax cross-entropy as one node keeps the digits of a loss near 0", "[math]") {
  Graph graph;
  const Value low = graph.leaf(-60.0), high = graph.leaf(20.0);

  const Value L = softmax_cross_entropy(1, {low, high});
  L.backward();

  // log(1 + e^-80), and its slopes are +-e^-80 as far as 16 digits go. 80 in an exponent is 2^6 roundings.
  const double tiny = 1.8048513878454151724e-35;
  CHECK(close(L.data(), tiny));
  CHECK(close(low.grad(), tiny));
  CHECK(close(high.grad(), -tiny));
}

TEST_CASE("softmax cross-entropy with a number that is no class is NaN and no access out of bounds",
          "[math]") {
  Graph graph;
  const Value k = graph.leaf(1.0), a = graph.leaf(1.0), b = graph.leaf(2.0);
  const Value L = Graph::record<Op::softmax_cross_entropy>(std::vector{k, a, b});
  REQUIRE(close(L.data(), std::log1p(std::exp(-1.0))));

  for (double wrong : {2.0, -1.0, 0.5, 1e300, std::nan("")}) {
    k.set_data(wrong);
    graph.recompute();
    L.backward();

    CHECK(std::isnan(L.data()));
    CHECK(std::isnan(a.grad()));
    graph.zero_grad();
  }
}

TEST_CASE("an operation is recorded by its code as by its name", "[math]") {
  Graph graph;
  const Value x = graph.leaf(0.4), y = graph.leaf(0.7);
  const std::vector<Value> two = {x, y}, four = {x, y, y, y};

  for (std::size_t i = 2; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    const int arity = info(op).arity;
    if (arity == any_number) continue;
    const Value recorded = record(op, std::span(two).first(static_cast<std::size_t>(arity)));
    CHECK(recorded.op() == op);
    CHECK(recorded.data() == bp::test::apply(op, x, y).data());
  }
  CHECK(record(Op::sum, four).data() == sum(four).data());
  CHECK(record(Op::mean, four).data() == mean(four).data());
  CHECK(record(Op::logsumexp, four).data() == logsumexp(four).data());
  CHECK(record(Op::dot, four).data() == x.data() * y.data() + y.data() * y.data());
  const std::vector<Value> classes = {graph.constant(1.0), x, y};
  CHECK(record(Op::softmax_cross_entropy, classes).data() == softmax_cross_entropy(1, {x, y}).data());
}

TEST_CASE("an operation by its code refuses what it does not take", "[math]") {
  Graph graph;
  const Value x = graph.leaf(0.4);
  const std::vector<Value> one = {x}, three = {x, x, x}, none;

  CHECK_THROWS_AS(record(Op::leaf, none), std::invalid_argument);
  CHECK_THROWS_AS(record(Op::constant, none), std::invalid_argument);
  CHECK_THROWS_AS(record(Op::tanh, three), std::invalid_argument);
  CHECK_THROWS_AS(record(Op::mul, one), std::invalid_argument);
  CHECK_THROWS_AS(record(Op::dot, three), std::invalid_argument);
  CHECK_THROWS_AS(record(Op::sum, none), std::invalid_argument);
}
