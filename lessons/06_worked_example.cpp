// Lesson 6: the worked example with 0.05 and 0.10, and every figure published of it
//
// Before:  lesson 5 took one neuron through a forward pass, a backward pass and a step.
// Now:     two inputs, two hidden neurons, two outputs: the example from which most people learn
//          backpropagation. We work it out, train it, and hold each published figure against ours.
// After:   you can find any gradient of this network with a pencil, and you know why no weight may change
//          before every gradient is known.
// Run:     lessons/run 6
// Sources: Matt Mazur, "A Step by Step Backpropagation Example" (2015), which leaves the biases alone; and a
//          PyTorch program for the same network, in which each neuron has a bias of its own and trains it.
#include <fmt/core.h>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/scalar/math.h"
#include "engine/worksheet/digits.h"
#include "lessons/picture.h"
#include "viz/picture.h"

using bp::Graph, bp::Value, bp::Verdict, bp::Written_number;  // today's vocabulary
using fmt::print;

// 1. The network. The lines of this struct are the calculation: each records a piece of it in the graph.
//    A Value is only a handle, so a bias that two neurons share is one leaf under two names.
enum class Biases { one_a_neuron, one_a_layer };

struct Neuron {
  Value net, out, w, x, v, y, bias;  // net = w*x + v*y + bias, out = sigmoid(net)
};

struct Network {
  explicit Network(Biases biases = Biases::one_a_neuron) : shared(biases == Biases::one_a_layer) {}

  bool shared;
  Graph graph;

  Value i1 = graph.leaf(0.05, "i1"), i2 = graph.leaf(0.10, "i2");  // inputs
  Value t1 = graph.leaf(0.01, "t1"), t2 = graph.leaf(0.99, "t2");  // targets: what should come out
  Value w1 = graph.leaf(0.15, "w1"), w2 = graph.leaf(0.20, "w2"), w3 = graph.leaf(0.25, "w3");
  Value w4 = graph.leaf(0.30, "w4"), w5 = graph.leaf(0.40, "w5"), w6 = graph.leaf(0.45, "w6");
  Value w7 = graph.leaf(0.50, "w7"), w8 = graph.leaf(0.55, "w8");
  Value b_h1 = graph.leaf(0.35, shared ? "b1" : "b_h1"), b_h2 = shared ? b_h1 : graph.leaf(0.35, "b_h2");
  Value b_o1 = graph.leaf(0.60, shared ? "b2" : "b_o1"), b_o2 = shared ? b_o1 : graph.leaf(0.60, "b_o2");

  Value net_h1 = (w1 * i1 + w2 * i2 + b_h1).named("net_h1");
  Value net_h2 = (w3 * i1 + w4 * i2 + b_h2).named("net_h2");
  Value out_h1 = sigmoid(net_h1).named("out_h1");
  Value out_h2 = sigmoid(net_h2).named("out_h2");
  Value net_o1 = (w5 * out_h1 + w6 * out_h2 + b_o1).named("net_o1");
  Value net_o2 = (w7 * out_h1 + w8 * out_h2 + b_o2).named("net_o2");
  Value out_o1 = sigmoid(net_o1).named("out_o1");
  Value out_o2 = sigmoid(net_o2).named("out_o2");
  Value E_o1 = (0.5 * square(t1 - out_o1)).named("E_o1");
  Value E_o2 = (0.5 * square(t2 - out_o2)).named("E_o2");
  Value E_total = (E_o1 + E_o2).named("E_total");

  Neuron h1{net_h1, out_h1, w1, i1, w2, i2, b_h1};
  Neuron h2{net_h2, out_h2, w3, i1, w4, i2, b_h2};
  Neuron o1{net_o1, out_o1, w5, out_h1, w6, out_h2, b_o1};
  Neuron o2{net_o2, out_o2, w7, out_h1, w8, out_h2, b_o2};

  std::vector<Value> weights = {w1, w2, w3, w4, w5, w6, w7, w8};
  std::vector<Value> weights_and_biases() const {
    std::vector<Value> all = weights;
    if (shared) all.insert(all.end(), {b_h1, b_o1});
    if (!shared) all.insert(all.end(), {b_h1, b_h2, b_o1, b_o2});
    return all;
  }
};

// Nine decimals, as in the article, without zeros at the end; a negative number that is a factor or a term
// goes into parentheses.
std::string result(double x) {
  const std::string text = fmt::format("{:.9f}", x);
  return text.substr(0, text.find_last_not_of('0') + 1);
}
std::string number(double x) { return x < 0 ? "(" + result(x) + ")" : result(x); }
std::string number(Value x) { return number(x.data()); }

// 2. Forward: a neuron weighs its inputs, adds its bias, and squashes the sum.
void show_neuron(const Neuron& n) {
  print("   {} = {}*{} + {}*{} + {}\n", n.net.name(), n.w.name(), n.x.name(), n.v.name(), n.y.name(),
        n.bias.name());
  print("          = {}*{} + {}*{} + {} = {}\n", number(n.w), number(n.x), number(n.v), number(n.y),
        number(n.bias), number(n.net));
  print("   {0} = sigmoid({1}) = 1 / (1 + e^-{2}) = {3}\n\n", n.out.name(), n.net.name(), number(n.net),
        number(n.out));
}

void show_error(Value error, Value target, Value out) {
  print("   {0} = 1/2 ({1} - {2})^2 = 1/2 ({3} - {4})^2 = {5}\n", error.name(), target.name(), out.name(),
        number(target), number(out), number(error));
}

void show_forward(const Network& net) {
  print("2. Forward: from the inputs to the error\n\n");
  for (const Neuron& neuron : {net.h1, net.h2, net.o1, net.o2}) show_neuron(neuron);
  show_error(net.E_o1, net.t1, net.out_o1);
  show_error(net.E_o2, net.t2, net.out_o2);
  print("   E_total = E_o1 + E_o2 = {} + {} = {}\n", number(net.E_o1), number(net.E_o2), number(net.E_total));
  print("\n   With all its digits E_total is {}.\n\n", net.E_total.data());
}

// 3. Backward: a gradient is a product along a path, and where paths meet, a sum of products. The formulas
//    are written here, their results are those that backward() left in the graph.
void show(const std::string& what, const std::string& formula, const std::string& numbers, double value) {
  print("   {:15} = {:28} = {:31} = {:>12}\n", what, formula, numbers, result(value));
}
std::string dE_by(Value x) { return fmt::format("dE/d{}", x.name()); }

void show_output_error(Value out, Value target) {
  show(dE_by(out), fmt::format("{} - {}", out.name(), target.name()),
       fmt::format("{} - {}", number(out), number(target)), out.grad());
}

void show_two_paths(const Network& all, Value out, Value to_o1, Value to_o2) {
  print("   {} is used twice: two paths lead back to it, and their products are added.\n", out.name());
  print("   {:15} = dE/dnet_o1 * {} + dE/dnet_o2 * {}\n", dE_by(out), to_o1.name(), to_o2.name());
  print("   {:15} = {:62} = {:>12}\n", "",
        fmt::format("{} * {} + {} * {}", number(all.net_o1.grad()), number(to_o1), number(all.net_o2.grad()),
                    number(to_o2)),
        result(out.grad()));
}

void show_gradients(const Neuron& n) {
  const std::string slope = fmt::format("d{}/d{}", n.out.name(), n.net.name());
  const double slope_value = n.out.local_derivative(0), delta = n.net.grad();
  show(slope, fmt::format("{0} * (1 - {0})", n.out.name()), fmt::format("{0} * (1 - {0})", number(n.out)),
       slope_value);
  show(dE_by(n.net), dE_by(n.out) + " * " + slope, number(n.out.grad()) + " * " + number(slope_value), delta);
  for (const auto& [w, x] : {std::pair(n.w, n.x), std::pair(n.v, n.y)}) {
    show(dE_by(w), fmt::format("{} * {}", dE_by(n.net), x.name()), number(delta) + " * " + number(x),
         w.grad());
  }
  show(dE_by(n.bias), dE_by(n.net) + " * 1", number(delta) + " * 1", n.bias.grad());
  print("\n");
}

void show_backward(const Network& net) {
  print("3. Backward: from the error to the weights. E is short for E_total.\n\n");
  net.E_total.backward();
  show_output_error(net.out_o1, net.t1);
  show_gradients(net.o1);
  show_output_error(net.out_o2, net.t2);
  show_gradients(net.o2);
  show_two_paths(net, net.out_h1, net.w5, net.w7);
  show_gradients(net.h1);
  show_two_paths(net, net.out_h2, net.w6, net.w8);
  show_gradients(net.h2);
}

// 4. One step of gradient descent: first every gradient, while all weights stand still; then every weight.
//    recompute() runs the recorded calculation forward again, with the new weights.
constexpr double learning_rate = 0.5;

void update(const std::vector<Value>& trained) {
  for (Value w : trained) w.set_data(w.data() - learning_rate * w.grad());
}

void step(Network& net, const std::vector<Value>& trained) {
  net.graph.zero_grad();
  net.E_total.backward();
  update(trained);
  net.graph.recompute();
}

// The same step with a mistake that is easy to make: w5..w8 have already moved when the hidden gradients are
// formed from them. Those need the weights of the forward pass. (The author's own program did this at first;
// it was mended a day later, the article was not: github.com/mattm/simple-neural-network, commit 4b6faac.)
void step_overwriting(Network& net) {
  net.graph.zero_grad();
  net.E_total.backward();
  const double d_o1 = net.net_o1.grad(), d_o2 = net.net_o2.grad();
  update({net.w5, net.w6, net.w7, net.w8});
  const double d_h1 = (d_o1 * net.w5.data() + d_o2 * net.w7.data()) * net.out_h1.local_derivative(0);
  const double d_h2 = (d_o1 * net.w6.data() + d_o2 * net.w8.data()) * net.out_h2.local_derivative(0);
  net.w1.set_data(net.w1.data() - learning_rate * (d_h1 * net.i1.data()));
  net.w2.set_data(net.w2.data() - learning_rate * (d_h1 * net.i2.data()));
  net.w3.set_data(net.w3.data() - learning_rate * (d_h2 * net.i1.data()));
  net.w4.set_data(net.w4.data() - learning_rate * (d_h2 * net.i2.data()));
  net.graph.recompute();
}

// What is worth keeping of a calculation or of a training, by name: "dE/dw5", "w5+", "E after 1 step".
using Figures = std::map<std::string, double>;

template <class Step>
Figures train(Network& net, const std::vector<Value>& trained, Step one_step) {
  Figures figures;
  for (int done = 1; done <= 10000; ++done) {
    one_step();
    if (done == 1) {
      figures["E after 1 step"] = net.E_total.data();
      for (Value w : trained) figures[fmt::format("{}+", w.name())] = w.data();
    }
    if (done == 9999) figures["E after 9,999 steps"] = net.E_total.data();
  }
  figures["E after 10,000 steps"] = net.E_total.data();
  figures["out_o1 after 10,000 steps"] = net.out_o1.data();
  figures["out_o2 after 10,000 steps"] = net.out_o2.data();
  return figures;
}

Figures train(Network& net, const std::vector<Value>& trained) {
  return train(net, trained, [&] { step(net, trained); });
}

void show_step(const Network& net, const Network& shared) {
  print("4. One step against the gradient: w+ = w - {} * dE/dw\n\n", learning_rate);
  for (Value w : net.weights) {
    print("   {}+ = {:.2f} - {} * {:14} = {}\n", w.name(), w.data(), learning_rate, number(w.grad()),
          number(w.data() - learning_rate * w.grad()));
  }
  print(R"(
   And the biases? The article leaves them alone. The PyTorch program has one for each
   neuron, and trains them. In the article's drawing the two neurons of a layer share one:
   used twice, it would be trained with a sum again.

   dE/db1 = dE/dnet_h1 + dE/dnet_h2 = {} + {} = {}
   dE/db2 = dE/dnet_o1 + dE/dnet_o2 = {} + {} = {}

)",
        number(shared.net_h1.grad()), number(shared.net_h2.grad()), number(shared.b_h1.grad()),
        number(shared.net_o1.grad()), number(shared.net_o2.grad()), number(shared.b_o1.grad()));
}

void show_runs(double E_before, const Figures& fixed, const Figures& own, const Figures& shared) {
  print("5. Ten thousand steps: the error falls, the outputs approach 0.01 and 0.99\n\n");
  print("   {:20} {:>15} {:>15} {:>15} {:>14} {:>14}\n", "biases", "E before", "E, 1 step", "E, 10,000 steps",
        "out_o1", "out_o2");
  const auto row = [&](const char* biases, const Figures& run) {
    print("   {:20} {:15.9f} {:15.9f} {:15.4e} {:14.9f} {:14.9f}\n", biases, E_before,
          run.at("E after 1 step"), run.at("E after 10,000 steps"), run.at("out_o1 after 10,000 steps"),
          run.at("out_o2 after 10,000 steps"));
  };
  row("left alone", fixed);
  row("one for each neuron", own);
  row("one for each layer", shared);
}

// 6. What was published, as it was written: a figure claims the digits that it shows, and no more.
struct Published {
  std::string_view what, written;
};

// clang-format off
constexpr Published article[] = {
    {"net_h1", "0.3775"},                         {"out_h1", "0.593269992"},
    {"out_h2", "0.596884378"},                    {"net_o1", "1.105905967"},
    {"out_o1", "0.75136507"},                     {"out_o2", "0.772928465"},
    {"E_o1", "0.274811083"},                      {"E_o2", "0.023560026"},
    {"E_total", "0.298371109"},                   {"dE/dout_o1", "0.74136507"},
    {"dout_o1/dnet_o1", "0.186815602"},           {"dE/dnet_o1", "0.138498562"},
    {"dE/dw5", "0.082167041"},                    {"dE_o1/dout_h1", "0.055399425"},
    {"dE_o2/dout_h1", "-0.019049119"},            {"dE/dout_h1", "0.036350306"},
    {"dout_h1/dnet_h1", "0.241300709"},           {"dE/dw1", "0.000438568"},
    {"w5+", "0.35891648"},                        {"w6+", "0.408666186"},
    {"w7+", "0.511301270"},                       {"w8+", "0.561370121"},
    {"w1+", "0.149780716"},                       {"w2+", "0.19956143"},
    {"w3+", "0.24975114"},                        {"w4+", "0.29950229"},
    {"E after 1 step", "0.291027924"},            {"E after 10,000 steps", "0.0000351085"},
    {"out_o1 after 10,000 steps", "0.015912196"}, {"out_o2 after 10,000 steps", "0.984065734"},
};

constexpr Published pytorch_program[] = {
    {"out_o1", "0.7514"},  {"out_o2", "0.7729"},  {"E_total", "0.2984"}, {"dE/dw1", "0.0004"},
    {"dE/dw2", "0.0009"},  {"dE/dw3", "0.0005"},  {"dE/dw4", "0.0010"},  {"dE/dw5", "0.0822"},
    {"dE/dw6", "0.0827"},  {"dE/dw7", "-0.0226"}, {"dE/dw8", "-0.0227"}, {"w1+", "0.1498"},
    {"w2+", "0.1996"},     {"w3+", "0.2498"},     {"w4+", "0.2995"},     {"b_h1+", "0.3456"},
    {"b_h2+", "0.3450"},   {"w5+", "0.3589"},     {"w6+", "0.4087"},     {"w7+", "0.5113"},
    {"w8+", "0.5614"},     {"b_o1+", "0.5308"},   {"b_o2+", "0.6190"},
};
// clang-format on

// Our figures of the two passes: every named value of the graph, and its gradient.
Figures figures_of(Network& net) {
  Figures figures;
  net.graph.zero_grad();
  net.E_total.backward();
  for (Value v : net.graph) {
    if (v.name().empty()) continue;
    figures[std::string(v.name())] = v.data();
    figures[fmt::format("dE/d{}", v.name())] = v.grad();
  }
  for (Value out : {net.out_h1, net.out_o1}) {
    figures[fmt::format("d{}/d{}", out.name(), out.input(0).name())] = out.local_derivative(0);
  }
  for (Value error : {net.E_o1, net.E_o2}) {  // each output's error by itself
    error.backward();
    figures[fmt::format("d{}/dout_h1", error.name())] = net.out_h1.grad();
  }
  return figures;
}

// The true value with as many decimals as were written, or some more.
std::string to_the_digits(const Written_number& written, double truth, int more = 0) {
  return fmt::format("{:.{}f}", truth, more - written.unit_exponent());
}

// Prints a line for each figure; returns how many are not wrong.
int compare(std::string_view source, std::span<const Published> figures, const Figures& ours) {
  print("\n   {:27} {:>13} {:>18}\n", source, "published", "ours");
  int agree = 0;
  for (const Published& figure : figures) {
    const Written_number written(figure.written);
    const double truth = ours.at(std::string(figure.what));
    const Verdict verdict = bp::compare_digits(written, truth);
    if (verdict != Verdict::wrong) ++agree;
    print("   {:27} {:>13} {:>18}  {}\n", figure.what, figure.written, to_the_digits(written, truth, 3),
          verdict == Verdict::right       ? "right"
          : verdict == Verdict::truncated ? "right, cut off"
                                          : "WRONG: " + to_the_digits(written, truth));
  }
  return agree;
}

void show_every_figure(const Figures& ours) {
  print("\n6. Every published figure beside ours\n\n");
  print("   A figure is right when our value, rounded to the digits that were written, is that figure.\n");
  const int agree_article = compare("the article", article, ours);
  const int agree_program = compare("the PyTorch program", pytorch_program, ours);
  const auto all_article = std::size(article), all_program = std::size(pytorch_program);
  print(R"(
   The PyTorch program: {} of {} right. The article: {} of {}, so {} are wrong.
)",
        agree_program, all_program, agree_article, all_article, all_article - agree_article);
}

// 7. Where the wrong figures come from: the same four beside both programs.
std::string beside(const Written_number& written, double ours) {
  const bool fits = bp::compare_digits(written, ours) != Verdict::wrong;
  return (fits ? "= " : "") + to_the_digits(written, ours);
}

void show_causes(const Figures& described, const Figures& overwriting) {
  print(R"(
7. Why five are wrong

   Three come from one mistake in the order of a step. The gradients of w1..w4 go through
   w5..w8. A program that writes down the new w5..w8 first, and only then works out the
   gradients of w1..w4, sends them through weights that the forward pass never saw. Here is
   that program (step_overwriting in this file) beside the method that the article describes;
   "=" marks what agrees with the published figure to its last digit.

   {:27} {:>13} {:>15} {:>15}
)",
        "", "published", "as described", "overwriting");
  for (const Published& figure : article) {
    if (figure.what.find(" after ") == figure.what.npos) continue;
    const Written_number written(figure.written);
    print("   {:27} {:>13} {:>15} {:>15}\n", figure.what, figure.written,
          beside(written, described.at(std::string(figure.what))),
          beside(written, overwriting.at(std::string(figure.what))));
  }
  print(R"(
   So the text describes one program, and these three figures are another's.

   0.0000351085 fits neither. The method described has this error one step earlier: after
   9,999 steps, {:.8e}. But the outputs printed beside it are the other program's, whose
   error after 10,000 steps is {:.4e}. Perhaps a digit slipped in: 0.000035[1]085.

   dE_o2/dout_h1 is off by one in its last place. With it the rounded figures add up,
   0.055399425 + (-0.019049119) = 0.036350306: perhaps it was found by subtraction.
)",
        described.at("E after 9,999 steps"), overwriting.at("E after 10,000 steps"));
}

void draw(const Network& net) {
  bp::Picture_options options;
  options.title = "The worked example: every value and every gradient";
  options.weighted_sums = bp::Weighted_sums::folded;  // a neuron's weighted sum is one box
  bp::show_graph(net.E_total, "06_worked_example.png", options);
}

void lesson() {
  print(R"(Lesson 6: the worked example with 0.05 and 0.10
===============================================

1. The network

   inputs    i1 = 0.05, i2 = 0.10
   hidden    h1: w1 = 0.15, w2 = 0.20, bias 0.35     h2: w3 = 0.25, w4 = 0.30, bias 0.35
   outputs   o1: w5 = 0.40, w6 = 0.45, bias 0.60     o2: w7 = 0.50, w8 = 0.55, bias 0.60
   targets   t1 = 0.01, t2 = 0.99

   Each neuron gives out = sigmoid(net), where net is its weighted sum plus its bias.
   The error is half the sum of squares, E = 1/2 (t1 - out_o1)^2 + 1/2 (t2 - out_o2)^2.
   The half is there for the derivative: it cancels the 2 that the square brings down.

   Everything is calculated with 16 digits and shown with nine decimals. If you check with
   the numbers shown, your last digit may differ by one.

)");
  Network net, shared_net(Biases::one_a_layer);
  show_forward(net);
  show_backward(net);
  draw(net);
  shared_net.E_total.backward();
  show_step(net, shared_net);
  Figures ours = figures_of(net);

  Network fixed_net, wrong_net;
  const Figures fixed = train(fixed_net, fixed_net.weights);
  const Figures own = train(net, net.weights_and_biases());
  const Figures shared = train(shared_net, shared_net.weights_and_biases());
  show_runs(ours.at("E_total"), fixed, own, shared);

  ours.insert(fixed.begin(), fixed.end());
  ours.insert(own.begin(), own.end());  // adds the biases' steps; what stands there already stays
  show_every_figure(ours);
  show_causes(fixed, train(wrong_net, wrong_net.weights, [&] { step_overwriting(wrong_net); }));
  print(R"(
Picture: 06_worked_example.png
   The whole calculation with every value and gradient. Follow any path back from E_total and
   multiply the numbers on its arrows; where paths meet again, add the products.
)");
}

int main() { return bp::run(lesson); }
