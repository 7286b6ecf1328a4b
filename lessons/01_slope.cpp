// Lesson 1: the slope, measured by a nudge
//
// Before:  school arithmetic. If C++ is new to you: run the lesson, read what it prints, then read this file.
// Now:     move the input of a function a little, see how far the output moves, and divide: the slope.
// After:   you can measure any slope, and know why the tiniest step is not the best, and what a gradient is.
// Run:     lessons/run 1
#include <fmt/core.h>  // fmt::print: each {} takes the next value; {:8.3f} is 8 wide with 3 decimals

#include <cmath>
#include <limits>
#include <string>

#include "engine/scalar/math.h"
#include "lessons/picture.h"

// A function: the kind of number that comes out, its name, what goes in. A `double` is a number of 16 digits.
double f(double x) { return 3 * x * x - 4 * x + 5; }
double cube(double x) { return x * x * x; }

// 1. The whole idea. f is a black box: we only look at how its output answers a small change of the input.
void nudge_and_watch() {
  fmt::print(R"(Lesson 1: the slope, measured by a nudge
========================================

1. Nudge the input, watch the output

   f(x) = 3x^2 - 4x + 5 is {} at x = 3. Move x by a step h, and see how far f moves:

         step h     f(3 + h)         rise     rise / h
)",
             f(3));
  for (double h : {1.0, 0.1, 0.01, 0.001}) {  // once for each number in the list
    const double rise = f(3 + h) - f(3);
    fmt::print("   {:12.3f} {:12.6f} {:12.6f} {:12.3f}\n", h, f(3 + h), rise, rise / h);
  }
  fmt::print(R"(
   The ratio settles at 14. That is the slope of f at 3: for a small step, f moves 14
   times as far as x. (By algebra the ratio is 14 + 3h, and 3h dies out as h shrinks.)

)");
}

// 2. Calculus has a rule for this slope, 6x - 4. A nudge needs no rule, so each can check the other.
void sign_of_the_slope() {
  fmt::print(R"(2. The sign says which way is up

              x         f(x)     by a nudge of 0.001     by the rule 6x - 4
)");
  for (double x : {-3.0, 2.0 / 3.0, 3.0}) {
    const double h = 0.001;
    fmt::print("   {:12.4f} {:12.4f} {:19.3f} {:22.3f}\n", x, f(x), (f(x + h) - f(x)) / h, 6 * x - 4);
  }
  fmt::print(R"(
   Below zero, f falls as x grows. Zero: level ground, here the bottom of the valley.
   Above zero, f rises. To make f smaller, move x against the sign of the slope:
   all the learning in the lessons to come is that one sentence.

)");
}

// 3. Two ways to nudge. Function stands for any function from a number to a number.
using Function = double (*)(double);
double forward(Function g, double x, double h) { return (g(x + h) - g(x)) / h; }
double central(Function g, double x, double h) { return (g(x + h) - g(x - h)) / (2 * h); }

void nudge_to_both_sides() {
  fmt::print(R"(3. A nudge to both sides is better

   Another function, g(x) = x^3: its slope at x = 3 is 27. To one side,
   (g(3 + h) - g(3)) / h, and to both, (g(3 + h) - g(3 - h)) / 2h, give

         step h      forward      central
)");
  for (double h : {0.1, 0.01, 0.001}) {
    fmt::print("   {:12.3f} {:12.6f} {:12.6f}\n", h, forward(cube, 3, h), central(cube, 3, h));
  }
  fmt::print(R"(
   The forward error is 9h + h^2, the central one only h^2: what 9h adds on the right
   it takes away on the left. A step 10 times smaller cuts the one error by 10 and the
   other by 100.

)");
}

// One # for each decimal that a result with this error has right: n of them when it is below 0.5 * 10^-n.
std::string right_decimals(double error) {
  std::string bar = "|";
  for (double unit = 0.1; error < 0.5 * unit; unit /= 10) bar += '#';
  return bar;
}

// 4. So is the smallest step the best? No: there are two errors. The formula's own error shrinks with the
//    step. The rounding error grows: g(3 + h) and g(3) agree in ever more of their 16 digits, subtracting
//    cancels just those, and what is left is divided by the tiny h. The sums, 9h + r/h and h^2 + r/h with r
//    of the size of epsilon, are least when h is near the square root and the cube root of epsilon. These
//    digits are the same on every machine: there is nothing but + - * /, which IEEE 754 rounds in one way.
void smaller_and_smaller() {
  fmt::print(R"(4. Smaller and smaller: the error falls, then rises

   The same slope with ever smaller steps. One # is one decimal that is right.

         step h     forward error            central error
)");
  double best_forward = 1, best_central = 1;  // the best steps so far
  for (double h :
       {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15}) {
    const double error_f = std::abs(forward(cube, 3, h) - 27), error_c = std::abs(central(cube, 3, h) - 27);
    fmt::print("          {:.0e}       {:.1e} {:14}   {:.1e} {}\n", h, error_f, right_decimals(error_f),
               error_c, right_decimals(error_c));
    if (error_f < std::abs(forward(cube, 3, best_forward) - 27)) best_forward = h;
    if (error_c < std::abs(central(cube, 3, best_central) - 27)) best_central = h;
  }
  const double epsilon = std::numeric_limits<double>::epsilon();
  fmt::print(R"(
   The best steps are {:.0e} forward and {:.0e} central. Above them the step is too coarse;
   below them rounding takes over, by fits and starts: a double has only 16 digits, and
   the subtraction cancels most of them. The rule of thumb for x of ordinary size: call
   epsilon = {:.1e} the gap between 1 and the next double; to one side step by its square
   root, {:.1e}, to both sides by its cube root, {:.1e}.

)",
             best_forward, best_central, epsilon, std::sqrt(epsilon), std::cbrt(epsilon));
}

// 5. With several inputs, nudge one and hold the others still. That slope is a partial derivative.
double d(double a, double b, double c) { return a * b + c; }

void several_inputs() {
  const double a = 2, b = -3, c = 10, h = 1e-5;
  fmt::print("5. Several inputs: the gradient\n\n   d = a*b + c is {} at a = {}, b = {}, c = {}.\n\n",
             d(a, b, c), a, b, c);
  const double by_a = (d(a + h, b, c) - d(a - h, b, c)) / (2 * h);
  const double by_b = (d(a, b + h, c) - d(a, b - h, c)) / (2 * h);
  const double by_c = (d(a, b, c + h) - d(a, b, c - h)) / (2 * h);
  fmt::print("      nudge a:  slope {:7.4f}   a is multiplied by b, and b is {}\n", by_a, b);
  fmt::print("      nudge b:  slope {:7.4f}   b is multiplied by a, and a is {}\n", by_b, a);
  fmt::print("      nudge c:  slope {:7.4f}   c is just added\n", by_c);
  fmt::print(R"(
   The three together, ({:.0f}, {:.0f}, {:.0f}), are the gradient of d. It cost two evaluations of d
   for each input. A network may have a million such inputs, its weights, and needs their
   slopes anew after every step. Lesson 4 gets them all in one sweep.

)",
             by_a, by_b, by_c);
}

// 6. A look ahead: d as a graph. The next lesson explains these lines.
void picture() {
  bp::Graph graph;
  const bp::Value a = graph.leaf(2, "a"), b = graph.leaf(-3, "b"), c = graph.leaf(10, "c");
  bp::show_graph((a * b + c).named("d"), "01_slope.png",
                 {.title = "d = a*b + c, and how fast each box follows those before it",
                  .gradients = false,
                  .legend = false});
  fmt::print(R"(Picture: 01_slope.png
   d as a graph. The number on an arrow is a slope: how far the box at its head moves
   when the box at its tail is nudged. Multiply along a way to d: -3, 2 and 1 again.
)");
}

void lesson() {
  nudge_and_watch();
  sign_of_the_slope();
  nudge_to_both_sides();
  smaller_and_smaller();
  several_inputs();
  picture();
}

int main() { return bp::run(lesson); }  // a program begins at main
