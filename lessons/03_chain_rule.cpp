// Lesson 3: the chain rule, by hand
//
// Before:  lesson 1 measured slopes with nudges, lesson 2 took an expression apart into operations.
// Now:     each operation has a slope that is easy to write down. Multiply along a path: the slope of all.
// After:   you can work out every gradient of a small network with a pencil, and check it.
// Run:     lessons/run 3
// Source:  CS231n (Stanford), notes "Backpropagation, Intuitions", for sections 1 and 3 with their figures;
//          A. Karpathy, "Neural Networks: Zero to Hero", lecture 1, for section 2.
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "engine/scalar/math.h"
#include "lessons/picture.h"

using bp::Graph, bp::Value;  // for the picture only: today's numbers are plain doubles

// 1. How far does f move when x moves? x moves q, and q moves f. A local derivative is the slope of one
//    operation by one of its inputs, as if nothing else existed. If q moves 1 for each 1 of x, and f moves
//    -4 for each 1 of q, then f moves -4 * 1 for each 1 of x. That product is the chain rule.
void multiply_along_a_path() {
  const double x = -2, y = 5, z = -4;
  const double q = x + y, f = q * z;   // forward: the numbers
  const double dq_dx = 1, dq_dy = 1;   // a sum follows each of its terms, one for one
  const double df_dq = z, df_dz = q;   // a product follows a factor as fast as the other factor is large
  const double df_dx = df_dq * dq_dx;  // backward: the products
  const double df_dy = df_dq * dq_dy;
  fmt::print(R"(1. Multiply along a path

   f = (x + y) * z at x = {}, y = {}, z = {}, in single operations, each with its local
   derivatives:

      q = x + y = {:>3}      dq/dx = {}               dq/dy = {}
      f = q * z = {:>3}      df/dq = z = {}          df/dz = q = {}

      from x to f:   df/dx = df/dq * dq/dx = {} * {} = {}
      from y to f:   df/dy = df/dq * dq/dy = {} * {} = {}
      from z to f:   df/dz                          = {}

   CS231n's notes have the same: -4, -4 and 3.

)",
             x, y, z, q, dq_dx, dq_dy, f, df_dq, df_dz, df_dq, dq_dx, df_dx, df_dq, dq_dy, df_dy, df_dz);
}

// 2. A nudge of a moves f along two paths at once. Both moves happen, so they add.
void add_over_paths() {
  const double a = -2, b = 3;
  const double d = a * b, e = a + b, f = d * e;
  const double df_dd = e, df_de = d;
  const double via_d = df_dd * b, via_e = df_de * 1;  // dd/da = b and de/da = 1
  const double h = 1e-5;
  const double nudged = ((a + h) * b * (a + h + b) - (a - h) * b * (a - h + b)) / (2 * h);
  fmt::print(R"(2. Add over the paths

   f = d * e with d = a * b and e = a + b uses a twice. At a = {}, b = {} we have
   d = {}, e = {} and f = {}.

      from a by d:   df/dd * dd/da = e * b = {:>2} * {:>2} = {:>3}
      from a by e:   df/de * de/da = d * 1 = {:>2} * {:>2} = {:>3}
      together:      df/da                         = {:>3}       by a nudge: {:.6f}
      and for b:     df/db = e * a + d * 1         = {:>3}

   Zero to Hero has the same: -3 and -8. And that is the whole rule: multiply along each
   path, add over all paths.

)",
             a, b, d, e, f, e, b, via_d, d, 1, via_e, via_d + via_e, nudged, df_dd * a + df_de * 1);
}

// 3. The squeezing function, 1 / (1 + exp(-n)), is called the sigmoid. Lesson 5 has more about neurons.
double neuron(std::array<double, 5> in) {
  const auto [w0, x0, w1, x1, w2] = in;  // five names for five numbers
  return 1 / (1 + std::exp(-(w0 * x0 + w1 * x1 + w2)));
}

int agreeing = 0,
    compared = 0;  // of our gradients with the published ones, to the two digits that those have

void row(std::string_view step, double number, std::string_view local, double gradient,
         std::string_view published) {
  fmt::print("      {:<15}{:>8.4f}   {:<28}{:>8.4f}     {:>5}\n", step, number, local, gradient, published);
  agreeing += fmt::format("{:.2f}", gradient) == published;
  ++compared;
}

void by_hand() {
  const double w0 = 2, x0 = -1, w1 = -3, x1 = -2, w2 = -3;
  const double a = w0 * x0, b = w1 * x1, c = a + b, n = c + w2, m = -n, e = std::exp(m), s = 1 + e,
               f = 1 / s;  // forward

  const double df_ds = -1 / (s * s);                      // f = 1/s
  const double df_de = df_ds * 1;                         // s = 1 + e, so ds/de = 1
  const double df_dm = df_de * e;                         // e = exp(m), so de/dm = exp(m), which is e itself
  const double df_dn = df_dm * -1;                        // m = -n, so dm/dn = -1
  const double df_dc = df_dn * 1, df_dw2 = df_dn * 1;     // n = c + w2
  const double df_da = df_dc * 1, df_db = df_dc * 1;      // c = a + b
  const double df_dw0 = df_da * x0, df_dx0 = df_da * w0;  // a = w0 * x0
  const double df_dw1 = df_db * x1, df_dx1 = df_db * w1;  // b = w1 * x1

  fmt::print(R"(3. A neuron, from its output back to its inputs

   A neuron weighs its inputs x0 and x1 by w0 and w1, adds a bias w2, and squeezes the sum
   between 0 and 1: f = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2))), a chain of small steps.
   Begin at f, whose slope by itself is 1, and at each step back multiply by a local
   derivative:

      step             number   local derivative            gradient    CS231n
)");
  row("f = 1 / s", f, "", 1, "1.00");
  row("s = 1 + e", s, fmt::format("df/ds = -1 / s^2 = {:.4f}", df_ds), df_ds, "-0.53");
  row("e = exp(m)", e, "ds/de = 1", df_de, "-0.53");
  row("m = -n", m, fmt::format("de/dm = exp(m)  = {:.4f}", e), df_dm, "-0.20");
  row("n = c + w2", n, "dm/dn = -1", df_dn, "0.20");
  row("c = a + b", c, "dn/dc = 1", df_dc, "0.20");
  row("a = w0 * x0", a, "dc/da = 1", df_da, "0.20");
  row("b = w1 * x1", b, "dc/db = 1", df_db, "0.20");
  row("w0", w0, "da/dw0 = x0 = -1", df_dw0, "-0.20");
  row("x0", x0, "da/dx0 = w0 = 2", df_dx0, "0.39");
  row("w1", w1, "db/dw1 = x1 = -2", df_dw1, "-0.39");
  row("x1", x1, "db/dx1 = w1 = -3", df_dx1, "-0.59");
  row("w2", w2, "dn/dw2 = 1", df_dw2, "0.20");
  fmt::print(R"(
   {} of the {} published gradients agree to their two digits. Round only what you print:
   whoever goes on with 0.20 in place of {:.6f} gets 2 * 0.20 = 0.40 for x0, not {:.2f}.

4. A box may be as large as you like

   The four steps from n to f are the sigmoid. Together their local derivatives are
   {:.4f} * 1 * {:.4f} * -1 = {:.4f}, and calculus makes that f * (1 - f), here
   {:.4f} * {:.4f} = {:.4f}. Knowing this one slope, we may draw the sigmoid as one box.

)",
             agreeing, compared, df_dn, df_dx0, df_ds, e, df_dn, f, 1 - f, f * (1 - f));

  // 5. Never trust a gradient that no nudge has confirmed. To both sides, as lesson 1 found best.
  fmt::print("5. Check by nudges\n\n      input     by hand      by nudge\n");
  const std::array<double, 5> in{w0, x0, w1, x1, w2}, hand{df_dw0, df_dx0, df_dw1, df_dx1, df_dw2};
  const std::array<std::string_view, 5> name{"w0", "x0", "w1", "x1", "w2"};
  for (std::size_t i = 0; i < in.size(); ++i) {
    std::array<double, 5> up = in, down = in;
    up[i] += 1e-5;
    down[i] -= 1e-5;
    fmt::print("      {:<5} {:>11.6f}   {:>11.6f}\n", name[i], hand[i], (neuron(up) - neuron(down)) / 2e-5);
  }
  fmt::print(R"(
   The nudges ran the neuron ten times, twice for each input. By hand it was one way
   forward and one way back, however many inputs there are: every number on the way
   back was used by all that lies behind it. That saving is backpropagation.

)");
}

// 6. The same neuron as a graph. Nobody calls for its gradients: they are yours to fill in.
void draw() {
  Graph graph;
  const Value w0 = graph.leaf(2, "w0"), x0 = graph.leaf(-1, "x0"), w1 = graph.leaf(-3, "w1"),
              x1 = graph.leaf(-2, "x1");
  const Value w2 = graph.leaf(-3, "w2"), a = (w0 * x0).named("a"), b = (w1 * x1).named("b");
  const Value c = (a + b).named("c"), n = (c + w2).named("n"), m = (-n).named("m"), e = exp(m).named("e"),
              s = (1 + e).named("s");
  bp::show_graph((1 / s).named("f"), "03_chain_rule.png",
                 {.title = "A sigmoid neuron: fill in the gradients"});
  fmt::print(R"(Picture: 03_chain_rule.png
   The neuron with its local derivatives on the arrows and a dash for every gradient.
   Print it, take a pencil, and fill in the dashes from right to left.
)");
}

void lesson() {
  fmt::print("Lesson 3: the chain rule, by hand\n=================================\n\n");
  multiply_along_a_path();
  add_over_paths();
  by_hand();
  draw();
}

int main() { return bp::run(lesson); }
