// Losses: how they agree with each other, where their branches join, and extreme inputs.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "engine/scalar/gradient.h"
#include "engine/scalar/loss.h"
#include "tests/support/catch2.h"

using namespace bp;
using Numbers = std::vector<double>;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<Value> leaves(Graph& graph, const Numbers& numbers) {
  std::vector<Value> values;
  for (const double number : numbers) values.push_back(graph.leaf(number));
  return values;
}

// Losses of size 1 made of a few numbers: a dozen roundings of 2^-53 or so.
constexpr double few_roundings = 4e-15;

using Loss = std::function<Value(const std::vector<Value>&)>;

// The value and, from an upstream gradient of -1.75, the gradients.
void check_loss(const Numbers& at, const Loss& loss, double value, const Numbers& grad) {
  Graph graph;
  const std::vector<Value> y = leaves(graph, at);

  const Value out = loss(y);
  out.backward(-1.75);

  CHECK(std::abs(out.data() - value) <= few_roundings * std::max(1.0, std::abs(value)));
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::abs(y[i].grad() + 1.75 * grad[i]) <= few_roundings);
}

}  // namespace

TEST_CASE("binary cross-entropy with logits is that of the sigmoid, where the latter has its digits",
          "[loss]") {
  for (const double x : {-15.0, -3.2, -0.4, 0.0, 0.7, 5.5, 15.0}) {
    for (const double t : {0.0, 0.2, 0.5, 1.0}) {
      Graph graph;
      const Value with = graph.leaf(x), without = graph.leaf(x);
      INFO("x = " << x << ", t = " << t);

      const Value a = binary_cross_entropy_with_logits(with, t),
                  b = binary_cross_entropy(sigmoid(without), t);
      a.backward(2.5);
      b.backward(2.5);

      // 1 - sigmoid(15) = 3e-7 is known to 1e-16 only: to 4e-10 of itself.
      CHECK(std::abs(a.data() - b.data()) <= 1e-9 * a.data());
      CHECK(std::abs(with.grad() - without.grad()) <= 1e-9 * std::abs(with.grad()) + 1e-15);
      // And both are what is often written: softplus(x) - x t, with the derivative sigmoid(x) - t.
      CHECK(std::abs(a.data() - (softplus(with) - x * t).data()) <= few_roundings * 15);
      CHECK(std::abs(with.grad() - 2.5 * (sigmoid(with).data() - t)) <= few_roundings);
    }
  }
}

TEST_CASE("two-class softmax cross-entropy is binary cross-entropy of the difference of logits", "[loss]") {
  Graph graph;
  const std::vector<Value> z = leaves(graph, {0.3, -1.4});

  const Value softmax = softmax_cross_entropy(z, Numbers{0.8, 0.2});
  const Value binary = binary_cross_entropy_with_logits(z[0] - z[1], 0.8);
  const Value one_hot = softmax_cross_entropy(z, Numbers{0.0, 1.0}), label = softmax_cross_entropy(z, 1);

  CHECK(std::abs(softmax.data() - binary.data()) <= few_roundings);
  CHECK(one_hot.data() == label.data());
}

TEST_CASE("hinge losses are zero, and flat, from the margin on", "[loss]") {
  Graph graph;
  const std::vector<Value> s = leaves(graph, {1.0, 3.0, -1.5, 0.99});

  const Value beyond = hinge_loss(std::span(s).first(3), Numbers{1.0, 1.0, -1.0});
  const Value inside = hinge_loss(s[3], 1.0);
  const Value classes = multiclass_hinge_loss(std::vector{s[1], s[2], s[3]}, 0);
  (beyond * 7.0 + classes * 5.0 + inside * 3.0).backward();

  CHECK(beyond.data() == 0.0);
  CHECK(classes.data() == 0.0);
  CHECK(inside.data() > 0.0);
  for (std::size_t i = 0; i < 3; ++i) CHECK(s[i].grad() == 0.0);
  CHECK(s[3].grad() == -3.0);
}

TEST_CASE("a Huber loss joins its two branches in value and slope, from both sides", "[loss]") {
  const double delta = 0.75;
  const auto at = [&](double y) {
    Graph graph;
    const Value prediction = graph.leaf(y);
    const Value out = huber_loss(std::array{prediction}, Numbers{0.0}, delta);
    out.backward(4.0);
    return std::pair(out.data(), prediction.grad());
  };

  for (const double sign : {1.0, -1.0}) {
    const auto [value, slope] = at(sign * delta);
    CHECK(value == delta * delta / 2);
    CHECK(slope == sign * 4.0 * delta);
    for (const double step : {-1e-9, 1e-9}) {
      const auto [near_value, near_slope] = at(sign * (delta + step));
      CHECK(std::abs(near_value - value - delta * step) <= 1e-15);
      CHECK(std::abs(near_slope - slope) <= 4.0 * 1e-9 + 1e-15);
    }
  }
  CHECK(at(0.0).first == 0.0);
  CHECK(at(0.0).second == 0.0);
  CHECK(at(100.0).second == 4.0 * delta);
}

TEST_CASE(
    "a Huber loss of huge delta is half the mean of squares, of tiny delta almost delta times the mean size",
    "[loss]") {
  Graph graph;
  const std::vector<Value> y = leaves(graph, {0.2, -1.3, 0.7});
  const Numbers t = {0.0, 1.0, -2.0};

  const double of_squares = huber_loss(y, t, infinity).data(), of_sizes = huber_loss(y, t, 1e-9).data();

  CHECK(std::abs(of_squares - mean_squared_error(y, t).data() / 2) <= few_roundings);
  // delta (a - delta / 2) for each.
  CHECK(std::abs(of_sizes / 1e-9 - mean_absolute_error(y, t).data() + 0.5e-9) <= few_roundings);
}

TEST_CASE("second derivatives run through the losses", "[loss]") {
  Graph graph;
  const std::vector<Value> z = leaves(graph, {0.4, -1.1, 0.3});

  const Value loss =
      softmax_cross_entropy(z, Numbers{0.2, 0.5, 0.3}) + half_squared_error(z, Numbers{1, 2, 3});
  const Value by_first = gradient(loss, z)[0];
  const std::vector<Value> second = gradient(by_first, z);

  // d2/dz0 dzk: p0 (1 - p0) + 1, and -p0 pk.
  const std::vector<Value> p = softmax(z);
  const double p0 = p[0].data();
  CHECK(std::abs(second[0].data() - (p0 * (1 - p0) + 1)) <= few_roundings);
  CHECK(std::abs(second[1].data() + p0 * p[1].data()) <= few_roundings);
}

// --- Extremes -------------------------------------------------------------------------------------------

TEST_CASE("losses of logits stay exact for logits of any size", "[loss]") {
  const Numbers huge = {1000.0, 0.0, -1000.0};

  check_loss(huge, [](const auto& z) { return softmax_cross_entropy(z, Numbers{1, 0, 0}); }, 0.0, {0, 0, 0});
  check_loss(huge,
             [](const auto& z) {
               return softmax_cross_entropy(z, Numbers{0, 0, 1});
             },
             2000.0, {1, 0, -1});
  check_loss(huge,
             [](const auto& z) {
               return binary_cross_entropy_with_logits(z, Numbers{0, 1, 1});
             },
             (2000 + std::log(2.0)) / 3, {1.0 / 3, -0.5 / 3, -1.0 / 3});
  check_loss({-infinity, 0.0},
             [](const auto& z) {
               return softmax_cross_entropy(z, Numbers{0, 1});
             },
             0.0, {0, 0});
}

TEST_CASE("a logit far on the right side leaves a small loss with all its digits", "[loss]") {
  for (const double t : {0.0, 1.0}) {
    Graph graph;
    const Value z = graph.leaf(t == 1.0 ? 40.0 : -40.0);

    const Value loss = binary_cross_entropy_with_logits(z, t);
    loss.backward(3.0);

    const double want = std::exp(-40.0);  // and e^-80 / 2 less, which is nothing beside it
    CHECK(std::abs(loss.data() - want) <= few_roundings * want);
    CHECK(std::abs(z.grad() - (t == 1.0 ? -3.0 : 3.0) * want) <= few_roundings * want);
  }
}

TEST_CASE("a probability that is certain and wrong costs infinity, certain and right nothing", "[loss]") {
  Graph graph;
  const Value one = graph.leaf(1.0), zero = graph.leaf(0.0);

  CHECK(binary_cross_entropy(one, 0.0).data() == infinity);
  CHECK(binary_cross_entropy(zero, 1.0).data() == infinity);
  CHECK(binary_cross_entropy(one, 1.0).data() == 0.0);
  CHECK(binary_cross_entropy(zero, 0.0).data() == 0.0);
}

TEST_CASE("NaN in a prediction is passed on, not hidden", "[loss]") {
  Graph graph;
  const std::vector<Value> y = leaves(graph, {0.5, not_a_number});
  const Numbers t = {0.0, 1.0};

  for (const Value& loss :
       {half_squared_error(y, t), mean_absolute_error(y, t), huber_loss(y, t), binary_cross_entropy(y, t),
        binary_cross_entropy_with_logits(y, t), softmax_cross_entropy(y, t), hinge_loss(y, Numbers{1, -1}),
        multiclass_hinge_loss(y, 0), l1_penalty(y, 0.1), l2_penalty(y, 0.1)}) {
    CHECK(std::isnan(loss.data()));
  }
}
