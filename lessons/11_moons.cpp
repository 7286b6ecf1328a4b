// Lesson 11: two moons, a network of 337 parameters, and its boundary
//
// Before:  lesson 10 told four points apart with a hidden layer of two.
// Now:     a hundred points in two half circles that reach into each other, and the network and training of
//          micrograd, the little engine that many learned from: with all that there is to see of it.
// After:   you can say what a max-margin loss asks for, what a penalty on large weights does and how little,
//          and how a network that is too large to draw is drawn.
// Run:     lessons/run 11
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/toy.h"
#include "engine/data/with_commas.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "engine/scalar/optimizer.h"
#include "lessons/plot.h"
#include "lessons/spread.h"
#include "viz/fold.h"
#include "viz/page.h"
#include "viz/render.h"

using bp::Activation, bp::Graph, bp::Initializer, bp::Mlp, bp::Spread, bp::Value;  // today's vocabulary
using fmt::print;

constexpr int steps = 100;
constexpr double decay = 1e-4;  // of the L2 penalty

// 1. The network: two layers of 16 with relu and a linear output, the score. Weights are uniform between -1
//    and 1, biases 0. (As there; but the random numbers are ours, and so the figures are.)
struct Demo {
  bp::Labelled_points points;
  Graph graph;
  Mlp net;
  std::vector<Value> scores;
  Value data_loss, loss;

  explicit Demo(std::uint64_t seed, double penalty = decay) : Demo(bp::Random(seed), penalty) {}

  // max-margin: max(0, 1 - t*score) with t = -1 or 1, the mean over the points; and what large parameters
  // cost: the penalty times the sum of the squares of all.
  void record(double penalty) {
    std::vector<double> signs;
    for (std::size_t i = 0; i < points.size(); ++i) {
      scores.push_back(net(std::span<const double>(points.inputs[i]))[0]);
      signs.push_back(2 * points.labels[i] - 1);
    }
    data_loss = bp::hinge_loss(scores, signs).named("data loss");
    loss = penalty == 0 ? data_loss : (data_loss + bp::l2_penalty(net.parameters(), penalty)).named("loss");
  }

  // Step k of 100 with the learning rate 1 - 0.9*k/100.
  void step(int k) {
    graph.zero_grad();
    loss.backward();
    const double rate = 1.0 - 0.9 * k / steps;
    for (Value p : net.parameters()) p.set_data(p.data() - rate * p.grad());
    graph.recompute();
  }
  void train() {
    for (int k = 0; k < steps; ++k) step(k);
  }

  int right() const {
    return count([](double margin) { return margin > 0; });
  }
  // A point whose margin t*score is 1 or more adds nothing to the loss, and nothing to the gradient.
  int silent() const {
    return count([](double margin) { return margin >= 1; });
  }
  double size() const {
    double squares = 0;
    for (const Value p : net.parameters()) squares += p.data() * p.data();
    return std::sqrt(squares);
  }

 private:
  Demo(bp::Random random, double penalty)
      : points(bp::two_moons(100, 0.1, random)),
        net(graph, {2, 16, 16, 1}, {Activation::relu, Activation::relu, Activation::identity}, random,
            Initializer::uniform(-1, 1)) {
    record(penalty);
  }
  template <class Test>
  int count(Test test) const {
    int n = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      n += test((2 * points.labels[i] - 1) * scores[i].data());
    }
    return n;
  }
};

void show_task(Demo& demo) {
  // micrograd makes a Value of every product and every sum: 2 n + 1 for n inputs with relu, one less without.
  constexpr int theirs = 16 * (2 * 2 + 1) + 16 * (2 * 16 + 1) + 2 * 16;
  constexpr int ours = 3 * 16 + 3 * 16 + 2;  // the weighted sum, the bias added, relu
  print(R"(Lesson 11: two moons, a network of 337 parameters, and its boundary
===================================================================

1. The task and the network

   100 points, half of them on the upper moon (class 0), half on the lower (class 1), each moved
   by a little noise. Two layers of 16 neurons with relu, and one output, the score: above 0 it
   means class 1. That makes 2*16+16 + 16*16+16 + 16+1 = {} parameters.

   All of it is one graph: the network 100 times, with the same parameters, and the loss. On the
   tape that is {} nodes. (micrograd has a node for each product and each sum, {} for
   the network at one point; here a weighted sum is one node, and it is {}.)

   The loss is the mean of max(0, 1 - t*score), where t is -1 for class 0 and 1 for class 1. It
   does not ask for a score of t, only for one beyond it: a margin of 1 on the right side. Beyond
   it a point is content, and its gradient is 0. To that comes 0.0001 times the sum of the
   squares of all parameters, which pulls them towards 0 (lesson 19 has more on it).

)",
        demo.net.parameters().size(), bp::with_commas(demo.graph.size()), theirs, ours);
}

// 2. A hundred steps.
void show_training(Demo& demo) {
  print(R"(2. A hundred steps, with a learning rate from 1 down to 0.1

      after steps   rate      loss   right of 100   content of 100
)");
  const auto row = [&](int k) {
    print("      {:11} {:6.3f} {:9.4f} {:14} {:16}\n", k, 1.0 - 0.9 * std::min(k, steps - 1) / steps,
          demo.loss.data(), demo.right(), demo.silent());
  };
  row(0);
  for (int k = 0; k < steps; ++k) {
    demo.step(k);
    if (k == 0 || k == 4 || k == 9 || (k + 1) % 20 == 0) row(k + 1);
  }
  print(R"(
   The learning rate is large, and the first steps leap. It falls, so that the last ones settle.
   At the end nearly all points are content: the few that are not hold the boundary.

)");
}

// 3. From other starts, and without the penalty.
void show_spread() {
  std::vector<int> right, silent;
  double seconds = 0;
  const auto losses = [&](double penalty, std::vector<double>& sizes) {
    right.clear();
    silent.clear();
    return bp::ten_starts([&](std::uint64_t seed) {
      Demo demo(seed, penalty);
      const auto begin = std::chrono::steady_clock::now();
      demo.train();
      seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      right.push_back(demo.right());
      silent.push_back(demo.silent());
      sizes.push_back(demo.size());
      return demo.data_loss.data();
    });
  };
  print(R"(3. Other points, other starts

   The same from {} seeds, each with points and weights of its own, after 100 steps. First the
   middle, then the smallest and the largest:

                                  with the penalty            without
)",
        bp::starts);
  std::vector<std::string> columns[2];
  for (const double penalty : {decay, 0.0}) {
    std::vector<double> sizes;
    const Spread loss = losses(penalty, sizes);
    const auto spread = [](const auto& of) {
      return bp::ten_starts([&](std::uint64_t seed) { return of[seed - 1]; }).text(3);
    };
    columns[penalty == 0] = {loss.text(), spread(right), spread(silent), spread(sizes)};
  }
  const char* names[] = {"loss of the data", "right of 100", "content of 100", "length of all parameters"};
  for (std::size_t i = 0; i < 4; ++i) print("      {:27} {:27} {}\n", names[i], columns[0][i], columns[1][i]);
  const double each = seconds / (2.0 * bp::starts * steps);
  print("\n{}",
        bp::measured(fmt::format("     {:.2f} ms for a step: forward and backward for 100 points, and 337 "
                                 "parameters moved\n",
                                 1000 * each)));
  print(R"(
   All hundred are right from every seed; content is another matter. And the penalty? In each
   step it takes 2 * 0.0001 * rate away from a parameter, all in all one part in 90, and nothing
   else in this table tells the two columns apart. What it is good for needs a harder task.

)");
}

// 4. Pictures.
void draw_boundary(Demo& demo) {
  bp::Boundary_plot plot{.title = "Two moons: the score of a 2-16-16-1 network",
                         .x = {"x"},
                         .y = {"y"},
                         .scores = {.nx = 160, .ny = 120, .x0 = -1.75, .x1 = 2.75, .y0 = -1.25, .y1 = 1.75}};
  plot.scores.fill([&](double x, double y) {
    const Graph::Scope scope(demo.graph);
    return demo.net(std::array{x, y})[0].data();
  });
  plot.classes = {{"class 0", {}, {}}, {"class 1", {}, {}}};
  for (std::size_t i = 0; i < demo.points.size(); ++i) {
    bp::Series& of = plot.classes[static_cast<std::size_t>(demo.points.labels[i])];
    of.x.push_back(demo.points.inputs[i][0]);
    of.y.push_back(demo.points.inputs[i][1]);
  }
  print("4. Pictures\n\n");
  show(plot, "11_moons.png",
       R"(   The boundary, where the score is 0. It has corners: the network is made of relu, and what it
   computes is flat pieces put together. `backstep watch moons -o moons.html` shows such a
   network learn, epoch by epoch, and each of its neurons.

)");
}

// How many neurons of layer 2 say 0 to every point.
std::size_t dead_neurons(Demo& demo) {
  const Graph::Scope scope(demo.graph);
  std::vector<double> most(16, 0.0);
  for (const std::vector<double>& point : demo.points.inputs) {
    const std::vector<Value> h1 = demo.net.layers()[0](std::span<const double>(point));
    const std::vector<Value> h2 = demo.net.layers()[1](h1);
    for (std::size_t j = 0; j < most.size(); ++j) most[j] = std::max(most[j], h2[j].data());
  }
  return static_cast<std::size_t>(std::count(most.begin(), most.end(), 0.0));
}

// The graph of one step is too large to be drawn, and each of its neurons is there for every point. Folded,
// a layer is a box. Without the penalty, whose arrows come from every parameter.
void draw_folded(const Demo& trained) {
  Demo demo(1, 0.0);
  const std::vector<Value> from = trained.net.parameters(), to = demo.net.parameters();
  for (std::size_t i = 0; i < to.size(); ++i) to[i].set_data(from[i].data());
  demo.graph.recompute();
  demo.loss.backward();
  const bp::Groups groups = bp::groups_of(demo.graph, demo.net.parameters());
  const auto draw = [&](const char* name, const std::vector<std::size_t>& open) {
    const bp::Picture picture = bp::folded_picture(demo.graph, groups, open);
    const std::string note = bp::draw(picture, bp::picture(name));
    print("Picture: {}{}\n", name, note.empty() ? "" : " (" + note + ")");
    return picture.boxes.size();
  };
  print(
      "   {} values in {} boxes: each layer is one, with what goes through it and its largest gradient.\n\n",
      bp::with_commas(demo.graph.size()), draw("11_moons_folded.png", {}));
  std::vector<std::size_t> second;
  for (std::size_t g = 0; g < groups.groups.size(); ++g) {
    if (groups.groups[g].name == "layer 2") second = {g};
  }
  print(R"(   Layer 2 opened, {} boxes: its 16 neurons, each with all hundred points in it, and their
   weights in the score. Neurons that say 0 to every point ("dead", lesson 8): {}.
)",
        draw("11_moons_layer_2.png", second), dead_neurons(demo));
}

// With --page: the network at one point that is not content yet, to step through; layers open at a click.
void write_page_of_a_point(Demo& demo) {
  std::size_t i = 0;
  while (i + 1 < demo.points.size() && (2 * demo.points.labels[i] - 1) * demo.scores[i].data() >= 1) ++i;
  demo.net.name_parameters();
  const Value loss = bp::hinge_loss(demo.scores[i], 2 * demo.points.labels[i] - 1).named("loss");
  demo.scores[i].named("score");
  bp::write_page(loss, bp::picture("11_moons.html"),
                 {.title = "Two moons: one point", .learning_rate = 0.1, .train = demo.net.parameters()});
}

int main() {
  return bp::run([] {
    Demo demo(1);
    show_task(demo);
    show_training(demo);
    show_spread();
    draw_boundary(demo);
    draw_folded(demo);
    if (bp::wants_page()) write_page_of_a_point(demo);
  });
}
