// The rules of the training doctor by themselves: numbers in, a remark or nothing out, at either side of each
// bound.
#include "engine/vector/doctor_rules.h"

#include <cmath>
#include <string>

#include "tests/support/catch2.h"

using namespace bp::batch;
using bp::test::contains_text;

namespace {

Recent five(double number) {
  Recent recent(looks_kept);
  for (std::size_t i = 0; i < looks_kept; ++i) recent.add(number);
  return recent;
}

Weight_measure weights(std::size_t layer, double gradient, double weight, double update) {
  return {layer, five(gradient), five(gradient / weight), five(update / weight)};
}

/// 300 steps at that loss, then one class in ten guessed right.
Loss_measure losses(double first, double then, double of_ignoring = std::log(10.0)) {
  Loss_measure loss;
  loss.first = first;
  for (int i = 0; i < 300; ++i) {
    if (const auto older = loss.last.add(then)) loss.before.add(*older);
  }
  loss.of_ignoring = of_ignoring;
  loss.classes = 10;
  loss.largest_class = 0.1;
  loss.kind = Loss_kind::softmax_cross_entropy;
  loss.accuracy = 0.1;
  return loss;
}

}  // namespace

TEST_CASE("dead units are many from two fifths of a layer on", "[doctor]") {
  const Unit_measure some{.layer = 1, .curve = Curve::relu, .units = 100, .silent = 39};
  const Unit_measure many{.layer = 1, .curve = Curve::relu, .units = 100, .silent = 40};

  CHECK_FALSE(dead_units(some, 0.1));
  REQUIRE(dead_units(many, 0.1));
  CHECK_THAT(dead_units(many, 0.1)->says, contains_text("40 of 100 units (40 %)"));
}

TEST_CASE("units are saturated when the middle of five looks says so, and not before", "[doctor]") {
  Unit_measure units{.layer = 1, .curve = Curve::sigmoid, .units = 30};
  for (const double share : {1.0, 1.0, 0.96, 0.1}) units.saturated.add(share);

  CHECK_FALSE(saturated_units(units));  // four looks
  units.saturated.add(0.2);
  REQUIRE(saturated_units(units));  // 0.1 0.2 [0.96] 1 1
  CHECK_THAT(saturated_units(units)->says, contains_text("96 % of what its 30 units give"));
  units.saturated.add(0.3);  // 1 0.96 0.1 0.2 0.3, and the middle is 0.3
  CHECK_FALSE(saturated_units(units));
}

TEST_CASE("a gradient vanishes below a thousandth of that of a later layer, and of no earlier one",
          "[doctor]") {
  const auto fades =
      vanishing_gradient({weights(0, 0.9e-4, 1, 0), weights(2, 1e-3, 1, 0), weights(4, 1e-1, 1, 0)});
  const auto hardly = vanishing_gradient({weights(0, 1.1e-4, 1, 0), weights(2, 1e-1, 1, 0)});
  const auto last = vanishing_gradient({weights(0, 1, 1, 0), weights(2, 1e-6, 1, 0)});

  REQUIRE(fades);
  CHECK(fades->layer == 0);
  CHECK_THAT(fades->says, contains_text("is 9e-05, that of layer 4 is 0.1 (RMS)"));
  CHECK_THAT(fades->says, contains_text("to 0.0009 of that"));
  CHECK_FALSE(hardly);
  CHECK_FALSE(last);
  CHECK_FALSE(vanishing_gradient({weights(0, 0, 1, 0), weights(2, 0, 1, 0)}));  // 0 of 0 is no share
}

TEST_CASE("a gradient explodes beyond ten times the weights, unless the loss climbs", "[doctor]") {
  const std::vector<Weight_measure> too_large = {weights(0, 1, 1, 0), weights(2, 22, 2, 0)};
  const std::vector<Weight_measure> large = {weights(0, 1, 1, 0), weights(2, 18, 2, 0)};

  REQUIRE(exploding_gradient(too_large, losses(2.3, 2.3)));
  CHECK(exploding_gradient(too_large, losses(2.3, 2.3))->layer == 2);
  CHECK_THAT(exploding_gradient(too_large, losses(2.3, 2.3))->says,
             contains_text("11 times as large as the weights themselves (RMS 22)"));
  CHECK_FALSE(exploding_gradient(large, losses(2.3, 2.3)));
  CHECK_FALSE(exploding_gradient(too_large, losses(2.3, 9.0)));
}

TEST_CASE(
    "updates are large beyond a tenth of the weights, small below a hundred-thousandth while another "
    "layer learns",
    "[doctor]") {
  const Loss_measure much_left = losses(2.4, 2.2), learnt = losses(2.4, 0.1);
  const std::vector<Weight_measure> lags = {weights(0, 1, 1, 0.9e-5), weights(2, 1, 1, 1e-3)};

  CHECK(large_update({weights(0, 1, 1, 0.11)}, 0.5)->layer == 0);
  CHECK_THAT(large_update({weights(0, 1, 1, 0.11)}, 0.5)->says, contains_text("by 11 % of their size"));
  CHECK_FALSE(large_update({weights(0, 1, 1, 0.09)}, 0.5));
  REQUIRE(small_update(lags, much_left));
  CHECK(small_update(lags, much_left)->layer == 0);
  CHECK_FALSE(small_update(lags, learnt));
  CHECK_FALSE(small_update({weights(0, 1, 1, 0.9e-5), weights(2, 1, 1, 0.8e-3)}, much_left));  // not so far
  CHECK_FALSE(small_update({weights(0, 1, 1, 1.1e-5), weights(2, 1, 1, 1.0)}, much_left));
}

TEST_CASE("the floor of a cross-entropy on probabilities is ln(e + C - 1) - 1", "[doctor]") {
  CHECK(std::abs(cross_entropy_floor(10, 0.0, 1.0) - (std::log(std::exp(1.0) + 9.0) - 1.0)) < 1e-15);
  CHECK(std::abs(cross_entropy_floor(10, 0.0, 1.0) - 1.4611501717) < 1e-9);  // by hand: ln(4.3109149705)
  CHECK(std::abs(cross_entropy_floor(2, -1.0, 1.0) - std::log(1.0 + std::exp(-2.0))) < 1e-15);
  CHECK(cross_entropy_floor(10, 0.0, 1000.0) == 0.0);  // logits that may differ by much have no floor
}

TEST_CASE("probabilities are a mistake before a softmax cross-entropy only", "[doctor]") {
  Output_measure outputs{.outputs = 10, .are_probabilities = true};
  Loss_measure loss = losses(2.3, 1.7);

  CHECK_THAT(softmax_twice(outputs, loss)->says, contains_text("= 1.4612; it is 1.7000"));
  CHECK(bounded_logits(Curve::sigmoid, outputs, loss));
  CHECK_FALSE(bounded_logits(Curve::relu, outputs, loss));
  loss.kind = Loss_kind::mean_squared_error;
  CHECK_FALSE(softmax_twice(outputs, loss));
  CHECK_FALSE(bounded_logits(Curve::sigmoid, outputs, loss));
}

TEST_CASE("inputs are ignored where the loss stands at the labels' entropy, and not where it passes by",
          "[doctor]") {
  const Loss_measure stuck = losses(2.4, 2.31), above = losses(2.4, 2.39), below = losses(2.4, 2.2);
  Loss_measure right = stuck, falling = stuck, soon = losses(2.4, 2.31);
  right.accuracy = 0.16;
  for (int i = 0; i < 100; ++i) falling.last.add(2.29);
  soon.before = Recent(200);

  REQUIRE(ignores_inputs(stuck));
  CHECK_THAT(
      ignores_inputs(stuck)->says,
      contains_text("stood at 2.3100 (accuracy 10 %). A network that gives the same whatever the input "
                    "has 2.3026, the entropy of the labels (ln 10 = 2.3026)"));
  for (const Loss_measure& other : {above, below, right, falling, soon}) CHECK_FALSE(ignores_inputs(other));
}

TEST_CASE("a learning rate is too high when the loss climbs to half as much again", "[doctor]") {
  Loss_measure at_once = losses(2.5, 2.5);
  at_once.last = Recent(100);
  for (int i = 0; i < 9; ++i) at_once.last.add(13.0);

  CHECK(rate_too_high(losses(2.5, 3.8), 0.5));
  CHECK_FALSE(rate_too_high(losses(2.5, 3.7), 0.5));
  CHECK_FALSE(rate_too_high(losses(0.1, 2.4), 0.5));  // from a trained model back to chance is no climb yet
  CHECK_FALSE(rate_too_high(at_once, 0.5));           // nine steps
  at_once.last.add(13.0);
  REQUIRE(rate_too_high(at_once, 0.5));
  CHECK_THAT(rate_too_high(at_once, 0.5)->says,
             contains_text("began at 2.5 and was 13 on average in the last 10 steps"));
}

TEST_CASE("a learning rate is too low when no layer moves and the loss stays, with much left to learn",
          "[doctor]") {
  const std::vector<Weight_measure> still = {weights(0, 1, 1, 1e-6), weights(2, 1, 1, 0.9e-5)};
  const std::vector<Weight_measure> moving = {weights(0, 1, 1, 1e-6), weights(2, 1, 1, 1.1e-5)};

  REQUIRE(rate_too_low(losses(2.4, 2.3), still, 1e-6));
  CHECK_THAT(rate_too_low(losses(2.4, 2.3), still, 1e-6)->says, contains_text("by more than 9e-06"));
  CHECK_FALSE(rate_too_low(losses(2.4, 2.3), moving, 1e-6));
  CHECK_FALSE(rate_too_low(losses(2.4, 2.1), still, 1e-6));  // it falls
  CHECK_FALSE(rate_too_low(losses(0.1, 0.1), still, 1e-6));  // it is trained
}

TEST_CASE("over-fitting is a validation loss that stays above its best while the other falls", "[doctor]") {
  const std::vector<Epoch_measure> turned = {
      {1, 1.0, 1.0}, {2, 0.8, 0.8}, {3, 0.6, 0.9}, {4, 0.5, 0.9}, {5, 0.4, 0.9}};
  std::vector<Epoch_measure> spike = turned, both = turned, early = turned;
  spike[3].validation = 0.83;  // below 5 % above the best
  for (std::size_t i = 2; i < 5; ++i) both[i].training = 0.9;
  early.pop_back();

  REQUIRE(over_fitting(turned));
  CHECK_THAT(over_fitting(turned)->says, contains_text("since epoch 2 the validation loss has risen from "
                                                       "0.8000 to 0.9000, while the training loss has fallen "
                                                       "from 0.8000 to 0.4000"));
  CHECK_FALSE(over_fitting(spike));
  CHECK_FALSE(over_fitting(both));
  CHECK_FALSE(over_fitting(early));
  CHECK_FALSE(over_fitting({}));
}

TEST_CASE("labels are shuffled when the loss is at chance and the classes' means do not differ", "[doctor]") {
  const Loss_measure stuck = losses(2.4, 2.31), learning = losses(2.4, 1.0);

  CHECK_THAT(labels_shuffled(3.9, 2000, stuck, {})->says,
             contains_text("(3.9 standard deviations, on 2,000"));
  CHECK_FALSE(labels_shuffled(4.1, 2000, stuck, {}));
  CHECK_FALSE(labels_shuffled(0.0, 2000, learning, {}));
  CHECK(labels_shuffled(0.0, 2000, learning, {{1, 1.0, 2.4}}));
  CHECK_FALSE(labels_shuffled(0.0, 2000, learning, {{1, 1.0, 2.2}}));
}
