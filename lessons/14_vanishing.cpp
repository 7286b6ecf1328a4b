// Lesson 14: gradients that vanish, explode or die
//
// Before:  lessons 12 and 13 made sure that a gradient is right.
// Now:     it may be right and of no use: what ten layers leave of it, how to choose the first weights so
//          that something is left, and neurons that never learn again.
// After:   you can say what a layer does to a gradient on its way back, where Xavier's and He's rules come
//          from, what kills a relu, and how far "sigmoids lose their gradient" is true.
// Run:     lessons/run 14
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "lessons/deep_networks.h"
#include "lessons/plot.h"
#include "lessons/spread.h"

using bp::Activation, bp::Graph, bp::Initializer, bp::Layer, bp::Mlp, bp::Value;  // today's vocabulary
using bp::Kind, bp::network, bp::Signal, bp::signals, bp::train, bp::with_sigmoids;
using bp::measured, bp::Spread, bp::spread, bp::yes, fmt::print;

// 1. The chain of lessons/worksheets/vanishing.bp: each neuron has one input, all have the same weight and
//    bias.
void five_sigmoids() {
  print(R"(1. Five sigmoids in a row

   h1 = sigmoid(w*x + b), h2 = sigmoid(w*h1 + b), ... h5, with x = 0.5. On its way back from
   h5 to the sum in h1, net1, the gradient meets every slope and four of the weights:

      dh5/dnet1 = slope5 * w * slope4 * w * slope3 * w * slope2 * w * slope1

   The slope is h*(1 - h) = 1/4 - (h - 1/2)^2, at most 1/4, where h = 1/2. So with w = 1 less
   than (1/4)^5 = 1/1024 = {:.6f} is left.

         w     b        h5    slope5    w*slope5    dh5/dnet1
)",
        1.0 / 1024);
  for (const auto& [w, b] : {std::pair(1, 0), std::pair(4, 0), std::pair(4, -2), std::pair(8, -4)}) {
    Graph graph;
    const Value weight = graph.leaf(w), bias = graph.leaf(b), net1 = weight * 0.5 + bias;
    Value h = sigmoid(net1);
    for (int k = 2; k <= 5; ++k) h = sigmoid(weight * h + bias);
    h.backward();
    const double slope = h.data() * (1 - h.data());
    print("      {:>4} {:>5} {:>9.4f} {:>9.4f} {:>11.4f} {:>12.6f}\n", w, b, h.data(), slope, w * slope,
          net1.grad());
  }
  print(R"(
   A weight of 4 alone makes it worse: it drives h towards 1, where sigmoid is flat. But with
   b = -w/2 every h is 1/2. Then w = 4 loses nothing after the first slope, and w = 8 doubles
   the gradient at every neuron. So the rule is not "1/4 a layer". It is weight times slope.

)");
}

// 2. Networks with two inputs, `depth` layers of `width` neurons and one output, for 30 points.
//    signals() says what each layer passes on, forward and backward (deep_networks.h).
const bp::Labelled_points& moons = bp::thirty_points();

const std::array kinds = {
    Kind{"sigmoid, N(0, 1)", Activation::sigmoid, Initializer::normal(0, 1), 1},
    Kind{"sigmoid, Xavier", Activation::sigmoid, Initializer::xavier_normal(), 0.25},
    Kind{"tanh, N(0, 1)", Activation::tanh, Initializer::normal(0, 1), 4},
    Kind{"tanh, Xavier", Activation::tanh, Initializer::xavier_normal(), 1},
    Kind{"relu, N(0, 1)", Activation::relu, Initializer::normal(0, 1), std::sqrt(8.0)},
    Kind{"relu, Xavier", Activation::relu, Initializer::xavier_normal(), std::sqrt(0.5)},
    Kind{"relu, He", Activation::relu, Initializer::he_normal(), 1}};

constexpr std::size_t deep = 10, wide = 16, seeds = 10;

// By how much a neuron's output differs between two points, at most.
double variety(const Signal& s) {
  double most = 0;
  for (std::size_t neuron = 0; neuron < wide; ++neuron) {
    double low = s.h[neuron], high = low;
    for (std::size_t i = neuron; i < s.h.size(); i += wide)
      low = std::min(low, s.h[i]), high = std::max(high, s.h[i]);
    most = std::max(most, high - low);
  }
  return most;
}

// What the layers nearer to the output leave of the gradient of the last hidden one, after so many of them.
double left_after(const std::vector<Signal>& s, std::size_t layers) {
  return s[deep - 1 - layers].gradient / s[deep - 1].gradient;
}

Spread left_after_5(const Kind& kind) {
  return spread(1, seeds, [&](std::uint64_t seed) {
    Graph graph;
    return left_after(signals(network(graph, kind, deep, wide, seed)), 5);
  });
}

void ten_layers() {
  print(R"(2. Ten layers of 16 neurons, before any training

   Two inputs, ten layers of 16, one output; 30 points of the two moons; ten networks a row,
   seeds 1 to 10. How much of dL/dh of layer 10 is left at layer 5, after five layers? What
   does one layer do, in the mean of nine? ("Rule" is what section 3 expects.) And how large
   are the outputs h themselves at the last layer (root of the mean of h^2)? All medians.

                              a layer's factor       left after 5 layers         size of h,
                              rule    measured    median      least to most        layer 10
)");
  bp::Line_plot plot{"What is left of the gradient on its way back",
                     {"layers passed, from the last hidden one"},
                     {"length of dL/dh, last hidden layer = 1", true},
                     {}};
  double same = 0;
  bp::Histogram_plot outputs{.title = "Outputs of the first and of the last of ten layers",
                             .x = {"h"},
                             .samples = {},
                             .low = -1,
                             .high = 1};
  for (const Kind& kind : kinds) {
    std::vector<std::vector<Signal>> runs;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      Graph graph;
      runs.push_back(signals(network(graph, kind, deep, wide, seed)));
    }
    const auto left = [&](std::size_t layers) {
      return spread(0, seeds - 1, [&](std::size_t i) { return left_after(runs[i], layers); });
    };
    if (kind.name == "sigmoid, Xavier") same = variety(runs[0][deep - 1]);
    if (kind.name.starts_with("tanh") || kind.name == "sigmoid, Xavier") {
      outputs.samples.push_back({kind.name + ", layer 1", runs[0][0].h});
      outputs.samples.push_back({kind.name + ", layer 10", runs[0][deep - 1].h});
    }
    plot.series.push_back({kind.name, {}, {}});
    for (std::size_t layers = 0; layers < deep; ++layers) {
      plot.series.back().x.push_back(static_cast<double>(layers));
      plot.series.back().y.push_back(left(layers).median());
    }
    print("      {:<18} {:>2} {:>6.2f} {:>9.2f} {:>11.2g}    {:>8.2g} to {:<8.2g} {:>9.2g}\n", kind.name,
          kind.activation.op() == bp::Op::relu ? "" : "<=", kind.rule, std::pow(left(9).median(), 1.0 / 9),
          left(5).median(), left(5).least(), left(5).most(),
          spread(0, seeds - 1, [&](std::size_t i) { return runs[i][deep - 1].size; }).median());
  }
  print("\n");
  bp::show(plot, "14_vanishing.png",
           "   Medians. Down is vanishing, up exploding; a straight line is one factor for every layer.\n");
  bp::show(
      outputs, "14_vanishing_outputs.png",
      fmt::format(
          R"(   Sigmoid: between any two points no output of layer 10 differs by more than {:.0e}. tanh with
   N(0, 1) sticks at its ends, and with Xavier's weights keeps to the middle, where it is steep.

)",
          same));
}

// 3. The mean square of a sum of I independent products w*h, w of mean 0, is I * var(w) * mean(h^2).
void size_of_weights() {
  print(R"(3. How large should the first weights be?

   A neuron adds up I products w*h. If the weights are drawn independently, with mean 0, the
   products of two different ones cancel in the mean, and there remains

      forward     mean of net^2     = I * var(w) * mean of h^2
      backward    mean of (dL/dh)^2 = O * var(w) * mean of (slope * gradient above)^2

   where O is the number of neurons that h feeds. Forward wants var(w) = 1/I, backward 1/O,
   Xavier (Glorot and Bengio, 2010) takes 2/(I + O), for curves with slope 1 around 0. A relu
   makes 0 of half of what it gets, and so halves the mean square: He (2015) takes 2/I.
   With I = O = 16, a layer should multiply the gradient by sqrt(16 * var(w) * mean slope^2),
   where slope^2 is at most 1/16 for sigmoid, at most 1 for tanh and 1/2 in the mean for relu:
   the column "rule". The last column shows the same forward: relu with N(0, 1) swells, with
   Xavier fades, with He stays. tanh with N(0, 1) is pressed against -1 and 1, where it is flat.

)");
}

// 4. tanh(x) = 2*sigmoid(2x) - 1. So with_sigmoids() can write a network of tanh as one of sigmoids: weights
//    from a hidden neuron count twice, those to one twice again, and the bias takes up the -1.
void put_to_the_test() {
  double apart = 0;
  const Spread twins = spread(1, seeds, [&](std::uint64_t seed) {
    Graph graph;
    const Mlp net = network(graph, kinds[3], deep, wide, seed), twin = with_sigmoids(graph, net);
    for (const auto& x : moons.inputs) {
      apart = std::max(apart, std::abs(net(x)[0].data() - twin(x)[0].data()));
    }
    return left_after(signals(twin), 5);
  });
  const Spread drawn = left_after_5(kinds[0]), xavier = left_after_5(kinds[1]);
  const bool it_is_the_start = xavier.most() < 0.01 && drawn.least() > 0.01 && twins.least() > 0.01;
  print(R"(4. "Sigmoid networks lose their gradient within 5 layers"

   So says a widely read tutorial. Call it lost when less than a hundredth is left:

      lost with Xavier's weights, in all 10 networks             {:<3}   at most {:.2g} left
      lost with weights of N(0, 1), in any of 10                 {:<3}   at least {:.2g} left

   And sigmoid is tanh, moved and stretched: tanh(x) = 2*sigmoid(2x) - 1. So any network of
   tanh can be written with sigmoids. Weights between hidden layers become 4 times as large,
   and biases keep the sums around 0, as in section 1. "tanh, Xavier" rewritten so:

      all outputs are the same, but for rounding                 {}
      lost in any of these 10 networks of sigmoids               {:<3}   {:.2g} to {:.2g} left

   The claim is {}

)",
        yes(xavier.most() < 0.01), xavier.most(), yes(drawn.least() < 0.01), drawn.least(),
        yes(apart < 1e-12), yes(twins.least() < 0.01), twins.least(), twins.most(),
        it_is_the_start
            ? "true of sigmoids that start as networks usually do, with small weights and\n"
              "   biases of 0. Of sigmoids as such it is not true: here the start lost the gradient."
            : "not settled by these networks.");
}

// 5. Gradient descent on all points at once, from several starts.
struct Learner {
  Kind kind;
  bool rewritten;  // with sigmoids
  std::size_t depth;

  Spread losses(double rate, std::uint64_t first, std::uint64_t last) const {
    return spread(first, last, [&](std::uint64_t seed) {
      Graph graph, other;
      const Mlp net = network(graph, kind, depth, 8, seed);
      return rewritten ? train(other, with_sigmoids(other, net), rate) : train(graph, net, rate);
    });
  }
  // By runs that are not counted afterwards.
  double best_rate() const {
    const auto loss = [&](double rate) { return losses(rate, 101, bp::quick() ? 101 : 103).median(); };
    return std::ranges::min(std::array{0.3, 1.0, 3.0, 10.0}, {}, loss);
  }
};

void do_they_learn() {
  std::string rows;
  std::vector<double> medians;
  for (const auto& [kind, rewritten] :
       {std::pair(1, false), std::pair(3, true), std::pair(3, false), std::pair(6, false)}) {
    for (const std::size_t depth : {1, 3, 5}) {
      const Learner learner{kinds[static_cast<std::size_t>(kind)], rewritten, depth};
      const double rate = learner.best_rate();
      const Spread loss = learner.losses(rate, 1, bp::quick() ? 3 : seeds);
      medians.push_back(loss.median());
      rows += fmt::format("      {:<27} {:>5} {:>9} {:>11.4f}    {:.4f} to {:.4f}\n",
                          learner.kind.name + (rewritten ? ", as sigmoids" : ""), depth, rate, loss.median(),
                          loss.least(), loss.most());
    }
  }
  print(R"(5. Do they still learn?

   1, 3 or 5 layers of 8 neurons, {} steps of gradient descent on all points, ten seeds. Who
   knows nothing and always says "one half" has the loss ln 2 = 0.6931. One rule for all rates:
   that of 0.3, 1, 3 and 10 with the least median loss over other seeds, 101 to 103.

      start                      layers      rate      median    least to most
{}
      one layer of sigmoids learns (median loss below 0.1)              {}
      five layers of sigmoids do not (median above 0.6)                 {}
      five layers of tanh do, and five of relu (medians below 0.1)      {}
      five layers of sigmoids that start as tanh's do (below 0.5)       {}

   The same curve, the same depth, another start, and it learns. Not as well as tanh: the two
   networks start as equals, but a step moves other weights by other amounts.

)",
        bp::training_steps, measured(rows), yes(medians[0] < 0.1), yes(medians[2] > 0.6),
        yes(medians[8] < 0.1 && medians[11] < 0.1), yes(medians[5] < 0.5));
}

// The picture: how long dL/dW of each layer is, step by step, in a network of five layers of 8.
void draw_training() {
  bp::Heat_map map{.title = "Length of dL/dW in five layers of 8 neurons, in training",
                   .x = {"step"},
                   .y = {"layer"},
                   .shade = {"length of dL/dW", true},
                   .rows = {},
                   .columns = {},
                   .values = {}};
  for (const auto& [kind, rate] : {std::pair(1, 3.0), std::pair(3, 0.3)}) {
    std::vector<std::vector<double>> lengths(6);
    Graph graph;
    const Mlp net = network(graph, kinds[static_cast<std::size_t>(kind)], 5, 8, 1);
    train(graph, net, rate, [&] {
      for (std::size_t l = 0; l < 6; ++l) {
        double square = 0;
        for (const Value w : net.layers()[l].weights()) square += w.grad_or_zero() * w.grad_or_zero();
        lengths[l].push_back(std::sqrt(square));
      }
    });
    for (std::size_t l = 6; l-- > 0;) {
      map.rows.push_back(
          fmt::format("{} {}", kinds[static_cast<std::size_t>(kind)].activation.name(), l + 1));
      map.values.insert(map.values.end(), lengths[l].begin(), lengths[l].end());
    }
  }
  for (int step = 0; step < bp::training_steps; ++step) map.columns.push_back(step);
  bp::show(map, "14_vanishing_training.png",
           R"(   Seed 1, rates 3 and 0.3; 6 is the output. Sigmoid: soon there is hardly any gradient in any
   layer, not even the last. To it all points look alike, and what one half of them asks for,
   the other half takes back.

)");
}

// 6. One relu and three points. No exp and no log: these numbers come out alike everywhere.
struct One_neuron {
  explicit One_neuron(double slope) {
    std::vector<Value> h;
    for (const double x : {1.0, 2.0, 3.0}) h.push_back(leaky_relu(w * x + b, slope));
    E = bp::half_squared_error(h, std::array{0.5, 1.0, 1.5}) / 3.0;
    E.backward();
  }
  void step(double rate) {
    for (const Value p : {w, b}) p.set_data(p.data() - rate * p.grad());
    graph.recompute();
    graph.zero_grad();
    E.backward();
  }
  double sum(double x) const { return w.data() * x + b.data(); }

  Graph graph;
  Value w = graph.leaf(1), b = graph.leaf(0), E;
};

void die_by_hand() {
  One_neuron relu(0), leaky(0.01);
  print(R"(6. How a relu dies

   h = relu(w*x + b) should be x/2 for x = 1, 2, 3, with E = 1/3 sum of 1/2 (h - x/2)^2. From
   w = 1, b = 0 it takes one step far too long, with rate 1, then a thousand with 0.1:

     steps         w         b    sums for x = 1, 2, 3        dE/dw      dE/db
)");
  for (const int count : {0, 1, 1001}) {
    if (count == 1) relu.step(1);
    for (int i = 1; i < count; ++i) relu.step(0.1);
    print("      {:>4} {:>9.4f} {:>9.4f}   {:>7.3f} {:>7.3f} {:>7.3f} {:>12.4f} {:>10.4f}\n", count,
          relu.w.data(), relu.b.data(), relu.sum(1), relu.sum(2), relu.sum(3), relu.w.grad_or_zero(),
          relu.b.grad_or_zero());
  }
  leaky.step(1);
  int asleep = 0;
  for (; leaky.sum(3) <= 0 && asleep < 10000; ++asleep) leaky.step(0.1);
  for (int i = 0; i < 1000; ++i) leaky.step(0.1);
  print(R"(
   By hand, dE/dw = ((1 - 0.5)*1 + (2 - 1)*2 + (3 - 1.5)*3) / 3 = 7/3 at first. After the step
   all sums are below 0. There relu is flat, the gradient of every point is exactly 0, and no
   step moves a parameter any more: it is dead. leaky_relu, which is 0.01*x below 0, takes the
   same step but keeps a slope. After {} steps its sum for x = 3 is above 0 again, and a
   thousand later w = {:.3f}, and E < 1e-6: {}.

)",
        asleep, leaky.w.data(), yes(leaky.E.data() < 1e-6));
}

// 7. Neurons of the first layer that no point brings above 0. Their inputs never change, so a relu stays so.
std::vector<bool> silent(const Layer& layer) {
  std::vector<bool> found(layer.outputs(), true);
  for (const auto& x : moons.inputs) {
    const std::vector<Value> h = layer(x);
    for (std::size_t i = 0; i < h.size(); ++i) found[i] = found[i] && h[i].data() <= 0;
  }
  return found;
}

void count_the_dead() {
  std::string rows;
  std::vector<Spread> all;
  bool moved = false;
  for (const double slope : {0.0, 0.01, 0.1}) {
    for (const double rate : {1.0, 10.0}) {
      const Kind kind{"", slope == 0 ? Activation::relu : Activation::leaky_relu(slope),
                      Initializer::he_normal(), 1};
      std::vector<double> loss;
      all.push_back(spread(1, bp::quick() ? 3 : seeds, [&](std::uint64_t seed) {
        Graph graph;
        const Mlp net = network(graph, kind, 1, 16, seed);
        loss.push_back(train(graph, net, rate));
        const std::vector<bool> found = silent(net.layers()[0]);
        for (std::size_t i = 0; i < found.size(); ++i) {
          for (const Value w : net.layers()[0].neurons()[i].weights())
            moved = moved || (slope == 0 && found[i] && w.grad_or_zero() != 0);
        }
        return static_cast<double>(std::ranges::count(found, true));
      }));
      const Spread losses(loss);
      rows += fmt::format("      {:>6} {:>8} {:>11.1f}    {:>3} to {:<3} {:>12.3g}    {:.3g} to {:.3g}\n",
                          slope, rate, all.back().median(), all.back().least(), all.back().most(),
                          losses.median(), losses.least(), losses.most());
    }
  }
  print(R"(7. How many die?

   One layer of 16, {} steps at a rate, ten seeds. Silent are neurons that no point brings
   above 0; a relu has slope 0 below 0, a leaky relu the slope that stands in front.

       slope     rate      silent: median, range           loss: median, range
{}
      relu: more are silent after rate 10 than after rate 1, in every network      {}
      a silent relu has a gradient that is not exactly 0, in any network            {}
      slope 0.01: at rate 10 more than half as many are silent as of relu          {}
      slope 0.1: at rate 10 less than half as many are                             {}

   A silent leaky relu is not dead; it may come back, as in section 6. But the small slope comes
   back slowly, and no slope makes a rate of 10 a good one: see the losses. So before you look
   for another curve, look at the rate.
)",
        bp::training_steps, measured(rows), yes(all[1].least() > all[0].most()), yes(moved),
        yes(all[3].median() > all[1].median() / 2), yes(all[5].median() < all[1].median() / 2));
}

void lesson() {
  print(R"(Lesson 14: gradients that vanish, explode or die
================================================

)");
  if (bp::quick())
    print("Quick: 3 seeds in place of 10 in sections 5 and 7, rates by 1 seed in place of 3\n");
  five_sigmoids();
  ten_layers();
  size_of_weights();
  put_to_the_test();
  do_they_learn();
  draw_training();
  die_by_hand();
  count_the_dead();
}

int main() { return bp::run(lesson); }
