// Lesson 9: losses, and the gradient they send back
//
// Before:  lessons 6 to 8 measured errors by their squares; in lesson 7 a cross-entropy learned faster.
// Now:     the losses that are in use, each with its conventions; softmax with its whole Jacobian, and why
//          all of it collapses to p - t; what to do when exp() overflows.
// After:   you can say what a factor in front of a loss does, why a loss should be given logits and not
//          probabilities, and what log-sum-exp is for.
// Run:     lessons/run 9
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/random.h"
#include "engine/data/toy.h"
#include "engine/scalar/gradcheck.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/math.h"
#include "engine/scalar/nn.h"
#include "engine/worksheet/digits.h"
#include "lessons/plot.h"
#include "lessons/spread.h"

using bp::Graph, bp::Spread, bp::Value;  // today's vocabulary
using fmt::print;

std::string shown(double x) { return bp::shown_number(x, 4); }

std::vector<Value> leaves(Graph& graph, const std::vector<double>& numbers, std::string_view name) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    values.push_back(graph.leaf(numbers[i], fmt::format("{}{}", name, i)));
  }
  return values;
}

// 1. The squared error, in three conventions. A factor in front of a loss moves no minimum, but it stands in
//    front of every gradient, and so of every step.
void squares() {
  const std::array targets = {1.0, 0.0, 0.0};
  struct Form {
    const char *name, *slope;
    Value (*loss)(std::span<const Value>, const bp::Targets&);
  };
  print(R"(1. Squared errors: one idea, three factors

   Predictions y = (0.9, 0.4, -0.2) for the targets t = (1, 0, 0):

                               loss     gradient by y                dL/dy
)");
  for (const Form& form : {Form{"1/2 sum (y - t)^2", "y - t", bp::half_squared_error},
                           Form{"sum (y - t)^2", "2 (y - t)", bp::squared_error},
                           Form{"1/n sum (y - t)^2", "2/n (y - t)", bp::mean_squared_error}}) {
    Graph graph;
    const std::vector<Value> y = leaves(graph, {0.9, 0.4, -0.2}, "y");
    const Value loss = form.loss(y, targets);
    loss.backward();
    print("      {:18} {:>10.4f}   {:>8.4f}{:>8.4f}{:>8.4f}     {}\n", form.name, loss.data(), y[0].grad(),
          y[1].grad(), y[2].grad(), form.slope);
  }
  print(R"(
   Worked examples like the first, for the 1/2 cancels the 2. Libraries take the mean, over
   all outputs of all examples. The factor is part of the learning rate: fit t = w*x to n
   points whose x are 1 and -1. Where the slope of the loss changes by c for each unit of w, a
   step of rate 1/c hits the bottom, and beyond 2/c every step ends higher than it began. (At
   rates 5 % below and above, a hundred steps were taken; "seen" is that it was so.)

                               n = 10                         n = 1,000
)");
}

// The distance from the minimum after a hundred steps at `rate`, of 1 in the beginning: L = factor * sum of
// (w*x - t)^2, whose gradient is 2 * factor * sum of x * (w*x - t). Here every t is 0.
double after_steps(double factor, int n, double rate) {
  double w = 1;
  for (int step = 0; step < 100; ++step) {
    double gradient = 0;
    for (int i = 0; i < n; ++i) {
      const double x = i % 2 == 0 ? 1 : -1;
      gradient += 2 * factor * x * (w * x);
    }
    w -= rate * gradient;
  }
  return std::abs(w);
}

void factors() {
  struct Form {
    const char* name;
    double factor, by_n;
  };
  for (const Form& form : {Form{"1/2 sum", 0.5, 0}, Form{"sum", 1, 0}, Form{"1/n sum", 1, 1}}) {
    print("      {:18}", form.name);
    for (const int n : {10, 1000}) {
      const double factor = form.by_n > 0 ? form.factor / n : form.factor,
                   limit = 2 / (2 * factor * n);  // 2/c
      const bool right = after_steps(factor, n, 0.95 * limit) < 1 && after_steps(factor, n, 1.05 * limit) > 1;
      print("  rate below {:<6} {}", limit, right ? "(seen)" : "(NOT seen)");
      if (n == 10) print("       ");
    }
    print("\n");
  }
  print(R"(
   With a sum, a hundred times the data wants a hundredth of the rate. With a mean the rate
   stays. Whoever copies a rate must copy the loss to its last factor.

)");
}

// 2. Two classes. The slope of sigmoid is p (1 - p), and it is in one gradient and not in the other.
void two_classes() {
  print(R"(2. Two classes: cross-entropy, and where the slope of sigmoid goes

   p = sigmoid(z) should be t = 1. How wrong is it, and what does the logit z hear of it?

        z           p      1/2 (p - 1)^2   gradient         -log(p)   gradient
)");
  for (const double z : {-8.0, -2.0, 0.0, 2.0, 8.0}) {
    Graph squared, crossed;
    const Value a = squared.leaf(z), b = crossed.leaf(z);
    const Value half = bp::half_squared_error(std::array{sigmoid(a)}, std::array{1.0});
    const Value entropy = bp::binary_cross_entropy(sigmoid(b), 1.0);
    half.backward();
    entropy.backward();
    print("   {:>6}   {:>9.5f}   {:>14} {:>10}   {:>13} {:>10}\n", z, sigmoid(a).data(), shown(half.data()),
          shown(a.grad()), shown(entropy.data()), shown(b.grad()));
  }
  print(R"(
   Most wrong, at z = -8, the squared error says next to nothing: (p - t) * p (1 - p), and the
   slope p (1 - p) is nearly 0. The cross-entropy -t log(p) - (1 - t) log(1 - p) has the
   gradient (p - t) / (p (1 - p)) by p. Times the slope, and the two cancel:

      dL/dz = p - t

)");
}

// A neuron on lesson 7's table, from weights so large that some rows are far on the wrong side.
double steps_to_learn(bool cross_entropy, double rate, std::uint64_t seed) {
  const bp::Labelled_points table = bp::perceptron_table();
  Graph graph;
  bp::Random random(seed);
  std::vector<Value> w;
  for (int i = 0; i < 4; ++i) w.push_back(graph.leaf(random.normal(0, 6)));
  std::vector<Value> p;
  std::vector<double> targets;
  for (std::size_t i = 0; i < table.size(); ++i) {
    p.push_back(sigmoid(dot(std::span(w).first(3), table.inputs[i]) + w[3]));
    targets.push_back(table.labels[i]);
  }
  const Value loss =
      cross_entropy ? bp::binary_cross_entropy(p, targets) : bp::mean_squared_error(p, targets);
  constexpr int limit = 2000;
  for (int step = 0; step < limit; ++step) {
    double worst = 0;
    for (std::size_t i = 0; i < p.size(); ++i) worst = std::max(worst, std::abs(p[i].data() - targets[i]));
    if (worst < 0.2) return step;
    graph.zero_grad();
    loss.backward();
    for (Value one : w) one.set_data(one.data() - rate * one.grad());
    graph.recompute();
  }
  return limit;
}

void which_learns() {
  print(R"(   Does it matter? The neuron and the table of lesson 7, from ten bad starts (weights of a
   deviation of 6): steps until every p is within 0.2 of its label, at most 2,000. The median,
   and in brackets the least and the most:

        rate   mean squared error       cross-entropy
)");
  for (const double rate : {0.5, 2.0, 8.0}) {
    const auto steps = [rate](bool cross_entropy) {
      return bp::ten_starts([=](std::uint64_t seed) { return steps_to_learn(cross_entropy, rate, seed); })
          .text(4);
    };
    print("{}", bp::measured(fmt::format("      {:>6}   {:24} {}\n", rate, steps(false), steps(true))));
  }
  print(R"(
   It does: at every rate the median is at least three times as long with squares, and from
   some starts they never arrive.

)");
}

// 3. Many classes. Each output of softmax hangs on every logit: a table of slopes, the Jacobian.
const std::vector<double> three_logits = {2, 1, 0.1};

void softmax_jacobian() {
  Graph graph;
  const std::vector<Value> z = leaves(graph, three_logits, "z"), p = bp::softmax(z);
  print(R"(3. Many classes: softmax, and its whole Jacobian

   softmax makes probabilities of logits: p_i = exp(z_i) / (exp(z_0) + exp(z_1) + ...). They
   are above 0 and add up to 1. For the logits z = (2, 1, 0.1):

      p = ({:.4f}, {:.4f}, {:.4f})

   If one logit rises, its own p rises and all others fall: nine slopes, by nine paths.

      dp_i/dz_j, by backward()                   by the rule p_i ([i = j] - p_j)
)",
        p[0].data(), p[1].data(), p[2].data());
  int passed = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    graph.zero_grad();
    p[i].backward();
    print("      p{}  ", i);
    for (const Value one : z) print("{:>9.4f}", one.grad());
    print("          ");
    for (std::size_t j = 0; j < 3; ++j) print("{:>9.4f}", p[i].data() * ((i == j ? 1.0 : 0.0) - p[j].data()));
    print("\n");
    passed += gradcheck(p[i], z).passed();
  }
  print(R"(
   Held to measured slopes (lesson 1), {} of the 3 rows are right. [i = j] is 1 on the diagonal
   and 0 elsewhere: exp gives the first part to i alone, dividing by the sum the second to
   all. Each row adds up to 0, for moving all logits by the same moves no p. And the table is
   the same when rows and columns change places.

)",
        passed);
}

void the_famous_difference() {
  constexpr std::size_t right = 1;
  Graph graph;
  const std::vector<Value> z = leaves(graph, three_logits, "z"), p = bp::softmax(z);
  const Value loss = -log(p[right]);
  loss.backward();
  Graph again;
  const std::vector<Value> logits = leaves(again, three_logits, "z");
  const Value at_once = softmax_cross_entropy(logits, right);
  at_once.backward();
  print(R"(   The loss looks at one p alone, that of the right class k: L = -log(p_k), with dL/dp_k =
   -1 / p_k. Now multiply along the path, with the row of p_k:

      dL/dz_j = -1/p_k * p_k ([k = j] - p_j) = p_j - [k = j]

   The p_k cancel. For k = {}:

                          z0        z1        z2
      softmax, then log{:>9.4f} {:>9.4f} {:>9.4f}
      in one operation {:>9.4f} {:>9.4f} {:>9.4f}
      p - y            {:>9.4f} {:>9.4f} {:>9.4f}

   y = (0, 1, 0) is the label as a row with a 1 in its place: one-hot. So p - y again, and
   again no slope in it that could be flat.

)",
        right, z[0].grad(), z[1].grad(), z[2].grad(), logits[0].grad(), logits[1].grad(), logits[2].grad(),
        p[0].data(), p[1].data() - 1, p[2].data());
}

// 4. "Labels must be one-hot." Five heaps of points round a circle; which heap is which class is drawn.
struct Heaps {
  std::vector<std::array<double, 2>> points;
  std::vector<std::size_t> labels;

  explicit Heaps(bp::Random& random) {
    std::array<std::size_t, 5> classes = {0, 1, 2, 3, 4};
    random.shuffle(std::span<std::size_t>(classes));
    for (std::size_t i = 0; i < 40; ++i) {
      const double angle = 2 * std::acos(-1.0) * static_cast<double>(i % 5) / 5;
      points.push_back({std::cos(angle) + random.normal(0, 0.1), std::sin(angle) + random.normal(0, 0.1)});
      labels.push_back(classes[i % 5]);
    }
  }
};

// One layer of weighted sums learns the heaps; the percentage that it gets right. With five outputs it learns
// by softmax, with one output it learns the label as if it were a quantity, and its answer is rounded.
double percent_right(std::size_t outputs, std::uint64_t seed) {
  bp::Random random(seed);
  const Heaps heaps(random);
  Graph graph;
  const bp::Layer layer(graph, 2, outputs, bp::Activation::identity, random);
  std::vector<std::vector<Value>> answers;
  std::vector<Value> losses;
  for (std::size_t n = 0; n < heaps.points.size(); ++n) {
    answers.push_back(layer(heaps.points[n]));
    losses.push_back(outputs == 1 ? square(answers[n][0] - static_cast<double>(heaps.labels[n]))
                                  : softmax_cross_entropy(answers[n], heaps.labels[n]));
  }
  const Value loss = mean(losses);
  for (int step = 0; step < 200; ++step) {
    graph.zero_grad();
    loss.backward();
    for (Value w : layer.parameters()) w.set_data(w.data() - 0.3 * w.grad());
    graph.recompute();
  }
  double right = 0;
  for (std::size_t n = 0; n < heaps.points.size(); ++n) {
    const std::vector<Value>& answer = answers[n];
    const auto largest =
        std::max_element(answer.begin(), answer.end(), [](Value a, Value b) { return a.data() < b.data(); });
    const auto label = static_cast<double>(heaps.labels[n]);
    right += outputs == 1 ? std::round(answer[0].data()) == label
                          : static_cast<double>(largest - answer.begin()) == label;
  }
  return 100 * right / static_cast<double>(heaps.points.size());
}

void labels() {
  Graph graph;
  const std::vector<Value> z = leaves(graph, three_logits, "z");
  const Value by_label = softmax_cross_entropy(z, 1),
              one_hot = softmax_cross_entropy(z, std::array{0.0, 1.0, 0.0});
  const Value soft = softmax_cross_entropy(z, std::array{0.05, 0.9, 0.05});
  const auto grads = [&](Value loss) {
    graph.zero_grad();
    loss.backward();
    return fmt::format("{:>9.4f} {:>9.4f} {:>9.4f}", z[0].grad(), z[1].grad(), z[2].grad());
  };
  print(R"(4. "Labels must be one-hot"

   -sum y_k log(p_k), for a one-hot y, is -log(p) of the right class: all other terms are 0
   times something. So a library that takes the label as a number (Keras: sparse) does the
   same. One-hot rows are needed where y is no label but a mixture:

                               loss      gradient
      label 1             {:>9.4f} {}
      y = (0, 1, 0)       {:>9.4f} {}
      y = (.05, .9, .05)  {:>9.4f} {}

)",
        by_label.data(), grads(by_label), one_hot.data(), grads(one_hot), soft.data(), grads(soft));
  const Spread softmax = bp::ten_starts([](std::uint64_t seed) { return percent_right(5, seed); });
  const Spread number = bp::ten_starts([](std::uint64_t seed) { return percent_right(1, seed); });
  print(R"(   What is meant by the advice is another thing: a class is not a quantity. Class 2 does not
   lie between 1 and 3. Five heaps of points round a circle, numbered in a random order; one
   layer of weighted sums; 200 steps at rate 0.3; per cent right of 40, ten starts:

      five outputs, softmax, cross-entropy     {}
      one output, the label as a number        {}

   One-hot row or label: depends on what the loss asks for, and changes nothing. The label as
   a quantity: does not hold up. (Only where the numbers happen to rise in one direction they
   are a quantity, and even one output learns them.)

)",
        softmax.text(3), number.text(3));
}

// 5. The formulas as they stand, in plain doubles.
std::string number_or_nan(double x) {
  return std::isnan(x) ? "nan" : bp::shown_number(x, 4);  // a nan may have a sign
}

void log_sum_exp() {
  print(R"(5. Why log-sum-exp

   exp(710) is more than a double can hold, and exp(-746) is 0. But the loss is an ordinary
   number: -log(p_k) = log(exp(z_0) + exp(z_1) + ...) - z_k. Take the largest logit m out of
   the sum first, and nothing overflows, for the largest term is exp(0) = 1:

      log(sum exp(z_i)) = m + log(sum exp(z_i - m))

   The logits (m, m - 1, m - 2) and the right class 1. The loss should not depend on m:

           m    as it stands: p_1     -log(p_1)      log-sum-exp    gradient by z_1
)");
  for (const double m : {0.0, 100.0, 709.0, 710.0, 1000.0, -1000.0}) {
    const std::vector<double> numbers = {m, m - 1, m - 2};
    Graph graph;
    const std::vector<Value> z = leaves(graph, numbers, "z");
    const Value loss = softmax_cross_entropy(z, 1);
    loss.backward();
    double sum = 0;
    for (const double one : numbers) sum += std::exp(one);
    const double p = std::exp(numbers[1]) / sum;
    print("      {:>6}    {:>18} {:>13} {:>16.4f} {:>18.4f}\n", m, number_or_nan(p),
          number_or_nan(-std::log(p)), loss.data(), z[1].grad());
  }
  print(R"(
   The slope of log-sum-exp is softmax itself, so forward and backward share their work.

   Two classes have the same trouble at p = 0 and 1, and a popular remedy that hides it: keep
   p between 1e-7 and 1 - 1e-7. The target is 0, and the logit is wrong by ever more:

           z     -log(1 - p)      clipped: loss, gradient     with logits: loss, gradient
)");
  for (const double logit : {5.0, 15.0, 20.0, 40.0, 1000.0}) {
    Graph graph;
    const Value z = graph.leaf(logit, "z"), p = sigmoid(z);
    const Value clipped = -log(1.0 - min(max(p, 1e-7), 1 - 1e-7));
    clipped.backward();
    const double clipped_grad = z.grad();
    graph.zero_grad();
    const Value sound = binary_cross_entropy_with_logits(z, 0.0);
    sound.backward();
    print("      {:>6}  {:>14} {:>18} {:>10} {:>18} {:>10}\n", logit, number_or_nan(-std::log(1 - p.data())),
          shown(clipped.data()), shown(clipped_grad), shown(sound.data()), shown(z.grad()));
  }
  print(R"(
   Clipped, the loss is finite, and the gradient 0: the worst mistakes teach nothing. Give a
   loss logits. It then works out softplus(z) = log(1 + exp(z)), in which nothing overflows.

)");
}

// The picture: losses and slopes by the score, for a target of 1.
void draw() {
  struct Form {
    const char* name;
    Value (*loss)(Value);
  };
  constexpr Form forms[] = {{"squared error of z", [](Value z) { return square(z - 1.0); }},
                            {"squared error of sigmoid(z)", [](Value z) { return square(sigmoid(z) - 1.0); }},
                            {"cross-entropy of sigmoid(z)", [](Value z) { return softplus(-z); }},
                            {"hinge: max(0, 1 - z)", [](Value z) { return max(0.0, 1.0 - z); }}};
  bp::Panels panels{.title = "Losses by the score z, where the target is 1", .columns = 2, .panels = {}};
  panels.panels = {{"the loss", {"score z"}, {}, {}}, {"its slope", {"score z"}, {}, {}}};
  for (const Form& form : forms) {
    bp::Series loss{form.name, {}, {}}, slope{form.name, {}, {}};
    for (int i = -48; i <= 48; ++i) {
      Graph graph;
      const Value z = graph.leaf(i / 12.0), L = form.loss(z);
      L.backward();
      // The parabola leaves the sheet: it would flatten the others.
      if (L.data() > 5) continue;
      loss.x.push_back(z.data());
      loss.y.push_back(L.data());
      slope.x.push_back(z.data());
      slope.y.push_back(z.grad());
    }
    panels.panels[0].series.push_back(loss);
    panels.panels[1].series.push_back(slope);
  }
  bp::show(panels, "09_losses.png",
           R"(   On the left of z = 0 the prediction is wrong. Look at the slopes there: that of the squared
   error of a sigmoid dies out, those of cross-entropy and hinge stay near -1. On the right, a
   squared error of z punishes what is more than right. (The hinge, the loss of support vector
   machines, is content from z = 1 on.)
)");
}

void lesson() {
  print("Lesson 9: losses, and the gradient they send back\n");
  print("=================================================\n\n");
  squares();
  factors();
  two_classes();
  which_learns();
  softmax_jacobian();
  the_famous_difference();
  labels();
  log_sum_exp();
  draw();
}

int main() { return bp::run(lesson); }
