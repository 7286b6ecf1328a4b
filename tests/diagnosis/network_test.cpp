// The programs with mistakes, held to what is known of them: on the 0.05/0.10 example to the published
// figures.
#include "tests/diagnosis/network.h"

#include <cmath>

#include "tests/diagnosis/problem.h"
#include "tests/support/catch2.h"

using namespace bp;
using namespace bp::test;

namespace {

Network worked_example() {
  Network network;
  network.inputs = {{0.05, 0.10}};
  network.targets = {{0.01, 0.99}};
  network.layers = {{{{0.15, 0.20}, {0.25, 0.30}}, {0.35}, Curve::sigmoid},
                    {{{0.40, 0.45}, {0.50, 0.55}}, {0.60}, Curve::sigmoid}};
  network.learning_rate = 0.5;
  network.biases_learn = false;
  return network;
}

Page solved(const Network& network, const Slips& slips = {}) {
  Page page;
  backward(network, forward(network, page, slips), page, slips);
  return page;
}

struct Column {
  const char* mistake;
  Slips slips;
  double w5, w1;  // what the program makes of dE/dw5 and dE/dw1
};

// By hand for this example. dE/dw1 in units of its own truth where the collection gives a ratio.
std::vector<Column> columns() {
  constexpr double w5 = 0.08216704, w1 = 0.000438568;
  using Path = Slips::Path;
  using Where = Slips::Where;
  return {
      {"M1", {.loss_factor = 2}, 2 * w5, 2 * w1},
      {"M3", {.target_minus_output = true}, -w5, -w1},
      {"M4", {.derivative_at_output = true}, 0.09579, 0.000471},
      {"M5", {.formula_at_net = true}, -0.05151, -0.1294 * w1},
      {"M5 at the output", {.where = Where::output, .formula_at_net = true}, -0.05151, -0.133 * w1},
      {"M6", {.no_output_derivative = true}, 0.43983, 5.172 * w1},
      {"M7", {.no_hidden_derivative = true}, w5, 0.001818},
      {"M8, by o1", {.path = Path::first}, w5, 0.000668},
      {"M8, by o2", {.path = Path::last}, w5, -0.524 * w1},
      {"M9", {.overwrites = true}, w5, -0.524 * w1},
      {"M10", {.updated_weights = true}, w5, 0.000365},
      {"M11", {.gradient_for_weight = true}, w5, 0.337 * w1},
      {"M12, W", {.untransposed = true}, w5, 0.000462},
      {"M12, outer product", {.outer_transposed = true}, w5, w1},
      {"M13", {.no_input = true}, 0.13850, 20 * w1},
      {"M13, neighbour", {.neighbour = 1}, 0.08267, 2 * w1},
      {"M14", {.parameters_twice = true}, 2 * w5, 2 * w1},
  };
}

double nudged(const Problem& problem, const std::string& name, double number) {
  Page page;
  page.put(name, number);
  problem.work(page, {});
  return page.find(page.root()).value();
}

// Central differences err by h^2 f'''/6, here 1e-11 f''', and by rounding of about 1e-16/h f.
void check_by_differences(const Problem& problem) {
  constexpr double h = 1e-5;
  const Page page = problem.solved();
  INFO(problem.family << "\n" << page.text());

  REQUIRE(!page.gradients().empty());
  for (const auto& [target, gradient] : page.gradients()) {
    const std::string name = target.substr(target.find('/') + 2);
    const double value = page.find(name).value();
    const double slope = (nudged(problem, name, value + h) - nudged(problem, name, value - h)) / (2 * h);
    INFO(target << " = " << gradient << ", by differences " << slope);
    CHECK(std::abs(gradient - slope) <= 1e-6 * (1 + std::abs(slope)));
  }
}

}  // namespace

TEST_CASE("without a slip every derivative on a network's page agrees with differences", "[diagnosis]") {
  Random random(20'240'501);

  for (int i = 0; i < 300; ++i) check_by_differences(network_problem(random));
}

TEST_CASE("without a slip every derivative of the other calculations agrees with differences",
          "[diagnosis]") {
  for (const std::uint64_t seed : {1, 100, 200, 300, 400}) {
    for (const Problem& problem : all_expressions(seed)) check_by_differences(problem);
  }
}

TEST_CASE("the 0.05/0.10 example is worked out as published", "[diagnosis]") {
  const Page page = solved(worked_example());

  CHECK(std::abs(page.find("E").value() - 0.298371109) < 1e-9);
  CHECK(std::abs(page.find("dE/dw5").value() - 0.082167041) < 1e-9);
  CHECK(std::abs(page.find("dE/dw1").value() - 0.000438568) < 1e-9);
  CHECK(std::abs(page.find("w1'").value() - 0.149780716) < 1e-9);
  CHECK(std::abs(page.find("w8'").value() - 0.561370121) < 1e-9);
  CHECK(std::abs(page.find("E'").value() - 0.291027774) < 1e-9);
}

TEST_CASE("on the 0.05/0.10 example each mistake makes the numbers that are known of it", "[diagnosis]") {
  for (const Column& column : columns()) {
    const Page page = solved(worked_example(), column.slips);
    INFO(column.mistake);

    // as many digits as the collection gives: four of dE/dw5, three of dE/dw1
    CHECK(std::abs(page.find("dE/dw5").value() / column.w5 - 1) < 1e-4);
    CHECK(std::abs(page.find("dE/dw1").value() / column.w1 - 1) < 2e-3);
  }
}

TEST_CASE("the in-place update makes the published error after one step", "[diagnosis]") {
  const Page page = solved(worked_example(), {.updated_weights = true});

  CHECK(std::abs(page.find("E'").value() - 0.291027924) < 1e-9);
}

TEST_CASE("the outer product the wrong way round shows off the diagonal", "[diagnosis]") {
  const Page page = solved(worked_example(), {.outer_transposed = true});

  CHECK(std::abs(page.find("dE/dw6").value() - -0.02260) < 1e-5);
}

TEST_CASE("the softmax taken twice cannot bring the loss below its floor", "[diagnosis]") {
  Network network;
  network.inputs = {{2}};
  network.targets = {{1, 0}};
  network.layers = {{{{20}, {-20}}, {}, Curve::linear}};
  network.loss = Loss::cross_entropy;
  const Page page = solved(network, {.softmax_twice = true});

  CHECK(std::abs(page.find("E").value() - std::log(1 + 1 / std::exp(1))) < 1e-12);
}
