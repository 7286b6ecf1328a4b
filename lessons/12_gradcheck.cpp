// Lesson 12: checking a gradient, and checks that prove nothing
//
// Before:  lesson 1 measured slopes by a nudge, lesson 4 computed them all in one sweep. Rules go wrong, and
//          a wrong gradient still learns something: nothing crashes, no message comes.
// Now:     hold the sweep to the nudge. How far may the two differ, what do kinks do to the comparison, and
//          which checks pass whatever you have written?
// After:   you can say how large a step should be and why, and you do not trust a check that could not fail.
// Run:     lessons/run 12
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scalar/dual.h"
#include "engine/scalar/gradcheck.h"
#include "engine/scalar/gradient.h"
#include "engine/scalar/math.h"
#include "lessons/plot.h"

using bp::Dual, bp::Graph, bp::gradcheck, bp::Value;  // today's vocabulary
using fmt::print;

// 1. A neuron with input 2, bias -1/2 and target 1/4, and half its squared error. It squashes by n / sqrt(1 +
//    n^2), which is made of + - * / and a root: those are rounded in one way, so every machine prints the
//    same digits below. One text serves three kinds of number: double; Dual, which carries its slope along
//    (forward mode); and Value, which records.
template <class Number>
Number error_at(Number w) {
  using std::sqrt;
  const Number n = w * 2.0 - 0.5;
  const Number o = n / sqrt(1.0 + n * n);
  return 0.5 * (o - 0.25) * (o - 0.25);
}

constexpr double w0 = 0.75;                                         // n is 1 here, and o is 1/sqrt(2)
constexpr double epsilon = std::numeric_limits<double>::epsilon();  // 2^-52: a double's 16 digits
const double exact = error_at(Dual(w0, 1.0)).slope;

double one_sided(double h) { return (error_at(w0 + h) - error_at(w0)) / h; }
double central(double h) { return (error_at(w0 + h) - error_at(w0 - h)) / (2 * h); }

// 2. How large the errors should be. The formula's own error is what the curve bends between the points:
//    h/2 |E''| to one side, h^2/6 |E'''| to both. The gradient of a gradient tells E'' and E'''.
struct Bend {
  double second, third;
};

Bend bend() {
  Graph graph;
  const Value w = graph.leaf(w0, "w");
  const Value first = gradient(error_at(w), {w})[0], second = gradient(first, {w})[0];
  return {second.data(), gradient(second, {w})[0].data()};
}

void error_against_step(const Bend& curve) {
  print(R"(1. Two errors, and a step between them

   E(w) = 1/2 (o - 1/4)^2 with o = n / sqrt(1 + n^2) and n = 2w - 1/2, at w = {}.
   Forward mode gives dE/dw = {:.15f}: the chain rule applied on the way forward,
   exact but for the last digit. Lesson 1's differences miss it by

                   to one side, measured      to both sides, measured    rounding,
         step h        and h/2 |E''|             and h^2/6 |E'''|         eps E / h
)",
        w0, exact);
  for (int k = 4; k <= 48; k += 4) {
    const double h = std::ldexp(1.0, -k);  // 2^-k: w + h is then exact
    print("   2^-{:<2} = {:.0e} {:>13.1e} {:>9.1e} {:>17.1e} {:>9.1e} {:>13.1e}\n", k, h,
          std::abs(one_sided(h) - exact), h / 2 * std::abs(curve.second), std::abs(central(h) - exact),
          h * h / 6 * std::abs(curve.third), epsilon * error_at(w0) / h);
  }
  print(R"(
   Going down, each formula first does as calculus foretells. Then the rounding of E itself
   takes over: it is of the size of eps E with eps = 2^-52, and is divided by h.

)");
}

void best_step(const Bend& curve) {
  double best_one = 0.5, best_central = 0.5;
  for (int k = 1; k <= 50; ++k) {
    const double h = std::ldexp(1.0, -k);
    if (std::abs(one_sided(h) - exact) < std::abs(one_sided(best_one) - exact)) best_one = h;
    if (std::abs(central(h) - exact) < std::abs(central(best_central) - exact)) best_central = h;
  }
  print(R"(   The sum of two errors is least where one falls as fast as the other rises:

                       the step should be                          the best of 50 was
      to one side      sqrt(2 eps E / |E''|)       = {:.0e}                     {:.0e}
      to both sides    cbrt(3 eps E / |E'''|)      = {:.0e}                     {:.0e}

   So the best step hangs on the curve, and no one number suits all. The engine's check
   tries a ladder of steps from 6e-06 down, estimates the error of each, takes the best,
   and lets a gradient differ by no more than about twice that error.

)",
        std::sqrt(2 * epsilon * error_at(w0) / std::abs(curve.second)), best_one,
        std::cbrt(3 * epsilon * error_at(w0) / std::abs(curve.third)), best_central);
}

// 3. The check of a graph: gradcheck(). It asks forward mode as well, and checks every input.
std::string indented(std::string_view text) {
  std::string out = "   ";
  for (const char c : text) out += c == '\n' ? "\n   " : std::string(1, c);
  return out.substr(0, out.size() - 3);  // the text ends its last line
}

void the_check() {
  Graph graph;
  const Value w = graph.leaf(w0, "w"), b = graph.leaf(-0.5, "b");
  const Value n = (w * 2.0 + b).named("n"), o = (n / sqrt(1.0 + n * n)).named("o");
  const Value error = (0.5 * square(o - 0.25)).named("E");
  print("2. The engine's check of its own gradients\n\n{}", indented(to_string(gradcheck(error, {w, b}))));

  // By hand: dE/dn = (o - 1/4) * slope, and the slope of n / sqrt(1 + n^2) is (1 + n^2)^(-3/2). But here it
  // is taken at o, which is squashed already.
  const double slope = std::pow(1 + o.data() * o.data(), -1.5);
  const double dn = (o.data() - 0.25) * slope;
  const std::array claimed = {dn * 2, dn};
  print(R"(
   And of gradients that somebody worked out by hand, with the slope of the squash taken
   at o in place of n. gradcheck_claims() does not care where numbers come from:

{})",
        indented(to_string(gradcheck_claims(error, std::array{w, b}, claimed))));
  print(R"(
   (Column "backward" has the claims.) Both are wrong by one factor: look at what they have
   in common, the slope.

)");
}

// 4. relu bends sharply at 0. On its kink it has no slope; the engine says 0, as others do, by agreement.
double kinked(double x) { return 3 * (x > 0 ? x : 0) + x; }

void kinks() {
  constexpr double h = 6.055454452393343e-06;  // the engine's first step, cbrt(epsilon)
  print(R"(3. Kinks

   relu(x) is x above 0 and 0 below, with a kink where the two meet. A difference that
   reaches across it measures neither slope but something between them:

            x    backward    difference, h = 6e-06    the engine's check
)");
  std::string said;
  for (const double x : {1.0, 1e-6, 0.0, -1e-6}) {
    Graph graph;
    const Value in = graph.leaf(x, "x"), out = relu(in).named("h1");
    const bp::Gradcheck_report report = gradcheck(3.0 * out + in, {in});  // + in: so that not all is 0
    const double difference = (kinked(x + h) - kinked(x - h)) / (2 * h);
    print("   {:>10} {:>11} {:>24.6f}    {}\n", x, report.entries[0].backward, difference,
          to_string(report.verdict));
    if (report.verdict == bp::Gradcheck_verdict::kink_crossed) said = indented(to_string(report));
  }
  print(R"(
   Here L = 3 relu(x) + x: its slope is 4 to the right of 0 and 1 to the left. Near the kink
   a smaller step is the cure, and the check finds it. On the kink no step helps, for there
   is nothing to measure, and a check that counted this as agreement, or as an error, would
   be wrong either way. It is a verdict of its own:

)");
  print("{}\n", said);
}

// 5. Checks that pass. L = s * u * v, whose rules are du = s v and dv = s u, and five programs for them.
struct Point {
  double s, u, v;
};
using Two = std::array<double, 2>;
struct Program {
  std::string_view what;
  Two (*run)(const Point&);
};

constexpr Point points[] = {
    {0.7, 0, 0}, {0.7, 1.5, 1.5}, {1, 1.5, -2}, {0.7, 0.003, -0.002}, {0.7, 1.5, -2}};  // a to e

constexpr Program programs[] = {
    {"du = s*v, dv = s*u   right",
     [](const Point& p) {
       return Two{p.s * p.v, p.s * p.u};
     }},
    {"du = 0,   dv = 0     does nothing",
     [](const Point&) {
       return Two{0, 0};
     }},
    {"du = s*u, dv = s*v   mixes up the two",
     [](const Point& p) {
       return Two{p.s * p.u, p.s * p.v};
     }},
    {"du = v,   dv = u     leaves out what is above",
     [](const Point& p) {
       return Two{p.v, p.u};
     }},
    {"du = s*v, dv = 0     forgets one input",
     [](const Point& p) {
       return Two{p.s * p.v, 0};
     }},
};

const char* by_differences(const Point& p, const Two& claimed) {
  const auto L = [s = p.s](double u, double v) { return s * (u * v); };
  const double h = 1e-5;
  const double by_u = (L(p.u + h, p.v) - L(p.u - h, p.v)) / (2 * h);
  const double by_v = (L(p.u, p.v + h) - L(p.u, p.v - h)) / (2 * h);
  return std::abs(claimed[0] - by_u) <= 0.01 && std::abs(claimed[1] - by_v) <= 0.01 ? "pass" : ".";
}

const char* by_the_engine(const Point& p, const Two& claimed) {
  Graph graph;
  const Value u = graph.leaf(p.u, "u"), v = graph.leaf(p.v, "v");
  const bp::Gradcheck_verdict verdict = gradcheck_claims(p.s * (u * v), std::array{u, v}, claimed).verdict;
  return verdict == bp::Gradcheck_verdict::passed           ? "pass"
         : verdict == bp::Gradcheck_verdict::proved_nothing ? "0"
                                                            : ".";
}

void show_verdicts(const char* (*check)(const Point&, const Two&)) {
  for (const Program& program : programs) {
    print("   {:48}", program.what);
    for (const Point& point : points) print("{:>6}", check(point, program.run(point)));
    print("\n");
  }
}

void checks_that_prove_nothing() {
  print(R"(4. Checks that prove nothing

   L = s * (u * v), and five programs for its gradient, of which four are wrong. A simple
   check, which lets each gradient be 0.01 off its central difference, at five points:

      a   u = v = 0               every gradient is 0
      b   u = v = 1.5             symmetric
      c   u = 1.5, v = -2, s = 1  nothing above the product but a 1
      d   u = 0.003, v = -0.002   gradients smaller than what is allowed
      e   u = 1.5, v = -2         nothing special (s = 0.7 here and in a, b, d)

   ("pass": it finds nothing wrong. A dot: it does.)

                                                        a     b     c     d     e
)");
  show_verdicts(by_differences);
  print("\n   The engine's check of the same numbers (0: \"proved nothing\")\n\n");
  show_verdicts(by_the_engine);
  print(R"(
   Only e tells all four from the right one. The engine does not fall into a and d: it calls
   nothing passed where all gradients are 0, and how far a gradient may be off is measured by
   the error of its difference. When it checks its own backward pass it starts that from
   0.739 and not from 1, which mends c. Against b there is no remedy but a point without
   symmetry, and the point is your choice. So take crooked numbers, all different, none of
   them 0 or 1. And check the check: break the rule on purpose, and see that it fails.

)");
}

// The picture: the errors of section 1 against the step, each axis in powers of ten.
void draw(const Bend& curve) {
  bp::Line_plot plot{.title = "The error of a difference, by its step",
                     .x = {"step h", true},
                     .y = {"distance from the exact slope", true},
                     .series = {{"one side", {}, {}},
                                {"both sides", {}, {}},
                                {"h/2 |E''|", {}, {}},
                                {"h^2/6 |E'''|", {}, {}},
                                {"eps E / h", {}, {}}}};
  const auto add = [&](std::size_t i, double h, double error) {
    if (error < 1e-18) return;  // so near by luck
    plot.series[i].x.push_back(h);
    plot.series[i].y.push_back(error);
  };
  for (int k = 2; k <= 50; ++k) {
    const double h = std::ldexp(1.0, -k);
    add(0, h, std::abs(one_sided(h) - exact));
    add(1, h, std::abs(central(h) - exact));
    add(2, h, h / 2 * std::abs(curve.second));
    if (k <= 28) add(3, h, h * h / 6 * std::abs(curve.third));
    add(4, h, epsilon * error_at(w0) / h);
  }
  bp::show(plot, "12_gradcheck.png",
           R"(   Both errors fall with the step until they meet the rising line of rounding. On such axes
   a power of h is a straight line: h climbs one decade in one, h^2 two, 1/h falls one.
)");
}

void lesson() {
  print("Lesson 12: checking a gradient\n==============================\n\n");
  const Bend curve = bend();
  error_against_step(curve);
  best_step(curve);
  the_check();
  kinks();
  checks_that_prove_nothing();
  draw(curve);
}

int main() { return bp::run(lesson); }
