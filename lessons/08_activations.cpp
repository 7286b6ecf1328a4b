// Lesson 8: activations, and what is said of them
//
// Before:  neurons squeezed their sums with tanh (lesson 5) and with sigmoid (lessons 6 and 7).
// Now:     twelve functions that can stand in that place, each with its slope; and seven pieces of advice
//          from a tutorial, each put to the test on small networks, from ten starts.
// After:   you can say what an activation does to the gradient on its way back, and which advice is a rule,
//          which a rule of thumb, and how one finds out.
// Run:     lessons/run 8
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "engine/scalar/nn.h"
#include "lessons/curve_network.h"
#include "lessons/plot.h"
#include "lessons/spread.h"

using bp::Curve, bp::Curve_network, bp::Graph, bp::Initializer, bp::Layer, bp::Spread,
    bp::Value;  // today's vocabulary
using fmt::print;

// 1. An activation is a function of one number. The engine has all of these as operations.
using Activation = Value (*)(Value);
struct Named {
  const char* name;
  Activation f;
};
constexpr Named activations[] = {
    {"identity", [](Value x) { return identity(x); }},
    {"sigmoid", [](Value x) { return sigmoid(x); }},
    {"tanh", [](Value x) { return tanh(x); }},
    {"softsign", [](Value x) { return softsign(x); }},
    {"hard_tanh", [](Value x) { return hard_tanh(x); }},
    {"relu", [](Value x) { return relu(x); }},
    {"leaky_relu", [](Value x) { return leaky_relu(x, 0.1); }},
    {"elu", [](Value x) { return elu(x); }},
    {"selu", [](Value x) { return selu(x); }},
    {"softplus", [](Value x) { return softplus(x); }},
    {"gelu", [](Value x) { return gelu(x); }},
    {"silu", [](Value x) { return silu(x); }},
};
constexpr Activation identity = activations[0].f, squash = activations[1].f, tangent = activations[2].f,
                     rectify = activations[5].f, leak = activations[6].f;

struct Point {
  double value, slope;
};

Point at(Activation f, double x) {
  Graph graph;
  const Value in = graph.leaf(x), out = f(in);
  out.backward();
  return {out.data(), in.grad()};
}

std::string four_decimals(double x) { return fmt::format("{:9.4f}", std::abs(x) < 0.00005 ? 0.0 : x); }

void the_twelve() {
  print(R"(1. Twelve activations and their slopes

                        value at                       slope at
                  -3        0        3       -10       -3        0        3
)");
  for (const auto& [name, f] : activations) {
    print("   {:10}", name);
    for (const double x : {-3.0, 0.0, 3.0}) print("{}", four_decimals(at(f, x).value));
    for (const double x : {-10.0, -3.0, 0.0, 3.0}) print("{}", four_decimals(at(f, x).slope));
    print("\n");
  }
  print(R"(
   On its way back a gradient is multiplied by the slope (lesson 3). So read the right half
   as: how much passes. sigmoid lets through a quarter at best, tanh all at 0 and little at 3.
   relu lets through all or nothing. (At its corner it has no slope; 0 is an agreement.
   leaky_relu has the slope 0.1 below 0 here, so that one sees it; 0.01 is usual.)

)");
}

// 2. What all experiments share is in curve_network.h: a network that learns nine points of a curve, by the
//    mean of the squares of its errors.
//
// 3. Without an activation: a line of lines is a line.
void claim_collapse(const Curve& task) {
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < task.x.size(); ++i) {
    xy += task.x[i] * task.y[i];
    xx += task.x[i] * task.x[i];
    yy += task.y[i] * task.y[i];
  }
  const double line = (yy - xy * xy / xx) / static_cast<double>(task.x.size());
  const auto after = [&task](Activation f) {
    return bp::ten_starts([&, f](std::uint64_t seed) {
      Curve_network net(task, 3, 6, f, seed);
      net.train(0.02, 600);
      return net.loss.data();
    });
  };
  const Spread linear = after(identity), bent = after(tangent);
  print(R"(2. "Without an activation, layers collapse into one"

   The task of this lesson: nine points of the curve y = sin(3x), x from -1 to 1. The loss is
   the mean of the squared errors. Every experiment is repeated from {} random starts:
   a (b to c) is the middle of the ten results, with the smallest and the largest.

   w2*(w1*x + b1) + b2 = (w2*w1)*x + (w2*b1 + b2): again a weight times x, and a bias. Three
   hidden layers of 6 after 600 steps at rate 0.02, and the best of all straight lines:

      best line               {:.4f}
      identity                {}
{}
   Holds: it is algebra. 103 parameters cannot do better than two. (Lines that begin with ~
   are of long training, which makes much of the last digits of exp() and tanh(). Those differ
   from machine to machine, so yours may say other numbers there.)

)",
        bp::starts, line, linear.text(4),
        bp::measured(fmt::format("      tanh                    {}\n", bent.text(2))));
}

// 4. Each layer multiplies by its weights and slopes on the way back.
void claim_vanishing(const Curve& task) {
  print(R"(3. "Sigmoid networks lose their gradient within five layers"

   The gradient of the first hidden layer's weights as a share of that of the last hidden
   layer's, before learning (root mean squares; layers of 6):

      hidden layers   sigmoid                     sigmoid, weights x 4       tanh
)");
  const Initializer usual = Initializer::xavier_uniform(), large = Initializer::xavier_uniform(4);
  for (const std::size_t depth : {2u, 3u, 5u, 8u}) {
    const auto share = [&](Activation f, const Initializer& weights) {
      return bp::ten_starts([&](std::uint64_t seed) {
               Curve_network net(task, depth, 6, f, seed, weights);
               net.loss.backward();
               const auto size = [](const Layer& layer) {
                 double sum = 0;
                 for (const Value w : layer.weights()) sum += w.grad() * w.grad();
                 return std::sqrt(sum / static_cast<double>(layer.weights().size()));
               };
               return size(net.layers[0]) / size(net.layers[depth - 1]);
             })
          .text(2);
    };
    print("      {:>4}            {:28}{:27}{}\n", depth, share(squash, usual), share(squash, large),
          share(tangent, usual));
  }
  const auto learned = [&](Activation f, const Initializer& weights) {
    return bp::ten_starts([&](std::uint64_t seed) {
             return Curve_network(task, 5, 6, f, seed, weights).steps_until(0.05, 0.1, 2000);
           })
        .below(2000);
  };
  print(R"(
   Five hidden layers, at most 2,000 steps at rate 0.1. A loss below 0.05 is reached from

{}
   Holds for weights of the usual size: each layer takes away four fifths, and no network of
   the ten learned. But it is a product of slopes and weights: with larger weights more comes
   through, and many of them learned.

)",
        bp::measured(fmt::format(
            "      {} of {} starts with sigmoid, {} with its weights x 4, {} with tanh\n",
            learned(squash, usual), bp::starts, learned(squash, large), learned(tangent, usual))));
}

// 5. tanh against sigmoid, and what makes the difference: take the centre away from the one, give it to the
//    other, and leave all else as it is.
constexpr Named shifted[] = {{"tanh(x)", tangent},
                             {"tanh(x) + 1", [](Value x) { return tanh(x) + 1.0; }},
                             {"sigmoid(x) - 1/2", [](Value x) { return sigmoid(x) - 0.5; }},
                             {"sigmoid(x)", squash},
                             {"relu(x)", rectify}};

void claim_centred(const Curve& task) {
  print(R"(4. "tanh converges faster than sigmoid, because it is centred on 0"

   Steps until the loss is below 0.02; one hidden layer of 6, at most 1,000 steps, each
   activation at its best rate of 0.1, 0.2, 0.4 and 0.8. The second and the third differ from
   their neighbours in nothing but the centre:

                          centred   slope at 0   rate   steps
)");
  for (const auto& [name, f] : shifted) {
    double best_rate = 0;
    Spread best = bp::ten_starts([](std::uint64_t) { return 1e9; });
    for (const double rate : {0.1, 0.2, 0.4, 0.8}) {
      const Spread steps = bp::ten_starts([&, f = f](std::uint64_t seed) {
        return Curve_network(task, 1, 6, f, seed).steps_until(0.02, rate, 1000);
      });
      if (steps.median() >= best.median()) continue;
      best = steps;
      best_rate = rate;
    }
    print("{}", bp::measured(fmt::format("      {:20}{:7}   {:>10}   {:>4}   {}\n", name,
                                         f == rectify || at(f, 0).value != 0 ? "no" : "yes", at(f, 0).slope,
                                         best_rate, best.text(4))));
  }
  print(R"(
   Holds, and the reason is half of the truth. Moving the centre away costs tanh four times
   the steps, and bringing it to 0 saves sigmoid more than half of them. But centred or not,
   tanh is faster: its slope is four times as steep, its range twice as wide. And relu is not
   centred either, and fast, but from some starts it does not get there.

)");
}

// 6. relu. A neuron is dead for this task when it says 0 to every point: its slope is 0 everywhere, so no
//    gradient reaches its weights.
struct Silence {
  double zeros = 0;  // percent of all that the hidden neurons say
  int dead = 0;      // neurons
};

Silence silence_of(const Curve_network& net, std::size_t neurons) {
  Silence found;
  const std::size_t points = net.hidden.size() / neurons;
  for (std::size_t k = 0; k < neurons; ++k) {
    std::size_t zeros = 0;
    for (std::size_t n = 0; n < points; ++n) zeros += net.hidden[n * neurons + k].data() == 0;
    found.zeros += 100.0 * static_cast<double>(zeros) / static_cast<double>(net.hidden.size());
    found.dead += zeros == points;
  }
  return found;
}

// Nanoseconds for recording an activation and going back through it: the best of 20 times 1,000.
double cost(Activation f) {
  double best = 1e9;
  for (int again = 0; again < 20; ++again) {
    Graph graph;
    const Value x = graph.leaf(0.3);
    std::vector<Value> all;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) all.push_back(f(x));
    sum(all).backward();
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    best = std::min(best, time.count() / 1000);
  }
  return best;
}

void claim_relu(const Curve& task) {
  print(R"(5. "relu keeps the gradient for x > 0, makes activations sparse, is cheaper, and can die"

   After 300 steps: how many of all hidden activations are exactly 0, how many of the sixty
   hidden neurons (six from each start) say 0 to every point, and the loss. leaky_relu, whose
   slope is never 0, from the same starts:

      rate   percent 0         dead   loss                       loss, leaky_relu
)");
  for (const double rate : {0.0, 0.1, 0.2, 0.4, 0.6}) {
    std::vector<Silence> silences;
    const auto loss_of = [&](Activation f) {
      return bp::ten_starts([&](std::uint64_t seed) {
        Curve_network net(task, 1, 6, f, seed);
        net.train(rate, rate > 0 ? 300 : 0);
        silences.push_back(silence_of(net, 6));
        return net.loss.data();
      });
    };
    const Spread loss = loss_of(rectify);
    int dead = 0;
    for (const Silence& silence : silences) dead += silence.dead;
    const Spread zeros = bp::ten_starts([&](std::uint64_t seed) { return silences[seed - 1].zeros; });
    print("{}", bp::measured(fmt::format("      {:>4}   {:17}{:>2}     {:27}{}\n", rate, zeros.text(), dead,
                                         loss.text(), loss_of(leak).text())));
  }
  print("\n   What one costs, forward and backward, in nanoseconds:\n\n");
  for (const Activation f : {rectify, leak, squash, tangent, activations[10].f}) {
    const auto named = std::find_if(std::begin(activations), std::end(activations),
                                    [f](const Named& one) { return one.f == f; });
    print("{}", bp::measured(fmt::format("      {:12}{:>6.1f}\n", named->name, cost(f))));
  }
  print(R"(
   The slope: holds, it is the definition. Sparse: holds, about half of all is 0, with or
   without learning. (A rate of 0 is the start.) Cheaper: holds, by some nanoseconds; the
   weighted sum before it costs the same with every activation. Dies: holds, the more the
   longer the steps. But read the last columns: leaky_relu cannot die, and does no better here.

)");
}

// 7. What goes in.
void claim_normalised(const Curve& task) {
  print(R"(6. "Inputs should be normalised"

   The same curve over x that was scaled and moved. How many of ten starts reach a loss of
   0.02 within 500 steps, at the best of the rates 0.4, 0.1, 0.03, 0.01 and 0.001:

                                     tanh   relu
)");
  struct Form {
    const char* name;
    double scale, shift;
  };
  for (const Form& form : {Form{"x from -1 to 1", 1, 0}, Form{"mean 0, deviation 1", std::sqrt(2.4), 0},
                           Form{"10 x", 10, 0}, Form{"20 + 5 x", 5, 20}}) {
    std::string row = fmt::format("      {:28}", form.name);
    Curve moved = task;
    for (double& x : moved.x) x = form.shift + form.scale * x;
    for (const Activation f : {tangent, rectify}) {
      std::size_t most = 0;
      for (const double rate : {0.4, 0.1, 0.03, 0.01, 0.001}) {
        const Spread steps = bp::ten_starts([&, f = f](std::uint64_t seed) {
          return Curve_network(moved, 1, 6, f, seed).steps_until(0.02, rate, 500);
        });
        most = std::max(most, steps.below(500));
      }
      row += fmt::format("{:>7}", most);
    }
    print("{}\n", bp::measured(row));
  }
  print(R"(
   Holds, more than any other advice here. The gradient of a weight is multiplied by its
   input: where inputs are large, steps that are short enough for the weights are far too
   short for the biases. And tanh of a large sum is flat. It is the size that matters: the
   first row is not normalised to the letter, and learns as well with tanh.

)");
}

// 8. What comes out.
void claim_output(const Curve& task) {
  Curve labels = task;  // two classes: is the curve above 0?
  for (double& y : labels.y) y = y > 0 ? 1 : 0;
  print(R"(7. "For the output: identity for regression, sigmoid for two classes"

   Six tanh neurons, then the activation of the output; 600 steps at rate 0.1. "Regression"
   is the loss on the curve. "Classes": the target is 1 where the curve is above 0, else 0;
   of nine points how many are on their side of 1/2, and between what the outputs lie.

                   regression                    classes: right    outputs
)");
  for (const Named& last :
       {Named{"identity", identity}, {"sigmoid", squash}, {"tanh", tangent}, {"relu", rectify}}) {
    const auto trained = [&last](const Curve& what, std::uint64_t seed, auto look) {
      Curve_network net(what, 1, 6, tangent, seed, Initializer::xavier_uniform(), last.f);
      net.train(0.1, 600);
      return look(net);
    };
    const Spread loss = bp::ten_starts([&](std::uint64_t seed) {
      return trained(task, seed, [](const Curve_network& net) { return net.loss.data(); });
    });
    double low = 1e9, high = -1e9;
    const Spread right = bp::ten_starts([&](std::uint64_t seed) {
      return trained(labels, seed, [&](const Curve_network& net) {
        double count = 0;
        for (std::size_t n = 0; n < net.outputs.size(); ++n) {
          const double out = net.outputs[n].data();
          low = std::min(low, out);
          high = std::max(high, out);
          count += (out > 0.5) == (labels.y[n] > 0.5);
        }
        return count;
      });
    });
    print("{}", bp::measured(fmt::format("      {:12} {:30}{:18}{:>5.2f} to {:.2f}\n", last.name,
                                         loss.text(2), right.text(), low, high)));
  }
  double floor = 0;
  for (const double y : task.y) floor += y < 0 ? y * y / static_cast<double>(task.y.size()) : 0;
  print(R"(
   Regression: holds. sigmoid and relu cannot say a negative number, and no training brings
   them below {:.2f}; tanh can, but nothing beyond 1. Two classes: depends. For sorting the
   identity does as well; but it says numbers below 0 and above 1, and a probability is what
   sigmoid alone says here. Its proper loss, many classes and softmax are lesson 9.

)",
        floor);
}

void draw() {
  bp::Panels panels{.title = "Activations and their slopes", .columns = 4, .shared_axes = true, .panels = {}};
  for (const auto& [name, f] : activations) {
    bp::Line_plot panel{
        .title = name, .x = {"x"}, .y = {}, .series = {{"f(x)", {}, {}}, {"slope f'(x)", {}, {}}}};
    for (int i = -60; i <= 60; ++i) {
      const double x = i / 20.0;
      const Point point = at(f, x);
      for (bp::Series& series : panel.series) series.x.push_back(x);
      panel.series[0].y.push_back(point.value);
      panel.series[1].y.push_back(point.slope);
    }
    panels.panels.push_back(panel);
  }
  bp::show(panels, "08_activations.png",
           "   All twelve on the same axes. Cover the dashed curves, and draw them yourself.\n");
}

void lesson() {
  print(
      "Lesson 8: activations, and what is said of them\n===============================================\n\n");
  if (bp::quick())
    print("Quick: networks give up after a fifth of the steps, as if they had taken them all.\n");
  const Curve task;
  the_twelve();
  claim_collapse(task);
  claim_vanishing(task);
  claim_centred(task);
  claim_relu(task);
  claim_normalised(task);
  claim_output(task);
  draw();
}

int main() { return bp::run(lesson); }
