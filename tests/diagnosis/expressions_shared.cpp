// Expressions in which values are used more than once. The uses are given to meet() in the order of the
// lines.
#include <algorithm>
#include <cmath>

#include "tests/diagnosis/expressions.h"

namespace bp::test {
namespace {

// The expression of micrograd's README, with a name for each of its steps.
void micrograd(Random& random, Page& page, Rules& rules) {
  const double a = page.leaf("a", chosen_number(random, -5, -2.1));
  const double b = page.leaf("b", chosen_number(random, 1.1, 3));
  const double c1 = page.line("c1", "a + b", a + b);
  const double cube = page.line("cube", "b^3", b * b * b);
  const double d1 = page.line("d1", "a*b + cube", a * b + cube);
  const double c2 = page.line("c2", "c1 + c1 + 1", c1 + c1 + 1);
  const double c3 = page.line("c3", "1 + c2 + c2 - a", 1 + c2 + c2 - a);
  const double r1 = page.line("r1", "relu(b + a)", std::max(b + a, 0.0));
  const double d2 = page.line("d2", "d1 + d1*2 + r1", d1 + d1 * 2 + r1);
  const double e = page.line("e", "c3 - d2", c3 - d2);
  const double f = page.line("f", "e^2", e * e);
  const double g1 = page.line("g1", "f/2", f / 2);
  page.line("g", "g1 + 10/f", g1 + 10 / f);
  page.loss("g");

  const double dg1 = page.grad("g1", 1);
  const double df = page.grad("f", rules.meet({dg1 / 2, 10 * rules.over(1, f).second}));
  const double de = page.grad("e", df * rules.local(rules.power(e, 2)));
  const double dc3 = page.grad("c3", de);
  const double dd2 = page.grad("d2", -de);
  const double dr1 = page.grad("r1", dd2);
  const double dd1 = page.grad("d1", rules.meet({dd2, dd2 * 2}));
  const double dc2 = page.grad("c2", rules.meet({dc3, dc3}));
  const double dc1 = page.grad("c1", rules.meet({dc2, dc2}));
  const double dcube = page.grad("cube", dd1);
  const double through = b + a > 0 ? dr1 : 0;
  page.grad("a", rules.meet({dc1, dd1 * rules.local(b), -dc3, through}));
  page.grad("b", rules.meet({dc1, dcube * rules.local(rules.power(b, 3)), dd1 * rules.local(a), through}));
}

void polynomial(Random& random, Page& page, Rules& rules) {
  const double a = page.leaf("a", chosen_number(random, -2, 2));
  const double b = page.leaf("b", chosen_number(random, -2, 2));
  const double c = page.leaf("c", chosen_number(random, -2, 2));
  const double x = page.leaf("x", chosen_number(random, 0.4, 2));
  const double t = page.leaf("t", chosen_number(random, -2, 2));
  const double cubic = page.line("cubic", "a*x^3", a * x * x * x);
  const double square = page.line("square", "b*x^2", b * x * x);
  const double linear = page.line("linear", "c*x", c * x);
  const double p = page.line("p", "cubic + square + linear", cubic + square + linear);
  const double miss = page.line("miss", "p - t", p - t);
  page.line("E", "0.5*miss^2", 0.5 * miss * miss);
  page.loss("E");

  const double dmiss = page.grad("miss", 0.5 * rules.power(miss, 2));
  const double dp = page.grad("p", dmiss);
  page.grad("t", -dmiss);
  const double dcubic = page.grad("cubic", dp);
  const double dsquare = page.grad("square", dp);
  const double dlinear = page.grad("linear", dp);
  page.grad("a", dcubic * rules.local(x * x * x));
  page.grad("b", dsquare * rules.local(x * x));
  page.grad("c", dlinear * rules.local(x));
  page.grad("x", rules.meet({dcubic * rules.local(a) * rules.power(x, 3),
                             dsquare * rules.local(b) * rules.power(x, 2), dlinear * rules.local(c)}));
}

// A small circuit: a product, and its factors again.
void circuit(Random& random, Page& page, Rules& rules) {
  const double x = page.leaf("x", chosen_number(random, -3, 3));
  const double y = page.leaf("y", chosen_number(random, -3, 3));
  const double z = page.leaf("z", chosen_number(random, -3, 3));
  const double q = page.line("q", "x + y", x + y);
  const double r = page.line("r", "x*z", x * z);
  const double m = page.line("m", "q*r", q * r);
  page.line("f", "m + q*z", m + q * z);
  page.loss("f");

  const double dm = page.grad("m", 1);
  const double dr = page.grad("r", dm * rules.local(q));
  const double dq = page.grad("q", rules.meet({dm * rules.local(r), rules.local(z)}));
  page.grad("x", rules.meet({dq, dr * rules.local(z)}));
  page.grad("y", dq);
  page.grad("z", rules.meet({dr * rules.local(x), q}));
}

// A loop unrolled: the same weight three times, as in a recurrent network.
void recurrence(Random& random, Page& page, Rules& rules) {
  const double w = page.leaf("w", chosen_number(random, 0.3, 1.5));
  const double u = page.leaf("u", chosen_number(random, -1.5, 1.5));
  const double x1 = page.leaf("x1", chosen_number(random, -1, 1.5));
  const double x2 = page.leaf("x2", chosen_number(random, -1, 1.5));
  const double x3 = page.leaf("x3", chosen_number(random, -1, 1.5));
  const double h1 = page.line("h1", "tanh(u*x1)", std::tanh(u * x1));
  const double h2 = page.line("h2", "tanh(w*h1 + u*x2)", std::tanh(w * h1 + u * x2));
  const double h3 = page.line("h3", "tanh(w*h2 + u*x3)", std::tanh(w * h2 + u * x3));
  page.line("L", "h3^2", h3 * h3);
  page.loss("L");

  const double dh3 = page.grad("h3", rules.power(h3, 2));
  const double dn3 = dh3 * (1 - h3 * h3);
  const double dh2 = page.grad("h2", dn3 * rules.local(w));
  const double dn2 = dh2 * (1 - h2 * h2);
  const double dh1 = page.grad("h1", dn2 * rules.local(w));
  const double dn1 = dh1 * (1 - h1 * h1);
  page.grad("w", rules.meet({dn2 * h1, dn3 * h2}));
  page.grad("u", rules.meet({dn1 * x1, dn2 * x2, dn3 * x3}));
  page.grad("x1", dn1 * u);
  page.grad("x2", dn2 * u);
  page.grad("x3", dn3 * u);
}

// A unit with a way around it, as in a residual network, and a gate.
void residual(Random& random, Page& page, Rules& rules) {
  const double w = page.leaf("w", chosen_number(random, -1.5, 1.5));
  const double v = page.leaf("v", chosen_number(random, -1.5, 1.5));
  const double x = page.leaf("x", chosen_number(random, 0.2, 1.5));
  const double n = page.line("n", "w*x", w * x);
  const double h = page.line("h", "tanh(n)", std::tanh(n));
  const double y = page.line("y", "x + h", x + h);
  const double m = page.line("m", "v*y", v * y);
  const double gate = page.line("gate", "sigmoid(m)", 1 / (1 + std::exp(-m)));
  const double o = page.line("o", "gate*y", gate * y);
  page.line("L", "o^3", o * o * o);
  page.loss("L");

  const double d_o = page.grad("o", rules.local(rules.power(o, 3)));
  const double dgate = page.grad("gate", d_o * rules.local(y));
  const double dm = page.grad("m", dgate * (gate * (1 - gate)));
  const double dy = page.grad("y", rules.meet({dm * rules.local(v), d_o * rules.local(gate)}));
  const double dh = page.grad("h", dy);
  const double dn = page.grad("n", dh * (1 - h * h));
  page.grad("v", dm * rules.local(y));
  page.grad("w", dn * rules.local(x));
  page.grad("x", rules.meet({dn * rules.local(w), dy}));
}

}  // namespace

std::span<const Expression> shared_uses() {
  static constexpr Expression all[] = {
      {"micrograd", micrograd},   {"polynomial", polynomial}, {"circuit", circuit},
      {"recurrence", recurrence}, {"residual", residual},
  };
  return all;
}

}  // namespace bp::test
