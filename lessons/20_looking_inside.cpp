// Lesson 20: looking inside a trained network
//
// Before:  lesson 6 followed every number of a network of four neurons; lesson 18 trained one of 101,770
//          numbers, and looked at what it says and not at how.
// Now:     such a network is opened: its weights, its units, training runs that are ill, one gradient.
// After:   you can say what a hidden unit looks for, which one an answer hangs on, what ails a run, and check
//          any gradient of the network with a pencil.
// Run:     lessons/run 20, or lessons/run 20 --page to step through the last section
// Data:    the folder $BACKSTEP_DATA, else MNIST (after lessons/get-mnist), else Fashion-MNIST.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "engine/data/prepare.h"
#include "engine/vector/doctor.h"
#include "lessons/images.h"
#include "lessons/picture.h"
#include "lessons/plot.h"
#include "viz/zoom.h"

using namespace bp::batch;  // Network, Adam, Trainer, Doctor
using bp::Image_set, bp::measured, bp::quick, bp::scale, bp::Scaling, bp::yes;

constexpr std::size_t pixels = 784, units = 32, classes = 10;
using Images = Image_examples<double>;

Loss<double> cross_entropy() { return Loss<double>(Loss_kind::softmax_cross_entropy); }

// The weights of the first layer begin close to 0, so that what is seen of them later was learnt.
Network<double> new_network(Curve curve = Curve::relu) {
  bp::Random random(1);
  const Dense first{.outputs = units, .weights = bp::Initializer::normal(0.0, 0.01)};
  return Network<double>(pixels, {first, Activation{curve}, Dense{classes}}, random);
}

// The network's four tensors by name, as they are stored: a row of weights for each unit.
struct Inside {
  std::span<double> w, b, v, c;  // "0.weight" and "0.bias", "2.weight" and "2.bias"

  explicit Inside(Network<double>& net) {
    const auto all = net.parameters();
    w = all[0].data, b = all[1].data, v = all[2].data, c = all[3].data;
  }

  // What hidden unit u makes of an image x, pixels / 255: relu(w . x + b), nothing else.
  double activation(std::size_t u, std::span<const double> x) const {
    return std::max(0.0, std::inner_product(x.begin(), x.end(), &w[u * pixels], b[u]));
  }
};

std::vector<double> numbers_of(const Images& images, std::size_t i) {
  std::vector<double> x(pixels);
  scale(images[i], Scaling{}, std::span(x));  // byte / 255
  return x;
}

// 1. A small network, and somebody who looks on. The doctor measures a batch now and then: which units answer
//    at all, how large gradients and steps are, where the loss stands. It says something when something is
//    wrong, and of this run it should say nothing.
void train(const Images& images, Network<double>& net) {
  Adam<double> adam(net);
  Trainer<double> trainer(net, adam, cross_entropy(), images.examples(),
                          {.epochs = quick() ? std::size_t{1} : 3, .batch = 32});
  Doctor<double> doctor(trainer);
  trainer.run();
  fmt::print("{}", measured(fmt::format(
                       "   The loss of what was learnt from is now {:.2f}. Findings of the doctor: {}\n",
                       evaluate(net, cross_entropy(), images.examples()).loss, doctor.findings().size())));
}

// 2. A unit of the first layer has a weight for each pixel, so its weights are a picture.
void show_weights(Network<double>& net) {
  const Inside inside(net);
  bp::Weight_images sheet{.title = "What the 32 hidden units look for", .columns = 8, .tiles = {}};
  for (std::size_t u = 0; u < units; ++u) {
    const auto row = inside.w.subspan(u * pixels, pixels);
    sheet.tiles.push_back({{row.begin(), row.end()}, fmt::format("unit {}", u)});
  }
  bp::show(sheet, "20_looking_inside_weights.png",
           R"(   A unit adds up pixel times weight. Where it is blue a bright pixel raises the sum, where it
   is orange it lowers it: the sum is largest for an image that looks like the blue and avoids
   the orange. Do you see a sleeve, the gap between two legs, the sole of a shoe (or, of digits,
   strokes and loops)? Parts, not things: ten sums of all 32 units decide.

)");
}

// 3. One image on its way through.
void follow(const Image_set& set, const Images& images, std::size_t image, Network<double>& net) {
  const Inside inside(net);
  const std::vector<double> x = numbers_of(images, image);
  const std::size_t label = images.labels()[image];
  std::vector<double> h(units), share(units);
  for (std::size_t u = 0; u < units; ++u) {
    h[u] = inside.activation(u, x);
    share[u] = inside.v[label * units + u] * h[u];
  }
  const double logit = std::accumulate(share.begin(), share.end(), inside.c[label]);
  const Matrix<double> by_engine = net.predict(View<const double>{x.data(), 1, pixels, pixels});
  std::vector<std::size_t> order(units);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return std::abs(share[a]) > std::abs(share[b]); });

  fmt::print("   Image {} of the test set is of class {}, {}.\n\n", image, label, set.classes[label]);
  std::string table =
      fmt::format("   {} of the {} units say 0 to it. The logit of its class is the sum of\n\n",
                  std::count(h.begin(), h.end(), 0.0), units);
  double rest = logit - inside.c[label];
  for (std::size_t k = 0; k < 5; ++k) {
    const std::size_t u = order[k];
    rest -= share[u];
    table += fmt::format("      unit {:>2}   {:>7.3f} * {:>7.3f} = {:>8.3f}\n", u, h[u],
                         inside.v[label * units + u], share[u]);
  }
  table += fmt::format("      the others                  {:>8.3f}\n", rest);
  table += fmt::format("      the bias                    {:>8.3f}\n", inside.c[label]);
  table += fmt::format("      together                    {:>8.3f}   the engine: {:.3f}\n", logit,
                       by_engine(0, label));
  fmt::print("{}", measured(table));
  fmt::print(R"(
   The engine's number is the same: {}. There is nothing in the network but this.

)",
             yes(std::abs(logit - by_engine(0, label)) < 1e-9 * (1 + std::abs(logit))));
}

// 4. Which unit answers to which class? The mean of its activations over the test images of the class.
void show_units(const Image_set& set, const Images& images, Network<double>& net) {
  const Inside inside(net);
  bp::Heat_map map{.title = "What each unit says to each class, on average",
                   .x = {"hidden unit"},
                   .y = {"class"},
                   .shade = {"mean activation"},
                   .rows = set.classes,
                   .columns = std::vector<double>(units),
                   .values = std::vector<double>(classes * units)};
  std::iota(map.columns.begin(), map.columns.end(), 0.0);
  std::vector<double> count(classes);
  std::vector<double> all;
  const std::size_t looked_at = std::min<std::size_t>(images.size(), 1000);
  for (std::size_t i = 0; i < looked_at; ++i) {
    const std::vector<double> x = numbers_of(images, i);
    const std::size_t label = images.labels()[i];
    count[label] += 1;
    for (std::size_t u = 0; u < units; ++u) {
      const double h = inside.activation(u, x);
      map.values[label * units + u] += h;
      all.push_back(h);
    }
  }
  for (std::size_t at = 0; at < map.values.size(); ++at) map.values[at] /= std::max(1.0, count[at / units]);
  const auto silent = static_cast<double>(std::count(all.begin(), all.end(), 0.0));
  std::size_t dead = 0;
  for (std::size_t u = 0; u < units; ++u) {
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k) sum += map.values[k * units + u];
    dead += sum == 0 ? 1 : 0;
  }
  fmt::print(
      "{}",
      measured(fmt::format(
          R"(   Of all activations of {} images {:.0f} % are 0. Such a unit has no part in the answer, and
   learns nothing from the image. Units that say 0 to all of them: {}.
)",
          looked_at, 100 * silent / static_cast<double>(all.size()), dead)));
  fmt::print(R"(   These are dead (lesson 8), as some are from the start; above, their pictures are white.

)");
  bp::show(map, "20_looking_inside_units.png",
           R"(   A column is a unit. Hardly one answers to a single class: classes that look alike, such as
   the tops or the shoes among clothes, share units, and the last layer tells them apart.

)");
}

// 5. Ill on purpose. The doctor is asked to look at each step, so that it need not wait.
void let_it_fall_ill(const Images& images, const char* what, Network<double> net, double rate, double bias,
                     Ailment expected) {
  const Inside inside(net);
  std::fill(inside.b.begin(), inside.b.end(), bias);
  Sgd<double> sgd(net, rate);
  Trainer<double> trainer(net, sgd, cross_entropy(), images.examples(), {.epochs = 1, .batch = 32});
  Doctor<double> doctor(trainer, {.every = 1});
  try {
    for (std::size_t step = 0; step < 40; ++step) trainer.step();
  } catch (const Diverged&) { doctor.explain_divergence(); }
  const auto found = std::find_if(doctor.findings().begin(), doctor.findings().end(),
                                  [&](const Finding& finding) { return finding.ailment == expected; });
  const bool named = found != doctor.findings().end();
  fmt::print("   {}\n", what);
  fmt::print("      the doctor names {}: {}\n", name_of(expected), yes(named));
  if (named) fmt::print("{}", measured(fmt::format("      after step {}: {}\n", found->step, found->says)));
  fmt::print("\n");
}

// 6. One weight of 25,450, as a graph. Of the neuron's 784 products the largest stand alone, and the weight's
//    own; of the ten outputs those through which most of the gradient comes. The rest is one number each. So
//    all numbers are true, and a person can multiply along the arrows.
void open_one_weight(const Image_set& set, const Images& images, std::size_t image, Network<double>& net) {
  const std::vector<double> x = numbers_of(images, image);
  const std::size_t label = images.labels()[image];
  Matrix<double> dlogits(1, classes);
  const std::uint32_t labels[] = {images.labels()[image]};
  const View<const double> row{x.data(), 1, pixels, pixels};
  Loss<double> loss = cross_entropy();
  loss(net.forward(row, Training{}), std::span(labels), dlogits.view());
  net.backward(dlogits.view());
  const std::span<const double> dw = net.parameters()[0].grad;
  const auto largest = static_cast<std::size_t>(
      std::max_element(dw.begin(), dw.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }) -
      dw.begin());

  const bp::Weight_place place =
      bp::place_of(fmt::format("0.weight[{},{}]", largest / pixels, largest % pixels), net);
  const bp::Zoom zoom =
      bp::zoom_into(net, place, {.x = x, .label = labels[0], .columns = 28, .classes = set.classes});
  fmt::print("{}", measured(fmt::format(
                       R"(   The largest gradient of the first layer for image {}: unit {}, pixel {}.
   by the vector engine, from the whole network    {:.12g}
   by the scalar engine, from a graph of {} nodes  {:.12g}
)",
                       image, place.unit, place.input, zoom.by_vector_engine, zoom.graph->size(),
                       zoom.weight.grad())));
  fmt::print("   The same to 1e-12: {}\n", yes(zoom.difference() < 1e-12));
  const double delta = dw[largest] / x[largest % pixels];
  bool is_the_image = true;
  for (std::size_t p = 0; p < pixels; ++p) {
    is_the_image =
        is_the_image && std::abs(dw[largest / pixels * pixels + p] - delta * x[p]) <= 1e-12 * std::abs(delta);
  }
  fmt::print(
      R"(   And the gradients of all 784 weights of that unit are the image itself, times one number: {}
   (dL/dw = dL/dz * x. What is dark moves no weight, whatever the label {} asks for.)

)",
      yes(is_the_image), label);
  bp::show_graph(
      zoom.loss, "20_looking_inside.png",
      {.title = "One weight, from the pixel to the loss", .weighted_sums = bp::Weighted_sums::folded});
  fmt::print(R"(Picture: 20_looking_inside.png
   Begin at the weight, multiply along each path to the loss, add the paths. `backstep zoom`
   does this with any weight of any model that `backstep train` saved.
)");
}

void lesson() {
  const Image_set set;
  const Images train_images(set.data.train, quick() ? 2000 : 20000), test_images(set.data.test, 1000);
  Network<double> net = new_network();
  fmt::print(R"(Lesson 20: looking inside a trained network
===========================================

Lines that begin with ~ were measured: on your machine their numbers may differ a little.

1. A network of 784-32-10, and a doctor who looks on

)");
  if (quick()) fmt::print("Quick: BACKSTEP_QUICK=1 asks for a small run, so the network will know less.\n");
  train(train_images, net);
  fmt::print(R"(
   It has 784*32 + 32 weights and biases, and 32*10 + 10: 25,450 numbers. What is in them?

2. Weights as pictures

)");
  show_weights(net);
  fmt::print("3. One image on its way through\n\n");
  constexpr std::size_t image = 17;
  follow(set, test_images, image, net);
  fmt::print("4. Which unit answers to what\n\n");
  show_units(set, test_images, net);
  fmt::print(R"(5. Two runs that are ill

   A loss that does not fall says that something is wrong, and not what. Each of these runs gives
   itself away by other numbers (`backstep train --doctor` looks for a dozen such things):

)");
  let_it_fall_ill(train_images,
                  "A learning rate of 10, with tanh and plain gradient descent:", new_network(Curve::tanh),
                  10, 0, Ailment::rate_too_high);
  let_it_fall_ill(train_images, "All biases of the hidden layer, with relu, begin at -100:", new_network(),
                  0.1, -100, Ailment::dead_units);
  fmt::print("6. One gradient of 25,450, with a pencil\n\n");
  open_one_weight(set, test_images, image, net);
}

int main() { return bp::run(lesson); }
