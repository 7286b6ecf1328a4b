#include "engine/worksheet/solution.h"

#include <cmath>
#include <map>
#include <string>

#include "tests/support/catch2.h"
#include "tests/support/operations.h"
#include "tests/worksheet/solution_worksheets.h"

using namespace bp;
using bp::test::close;

namespace {

Solution solution_of(const std::string& text, const Solve_options& options = {}) {
  return solve(parse_worksheet(text, "sheet.bp"), options);
}

std::string name(const Solution& solution, const Symbol& symbol) { return solution.names.at(symbol.name); }

const Solution_step& find(const Solution& solution, const std::vector<Solution_step>& steps,
                          const std::string& wanted) {
  for (const Solution_step& step : steps) {
    if (name(solution, step.subject) == wanted) return step;
  }
  throw std::runtime_error("no step of " + wanted);
}

std::vector<std::string> names(const Solution& solution, const std::vector<Symbol>& symbols) {
  std::vector<std::string> all;
  for (const Symbol& symbol : symbols) all.push_back(name(solution, symbol));
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the worked example's gradients are those of 60-digit arithmetic", "[solution]") {
  const std::map<std::string, double> published = {
      {"out_o1", 0.74136506955231570796},   {"out_o2", -0.21707153467853741148},
      {"net_o1", 0.13849856162855696598},   {"net_o2", -0.038098236516556216532},
      {"w5", 0.082167040564230778846},      {"w6", 0.082667627847533255320},
      {"w7", -0.022602540477475059848},     {"w8", -0.022740242215978210753},
      {"out_h1", 0.036350306393144678127},  {"out_h2", 0.041370322648744715600},
      {"net_h1", 0.0087713546894869345410}, {"net_h2", 0.0099542547052172014312},
      {"w1", 0.00043856773447434672705},    {"w2", 0.00087713546894869345410},
      {"w3", 0.00049771273526086007156},    {"w4", 0.00099542547052172014312}};

  const Solution solution = solution_of(test::worked_example);

  for (const auto& [wanted, gradient] : published) {
    CAPTURE(wanted);
    const Solution_step& step = find(solution, solution.backward, wanted);
    // Some ten operations of a rounding each, on numbers below 1.
    CHECK(std::abs(step.result() - gradient) <= 4e-15 * std::abs(gradient) + 1e-17);
    CHECK(std::abs(evaluate(whole_formula(step), 0) - gradient) <= 4e-15 * std::abs(gradient) + 1e-17);
  }
  CHECK(std::abs(find(solution, solution.forward, "E").result() - 0.29837110876000268861) <= 1e-15);
  CHECK(std::abs(find(solution, solution.update, "w5").result() - 0.35891647971788461058) <= 1e-15);
}

TEST_CASE("the backward pass goes layer by layer and uses nothing before it is there", "[solution]") {
  const Solution solution = solution_of(test::worked_example);

  Names order;
  for (const Solution_step& step : solution.backward) order.push_back(name(solution, step.subject));
  CHECK(order == Names{"E", "E_o1", "E_o2", "out_o1", "out_o2", "net_o1", "net_o2", "w5", "w6", "w7", "w8",
                       "out_h1", "out_h2", "net_h1", "net_h2", "w1", "w2", "w3", "w4"});
}

TEST_CASE("a value has a part for each use, and the parts add up to its gradient", "[solution]") {
  int several = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::string text = test::Random_worksheet(seed).text();
    CAPTURE(seed, text);
    const Solution solution = solution_of(text);
    for (const auto* steps : {&solution.forward, &solution.backward, &solution.update}) {
      for (const Solution_step& step : *steps) {
        if (step.parts.empty()) continue;
        double sum = 0.0, size = 0.0;
        for (const Solution_part& part : step.parts) {
          const double value = evaluate(part.formula, 0);
          CAPTURE(name(solution, step.subject));
          // The formula says it in the table's words, the engine in its own: they differ by roundings, and
          // by cancellations such as that of 1 - out.
          CHECK(std::abs(value - part.result) <= 1e-9 * (1.0 + std::abs(value)));
          sum += part.result;
          size += std::abs(part.result);
        }
        CHECK(std::abs(sum - step.result()) <= 1e-14 * size);  // some tens of additions
        several += step.parts.size() > 1 ? 1 : 0;
      }
    }
  }
  CHECK(several > 200);
}

TEST_CASE("what is folded into a definition keeps its factors", "[solution]") {
  // By hand: g = 3 * (-19) = -57, dz/dg = 2g = -114, dz/dw4 = -114 * 3 * w5 = -2052.
  const Solution solution =
      solution_of("w1 = 2\nw2 = 3\nw3 = 4\nw4 = -5\nw5 = 6\ng = 3*(w1 + w2 + w3 + w4*w5 + 2)\nz = g^2\n");

  CHECK(find(solution, solution.backward, "w4").result() == -2052.0);
  CHECK(evaluate(whole_formula(find(solution, solution.backward, "w4")), 0) == -2052.0);
  CHECK_FALSE(solution.has_helpers);
}

TEST_CASE("a part that would be written twice gets a name that the worksheet has not", "[solution]") {
  const std::string definitions = "E = (y - sigmoid(w*x + b))^2\n";

  const Solution plain = solution_of("w = 1\nx = 2\nb = 3\ny = 4\n" + definitions);
  const Solution taken = solution_of("w = 1\nx = 2\nb = 3\ny = 4\nu1 = 5\n" + definitions);

  CHECK(plain.has_helpers);
  CHECK(close(find(plain, plain.forward, "u1").result(), 1.0 / (1.0 + std::exp(-5.0))));
  CHECK(close(find(taken, taken.forward, "v1").result(), 1.0 / (1.0 + std::exp(-5.0))));
}

TEST_CASE("derivatives by leaves that are not trained are left out unless they are asked for", "[solution]") {
  const std::string text = "x = 1\nt = 2\nw = 3\nE = (w*x - t)^2\nlearning_rate 1\n";

  CHECK(names(solution_of(text), solution_of(text).left_out) == Names{"x", "t"});
  CHECK(names(solution_of(text), solution_of(text + "claim dE/dx = 1\n").left_out) == Names{"t"});
  CHECK(solution_of(text, {.every_leaf = true}).left_out.empty());
  CHECK(solution_of("x = 1\nt = 2\nw = 3\nE = (w*x - t)^2\n").left_out.empty());
}

TEST_CASE("what the loss does not depend on is named", "[solution]") {
  const Solution solution = solution_of("a = 1\nb = 2\nc = b*2\nE = a^2\n");

  CHECK(names(solution, solution.independent) == Names{"b", "c"});
}

TEST_CASE("the first number that is not finite is named with what made it", "[solution]") {
  const Solution forward = solution_of("a = -1\ny = 2 + log(a)\nE = y*2\n");
  REQUIRE(forward.not_finite);
  CHECK(name(forward, forward.not_finite->within) == "y");
  CHECK(forward.not_finite->formula.op == Op::log);
  CHECK(std::isnan(forward.not_finite->number));

  const Solution backward = solution_of("a = 0\nE = sqrt(a)\n");
  REQUIRE(backward.not_finite);
  CHECK(backward.not_finite->within.kind == Symbol::Kind::derivative);
  CHECK(std::isinf(backward.not_finite->number));
  CHECK_FALSE(solution_of("a = 1\nE = sqrt(a)\n").not_finite);
}

TEST_CASE("a gradient of 0 passes nothing on, and that is said", "[solution]") {
  const Solution solution = solution_of("a = 0\ns = sqrt(a)\nE = s*0 + 1\n");

  CHECK(find(solution, solution.backward, "a").result() == 0.0);
  CHECK(solution.zero_passes_nothing);
}

TEST_CASE("the derivatives of a softmax's cross-entropy are shares, less 1 for the label", "[solution]") {
  // exp(0) / (exp(0) + exp(1) + exp(2)) and so on; the same of numbers whose exponentials overflow.
  const Solution few = solution_of("z0 = 0\nz1 = 1\nz2 = 2\nE = softmax_cross_entropy(1, z0, z1, z2)\n");
  const Solution large =
      solution_of("z0 = 1000\nz1 = 1001\nz2 = 1002\nE = softmax_cross_entropy(1, z0, z1, z2)\n");

  const double sum = 1.0 + std::exp(1.0) + std::exp(2.0);
  for (const Solution* solution : {&few, &large}) {
    const auto gradient = [&](const std::string& of) {
      return evaluate(whole_formula(find(*solution, solution->backward, of)), 0);
    };
    CHECK(std::abs(gradient("z0") - 1.0 / sum) <= 1e-12);  // 1000 - E has lost three digits
    CHECK(std::abs(gradient("z1") - (std::exp(1.0) / sum - 1.0)) <= 1e-12);
    CHECK(std::abs(gradient("z2") - std::exp(2.0) / sum) <= 1e-12);
  }
}

TEST_CASE("digits are from 1 to 17", "[solution]") {
  CHECK_THROWS_AS(solution_of("a = 1\nE = a^2\n", {.digits = 0}), std::invalid_argument);
  CHECK_THROWS_AS(solution_of("a = 1\nE = a^2\n", {.digits = 18}), std::invalid_argument);
}

TEST_CASE("long definitions are taken apart in little time", "[solution]") {
  std::string sum = "E = a", product = "F = a", nested = "G = ";
  for (int i = 0; i < 2400; ++i) {
    sum += " + a";
    product += i % 2 == 0 ? " * a" : " / a";
  }
  for (int i = 0; i < 450; ++i) nested += "(1/(a+";
  nested += "a" + std::string(900, ')');

  const Solution solution =
      solution_of("a = 1\n" + sum + "\n" + product + "\n" + nested + "\nL = E + F + G\n");

  // E is 2401 a; F is a^1201 / a^1200; G is a continued fraction.
  CHECK(find(solution, solution.forward, "E").result() == 2401.0);
  CHECK(find(solution, solution.forward, "F").result() == 1.0);
  CHECK(solution.forward.size() > 100);  // the helpers
}

TEST_CASE("a part without any name is worked out and has no gradient", "[solution]") {
  // The first factor is (3/6)^3 = 1/8.
  const Solution solution = solution_of("w = 0.5\nn = (3 / (2 + 2^2))^3 * min(w + 4, max(w, 5))\n");

  CHECK(find(solution, solution.forward, "u1").result() == 0.125);
  CHECK(find(solution, solution.forward, "n").result() == 0.5625);
  CHECK(find(solution, solution.backward, "w").result() == 0.125);
  CHECK_THROWS(find(solution, solution.backward, "u1"));
}

TEST_CASE("of a maximum of equals each gets half, and a closed relu nothing", "[solution]") {
  const Solution solution = solution_of("a = 2\nb = 2\nc = 0\nE = 3*max(a, b) + relu(c)\n");

  CHECK(find(solution, solution.backward, "a").result() == 1.5);
  CHECK(evaluate(whole_formula(find(solution, solution.backward, "b")), 0) == 1.5);
  CHECK(evaluate(whole_formula(find(solution, solution.backward, "c")), 0) == 0.0);
  CHECK(solution.has_ties);
}
