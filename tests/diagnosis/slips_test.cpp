// Each slip on a calculation small enough to be worked out in the head.
#include "tests/diagnosis/slips.h"

#include <cmath>

#include "tests/diagnosis/network.h"
#include "tests/diagnosis/rules.h"
#include "tests/support/catch2.h"

using namespace bp::test;

namespace {

Page solved(const Network& network, const Slips& slips = {}) {
  Page page;
  backward(network, forward(network, page, slips), page, slips);
  return page;
}

// A few roundings.
bool is(const Page& page, const char* target, double number) {
  return std::abs(page.find(target).value() - number) < 1e-12;
}

// y = 1*x + 0.5 is 1.5 and 2.5 too large; with the mean over the two samples dE/dy is 0.75 and 1.25.
Network two_samples() {
  Network network;
  network.inputs = {{2}, {3}};
  network.targets = {{1}, {1}};
  network.layers = {{{{1}}, {0.5}, Curve::linear}};
  return network;
}

// out_h1 = relu(0.5) and net_o1 = 3*out_h1 is 0.5 too large.
Network one_relu() {
  Network network;
  network.inputs = {{1}};
  network.targets = {{1}};
  network.layers = {{{{0.5}}, {}, Curve::relu}, {{{3}}, {}, Curve::linear}};
  return network;
}

// p = 1/4, 1/4, 1/2
Network softmax_of_three(Loss loss, const Row& target) {
  Network network;
  network.inputs = {{1}};
  network.targets = {target};
  network.layers = {{{{0}, {0}, {std::log(2)}}, {}, Curve::linear}};
  network.loss = loss;
  return network;
}

bool logits_are(const Page& page, double first, double second, double third) {
  return is(page, "dE/dnet_o1", first) && is(page, "dE/dnet_o2", second) && is(page, "dE/dnet_o3", third);
}

}  // namespace

TEST_CASE("slips of a batch: the mean, and what a bias is due", "[diagnosis]") {
  const Network network = two_samples();

  CHECK(is(solved(network), "dE/dw1", 0.75 * 2 + 1.25 * 3));
  CHECK(is(solved(network), "dE/db1", 2));
  CHECK(is(solved(network, {.no_mean = true}), "dE/dw1", 10.5));
  CHECK(is(solved(network, {.mean_twice = true}), "dE/dnet_o1_s1", 0.75));
  CHECK(is(solved(network, {.mean_twice = true}), "dE/dw1", 2.625));
  CHECK(is(solved(network, {.mean_twice = true}), "dE/db1", 1));
  CHECK(is(solved(network, {.overwrites = true}), "dE/dw1", 1.25 * 3));
  CHECK(is(solved(network, {.bias = Slips::Bias::first}), "dE/db1", 0.75));
  CHECK(is(solved(network, {.bias = Slips::Bias::last}), "dE/db1", 1.25));
  CHECK(is(solved(network, {.bias = Slips::Bias::mean}), "dE/db1", 1));
}

TEST_CASE("slips of two units: a bias of its own gets the whole layer's", "[diagnosis]") {
  Network network = two_samples();
  network.targets = {{1, 2}, {1, 2}};
  network.layers[0] = {{{1}, {1}}, {0.5, 0.5}, Curve::linear};  // too large by 1.5, 0.5 and by 2.5, 1.5

  CHECK(is(solved(network), "dE/db_o1", 2));
  CHECK(is(solved(network), "dE/db_o2", 1));
  CHECK(is(solved(network, {.bias = Slips::Bias::everything}), "dE/db_o1", 3));
  CHECK(is(solved(network, {.bias = Slips::Bias::everything}), "dE/db_o2", 3));
}

TEST_CASE("slips of the penalty", "[diagnosis]") {
  using enum Slips::Penalty;
  Network network = two_samples();
  network.penalty = 0.1;  // 0.1 w^2 adds 0.2 w

  CHECK(is(solved(network), "dJ/dw1", 5.45));
  CHECK(is(solved(network, {.penalty = forgotten}), "dJ/dw1", 5.25));
  CHECK(is(solved(network, {.penalty = doubled}), "dJ/dw1", 5.65));
  CHECK(is(solved(network, {.penalty = halved}), "dJ/dw1", 5.35));
  CHECK(is(solved(network, {.penalty = shared_out}), "dJ/dw1", 5.35));
  CHECK(is(solved(network), "dJ/db1", 2));
  CHECK(is(solved(network, {.penalty = wrong_on_biases}), "dJ/db1", 2.1));
  CHECK(is(solved(network, {.penalty = wrong_on_biases}), "dJ/dw1", 5.45));
  CHECK(is(solved(network, {.target_minus_output = true}), "dJ/dw1", -5.05));

  network.penalty_on_biases = true;

  CHECK(is(solved(network), "dJ/db1", 2.1));
  CHECK(is(solved(network, {.penalty = wrong_on_biases}), "dJ/db1", 2));
}

TEST_CASE("slips of the input that belongs to a weight", "[diagnosis]") {
  Network network;
  network.inputs = {{2, 3, 5}};
  network.targets = {{0}};
  network.layers = {{{{1, 1, 1}}, {}, Curve::linear}};  // too large by 10

  CHECK(is(solved(network), "dE/dw1", 20));
  CHECK(is(solved(network, {.neighbour = 1}), "dE/dw1", 30));
  CHECK(is(solved(network, {.neighbour = 1}), "dE/dw3", 20));
  CHECK(is(solved(network, {.neighbour = -1}), "dE/dw1", 50));
  CHECK(is(solved(network, {.no_input = true}), "dE/dw1", 10));
}

TEST_CASE("slips of the step", "[diagnosis]") {
  Network network = two_samples();
  network.learning_rate = 0.1;

  CHECK(is(solved(network), "w1'", 1 - 0.525));
  CHECK(is(solved(network, {.step_uphill = true}), "w1'", 1.525));
  CHECK(is(solved(network, {.step_uphill = true}), "dE/dw1", 5.25));
}

TEST_CASE("slips of a ReLU", "[diagnosis]") {
  const Network network = one_relu();

  CHECK(is(solved(network), "dE/dnet_h1", 1.5));
  CHECK(is(solved(network, {.mask_overwrites = true}), "dE/dnet_h1", 1));
  CHECK(is(solved(network, {.sigmoid_in_relu = true}), "dE/dnet_h1", 1.5 * 0.5 * 0.5));
}

TEST_CASE("slips of a softmax", "[diagnosis]") {
  const Network hard = softmax_of_three(Loss::written_cross_entropy, {1, 0, 0});
  const Network soft = softmax_of_three(Loss::soft_targets, {0.6, 0.2, 0.2});
  const Network squares = softmax_of_three(Loss::softmax_half_squared, {1, 0, 0});

  CHECK(logits_are(solved(hard), -0.75, 0.25, 0.5));
  CHECK(logits_are(solved(hard, {.softmax_diagonal = true}), -0.75, 0, 0));
  CHECK(logits_are(solved(soft), -0.35, 0.05, 0.3));
  CHECK(logits_are(solved(soft, {.softmax_diagonal = true}), -0.45, -0.15, -0.1));
  CHECK(logits_are(solved(squares), -0.21875, 0.03125, 0.1875));
  CHECK(logits_are(solved(squares, {.softmax_diagonal = true}), -0.140625, 0.046875, 0.125));
}

TEST_CASE("the softmax taken twice is the gradient of a loss that is, too", "[diagnosis]") {
  constexpr double h = 1e-5;
  const auto loss = [](double z1) {
    Network network = softmax_of_three(Loss::written_cross_entropy, {1, 0, 0});
    network.layers[0].weights[0][0] = z1;
    return solved(network, {.softmax_twice = true}).find("E").value();
  };
  const Page page = solved(softmax_of_three(Loss::written_cross_entropy, {1, 0, 0}), {.softmax_twice = true});

  CHECK(std::abs(page.find("dE/dnet_o1").value() - (loss(h) - loss(-h)) / (2 * h)) < 1e-9);
  CHECK(std::abs(page.find("dE/dnet_o1").value() + 0.75) > 0.1);
}

TEST_CASE("the derivative of one unit's activation is left out", "[diagnosis]") {
  Network network;
  network.inputs = {{1}};
  network.targets = {{1}};
  network.layers = {{{{0.5}, {0.4}}, {}, Curve::sigmoid}, {{{3, 2}}, {}, Curve::linear}};
  const Page page = solved(network, {.no_derivative_of = place_of(1, 1)});

  CHECK(page.find("dE/dnet_h2") == page.find("dE/dout_h2"));
  CHECK(page.find("dE/dnet_h1") == solved(network).find("dE/dnet_h1"));
  CHECK(page.find("dE/dnet_h1") != page.find("dE/dout_h1"));
}

TEST_CASE("slips of the rules of differentiation", "[diagnosis]") {
  using Power = Slips::Power;
  using Quotient = Slips::Quotient;
  const auto power = [](Power slip) {
    const Slips slips{.power = slip};
    return Rules(slips).power(2, 3);
  };
  const auto over = [](Quotient slip) {
    const Slips slips{.quotient = slip};
    return Rules(slips).over(3, 2);
  };

  CHECK(power(Power::right) == 12);
  CHECK(power(Power::exponent_stays) == 24);
  CHECK(power(Power::no_factor) == 4);
  CHECK(power(Power::lowered_first) == 8);
  CHECK(power(Power::raised) == 4);
  CHECK(over(Quotient::right) == std::pair(0.5, -0.75));
  CHECK(over(Quotient::plus) == std::pair(0.5, 0.75));
  CHECK(over(Quotient::not_squared) == std::pair(0.5, -1.5));
  CHECK(over(Quotient::swapped) == std::pair(-0.5, 0.75));
  CHECK(over(Quotient::undivided) == std::pair(2.0, -3.0));
}

TEST_CASE("slips where paths meet, and a local derivative that is left out", "[diagnosis]") {
  const Slips none, first{.path = Slips::Path::first}, last{.path = Slips::Path::last},
      over{.overwrites = true};
  const Slips inner{.outer_at_inner = true}, second{.forgotten = 1};
  Rules forgetful(second);

  CHECK(Rules(none).meet({1, 2, 4}) == 7);
  CHECK(Rules(first).meet({1, 2, 4}) == 1);
  CHECK(Rules(last).meet({1, 2, 4}) == 4);
  CHECK(Rules(over).meet({1, 2, 4}) == 1);
  CHECK(Rules(none).at(5, 3) == 5);
  CHECK(Rules(inner).at(5, 3) == 3);
  CHECK(forgetful.local(7) == 7);
  CHECK(forgetful.local(7) == 1);
  CHECK(forgetful.local(7) == 7);
}
