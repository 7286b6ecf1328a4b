// Lesson 5: one neuron
//
// Before:  lesson 4 made the gradients of any expression a matter of one call, backward().
// Now:     what networks are made of: a weighted sum, squeezed by tanh. And a first step of learning.
// After:   you can read each gradient of a neuron off its picture, and say beforehand what a step will do.
// Run:     lessons/run 5
// Source:  A. Karpathy, "Neural Networks: Zero to Hero", lecture 1, with its numbers.
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string_view>

#include "engine/scalar/math.h"
#include "engine/scalar/nn.h"
#include "lessons/picture.h"

using bp::Activation, bp::Graph, bp::Neuron, bp::Value;  // today's vocabulary

// 1. Inputs x are given from outside. Weights w and the bias b belong to the neuron: they are what learning
//    changes, its parameters. The bias looks odd, but makes n = log(1 + sqrt(2)), o = 1/sqrt(2) and the
//    slope 1 - o^2 = 1/2.
struct Parts {
  Graph graph;
  Value x1 = graph.leaf(2, "x1"), x2 = graph.leaf(0, "x2");
  Value w1 = graph.leaf(-3, "w1"), w2 = graph.leaf(1, "w2");
  Value b = graph.leaf(6.8813735870195432, "b");

  Value p1 = (x1 * w1).named("p1"), p2 = (x2 * w2).named("p2");
  Value p = (p1 + p2).named("p");
  Value n = (p + b).named("n");
  Value o = tanh(n).named("o");
};

void forward_and_backward(Parts& parts) {
  const Value o = parts.o;
  o.backward();
  fmt::print(R"(1. Forward and backward

   A neuron adds up its inputs x, each times its weight w, and a bias b, and squeezes the
   sum n between -1 and 1: o = tanh(n) with n = x1*w1 + x2*w2 + b.

      value    number   gradient do/d(value)
)");
  for (Value v : {o, parts.n, parts.p, parts.p1, parts.p2, parts.b}) {
    fmt::print("      {:<5} {:>9.4f} {:>10.4f}\n", v.name(), v.data(), v.grad());
  }
  fmt::print(R"(
   tanh has the slope 1 - o^2 = {:.4f} here. Sums pass it on as it is: to b and to the
   products p1 = x1*w1 and p2 = x2*w2. And a product hands each factor the other one:

)",
             1 - o.data() * o.data());
  const auto row = [](Value product, Value x, Value w) {
    fmt::print("      {} gets {} * {:.4f} = {:>7.4f}      {} gets {} * {:.4f} = {:>7.4f}\n", x.name(),
               w.name(), product.grad(), x.grad(), w.name(), x.name(), product.grad(), w.grad());
  };
  row(parts.p1, parts.x1, parts.w1);
  row(parts.p2, parts.x2, parts.w2);
  fmt::print(R"(
   w2 gets nothing: x2 is 0, so this example cannot tell whether w2 is good or bad.

)");
}

// 2. tanh(n) is (e - 1) / (e + 1) with e = exp(2n). Written so, it is many small operations in place of one.
Value by_exp(Parts& parts) {
  const Value e = exp(2 * parts.n).named("e");
  const Value above = e - 1, below = e + 1;
  return above / below;
}

// 3. The engine has neurons ready. Theirs is one operation, `dot`, for the whole of x1*w1 + x2*w2 + ...
Value by_neuron(Parts& parts) {
  const Neuron neuron({parts.w1, parts.w2}, parts.b, Activation::tanh);
  return neuron(std::array{parts.x1, parts.x2});
}

void three_graphs_of_one_function(Parts& steps, Parts& exp_form, Parts& engine) {
  by_exp(exp_form).backward();
  const Value o = by_neuron(engine).named("o");
  o.backward();
  bp::show_graph(o, "05_neuron_dot.png", {.title = "The same neuron with its products in one dot"});
  fmt::print(R"(2. Three graphs of one function

   tanh(n) is also (e - 1) / (e + 1) with e = exp(2n), and bp::Neuron takes the products
   and their sum in one operation, dot. Other graphs, the same function, so the same
   gradients:

              by steps   with exp   bp::Neuron   lecture
)");
  const auto row = [](Value a, Value b, Value c, std::string_view published) {
    fmt::print("      do/d{}   {:>7.4f}    {:>7.4f}      {:>7.4f}   {:>7}\n", a.name(), a.grad(), b.grad(),
               c.grad(), published);
  };
  row(steps.x1, exp_form.x1, engine.x1, "-1.5");
  row(steps.x2, exp_form.x2, engine.x2, "0.5");
  row(steps.w1, exp_form.w1, engine.w1, "1.0");
  row(steps.w2, exp_form.w2, engine.w2, "0.0");
  fmt::print(R"(
   How fine an expression is cut is a matter of taste, as long as every piece knows its
   local derivative. Large pieces can be made safe: at n = 400 tanh gives {:g}, but exp(800)
   is too large for a double, and inf / inf is {}.

)",
             std::tanh(400.0), std::isnan(std::exp(800.0) / std::exp(800.0)) ? "not a number" : "a number");
}

// 4. One step of gradient descent: every parameter moves against its gradient, by rate times as much. Each
//    of them then moves o by (its step) * (its gradient) = -rate * gradient^2, and together by -rate *
//    their sum. That is the plan. It holds for small steps: the gradient is the slope here, and over there
//    it is another one. The inputs stay: they are the data, and learning may not change those.
double planned_change(const Parts& parts, double rate) {
  double sum = 0;
  for (Value parameter : {parts.w1, parts.w2, parts.b}) sum += parameter.grad() * parameter.grad();
  return -rate * sum;
}

void descend(Parts& parts, double rate) {
  for (Value parameter : {parts.w1, parts.w2, parts.b}) {
    parameter.set_data(parameter.data() - rate * parameter.grad());
  }
  parts.graph.recompute();
}

void one_step() {
  fmt::print(R"(3. A step downhill

   Say o should be smaller. Move each parameter against its gradient, by `rate` times as
   much. Planned is a change of o by -rate * (1.0^2 + 0.0^2 + 0.5^2) = -1.25 rate:

        rate     planned      actual           o
)");
  for (double rate : {0.001, 0.01, 0.1, 1.0, -0.1}) {
    Parts parts;
    const double before = parts.o.data();
    parts.o.backward();
    const double planned = planned_change(parts, rate);
    descend(parts, rate);
    fmt::print("      {:>6}   {:>9.5f}   {:>9.5f}   {:>9.5f}\n", rate, planned, parts.o.data() - before,
               parts.o.data());
  }
  fmt::print(R"(
   Small steps do as planned; long ones leave the place for which the slope was measured.
   The last line climbs: a step along the gradient makes o larger.

)");
}

// 5. After a step the gradients are old. So: zero_grad, backward, step, and again. That is training.
void many_steps() {
  Parts parts;
  fmt::print("4. Again and again, at a rate of 0.2\n\n      step        w1        w2         b         o\n");
  for (int step = 0; step <= 6; ++step) {
    fmt::print("      {:>4} {:>9.4f} {:>9.4f} {:>9.4f} {:>9.4f}\n", step, parts.w1.data(), parts.w2.data(),
               parts.b.data(), parts.o.data());
    parts.graph.zero_grad();
    parts.o.backward();
    descend(parts, 0.2);
  }
  fmt::print(R"(
   The neuron learns to say -1 to this input. w2 never moves, and past the middle the
   steps shrink: where tanh is flat, its slope lets little through. Nobody wants -1 for
   its own sake, though. Lesson 6 measures how wrong a whole network is, and makes that
   smaller.

)");
}

void lesson() {
  fmt::print("Lesson 5: one neuron\n====================\n\n");
  Parts steps, exp_form, engine;
  forward_and_backward(steps);
  bp::show_graph(steps.o, "05_neuron.png", {.title = "o = tanh(x1*w1 + x2*w2 + b)"});
  three_graphs_of_one_function(steps, exp_form, engine);
  one_step();
  many_steps();
  fmt::print(R"(Picture: 05_neuron.png
   The neuron by steps, after backward(). Cover the leaves, and find their gradients.
Picture: 05_neuron_dot.png
   The same neuron as bp::Neuron records it: fewer boxes, and the same gradients.
)");
}

int main() { return bp::run(lesson); }
