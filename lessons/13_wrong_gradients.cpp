// Lesson 13: a museum of wrong gradients
//
// Before:  lesson 12 found out that a gradient is wrong. It did not say why.
// Now:     seven mistakes that people made, in programs that were published or asked about. Each is here as
//          the program that makes it, with its numbers beside the right ones, and with what the engine reads
//          out of the numbers alone: diagnose() sees neither the program nor these comments.
// After:   you know these seven when you meet them, and what each of them does to learning.
// Run:     lessons/run 13
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/data/random.h"
#include "engine/data/toy.h"
#include "engine/data/with_commas.h"
#include "engine/scalar/math.h"
#include "lessons/exhibit.h"
#include "lessons/plot.h"
#include "lessons/published_network.h"

using bp::exhibit, bp::Graph, bp::Published_network, bp::sigmoid_derivative, bp::squash,
    bp::Value;  // today's vocabulary
using fmt::print;

// ---- 1. = where += belongs ------------------------------------------------------------------------------

void forgotten_accumulation() {
  const double a = -2.1, b = 3.2;
  const double d = a * b, e = d + a;  // L = d * e
  struct {
    double a, b, d, e;
  } grad{};
  grad.d = e;           // from L
  grad.e = d;           // from L
  grad.d = grad.e;      // from e: should be +=
  grad.a = grad.e;      // from e
  grad.a = grad.d * b;  // from d: should be +=
  grad.b = grad.d * a;  // from d
  print(R"(1. Forgotten accumulation

   L = d * e with d = a * b and e = d + a. Both a and d are used twice; each use contributes
   to the gradient, and this program keeps the last:

      grad.d = e;             grad.e = d;
      grad.d = grad.e;        grad.a = grad.e;          // should be grad.d += grad.e
      grad.a = grad.d * b;    grad.b = grad.d * a;      // should be grad.a += grad.d * b
)");
  Graph graph;
  const Value va = graph.leaf(a, "a"), vb = graph.leaf(b, "b");
  const Value vd = (va * vb).named("d"), ve = (vd + va).named("e"), L = (vd * ve).named("L");
  exhibit(graph, L, {{"dL/dd", grad.d, L, vd}, {"dL/da", grad.a, L, va}, {"dL/db", grad.b, L, vb}});
}

// ---- 2. The double sigmoid ------------------------------------------------------------------------------

void double_sigmoid() {
  const bp::Labelled_points table = bp::perceptron_table();
  bp::Numpy_random random(42);
  Graph graph;
  std::vector<Value> w, losses;
  for (const char* name : {"w1", "w2", "w3", "b"}) w.push_back(graph.leaf(random.uniform(), name));
  std::array<double, 4> dw{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::vector<double>& x = table.inputs[i];
    const double t = table.labels[i];
    const double net = w[0].data() * x[0] + w[1].data() * x[1] + w[2].data() * x[2] + w[3].data();
    const double z = squash(net);
    const double delta = (z - t) * sigmoid_derivative(z);  // z is squashed already
    for (std::size_t k = 0; k < 4; ++k) dw[k] += delta * (k < 3 ? x[k] : 1);

    const Value vz =
        sigmoid((w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3]).named(fmt::format("net{}", i + 1)));
    losses.push_back(0.5 * square(vz.named(fmt::format("z{}", i + 1)) - t));
  }
  print(R"(2. The double sigmoid

   Lesson 7's perceptron, first step. The function sigmoid_derivative(v) squashes v and takes
   s(1 - s) of that. It wants the weighted sum, and is given z, which is squashed already:

      z = sigmoid(net);
      delta = (z - y) * sigmoid_derivative(z);     // should be sigmoid_derivative(net)
)");
  const Value E = sum(losses).named("E");
  exhibit(graph, E,
          {{"dE/dw1", dw[0], E, w[0]},
           {"dE/dw2", dw[1], E, w[1]},
           {"dE/dw3", dw[2], E, w[2]},
           {"dE/db", dw[3], E, w[3]}});
}

// ---- 3. Weights that change too early -------------------------------------------------------------------

void in_place_update() {
  Graph graph;
  const Value i1 = graph.leaf(0.05, "i1"), i2 = graph.leaf(0.10, "i2");
  std::vector<Value> w;
  for (const double x : {0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55}) {
    w.push_back(graph.leaf(x, fmt::format("w{}", w.size() + 1)));
  }
  const Value h1 = sigmoid(w[0] * i1 + w[1] * i2 + 0.35).named("out_h1");
  const Value h2 = sigmoid(w[2] * i1 + w[3] * i2 + 0.35).named("out_h2");
  const Value o1 = sigmoid(w[4] * h1 + w[5] * h2 + 0.60).named("out_o1");
  const Value o2 = sigmoid(w[6] * h1 + w[7] * h2 + 0.60).named("out_o2");
  const Value E = (0.5 * square(0.01 - o1) + 0.5 * square(0.99 - o2)).named("E");

  const double d1 = (o1.data() - 0.01) * o1.data() * (1 - o1.data());
  const double d2 = (o2.data() - 0.99) * o2.data() * (1 - o2.data());
  const double w5 = 0.40 - 0.5 * d1 * h1.data(), w7 = 0.50 - 0.5 * d2 * h1.data();
  const double dh1 = (d1 * w5 + d2 * w7) * h1.data() * (1 - h1.data());  // should be the old w5 and w7
  print(R"(3. Weights that change too early

   The example with 0.05 and 0.10 of lesson 6. The output's weights are updated first, and
   then the error goes back through them, though it came forward through the old ones:

      w5 -= 0.5 * delta_o1 * out_h1;     w7 -= 0.5 * delta_o2 * out_h1;
      delta_h1 = (delta_o1 * w5 + delta_o2 * w7) * out_h1 * (1 - out_h1);

   Lesson 6 runs the whole of that program. E' is the error that was published after one step.
)");
  exhibit(graph, E, {{"w1'", 0.15 - 0.5 * dh1 * 0.05, w[0]}, {"E'", 0.291027924, E}}, {w, 0.5});
}

// ---- 4. A bias that hears one sample only ---------------------------------------------------------------

void bias_not_summed() {
  Graph graph;
  const Value w = graph.leaf(0.47, "w"), b = graph.leaf(0.23, "b");
  const Value y1 = (w * 1.3 + b).named("y1"), y2 = (w * -2.1 + b).named("y2"), y3 = (w * 0.7 + b).named("y3");
  const Value E = (0.5 * (square(y1 - 2.0) + square(y2 + 1.0) + square(y3 - 0.1))).named("E");
  const std::array delta = {y1.data() - 2.0, y2.data() + 1.0, y3.data() - 0.1};
  const double dw = delta[0] * 1.3 + delta[1] * -2.1 + delta[2] * 0.7;
  const double db = delta[2];  // should be the sum
  print(R"(4. A bias gradient that is not summed

   A linear neuron and a batch of three samples. The weight's gradient is a sum over the
   batch, for x stands in it. In the bias's there is nothing to multiply by, and the sum is
   forgotten with it:

      dw = delta[0]*x[0] + delta[1]*x[1] + delta[2]*x[2];
      db = delta[2];                     // should be delta[0] + delta[1] + delta[2]
)");
  exhibit(graph, E, {{"dE/dw", dw, E, w}, {"dE/db", db, E, b}});
}

// ---- 5. Softmax by its diagonal alone -------------------------------------------------------------------

constexpr std::array logits = {0.3, -1.2, 2.1};

std::array<double, 3> softmax(const std::array<double, 3>& z) {
  const double total = std::exp(z[0]) + std::exp(z[1]) + std::exp(z[2]);
  return {std::exp(z[0]) / total, std::exp(z[1]) / total, std::exp(z[2]) / total};
}

std::vector<Value> leaves(Graph& graph) {
  return {graph.leaf(logits[0], "z0"), graph.leaf(logits[1], "z1"), graph.leaf(logits[2], "z2")};
}

void softmax_diagonal() {
  const std::array p = softmax(logits), t = {0.0, 1.0, 0.0};
  std::array<double, 3> dz{};
  for (std::size_t i = 0; i < 3; ++i)
    dz[i] = (p[i] - t[i]) * p[i] * (1 - p[i]);  // as if p[i] came from z[i] alone
  Graph graph;
  const std::vector<Value> z = leaves(graph);
  const Value e0 = exp(z[0]).named("e0"), e1 = exp(z[1]).named("e1"), e2 = exp(z[2]).named("e2");
  const Value total = (e0 + e1 + e2).named("total");
  const std::array vp = {(e0 / total).named("p0"), (e1 / total).named("p1"), (e2 / total).named("p2")};
  const Value E = (0.5 * (square(vp[0] - t[0]) + square(vp[1] - t[1]) + square(vp[2] - t[2]))).named("E");
  print(R"(5. Softmax as if it were three sigmoids

   p = softmax(z) and half the squared error against (0, 1, 0). The derivative p(1 - p) is
   that of p[i] by its own z[i]. But every p depends on every z, by -p[i]*p[j]:

      dz[i] = (p[i] - t[i]) * p[i] * (1 - p[i]);
      // should be p[i] * ((p[i] - t[i]) - sum over j of (p[j] - t[j]) * p[j])
)");
  exhibit(graph, E, {{"dE/dz0", dz[0], E, z[0]}, {"dE/dz1", dz[1], E, z[1]}, {"dE/dz2", dz[2], E, z[2]}});
}

// ---- 6. Softmax twice -----------------------------------------------------------------------------------

// Cross-entropy of class `label`, with softmax taken once more than it should be, and its gradient by z.
struct Twice {
  double loss;
  std::array<double, 3> dz{};
  Twice(const std::array<double, 3>& z, std::size_t label) {
    const std::array p = softmax(z), q = softmax(p);
    loss = -std::log(q[label]);
    double common = 0;
    for (std::size_t i = 0; i < 3; ++i) common += (q[i] - (i == label)) * p[i];
    for (std::size_t i = 0; i < 3; ++i) dz[i] = p[i] * (q[i] - (i == label) - common);
  }
};

void softmax_twice() {
  const Twice wrong(logits, 1);
  Graph graph;
  const std::vector<Value> z = leaves(graph);
  const Value L = bp::softmax_cross_entropy(1, z).named("L");
  print(R"(6. Softmax twice

   The network ends in a softmax, and the loss, which wants logits, takes another:

      p = softmax(z);
      L = softmax_cross_entropy(1, p);     // should be softmax_cross_entropy(1, z)
)");
  exhibit(
      graph, L,
      {{"dL/dz0", wrong.dz[0], L, z[0]}, {"dL/dz1", wrong.dz[1], L, z[1]}, {"dL/dz2", wrong.dz[2], L, z[2]}});
  print(R"(   It learns, slowly, and then stops too early. The second softmax is given numbers between 0
   and 1, and the best that it can be given is a 1 among zeros: of C classes the right one then
   gets e / (e + C - 1). So the loss cannot fall below ln(1 + (C - 1)/e):

      classes           2        3        4       10
      floor      )");
  for (const std::size_t classes : {2, 3, 4, 10}) {
    Graph sure;
    std::vector<Value> scores = {sure.leaf(100)};
    while (scores.size() < classes) scores.push_back(sure.leaf(0));
    print("{:>9.3f}", bp::softmax_cross_entropy(0, bp::softmax(scores)).data());
  }
  print(R"(

   Whoever sees a loss that rests at one of these numbers need not look for long.

)");
}

// ---- 7. A network with several --------------------------------------------------------------------------

// How many of 50 starts are solved: all four outputs on the right side of 1/2; or, as its own predict() has
// it, the squashed outputs.
void print_solved(const char* program, double rate, int epochs, bp::Mended mended) {
  const bp::Labelled_points table = bp::exclusive_or();
  int solved = 0, predicted = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    bp::Random random(seed);
    Published_network<4> net;
    for (std::array<double, 4>* weights : {&net.w1[0], &net.w1[1], &net.w2}) {
      for (double& w : *weights) w = random.normal();
    }
    for (int epoch = 0; epoch < epochs; ++epoch) net.step(table, rate, mended);
    int right = 0, by_predict = 0;
    for (std::size_t row = 0; row < 4; ++row) {
      const double out = net.output(table.inputs[row]);
      right += (out > 0.5) == (table.labels[row] == 1);
      by_predict += (squash(out) > 0.5) == (table.labels[row] == 1);
    }
    solved += right == 4;
    predicted += by_predict == 4;
  }
  print("      {:20} {:>6} {:>8} {:>14} of 50 {:>14} of 50\n", program, rate,
        bp::with_commas(static_cast<std::uint64_t>(epochs)), solved, predicted);
}

void several_at_once() {
  const bp::Labelled_points table = bp::exclusive_or();
  const Published_network<3> net = {
      {{0.5, -0.3, 0.8}, {-0.4, 0.9, 0.2}}, {0.1, -0.2, 0.05}, {1.2, -0.7, 0.4}, 0.3};
  const Published_network<3> d = net.gradient(table, {}), half = net.gradient(table, {.output = true});
  Graph graph;
  std::vector<Value> w1[2], b1, w2, errors;
  for (std::size_t k = 0; k < 3; ++k) {
    w1[0].push_back(graph.leaf(net.w1[0][k], fmt::format("w1{}", k + 1)));
    w1[1].push_back(graph.leaf(net.w1[1][k], fmt::format("w2{}", k + 1)));
    b1.push_back(graph.leaf(net.b1[k], fmt::format("b{}", k + 1)));
    w2.push_back(graph.leaf(net.w2[k], fmt::format("v{}", k + 1)));
  }
  const Value c = graph.leaf(net.b2, "c");
  for (std::size_t row = 0; row < 4; ++row) {
    const std::vector<double>& x = table.inputs[row];
    Value out = c;
    for (std::size_t k = 0; k < 3; ++k) {
      const Value h = sigmoid(x[0] * w1[0][k] + x[1] * w1[1][k] + b1[k]);
      out += w2[k] * h.named(fmt::format("h{}{}", row + 1, k + 1));
    }
    errors.push_back(0.5 * square(out.named(fmt::format("out{}", row + 1)) - table.labels[row]));
  }
  const Value E = sum(errors).named("E");
  print(R"(7. Several at once

   A fully connected network of a tutorial learns exclusive or: a hidden layer with sigmoids,
   and an output without one. Its backward pass:

      error = target - output;
      output_delta = error * sigmoid_derivative(output);
      hidden_delta = output_delta.dot(W2.T) * sigmoid_derivative(hidden);

   The output was never squashed, so no slope belongs there; and hidden was, so that squashing
   it once more is the double sigmoid again. (The text does not define sigmoid_derivative. The
   other usual definition, v * (1 - v), suits hidden; but at an output below 0 or above 1 it is
   negative, and the step goes uphill.)
)");
  exhibit(graph, E,
          {{"dE/dv1", d.w2[0], E, w2[0]},
           {"dE/dc", d.b2, E, c},
           {"dE/dw11", d.w1[0][0], E, w1[0][0]},
           {"dE/dw22", d.w1[1][1], E, w1[1][1]}});
  print(R"(   All of it is about a fifth of what it should be, in no two rows by the same factor, and the
   engine cannot say why: a slope where there is no activation is no mistake that it knows. So
   mend that line alone, and look again:
)");
  exhibit(graph, E,
          {{"dE/dv1", half.w2[0], E, w2[0]},
           {"dE/dc", half.b2, E, c},
           {"dE/dw11", half.w1[0][0], E, w1[0][0]},
           {"dE/dw22", half.w1[1][1], E, w1[1][1]}});
  print(R"(   No loss is computed anywhere, only the error of each row printed, so nobody saw. And there is
   a defect outside the gradient: predict() squashes the output, which training never did, and
   asks whether that is above 1/2. So it asks whether the output is above 0, while training aims
   at 0 and 1. How many of 50 random starts, with four hidden neurons, end with all rows right?

      program                rate   epochs     output > 1/2    sigmoid(output) > 1/2
)");
  print_solved("as published", 0.01, 1000, {});
  print_solved("gradient mended", 0.01, 1000, {true, true});
  print_solved("as published", 0.1, 5000, {});
  print_solved("gradient mended", 0.1, 5000, {true, true});
  print("\n");
}

// The picture: gradient descent on the logits themselves, with one softmax and with two.
void draw() {
  bp::Line_plot plot{
      .title = "Three classes, one softmax or two",
      .x = {"step of gradient descent, learning rate 1"},
      .y = {"loss"},
      .series = {{"softmax once", {}, {}}, {"softmax twice", {}, {}}, {"ln(1 + 2/e)", {}, {}}}};
  std::array once = logits, twice = logits;
  for (int step = 0; step <= 200; ++step) {
    const std::array p = softmax(once);
    const Twice wrong(twice, 1);
    const std::array y = {-std::log(p[1]), wrong.loss, std::log(1 + 2 / std::exp(1.0))};
    for (std::size_t i = 0; i < 3; ++i) {
      plot.series[i].x.push_back(step);
      plot.series[i].y.push_back(y[i]);
      once[i] -= p[i] - (i == 1);
      twice[i] -= wrong.dz[i];
    }
  }
  bp::show(plot, "13_wrong_gradients.png",
           R"(   The loss of section 6 while the logits learn. With one softmax it goes to 0; with two it
   begins flat, and comes to rest on its floor.
)");
}

void lesson() {
  print(R"(Lesson 13: a museum of wrong gradients
======================================

   Each piece shows what a program did, its numbers beside the right ones, and what the engine
   makes of the numbers alone. Where several mistakes would make the same number, the likeliest
   stands first.

)");
  forgotten_accumulation();
  double_sigmoid();
  in_place_update();
  bias_not_summed();
  softmax_diagonal();
  softmax_twice();
  several_at_once();
  draw();
}

int main() { return bp::run(lesson); }
