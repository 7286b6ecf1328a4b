// Chains of functions of one variable. The backward pass of each stands below its forward pass.
#include <cmath>

#include "tests/diagnosis/expressions.h"

namespace bp::test {
namespace {

double last_factor(Random& random, Page& page) { return page.leaf("c", chosen_number(random, 1.1, 4)); }

void cube_of_sine(Random& random, Page& page, Rules& rules) {
  const double x = page.leaf("x", chosen_number(random, -0.9, 0.9));
  const double c = last_factor(random, page);
  const double u = page.line("u", "exp(x)", std::exp(x));
  const double v = page.line("v", "sin(u)", std::sin(u));
  const double y = page.line("y", "v^3", v * v * v);
  page.line("L", "c*y", c * y);
  page.loss("L");

  page.grad("c", y);
  const double dy = page.grad("y", rules.local(c));
  const double dv = page.grad("v", dy * rules.local(rules.power(rules.at(v, u), 3)));
  const double du = page.grad("u", dv * rules.local(std::cos(rules.at(u, x))));
  page.grad("x", du * rules.local(std::exp(x)));
}

void exponential_of_sine(Random& random, Page& page, Rules& rules) {
  const double x = page.leaf("x", chosen_number(random, 0.2, 1.4));
  const double c = last_factor(random, page);
  const double u = page.line("u", "sin(x)", std::sin(x));
  const double v = page.line("v", "exp(u)", std::exp(u));
  const double y = page.line("y", "tanh(v)", std::tanh(v));
  page.line("L", "c*y", c * y);
  page.loss("L");

  page.grad("c", y);
  const double dy = page.grad("y", rules.local(c));
  const double there = std::tanh(rules.at(v, u));
  const double dv = page.grad("v", dy * (1 - there * there));
  const double du = page.grad("u", dv * rules.local(std::exp(rules.at(u, x))));
  page.grad("x", du * rules.local(std::cos(x)));
}

void cosine_of_logarithm(Random& random, Page& page, Rules& rules) {
  const double x = page.leaf("x", chosen_number(random, 1.2, 3));
  const double c = last_factor(random, page);
  const double u = page.line("u", "log(x)", std::log(x));
  const double v = page.line("v", "cos(u)", std::cos(u));
  const double y = page.line("y", "sqrt(v)", std::sqrt(v));
  page.line("L", "c*y", c * y);
  page.loss("L");

  page.grad("c", y);
  const double dy = page.grad("y", rules.local(c));
  const double dv = page.grad("v", dy * rules.local(1 / (2 * std::sqrt(rules.at(v, u)))));
  const double du = page.grad("u", dv * rules.local(-std::sin(rules.at(u, x))));
  page.grad("x", du * rules.local(1 / x));
}

void sine_of_square(Random& random, Page& page, Rules& rules) {
  const double w = page.leaf("w", chosen_number(random, 0.3, 1.2));
  const double x = page.leaf("x", chosen_number(random, 0.3, 1.2));
  const double n = page.line("n", "w*x", w * x);
  const double u = page.line("u", "n^2", n * n);
  page.line("f", "sin(u)", std::sin(u));
  page.loss("f");

  const double du = page.grad("u", rules.local(std::cos(rules.at(u, n))));
  const double dn = page.grad("n", du * rules.local(rules.power(n, 2)));
  page.grad("w", dn * rules.local(x));
  page.grad("x", dn * rules.local(w));
}

void logarithm_of_cosh(Random& random, Page& page, Rules& rules) {
  const double y = page.leaf("y", chosen_number(random, 0.2, 3));
  const double t = page.leaf("t", chosen_number(random, -2, 0.1));
  const double miss = page.line("miss", "y - t", y - t);
  const double h = page.line("h", "cosh(miss)", std::cosh(miss));
  page.line("E", "log(h)", std::log(h));
  page.loss("E");

  const double dh = page.grad("h", rules.local(1 / rules.at(h, miss)));
  const double dmiss = page.grad("miss", dh * rules.local(std::sinh(miss)));
  page.grad("y", dmiss);
  page.grad("t", -dmiss);
}

void fourth_power_of_tanh(Random& random, Page& page, Rules& rules) {
  const double a = page.leaf("a", chosen_number(random, 0.3, 1.4));
  const double b = page.leaf("b", chosen_number(random, 0.1, 0.9));
  const double x = page.leaf("x", chosen_number(random, 0.3, 1.4));
  const double n = page.line("n", "a*x + b", a * x + b);
  const double u = page.line("u", "tanh(n)", std::tanh(n));
  page.line("f", "u^4", std::pow(u, 4));
  page.loss("f");

  const double du = page.grad("u", rules.local(rules.power(rules.at(u, n), 4)));
  const double dn = page.grad("n", du * (1 - u * u));
  page.grad("a", dn * rules.local(x));
  page.grad("b", dn);
  page.grad("x", dn * rules.local(a));
}

void square_of_exponential(Random& random, Page& page, Rules& rules) {
  const double k = page.leaf("k", chosen_number(random, 0.2, 2));
  const double t = page.leaf("time", chosen_number(random, 0.2, 2));
  const double n = page.line("n", "-k*time", -k * t);
  const double u = page.line("u", "exp(n)", std::exp(n));
  const double v = page.line("v", "u^2", u * u);
  page.line("f", "cos(v)", std::cos(v));
  page.loss("f");

  const double dv = page.grad("v", rules.local(-std::sin(rules.at(v, u))));
  const double du = page.grad("u", dv * rules.local(rules.power(rules.at(u, n), 2)));
  const double dn = page.grad("n", du * rules.local(u));
  page.grad("k", dn * rules.local(-t));
  page.grad("time", dn * rules.local(-k));
}

}  // namespace

std::span<const Expression> chains() {
  static constexpr Expression all[] = {
      {"cube of a sine", cube_of_sine},
      {"exponential of a sine", exponential_of_sine},
      {"cosine of a logarithm", cosine_of_logarithm},
      {"sine of a square", sine_of_square},
      {"logarithm of a cosh", logarithm_of_cosh},
      {"fourth power of a tanh", fourth_power_of_tanh},
      {"cosine of a square of an exponential", square_of_exponential},
  };
  return all;
}

}  // namespace bp::test
