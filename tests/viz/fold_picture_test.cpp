// Pictures of folded graphs: which boxes there are, what they say, and how they hang together.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "tests/support/catch2.h"
#include "viz/dot.h"
#include "viz/fold.h"

using bp::Activation, bp::Fold, bp::Graph, bp::Groups, bp::Picture, bp::Value;
using bp::folded_picture, bp::groups_of, bp::open_groups;
using Kind = bp::Picture::Kind;

namespace {

// Two inputs, two tanh neurons without biases, one linear neuron; two samples.
struct Small {
  Graph graph;
  bp::Layer hidden{graph, {{0.5, -1.0}, {2.0, 0.25}}, {}, Activation::tanh};
  bp::Layer output{graph, {{1.5, -0.75}}, {0.125}, Activation::identity};
  Value y1 = output(hidden(std::array{1.0, 2.0}))[0], y2 = output(hidden(std::array{-0.5, 0.75}))[0];
  Value E = bp::half_squared_error(std::array{y1, y2}, std::array{1.0, -1.0});
  Groups groups = groups_of(graph);

  std::size_t place(const std::string& name, std::size_t which = 0) const {
    for (std::size_t i = 0; i < groups.groups.size(); ++i) {
      if (groups.groups[i].name == name && which-- == 0) return i;
    }
    throw std::runtime_error("no group " + name);
  }
};

const Picture::Box& box(const Picture& picture, const std::string& name) {
  for (const Picture::Box& one : picture.boxes) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("no box " + name);
}

std::vector<std::string> names(const Picture& picture) {
  std::vector<std::string> all;
  for (const Picture::Box& one : picture.boxes) all.push_back(one.name.empty() ? one.formula : one.name);
  return all;
}

const Picture::Arrow& arrow(const Picture& picture, const std::string& from, const std::string& to) {
  for (const Picture::Arrow& one : picture.arrows) {
    if (picture.boxes[one.from].name == from && picture.boxes[one.to].name == to) return one;
  }
  throw std::runtime_error("no arrow from " + from + " to " + to);
}

}  // namespace

TEST_CASE("the overview has a box for each layer, with arrows that count the connections", "[fold]") {
  Small small;

  const Picture picture = folded_picture(small.graph, small.groups, {});

  CHECK(names(picture) == std::vector<std::string>{"inputs", "layer 1", "layer 2", "loss"});
  CHECK(arrow(picture, "inputs", "layer 1").connections == 4);  // 2 inputs into 2 neurons, for each sample
  CHECK(arrow(picture, "layer 1", "layer 2").connections == 2);
  CHECK(arrow(picture, "layer 2", "loss").connections == 1);
  CHECK(picture.arrows.size() == 3);
  CHECK(box(picture, "loss").is_root);
  CHECK_FALSE(box(picture, "layer 2").is_root);
  for (const Picture::Box& one : picture.boxes) CHECK(one.kind == Kind::group);
}

TEST_CASE("a folded box says how many values it has, their range and the largest gradient", "[fold]") {
  Small small;
  const Picture before = folded_picture(small.graph, small.groups, {});
  small.E.backward();

  const Picture after = folded_picture(small.graph, small.groups, {});

  // y1 = 1.5 tanh(0.5 - 2) - 0.75 tanh(2 + 0.5) + 0.125 = -1.9727, dE/dy1 = y1 - 1 = -2.9727
  // y2 = 1.5 tanh(-0.25 - 0.75) - 0.75 tanh(-1 + 0.1875) + 0.125 = -0.5144, dE/dy2 = y2 + 1 = 0.4856
  const Picture::Box& layer = box(after, "layer 2");
  REQUIRE(layer.rows.size() == 2);
  CHECK(layer.rows[0].what == "2 outputs");
  CHECK(layer.rows[0].data == "-1.97 to -0.514");
  CHECK(layer.rows[0].grad == "up to 2.97");
  CHECK(layer.rows[1].what == "3 parameters");
  CHECK(layer.rows[1].data == "-0.75 to 1.5");
  CHECK(layer.formula == "1 neuron, linear, 2 samples");
  CHECK(box(before, "layer 2").rows[0].grad == "\u2013");
  // dE/d(weight 2) = -2.9727 tanh(2.5) + 0.4856 tanh(-0.8125) = -3.259; by the others 2.32 and -2.49
  CHECK(layer.rows[1].grad == "up to 3.26");
  CHECK(box(after, "inputs").rows[0].data == "-0.5 to 2");
  CHECK(box(after, "inputs").rows[0].grad.empty());  // they are constants
  CHECK(box(after, "loss").rows[0].what == "output");
  CHECK(box(after, "loss").rows[0].grad == "1");
}

TEST_CASE("an opened layer shows its neurons, and the arrow between two is the weight of all samples",
          "[fold]") {
  Small small;

  const Picture picture = folded_picture(small.graph, small.groups, open_groups(small.groups, Fold::neuron));

  CHECK(names(picture) == std::vector<std::string>{"inputs", "neuron 1", "neuron 2", "neuron 1", "loss"});
  CHECK(picture.arrows.size() == 2 + 2 + 1);
  CHECK(picture.arrows[2].local_derivative == 1.5);
  CHECK(picture.arrows[3].local_derivative == -0.75);
  CHECK_FALSE(picture.arrows[0].local_derivative.has_value());
}

TEST_CASE("an arrow has no derivative where it differs from sample to sample, or is of two connections",
          "[fold]") {
  Graph graph;
  const bp::Layer layer(graph, {{0.5, 0.5}}, {}, Activation::identity);
  std::vector<Value> outputs;
  for (const double x : {1.0, 2.0}) {
    outputs.push_back(layer(std::array{graph.leaf(x), graph.leaf(x + 1.0)})[0]);
  }
  square(outputs[0]) + square(outputs[1]);

  const Picture picture = folded_picture(graph, groups_of(graph, layer.weights()), {});

  CHECK(arrow(picture, "inputs", "layer 1").connections == 2);
  CHECK_FALSE(arrow(picture, "inputs", "layer 1").local_derivative.has_value());  // 0.5, but twice
  CHECK(arrow(picture, "layer 1", "loss").connections == 1);
  CHECK_FALSE(arrow(picture, "layer 1", "loss").local_derivative.has_value());  // 2 * 1.5 and 2 * 2.5
}

TEST_CASE("an opened neuron of a closed layer stands beside the rest of it", "[fold]") {
  Small small;

  const Picture picture = folded_picture(small.graph, small.groups, std::array{small.place("neuron 2")});

  CHECK(box(picture, "layer 1").formula == "without neuron 2");
  CHECK(box(picture, "layer 1").rows[0].what == "2 outputs");  // of neuron 1, for two samples
  CHECK(box(picture, "layer 1").rows[1].what == "2 parameters");
  CHECK(box(picture, "weighted sum").formula == "\u00d7 2");
  CHECK(box(picture, "tanh").formula == "\u00d7 2");
  CHECK(arrow(picture, "inputs", "layer 1").connections == 2);
  CHECK(arrow(picture, "tanh", "layer 2").local_derivative == -0.75);
  CHECK(picture.boxes.size() == 4 + 2 + 2);  // the steps and the two weights
}

TEST_CASE("a step of a batch opens into its values, one for each sample", "[fold]") {
  Small small;
  const std::size_t neuron = small.place("neuron 2");
  const std::size_t tanh_step = small.groups.groups[neuron].children.back();

  const Picture picture = folded_picture(small.graph, small.groups, std::array{neuron, tanh_step});

  std::size_t values = 0;
  for (const Picture::Box& one : picture.boxes) {
    if (one.formula == "tanh") ++values;
  }
  CHECK(values == 2);
}

TEST_CASE("with all groups open the picture is that of the whole tape", "[fold]") {
  Small small;
  small.E.backward();

  const Picture folded = folded_picture(small.graph, small.groups, open_groups(small.groups, Fold::none));
  const Picture whole = bp::picture_of(small.graph);

  CHECK(folded.boxes.size() == whole.boxes.size());
  CHECK(folded.arrows.size() == whole.arrows.size());
  double sum = 0.0, of_whole = 0.0;
  for (const Picture::Arrow& one : folded.arrows) {
    sum += one.local_derivative.value_or(0.0) * folded.boxes[one.to].grad.value_or(0.0);
  }
  for (const Picture::Arrow& one : whole.arrows) {
    of_whole += one.local_derivative.value_or(0.0) * whole.boxes[one.to].grad.value_or(0.0);
  }
  CHECK(std::abs(sum - of_whole) < 1e-12);  // the same numbers, added in another order
  CHECK(sum != 0.0);
}

TEST_CASE("every box stands after those that lead to it, whatever is opened", "[fold]") {
  Small small;
  const std::size_t count = small.groups.groups.size();
  for (std::size_t bits = 0; bits < 64; ++bits) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < count; ++i) {
      if ((bits >> i % 6 & 1) != 0) open.push_back(i);
    }

    const Picture picture = folded_picture(small.graph, small.groups, open);

    for (const Picture::Arrow& one : picture.arrows) REQUIRE(one.from < one.to);
    for (std::size_t i = 1; i < picture.arrows.size(); ++i) {
      REQUIRE(picture.arrows[i - 1].to <= picture.arrows[i].to);
    }
  }
}

TEST_CASE("nan in a group is said and not lost in a range", "[fold]") {
  Graph graph;
  const bp::Layer layer(graph, {{1.0}, {2.0}}, {}, Activation::tanh);
  layer(std::array{std::nan("")});

  const Picture picture = folded_picture(graph, groups_of(graph), {});

  CHECK(box(picture, "layer 1").rows[0].data == "nan or inf in 2 of 2");
  CHECK(box(picture, "layer 1").rows[1].data == "1 to 2");
}

TEST_CASE("a graph without neurons folds into the picture that it has", "[fold]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(-3.0, "b");
  (2.0 * a + b * 2.0).named("L");

  const Picture picture = folded_picture(graph, groups_of(graph), {});

  CHECK(bp::to_dot(picture).size() > 0);
  CHECK(picture.boxes.size() == bp::picture_of(graph).boxes.size());
  CHECK(picture.arrows.size() == bp::picture_of(graph).arrows.size());
}

TEST_CASE("too many boxes, a group that is not there and groups of another tape are refused", "[fold]") {
  Small small;
  bp::Picture_options few;
  few.max_boxes = 3;
  const Groups groups = small.groups;

  CHECK_THROWS_AS(folded_picture(small.graph, groups, {}, few), bp::Picture_too_large);
  few.max_boxes = 4;
  CHECK_NOTHROW(folded_picture(small.graph, groups, {}, few));
  CHECK_THROWS_AS(folded_picture(small.graph, groups, std::array{groups.groups.size()}),
                  std::invalid_argument);
  small.graph.leaf(1.0);
  CHECK_THROWS_AS(folded_picture(small.graph, groups, {}), std::invalid_argument);
}

TEST_CASE("groups have a double frame, their counts on the arrows, and the legend says so", "[fold]") {
  Small small;

  const std::string dot = bp::to_dot(folded_picture(small.graph, small.groups, {}));

  CHECK_THAT(dot, bp::test::contains_text("g0 -> g") && bp::test::contains_text("4 \u00d7") &&
                      bp::test::contains_text("folded") && bp::test::contains_text("connections") &&
                      !bp::test::contains_text("sum over its outgoing arrows"));
}
