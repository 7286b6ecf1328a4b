// Losses: PyTorch's figures, numbers by hand, and errors. More in loss_property_test.cpp.
#include "engine/scalar/loss.h"

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <vector>

#include "tests/support/catch2.h"

using namespace bp;
using Numbers = std::vector<double>;
using Catch::Matchers::Message;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<Value> leaves(Graph& graph, const Numbers& numbers) {
  std::vector<Value> values;
  for (const double number : numbers) values.push_back(graph.leaf(number));
  return values;
}

// Losses of size 1 made of a dozen numbers: a dozen roundings of 2^-53 or so, here and in PyTorch.
constexpr double few_roundings = 4e-15;

using Loss = std::function<Value(const std::vector<Value>&)>;

// The value and, from an upstream gradient of -1.75, the gradients.
void check_loss(const Numbers& at, const Loss& loss, double value, const Numbers& grad) {
  Graph graph;
  const std::vector<Value> y = leaves(graph, at);

  const Value out = loss(y);
  out.backward(-1.75);

  CHECK(std::abs(out.data() - value) <= few_roundings * std::max(1.0, std::abs(value)));
  for (std::size_t i = 0; i < y.size(); ++i) {
    INFO("prediction " << i);
    CHECK(std::abs(y[i].grad() + 1.75 * grad[i]) <= few_roundings * std::max(1.0, std::abs(grad[i])));
  }
}

// The predictions (or logits, or scores) and targets of PyTorch's figures: two rows of three.
const Numbers pred = {0.2, -1.3, 0.7, 1.5, 0.1, -0.4};
const Numbers target = {0.0, 1.0, 0.0, 0.25, 0.5, 0.25};

std::vector<Value> row(const std::vector<Value>& z, std::size_t r) { return {&z[3 * r], &z[3 * r] + 3}; }

}  // namespace

// --- PyTorch 1.13, float64 --------------------------------------------------------------------------------

TEST_CASE("losses of regression have PyTorch's values and gradients", "[loss]") {
  check_loss(pred, [](const auto& y) { return mean_squared_error(y, target); }, 1.3275,
             {0.06666666666666667, -0.7666666666666666, 0.2333333333333333, 0.41666666666666663,
              -0.13333333333333333, -0.21666666666666667});
  check_loss(pred, [](const auto& y) { return half_squared_error(y, target); }, 3.9825,
             {0.2, -2.3, 0.7, 1.25, -0.4, -0.65});
  check_loss(pred, [](const auto& y) { return mean_absolute_error(y, target); }, 0.9166666666666666,
             {1.0 / 6, -1.0 / 6, 1.0 / 6, 1.0 / 6, -1.0 / 6, -1.0 / 6});
  check_loss(pred, [](const auto& y) { return huber_loss(y, target); }, 0.5177083333333333,
             {0.03333333333333333, -0.16666666666666666, 0.11666666666666665, 0.16666666666666666,
              -0.06666666666666667, -0.10833333333333334});
}

TEST_CASE("losses of classification have PyTorch's values and gradients", "[loss]") {
  check_loss(pred, [](const auto& z) { return binary_cross_entropy_with_logits(z, target); },
             1.0126930937593863,
             {0.09163899955207966, -0.13097249717375978, 0.11136462869469436, 0.09459574603227394,
              0.004163197913156669, 0.025218723314591334});
  check_loss(pred,
             [](const auto& z) {
               const std::span t(target);
               return mean(std::array{softmax_cross_entropy(row(z, 0), t.first(3)),
                                      softmax_cross_entropy(row(z, 1), t.last(3))});
             },
             2.0318432647650453,
             {0.17410371394186744, -0.4611522104257147, 0.2870484964838473, 0.23312371113375396,
              -0.16168778011891538, -0.0714359310148386});
  check_loss(
      pred,
      [](const auto& z) {
        return mean(std::array{softmax_cross_entropy(row(z, 0), 1), softmax_cross_entropy(row(z, 1), 0)});
      },
      1.4443432647650452,
      {0.17410371394186744, -0.4611522104257147, 0.2870484964838473, -0.14187628886624604,
       0.08831221988108463, 0.0535640689851614});
  check_loss(pred,
             [](const auto& s) {
               return hinge_loss(s, Numbers{-1, 1, -1, -1, 1, -1});
             },
             1.5333333333333332, {1.0 / 6, -1.0 / 6, 1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 6});
}

// --- By hand --------------------------------------------------------------------------------------------

TEST_CASE("sums, means and halves are as the table in loss.h says", "[loss]") {
  // Differences 3, -1, 0.5: squares 9, 1, 0.25.
  const Numbers y = {4.0, 1.0, 2.5}, t = {1.0, 2.0, 2.0};

  check_loss(y, [&](const auto& p) { return squared_error(p, t); }, 10.25, {6.0, -2.0, 1.0});
  check_loss(y, [&](const auto& p) { return half_squared_error(p, t); }, 5.125, {3.0, -1.0, 0.5});
  check_loss(y, [&](const auto& p) { return mean_squared_error(p, t); }, 10.25 / 3, {2.0, -2.0 / 3, 1.0 / 3});
  check_loss(y, [&](const auto& p) { return absolute_error(p, t); }, 4.5, {1.0, -1.0, 1.0});
  check_loss(y, [&](const auto& p) { return mean_absolute_error(p, t); }, 1.5, {1.0 / 3, -1.0 / 3, 1.0 / 3});
  // delta 2: straight for the first, 2 * (3 - 1) = 4; then 1/2 and 1/8.
  check_loss(y, [&](const auto& p) { return huber_loss(p, t, 2.0); }, 4.625 / 3,
             {2.0 / 3, -1.0 / 3, 0.5 / 3});
}

TEST_CASE("cross-entropies of simple probabilities are logarithms that one knows", "[loss]") {
  const double log2 = std::log(2.0), log3 = std::log(3.0);

  check_loss({0.5, 0.25},
             [](const auto& p) {
               return binary_cross_entropy(p, Numbers{1.0, 0.0});
             },
             (log2 + std::log(4.0 / 3)) / 2, {-1.0, 2.0 / 3});
  // t = 1/4 at y = 3/4: -(log(3/4) + 3 log(1/4)) / 4, with the derivative -1/3 + 3.
  check_loss({0.75}, [](const auto& p) { return binary_cross_entropy(p[0], 0.25); },
             (std::log(4.0 / 3) + 3 * std::log(4.0)) / 4, {8.0 / 3});
  check_loss({log3}, [](const auto& z) { return binary_cross_entropy_with_logits(z[0], 0.0); }, std::log(4.0),
             {0.75});
  check_loss({log3}, [](const auto& z) { return binary_cross_entropy_with_logits(z[0], 1.0); },
             std::log(4.0 / 3), {-0.25});
  check_loss({log3}, [](const auto& z) { return binary_cross_entropy_with_logits(z[0], 0.5); },
             (std::log(4.0) + std::log(4.0 / 3)) / 2, {0.25});
  // Probabilities 1/2, 1/3, 1/6.
  check_loss({log3, log2, 0.0},
             [](const auto& z) {
               return softmax_cross_entropy(z, Numbers{0.5, 0.0, 0.5});
             },
             (log2 + std::log(6.0)) / 2, {0.0, 1.0 / 3, -1.0 / 3});
}

TEST_CASE("a multi-class hinge adds up the classes that come within the margin of the label's", "[loss]") {
  const Numbers scores = {2.0, 2.5, 0.0, 1.5};

  // Label 0: class 1 is over by 1.5, class 3 by 0.5, class 2 is out of reach.
  check_loss(scores, [](const auto& s) { return multiclass_hinge_loss(s, 0); }, 2.0, {-2.0, 1.0, 0.0, 1.0});
  check_loss(scores, [](const auto& s) { return multiclass_hinge_loss(s, 0, 3.0); }, 7.0,
             {-3.0, 1.0, 1.0, 1.0});
  check_loss(scores, [](const auto& s) { return multiclass_hinge_loss(s, 3, 0.25); }, 2.0,
             {1.0, 1.0, 0.0, -2.0});
}

TEST_CASE("penalties weigh sizes or squares of weights, the half one with lambda/2", "[loss]") {
  const Numbers w = {3.0, -0.5, 0.0};

  check_loss(w, [](const auto& v) { return l1_penalty(v, 0.25); }, 0.875, {0.25, -0.25, 0.0});
  check_loss(w, [](const auto& v) { return l2_penalty(v, 0.25); }, 2.3125, {1.5, -0.25, 0.0});
  check_loss(w, [](const auto& v) { return half_l2_penalty(v, 0.25); }, 1.15625, {0.75, -0.125, 0.0});
}

TEST_CASE("targets may be Values and then have gradients too", "[loss]") {
  const auto check = [](auto loss, double value, double by_first_target) {
    Graph graph;
    const std::vector<Value> y = leaves(graph, {4.0, 1.0}), t = leaves(graph, {1.0, 2.0});
    const Value out = loss(y, Targets(t));
    out.backward(3.0);
    CHECK(out.data() == value);
    CHECK(t[0].grad() == 3.0 * by_first_target);
    CHECK(y[0].grad() == -3.0 * by_first_target);
  };

  check([](const auto& y, const auto& t) { return squared_error(y, t); }, 10.0, -6.0);
  check([](const auto& y, const auto& t) { return half_squared_error(y, t); }, 5.0, -3.0);
  check([](const auto& y, const auto& t) { return mean_squared_error(y, t); }, 5.0, -3.0);
  check([](const auto& y, const auto& t) { return absolute_error(y, t); }, 4.0, -1.0);
  check([](const auto& y, const auto& t) { return mean_absolute_error(y, t); }, 2.0, -0.5);
  check([](const auto& y, const auto& t) { return huber_loss(y, t, 2.0); }, (4.0 + 0.5) / 2, -1.0);
}

// --- Errors ---------------------------------------------------------------------------------------------

TEST_CASE("losses refuse no predictions, and targets of another number", "[loss]") {
  Graph graph;
  const std::vector<Value> y = leaves(graph, {0.1, 0.2}), none;
  const Numbers three = {1, 0, 0}, empty;

  CHECK_THROWS_MATCHES(half_squared_error(y, three), std::invalid_argument,
                       Message("backstep: half_squared_error of 2 predictions was given 3 targets"));
  CHECK_THROWS_MATCHES(squared_error(none, empty), std::invalid_argument,
                       Message("backstep: squared_error of no predictions"));
  CHECK_THROWS_AS(mean_squared_error(y, none), std::invalid_argument);
  CHECK_THROWS_AS(absolute_error(none, none), std::invalid_argument);
  CHECK_THROWS_AS(mean_absolute_error(y, Numbers{1}), std::invalid_argument);
  CHECK_THROWS_AS(huber_loss(y, three), std::invalid_argument);
  CHECK_THROWS_AS(binary_cross_entropy(y, Numbers{1}), std::invalid_argument);
  CHECK_THROWS_AS(binary_cross_entropy_with_logits(none, empty), std::invalid_argument);
  CHECK_THROWS_AS(softmax_cross_entropy(y, Numbers{1}), std::invalid_argument);
  CHECK_THROWS_AS(softmax_cross_entropy(none, empty), std::invalid_argument);
  CHECK_THROWS_AS(hinge_loss(y, three), std::invalid_argument);
  CHECK_THROWS_AS(multiclass_hinge_loss(std::span(y).first(1), 0), std::invalid_argument);
  CHECK_THROWS_AS(l1_penalty(none, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(l2_penalty(none, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(half_l2_penalty(none, 0.1), std::invalid_argument);
}

TEST_CASE("losses refuse targets, labels and settings that they are not defined for", "[loss]") {
  Graph graph;
  const std::vector<Value> y = leaves(graph, {0.1, 0.2});

  CHECK_THROWS_MATCHES(binary_cross_entropy(y, Numbers{1, -1}), std::invalid_argument,
                       Message("backstep: binary_cross_entropy with target -1; it must be from 0 to 1"));
  CHECK_THROWS_AS(binary_cross_entropy_with_logits(y, Numbers{1, 1.5}), std::invalid_argument);
  CHECK_THROWS_AS(binary_cross_entropy_with_logits(y[0], not_a_number), std::invalid_argument);
  CHECK_THROWS_MATCHES(
      binary_cross_entropy(graph.leaf(1.5), 1.0), std::invalid_argument,
      Message("backstep: binary_cross_entropy of 1.5, which is no probability; is it a logit?"));
  CHECK_THROWS_AS(binary_cross_entropy(graph.leaf(-0.1), 0.0), std::invalid_argument);
  CHECK_THROWS_MATCHES(
      softmax_cross_entropy(y, Numbers{0.5, 0.4}), std::invalid_argument,
      Message("backstep: softmax_cross_entropy with targets that sum to 0.9; they must sum to 1"));
  CHECK_THROWS_AS(softmax_cross_entropy(y, Numbers{1.5, -0.5}), std::invalid_argument);
  CHECK_NOTHROW(softmax_cross_entropy(y, Numbers{0.1f, 0.9f}));  // probabilities of single precision will do
  CHECK_THROWS_MATCHES(hinge_loss(y, Numbers{0, 1}), std::invalid_argument,
                       Message("backstep: hinge_loss with label 0; the labels are -1 and 1"));
  CHECK_THROWS_AS(multiclass_hinge_loss(y, 2), std::out_of_range);
  CHECK_THROWS_AS(multiclass_hinge_loss(y, 0, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(multiclass_hinge_loss(y, 0, infinity), std::invalid_argument);
  CHECK_THROWS_AS(huber_loss(y, Numbers{1, 2}, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(huber_loss(y, Numbers{1, 2}, not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(l1_penalty(y, -0.1), std::invalid_argument);
  CHECK_THROWS_AS(l2_penalty(y, not_a_number), std::invalid_argument);
  CHECK_THROWS_AS(half_l2_penalty(y, infinity), std::invalid_argument);
}
