// Quotients and powers. The backward pass of each stands below its forward pass; d.. is the gradient of ...
#include <cmath>

#include "tests/diagnosis/expressions.h"

namespace bp::test {
namespace {

void quotient_of_lines(Random& random, Page& page, Rules& rules) {
  const double a = page.leaf("a", chosen_number(random, 0.2, 2));
  const double b = page.leaf("b", chosen_number(random, -2, 2));
  const double c = page.leaf("c", chosen_number(random, 0.2, 2));
  const double d = page.leaf("d", chosen_number(random, 1.1, 3));
  const double x = page.leaf("x", chosen_number(random, 0.2, 2));
  const double u = page.line("u", "a*x + b", a * x + b);
  const double v = page.line("v", "c*x + d", c * x + d);
  const double q = page.line("q", "u/v", u / v);
  page.line("f", "q^2", q * q);
  page.loss("f");

  const double dq = page.grad("q", rules.power(q, 2));
  const auto [top, bottom] = rules.over(u, v);
  const double du = page.grad("u", dq * rules.local(top));
  const double dv = page.grad("v", dq * rules.local(bottom));
  page.grad("a", du * rules.local(x));
  page.grad("b", du);
  page.grad("c", dv * rules.local(x));
  page.grad("d", dv);
  page.grad("x", rules.meet({du * rules.local(a), dv * rules.local(c)}));
}

void rational(Random& random, Page& page, Rules& rules) {
  const double a = page.leaf("a", chosen_number(random, -2, 2));
  const double b = page.leaf("b", chosen_number(random, 0.3, 3));
  const double x = page.leaf("x", chosen_number(random, 0.4, 2));
  const double cube = page.line("cube", "x^3", x * x * x);
  const double square = page.line("square", "x^2", x * x);
  const double u = page.line("u", "cube + a", cube + a);
  const double v = page.line("v", "square + b", square + b);
  page.line("f", "u/v", u / v);
  page.loss("f");

  const auto [top, bottom] = rules.over(u, v);
  const double du = page.grad("u", rules.local(top));
  const double dv = page.grad("v", rules.local(bottom));
  const double dcube = page.grad("cube", du);
  const double dsquare = page.grad("square", dv);
  page.grad("a", du);
  page.grad("b", dv);
  page.grad("x",
            rules.meet({dcube * rules.local(rules.power(x, 3)), dsquare * rules.local(rules.power(x, 2))}));
}

void unit_vector(Random& random, Page& page, Rules& rules) {
  const double x = page.leaf("x", chosen_number(random, 0.3, 3));
  const double y = page.leaf("y", chosen_number(random, 0.3, 3));
  const double a = page.leaf("a", chosen_number(random, -2, 2));
  const double b = page.leaf("b", chosen_number(random, -2, 2));
  const double s = page.line("s", "x^2 + y^2", x * x + y * y);
  const double r = page.line("r", "sqrt(s)", std::sqrt(s));
  const double p = page.line("p", "x/r", x / r);
  const double q = page.line("q", "y/r", y / r);
  page.line("L", "a*p + b*q", a * p + b * q);
  page.loss("L");

  const double dp = page.grad("p", rules.local(a));
  const double dq = page.grad("q", rules.local(b));
  page.grad("a", p);
  page.grad("b", q);
  const auto [x_top, x_bottom] = rules.over(x, r);
  const auto [y_top, y_bottom] = rules.over(y, r);
  const double dr = page.grad("r", rules.meet({dp * x_bottom, dq * y_bottom}));
  const double ds = page.grad("s", dr * rules.local(1 / (2 * r)));
  page.grad("x", rules.meet({ds * rules.power(x, 2), dp * x_top}));
  page.grad("y", rules.meet({ds * rules.power(y, 2), dq * y_top}));
}

void written_tanh(Random& random, Page& page, Rules& rules) {
  const double w = page.leaf("w", chosen_number(random, 0.2, 1.5));
  const double x = page.leaf("x", chosen_number(random, 0.2, 0.9));
  const double b = page.leaf("b", chosen_number(random, -0.6, 0.6));
  const double c = page.leaf("c", chosen_number(random, 1.1, 4));
  const double n = page.line("n", "w*x + b", w * x + b);
  const double e = page.line("e", "exp(2*n)", std::exp(2 * n));
  const double u = page.line("u", "e - 1", e - 1);
  const double v = page.line("v", "e + 1", e + 1);
  const double o = page.line("o", "u/v", u / v);
  page.line("L", "c*o^3", c * o * o * o);
  page.loss("L");

  const double dpower = rules.local(c);
  page.grad("c", o * o * o);
  const double d_o = page.grad("o", dpower * rules.power(o, 3));
  const auto [top, bottom] = rules.over(u, v);
  const double du = page.grad("u", d_o * top);
  const double dv = page.grad("v", d_o * bottom);
  const double de = page.grad("e", rules.meet({du, dv}));
  const double dn = page.grad("n", de * rules.local(2 * e));
  page.grad("w", dn * rules.local(x));
  page.grad("x", dn * rules.local(w));
  page.grad("b", dn);
}

void written_logistic(Random& random, Page& page, Rules& rules) {
  const double w = page.leaf("w", chosen_number(random, -1.5, 1.5));
  const double x = page.leaf("x", chosen_number(random, 0.2, 2));
  const double b = page.leaf("b", chosen_number(random, -1, 1));
  const double t = page.leaf("t", chosen_number(random, 0.01, 0.99));
  const double n = page.line("n", "w*x + b", w * x + b);
  const double e = page.line("e", "exp(-n)", std::exp(-n));
  const double m = page.line("m", "1 + e", 1 + e);
  const double y = page.line("y", "1/m", 1 / m);
  const double miss = page.line("miss", "y - t", y - t);
  page.line("E", "miss^2", miss * miss);
  page.loss("E");

  const double dmiss = page.grad("miss", rules.local(rules.power(miss, 2)));
  const double dy = page.grad("y", dmiss);
  const double dm = page.grad("m", dy * rules.local(rules.over(1, m).second));
  const double de = page.grad("e", dm);
  const double dn = page.grad("n", de * rules.local(-e));
  page.grad("t", -dmiss);
  page.grad("w", dn * rules.local(x));
  page.grad("x", dn * rules.local(w));
  page.grad("b", dn);
}

// Two resistors side by side, and the power that they take.
void resistors(Random& random, Page& page, Rules& rules) {
  const double r1 = page.leaf("r1", chosen_number(random, 1.1, 5));
  const double r2 = page.leaf("r2", chosen_number(random, 1.1, 5));
  const double volt = page.leaf("volt", chosen_number(random, 1.5, 6));
  const double product = page.line("product", "r1*r2", r1 * r2);
  const double sum = page.line("sum", "r1 + r2", r1 + r2);
  const double r = page.line("r", "product/sum", product / sum);
  const double square = page.line("square", "volt^2", volt * volt);
  page.line("P", "square/r", square / r);
  page.loss("P");

  const auto [dsquare, dr] = rules.over(square, r);
  page.grad("square", dsquare);
  page.grad("r", dr);
  page.grad("volt", rules.local(dsquare) * rules.power(volt, 2));
  const auto [top, bottom] = rules.over(product, sum);
  const double dproduct = page.grad("product", rules.local(dr) * top);
  const double dsum = page.grad("sum", dr * bottom);
  page.grad("r1", rules.meet({dproduct * rules.local(r2), dsum}));
  page.grad("r2", rules.meet({dproduct * rules.local(r1), dsum}));
}

void gaussian(Random& random, Page& page, Rules& rules) {
  const double x = page.leaf("x", chosen_number(random, -1, 2));
  const double mean = page.leaf("mu", chosen_number(random, -1, 1));
  const double width = page.leaf("width", chosen_number(random, 0.5, 2));
  const double u = page.line("u", "x - mu", x - mean);
  const double z = page.line("z", "u/width", u / width);
  const double q = page.line("q", "z^2", z * z);
  const double g = page.line("g", "exp(-q/2)", std::exp(-q / 2));
  page.line("f", "g/width", g / width);
  page.loss("f");

  const auto [g_top, g_bottom] = rules.over(g, width);
  const double dg = page.grad("g", g_top);
  const double dq = page.grad("q", dg * rules.local(-g / 2));
  const double dz = page.grad("z", dq * rules.local(rules.power(z, 2)));
  const auto [top, bottom] = rules.over(u, width);
  const double du = page.grad("u", dz * rules.local(top));
  page.grad("x", du);
  page.grad("mu", -du);
  page.grad("width", rules.meet({dz * bottom, g_bottom}));
}

}  // namespace

std::span<const Expression> quotients() {
  static constexpr Expression all[] = {
      {"quotient of lines", quotient_of_lines},
      {"rational", rational},
      {"unit vector", unit_vector},
      {"tanh written out", written_tanh},
      {"logistic written out", written_logistic},
      {"resistors", resistors},
      {"gaussian", gaussian},
  };
  return all;
}

}  // namespace bp::test
