// Lesson 10: exclusive or, and what a hidden layer is for
//
// Before:  lesson 7's perceptron learned its table, since a plane separates the table's two classes.
// Now:     four points that no line separates. We prove it, work out how well a line can do at best, and see
//          that a second layer changes nothing unless something bends between the two.
// After:   you can say what "linearly separable" means, why layers without activations are one layer, and
//          what a hidden layer does to the points.
// Run:     lessons/run 10
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/toy.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "engine/worksheet/digits.h"
#include "lessons/plot.h"

using bp::Activation, bp::Graph, bp::Initializer, bp::Layer, bp::Mlp, bp::Value;  // today's vocabulary
using fmt::print;

constexpr std::uint64_t starts = 50;  // random starts of every experiment
const bp::Labelled_points corners = bp::exclusive_or();

// 1. No line separates the four points.
void show_no_line() {
  print(R"(Lesson 10: exclusive or, and what a hidden layer is for
=======================================================

1. No line does it

      x1 x2   wanted     a neuron says 1 where w1*x1 + w2*x2 + b > 0, so it must be that
       0  0      0                    b <= 0
       0  1      1               w2 + b >  0
       1  0      1          w1      + b >  0
       1  1      0          w1 + w2 + b <= 0

   Add the second and the third: w1 + w2 + 2b > 0. Add the first and the last: w1 + w2 + 2b <= 0.
   Both cannot be. So no neuron gets all four right, whatever its weights: no line has 01 and 10
   on its one side, 00 and 11 on the other.

)");
  // Every table that a line can make, it can make with weights and bias from this small set.
  std::array<bool, 16> found{};
  for (int w1 = -2; w1 <= 2; ++w1) {
    for (int w2 = -2; w2 <= 2; ++w2) {
      for (int twice_b = -5; twice_b <= 5; ++twice_b) {
        std::size_t table = 0;
        for (const std::vector<double>& x : corners.inputs) {
          table = 2 * table + (w1 * x[0] + w2 * x[1] + twice_b / 2.0 > 0 ? 1 : 0);
        }
        found[table] = true;
      }
    }
  }
  print("   Two inputs have 16 tables. A search over small weights finds a neuron for {} of them.\n",
        std::count(found.begin(), found.end(), true));
  for (std::size_t table = 0; table < 16; ++table) {
    if (!found[table]) print("   Not for {:04b} (in the order of the rows above).\n", table);
  }
  print(R"(   The one is exclusive or; the other is its opposite, for which all four signs turn around.

)");
}

// 2. A network for the four points, by the mean of the squares of its errors. It is recorded once; a step
//    gives the parameters new numbers and works it out again.
struct Network {
  Graph graph;
  Mlp net;
  std::vector<Value> outputs;
  Value loss;

  Network(const std::vector<std::size_t>& sizes, Activation hidden, std::uint64_t seed,
          const Initializer& weights = Initializer::xavier_uniform())
      : net(make(graph, sizes, hidden, seed, weights)) {
    for (const std::vector<double>& x : corners.inputs) {
      outputs.push_back(net(std::span<const double>(x))[0]);
    }
    loss = bp::mean_squared_error(outputs, std::vector<double>(corners.labels.begin(), corners.labels.end()));
  }

  void move(double rate) {
    for (Value p : net.parameters()) p.set_data(p.data() - rate * p.grad());
    graph.recompute();
  }
  void train(double rate, int steps) {
    for (int i = 0; i < steps; ++i) {
      graph.zero_grad();
      loss.backward();
      move(rate);
    }
  }
  // Whether all four outputs are on their side of the threshold. On it, rounding alone would choose a side.
  bool solved(double threshold = 0.5) const {
    for (std::size_t i = 0; i < 4; ++i) {
      const double above = outputs[i].data() - threshold;
      if ((above > 0) != (corners.labels[i] == 1) || std::abs(above) < 1e-9) return false;
    }
    return true;
  }
  double at(double x1, double x2) {
    const Graph::Scope scope(graph);
    return net(std::array{x1, x2})[0].data();
  }

 private:
  static Mlp make(Graph& graph, const std::vector<std::size_t>& sizes, Activation hidden, std::uint64_t seed,
                  const Initializer& weights) {
    bp::Random random(seed);
    std::vector<Activation> activations(sizes.size() - 2, hidden);
    activations.push_back(Activation::identity);
    return Mlp(graph, sizes, activations, random, weights);
  }
};

// How many of the starts are solved, and the losses: the middle of them, the smallest and the largest.
std::string fifty(const std::vector<std::size_t>& sizes, Activation hidden, double rate, int steps) {
  std::vector<double> losses;
  int solved = 0;
  for (std::uint64_t seed = 1; seed <= starts; ++seed) {
    Network network(sizes, hidden, seed);
    network.train(rate, steps);
    losses.push_back(network.loss.data());
    solved += network.solved();
  }
  std::sort(losses.begin(), losses.end());
  const auto text = [&](std::size_t i) -> std::string {
    return losses[i] < 1e-6 ? "below 1e-6" : bp::shown_number(losses[i], 2);
  };
  return fmt::format("{:2} of {}    {} ({} to {})", solved, starts, text(starts / 2), text(0),
                     text(starts - 1));
}

void show_best_line() {
  print(R"(2. The best that a line can do

   Let the neuron be linear, y = w1*x1 + w2*x2 + b, and the loss the mean of (y - t)^2. Its
   gradient is 0 where

      dE/db  = 1/2 * (2*w1 + 2*w2 + 4*b - 2) = 0
      dE/dw1 = 1/2 * (2*w1 +   w2 + 2*b - 1) = 0
      dE/dw2 = 1/2 * (  w1 + 2*w2 + 2*b - 1) = 0

   Twice the second less the first: w1 = 0; likewise w2 = 0; then b = 1/2. There is no other
   place, and the loss is a bowl: this is its bottom. The neuron says 1/2 to everything, and the
   loss is the mean of four times (1/2)^2, 0.25. From {} random starts, 1,000 steps at rate 0.1:

                                       solved     loss: the middle of {} (smallest to largest)
      one linear neuron             {}

)",
        starts, starts, fifty({2, 1}, Activation::identity, 0.1, 1000));
}

// 3. Layers without activations collapse: y = W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2).
void show_collapse() {
  const double w1[3][2] = {{0.7, -0.2}, {-0.4, 0.9}, {1.1, 0.3}}, b1[3] = {0.1, -0.3, 0.2};
  const double w2[3] = {0.5, -1.2, 0.8}, b2 = 0.15;
  Graph graph;
  const Layer first(graph, {{w1[0][0], w1[0][1]}, {w1[1][0], w1[1][1]}, {w1[2][0], w1[2][1]}},
                    {b1[0], b1[1], b1[2]}, Activation::identity);
  const Layer second(graph, {{w2[0], w2[1], w2[2]}}, {b2}, Activation::identity);

  // The one layer: M = W2 W1 and c = W2 b1 + b2, as leaves of their own.
  double m[2] = {0, 0}, c = b2;
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t i = 0; i < 2; ++i) m[i] += w2[j] * w1[j][i];
    c += w2[j] * b1[j];
  }
  const Layer one(graph, {{m[0], m[1]}}, {c}, Activation::identity);

  print(R"(3. A second layer, but nothing between the two

   2 inputs, 3 hidden neurons without an activation, 1 output:

           |  0.7 -0.2 |        |  0.1 |
      W1 = | -0.4  0.9 |   b1 = | -0.3 |   W2 = | 0.5 -1.2 0.8 |   b2 = 0.15
           |  1.1  0.3 |        |  0.2 |

   y = W2*(W1*x + b1) + b2 = (W2*W1)*x + (W2*b1 + b2), and that is one layer, M*x + c:

      M = W2*W1 = | {:.2f} {:.2f} |   c = W2*b1 + b2 = {:.2f}

      x1 x2    two layers    one layer
)",
        m[0], m[1], c);
  std::vector<Value> by_two, by_one;
  double apart = 0;
  for (const std::vector<double>& x : corners.inputs) {
    by_two.push_back(second(first(std::span<const double>(x)))[0]);
    by_one.push_back(one(std::span<const double>(x))[0]);
    print("      {:2} {:2} {:13.9f} {:12.9f}\n", x[0], x[1], by_two.back().data(), by_one.back().data());
    apart = std::max(apart, std::abs(by_two.back().data() - by_one.back().data()));
  }
  const std::vector<double> wanted(corners.labels.begin(), corners.labels.end());
  bp::mean_squared_error(by_two, wanted).backward();
  bp::mean_squared_error(by_one, wanted).backward();

  // By the chain rule: dE/dW1 = W2^T dE/dM; dE/dW2 = dE/dM W1^T + dE/dc b1^T; dE/db1 = W2^T dE/dc.
  const auto grad = [](const Layer& layer, std::size_t j, std::size_t i) {
    return layer.neurons()[j].weights()[i].grad();
  };
  const double dm[2] = {grad(one, 0, 0), grad(one, 0, 1)}, dc = one.biases()[0].grad();
  print(R"(
   The gradients, too, are those of the one layer, sent on by the chain rule:

                                                backward   from M and c
)");
  const auto row = [&](const char* what, double found, double from) {
    print("      {:38} {:12.9f} {:14.9f}\n", what, found, from);
    apart = std::max(apart, std::abs(found - from));
  };
  row("dE/dW1[1,1] = W2[1]*dE/dM[1]", grad(first, 0, 0), w2[0] * dm[0]);
  row("dE/dW1[3,2] = W2[3]*dE/dM[2]", grad(first, 2, 1), w2[2] * dm[1]);
  row("dE/dW2[2] = dE/dM*W1[2] + dE/dc*b1[2]", grad(second, 0, 1),
      dm[0] * w1[1][0] + dm[1] * w1[1][1] + dc * b1[1]);
  row("dE/db1[2] = W2[2]*dE/dc", first.biases()[1].grad(), w2[1] * dc);
  print(R"(
   Equal but for rounding ({}). Ten more parameters, and still a line:

                                       solved     loss
      2-3-1, no activation          {}
      2-4-4-1, no activation        {}

)",
        apart < 1e-14 ? "all within 1e-14" : "NOT within 1e-14",
        fifty({2, 3, 1}, Activation::identity, 0.1, 1000),
        fifty({2, 4, 4, 1}, Activation::identity, 0.1, 1000));
}

// 4. Something that bends. By hand first: relu is 0 below 0.
void show_by_hand() {
  Graph graph;
  const Layer hidden(graph, {{1, 1}, {1, 1}}, {0, -1}, Activation::relu);
  const Layer last(graph, {{1, -2}}, {0}, Activation::identity);
  print(R"(4. Two bent neurons by hand

   h1 = relu(x1 + x2)    h2 = relu(x1 + x2 - 1)    y = h1 - 2*h2

      x1 x2     h1 h2      y
)");
  for (const std::vector<double>& x : corners.inputs) {
    const std::vector<Value> h = hidden(std::span<const double>(x));
    print("      {:2} {:2}     {:2} {:2}     {:2}\n", x[0], x[1], h[0].data(), h[1].data(),
          last(h)[0].data());
  }
  print(R"(
   No learning, and no error left. Look at h1 and h2 as a plane of their own: 01 and 10 have
   come to lie on one point, (1, 0), and the line h1 - 2*h2 = 1/2 separates it from (0, 0) and
   (2, 1). That is what a hidden layer is for: it moves the points until a line will do.

)");
}

void show_learned() {
  print(R"(5. Learned

   The same loss, its gradient, 1,000 steps at rate 0.3 with all four points, from {} starts:

                                       solved     loss: the middle of {} (smallest to largest)
      2-2-1, tanh                   {}
      2-4-1, tanh                   {}
      2-4-1, relu                   {}
      2-4-1, sigmoid                {}

   Two hidden neurons are enough, as section 4 shows, but not from every start: some come to
   flat ground at a loss of about 1/8, where two points share an output of 1/2 and the gradient
   has all but gone. relu does worse: its neurons fall silent for points (lesson 8), and then
   the gradient is 0 for good, at a loss of 1/8, 1/6 or 1/4. A layer wider than it need be is
   the usual remedy.

)",
        starts, starts, fifty({2, 2, 1}, Activation::tanh, 0.3, 1000),
        fifty({2, 4, 1}, Activation::tanh, 0.3, 1000), fifty({2, 4, 1}, Activation::relu, 0.3, 1000),
        fifty({2, 4, 1}, Activation::sigmoid, 0.3, 1000));
}

// 6. A tutorial's program: sums over the four points where we had means, weights from the normal
//    distribution, and two ways to read the output.
struct Solved {
  int by_half = 0, by_sigmoid = 0;
  int above = 0;  // outputs above 0, of those that should be 0
};

Solved as_published(bool with_slope, double rate, int epochs) {
  Solved solved;
  for (std::uint64_t seed = 1; seed <= starts; ++seed) {
    Network network({2, 4, 1}, Activation::sigmoid, seed, Initializer::normal(0, 1));
    for (int epoch = 0; epoch < epochs; ++epoch) {
      network.graph.zero_grad();
      std::vector<bp::Seed> deltas;
      for (std::size_t i = 0; i < 4; ++i) {
        const double y = network.outputs[i].data(), squashed = 1 / (1 + std::exp(-y));
        deltas.push_back(
            {network.outputs[i], (y - corners.labels[i]) * (with_slope ? squashed * (1 - squashed) : 1.0)});
      }
      network.graph.backward(deltas);
      network.move(rate);
    }
    solved.by_half += network.solved(0.5);
    solved.by_sigmoid += network.solved(0.0);  // sigmoid(y) > 0.5 where y > 0
    solved.above += (network.outputs[0].data() > 0) + (network.outputs[3].data() > 0);
  }
  return solved;
}

void show_published() {
  print(R"(6. A published program

   A tutorial trains a 2-4-1 network for this: sigmoid in the hidden layer, a linear output y,
   "error" t - y, learning rate 0.01, 1,000 epochs. It then calls 1 where sigmoid(y) > 0.5. And
   it multiplies the output's error by the slope of a sigmoid that the forward pass never went
   through. Of {} starts, all four points right:

                                            y > 0.5    sigmoid(y) > 0.5
)",
        starts);
  const auto row = [](const char* what, const Solved& solved) {
    print("      {:36} {:3} {:15}\n", what, solved.by_half, solved.by_sigmoid);
  };
  row("with that slope, 0.01 and 1,000", as_published(true, 0.01, 1000));
  row("with the gradient, 0.01 and 1,000", as_published(false, 0.01, 1000));
  const Solved faster = as_published(false, 0.1, 1000);
  row("with the gradient, 0.1 and 1,000", faster);
  print(R"(
   sigmoid(y) > 0.5 says y > 0. But y was taught to be 0 for two of the points, and it comes
   down to 0 from above: in the last row {} of {} such outputs are still a little above. What
   is squashed when one asks must be squashed when one trains; or else ask at 1/2, half way
   between 0 and 1.

)",
        faster.above, 2 * starts);
}

// The pictures.
bp::Boundary_plot plane(const std::string& title, const char* x, const char* y) {
  bp::Boundary_plot plot{.title = title,
                         .x = {x},
                         .y = {y},
                         .shade = {"output"},
                         .scores = {.nx = 121, .ny = 121},
                         .level = 0.5};
  plot.scores.x0 = plot.scores.y0 = -0.5;
  plot.scores.x1 = plot.scores.y1 = 1.5;
  plot.classes = {{"0", {0, 1}, {0, 1}}, {"1", {0, 1}, {1, 0}}};
  return plot;
}

void draw_boundaries() {
  Network flat({2, 3, 1}, Activation::identity, 7);
  flat.train(0.1, 3);
  bp::Boundary_plot line = plane("Two layers, no activation: one line", "x1", "x2");
  line.scores.fill([&](double x1, double x2) { return flat.at(x1, x2); });
  show(line, "10_xor_line.png",
       R"(   A 2-3-1 network without activation on its way to 1/2. However many layers: a line.

)");

  bp::Boundary_plot moved = plane("The four points, moved by section 4's hidden layer", "h1", "h2");
  moved.scores.x1 = 2.5;
  moved.classes = {{"0", {0, 2}, {0, 1}}, {"1: two points in one", {1}, {0}}};
  moved.scores.fill([](double h1, double h2) { return h1 - 2 * h2; });
  show(moved, "10_xor_hidden.png", R"(   What the output neuron sees in section 4: here a line is enough.

)");

  Network bent({2, 4, 1}, Activation::tanh, 1);
  bent.train(0.3, 2000);
  bp::Boundary_plot curve = plane("A hidden layer of 4 with tanh", "x1", "x2");
  curve.scores.fill([&](double x1, double x2) { return bent.at(x1, x2); });
  show(curve, "10_xor.png",
       R"(   A 2-4-1 network with tanh, trained. The boundary, where the output is 1/2, bends around the
   points. `backstep watch xor -o xor.html` shows how it comes about, epoch by epoch, and
   `backstep watch xor --layers 2,1` how one neuron fails.
)");
}

int main() {
  return bp::run([] {
    show_no_line();
    show_best_line();
    show_collapse();
    show_by_hand();
    show_learned();
    show_published();
    draw_boundaries();
  });
}
