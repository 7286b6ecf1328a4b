// Neurons and layers, found in a tape and folded into boxes.
#include "viz/fold.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "engine/data/toy.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"

using bp::Activation, bp::Fold, bp::Graph, bp::Group, bp::Groups, bp::Mlp, bp::Random, bp::Value;
using bp::groups_of, bp::open_groups, bp::title_of;

namespace {

// A network on so many points of two moons, with the loss of them all.
struct Moons {
  Graph graph;
  Random random{7};
  Mlp net;
  Value E;

  Moons(std::vector<std::size_t> hidden, std::size_t points)
      : net(graph, sizes(hidden), activations(hidden.size()), random) {
    const bp::Labelled_points moons = bp::two_moons(points, 0.1, random);
    std::vector<Value> outputs;
    for (const std::vector<double>& point : moons.inputs) outputs.push_back(net(point)[0]);
    E = bp::binary_cross_entropy_with_logits(outputs,
                                             std::vector<double>(moons.labels.begin(), moons.labels.end()));
  }

  static std::vector<std::size_t> sizes(std::vector<std::size_t> hidden) {
    hidden.insert(hidden.begin(), 2);
    hidden.push_back(1);
    return hidden;
  }
  static std::vector<Activation> activations(std::size_t hidden) {
    std::vector<Activation> all(hidden, Activation::tanh);
    all.push_back(Activation::identity);
    return all;
  }
};

std::vector<std::string> titles(const Groups& groups, Group::Kind kind) {
  std::vector<std::string> found;
  for (const Group& group : groups.groups) {
    if (group.kind == kind) found.push_back(title_of(group));
  }
  return found;
}

std::size_t place_of(const Groups& groups, const std::string& name) {
  for (std::size_t i = 0; i < groups.groups.size(); ++i) {
    if (groups.groups[i].name == name) return i;
  }
  throw std::runtime_error("no group " + name);
}

const Group& group(const Groups& groups, const std::string& name) {
  return groups.groups[place_of(groups, name)];
}

// The name of the innermost group of a value.
std::string home(const Groups& groups, Value v) {
  return groups.groups.at(groups.group_of.at(v.index())).name;
}

std::vector<std::string> top_names(const Groups& groups) {
  std::vector<std::string> names;
  for (const Group& one : groups.groups) {
    if (!one.parent) names.push_back(one.name);
  }
  return names;
}

}  // namespace

TEST_CASE("the layers and neurons of a network are found, each with its weights", "[fold]") {
  Graph graph;
  Random random(7);
  const Mlp net(graph, {2, 16, 4, 1}, {Activation::tanh, Activation::relu, Activation::identity}, random);
  const Value y = net(std::array{0.5, -1.0})[0], E = bp::square(y - 1.0);

  const Groups groups = groups_of(graph);

  CHECK(titles(groups, Group::Kind::layer) == std::vector<std::string>{"layer 1 (16 neurons, tanh)",
                                                                       "layer 2 (4 neurons, relu)",
                                                                       "layer 3 (1 neuron, linear)"});
  CHECK(top_names(groups) == std::vector<std::string>{"inputs", "layer 1", "layer 2", "layer 3", "loss"});
  CHECK(group(groups, "layer 1").parameters == 16 * 3);
  CHECK(group(groups, "layer 2").parameters == 4 * 17);
  CHECK(group(groups, "layer 3").parameters == 5);
  CHECK(group(groups, "layer 1").children.size() == 16);
  CHECK(group(groups, "inputs").nodes.size() == 2);
  // Of a neuron: 2 weights, a bias, their weighted sum, the sum with the bias, tanh.
  CHECK(group(groups, "neuron 3").nodes.size() == 6);
  CHECK(home(groups, net.layers()[0].neurons()[2].weights()[1]) == "neuron 3");
  CHECK(home(groups, E) == "loss");
}

TEST_CASE("every node is in one group, and a group counts what is in it", "[fold]") {
  Moons moons({5, 3}, 8);

  const Groups groups = groups_of(moons.graph);

  std::vector<std::size_t> seen(moons.graph.size());
  std::size_t top = 0;
  for (std::size_t i = 0; i < groups.groups.size(); ++i) {
    const Group& one = groups.groups[i];
    std::size_t values = one.nodes.size();
    for (const std::uint32_t n : one.nodes) {
      ++seen[n];
      CHECK(groups.group_of[n] == i);
    }
    for (const std::size_t child : one.children) {
      CHECK(groups.groups[child].parent == i);
      CHECK(child > i);
      values += groups.groups[child].values;
    }
    CHECK(one.values == values);
    if (!one.parent) top += one.values;
  }
  CHECK(std::all_of(seen.begin(), seen.end(), [](std::size_t times) { return times == 1; }));
  CHECK(top == moons.graph.size());
}

TEST_CASE("a batch folds the samples' copies of a neuron into one, and says how many", "[fold]") {
  Moons moons({16, 16}, 100);

  const Groups groups = groups_of(moons.graph);

  CHECK(titles(groups, Group::Kind::layer) ==
        std::vector<std::string>{"layer 1 (16 neurons, tanh, 100 samples)",
                                 "layer 2 (16 neurons, tanh, 100 samples)",
                                 "layer 3 (1 neuron, linear, 100 samples)"});
  CHECK(titles(groups, Group::Kind::neuron).size() == 33);
  // 3 parameters, and of each sample the dot product, the sum with the bias and tanh.
  CHECK(group(groups, "neuron 1").values == 3 + 100 * 3);
  CHECK(group(groups, "neuron 1").samples == 100);
  CHECK(titles(groups, Group::Kind::step)[0] == "input 1 (\u00d7 100)");
  CHECK(group(groups, "tanh").nodes.size() == 100);
  CHECK(group(groups, "weighted sum").samples == 100);
}

TEST_CASE("neurons written with * and + are found, and what two of them share is the layer's", "[fold]") {
  bp::test::Worked_example example;
  const std::vector<Value> trained = {example.w1, example.w2, example.w3, example.w4,
                                      example.w5, example.w6, example.w7, example.w8};

  const Groups groups = groups_of(example.graph, trained);

  CHECK(titles(groups, Group::Kind::layer) ==
        std::vector<std::string>{"layer 1 (2 neurons, sigmoid)", "layer 2 (2 neurons, sigmoid)"});
  CHECK(titles(groups, Group::Kind::neuron) ==
        std::vector<std::string>{"out_h1 (sigmoid)", "out_h2 (sigmoid)", "out_o1 (sigmoid)",
                                 "out_o2 (sigmoid)"});
  CHECK(home(groups, example.w1) == "out_h1");
  CHECK(home(groups, example.net_h2) == "out_h2");
  CHECK(home(groups, example.w7) == "out_o2");
  CHECK(home(groups, example.b1) == "layer 1");
  CHECK(home(groups, example.i2) == "inputs");
  CHECK(home(groups, example.t1) == "loss");
  CHECK(groups.parameter[example.b1.index()] == 1);
  CHECK(groups.parameter[example.t1.index()] == 0);
}

TEST_CASE("without the names of what is trained, weights are those that stand where weights stand",
          "[fold]") {
  for (const bool weight_first : {true, false}) {
    Graph graph;
    std::vector<Value> w, x = {graph.leaf(0.5), graph.leaf(-1.0)};
    for (int i = 0; i < 6; ++i) w.push_back(graph.leaf(0.1 * i - 0.25));
    const auto times = [&](Value weight, Value input) {
      return weight_first ? weight * input : input * weight;
    };
    const Value h1 = tanh(times(w[0], x[0]) + times(w[1], x[1])),
                h2 = tanh(times(w[2], x[0]) + times(w[3], x[1]));
    tanh(times(w[4], h1) + times(w[5], h2));

    const Groups groups = groups_of(graph);

    CHECK(home(groups, x[0]) == "inputs");
    CHECK(home(groups, w[1]) == "neuron 1");
    CHECK(home(groups, w[2]) == "neuron 2");
    CHECK(group(groups, "layer 1").children.size() == 2);
  }
}

TEST_CASE("names change nothing but what is called by them", "[fold]") {
  Moons plain({4}, 6), named({4}, 6);
  named.net.name_parameters();
  for (const Value v : named.graph) {
    if (v.name().empty()) v.named("b" + std::to_string(v.index()));
  }

  const Groups one = groups_of(plain.graph), other = groups_of(named.graph);

  CHECK(one.group_of == other.group_of);
  CHECK(one.parameter == other.parameter);
}

TEST_CASE("a softplus of the loss is none of the last layer, and one between layers is", "[fold]") {
  Graph graph;
  Random random(3);
  const Mlp net(graph, {2, 3, 1}, {Activation::softplus, Activation::identity}, random);
  const Value z = net(std::array{1.0, 2.0})[0];
  const Value E = bp::binary_cross_entropy_with_logits(z, 0.0);

  const Groups groups = groups_of(graph);

  CHECK(E.op() == bp::Op::softplus);
  CHECK(titles(groups, Group::Kind::layer) ==
        std::vector<std::string>{"layer 1 (3 neurons, softplus)", "layer 2 (1 neuron, linear)"});
  CHECK(home(groups, E) == "loss");
}

TEST_CASE("weights that a penalty uses stay in their neurons", "[fold]") {
  Graph graph;
  Random random(3);
  const Mlp net(graph, {2, 3, 1}, {Activation::tanh, Activation::identity}, random);
  const Value penalty = bp::l2_penalty(net.weights(), 0.1);
  const Value E = bp::square(net(std::array{1.0, 2.0})[0]) + penalty;

  const Groups groups = groups_of(graph);

  CHECK(group(groups, "layer 1").parameters == 9);
  CHECK(home(groups, penalty) == "loss");
  CHECK(home(groups, E) == "loss");
  CHECK(top_names(groups) == std::vector<std::string>{"inputs", "layer 1", "layer 2", "loss"});
}

TEST_CASE("weights that every step of a recurrent network uses have a place of their own", "[fold]") {
  Graph graph;
  const std::vector<Value> w = {graph.leaf(0.5), graph.leaf(-0.25)};
  const Value b = graph.leaf(0.1);
  Value h = graph.constant(0.0);
  for (const double x : {1.0, 2.0, 3.0}) {
    const std::vector<Value> inputs = {graph.constant(x), h};
    h = tanh(dot(w, inputs) + b);
  }

  const Groups groups = groups_of(graph);

  CHECK(top_names(groups) ==
        std::vector<std::string>{"inputs", "shared weights", "layer 1", "layer 2", "layer 3"});
  CHECK(group(groups, "shared weights").parameters == 3);
  CHECK(group(groups, "layer 3").values == 3);
}

TEST_CASE("a weighted sum with two uses is a neuron of its own, and no part of either", "[fold]") {
  Graph graph;
  const Value w1 = graph.leaf(0.5), w2 = graph.leaf(-1.0), x1 = graph.leaf(2.0), x2 = graph.leaf(3.0);
  const Value s = w1 * x1 + w2 * x2, shifted = s + graph.leaf(0.25);
  const Value E = tanh(shifted) * s;
  const std::vector<Value> trained = {w1, w2};

  const Groups groups = groups_of(graph, trained);

  CHECK(titles(groups, Group::Kind::neuron) == std::vector<std::string>{"neuron 1 (linear)"});
  CHECK(home(groups, s) == "neuron 1");
  CHECK(home(groups, shifted) == "loss");
  CHECK(home(groups, E) == "loss");
}

TEST_CASE("an input that goes round the weight is no bias, and a batch of such is one neuron", "[fold]") {
  Graph graph;
  const Value w = graph.leaf(0.5), x1 = graph.leaf(2.0), x2 = graph.leaf(3.0);
  tanh(w * x1 + x1);
  tanh(w * x2 + x2);
  const std::vector<Value> trained = {w};

  const Groups groups = groups_of(graph, trained);

  CHECK(titles(groups, Group::Kind::neuron) == std::vector<std::string>{"neuron 1 (tanh, 2 samples)"});
  CHECK(group(groups, "neuron 1").parameters == 1);
  CHECK(home(groups, x1) == "input 1");
}

TEST_CASE("what stands between two layers has a group of its own", "[fold]") {
  Graph graph;
  Random random(3);
  const bp::Layer first(graph, 2, 2, Activation::tanh, random),
      second(graph, 2, 1, Activation::identity, random);
  std::vector<Value> h = first(std::array{1.0, 2.0});
  for (Value& each : h) each = bp::sqrt(1.0 + bp::square(each));
  const Value y = second(h)[0];

  const Groups groups = groups_of(graph);

  CHECK(top_names(groups) == std::vector<std::string>{"inputs", "layer 1", "after layer 1", "layer 2"});
  CHECK(home(groups, h[1]) == "after layer 1");
  CHECK(home(groups, y) == "neuron 1");
}

TEST_CASE("in a graph without neurons each value is its own", "[fold]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(-3.0, "b"), c = graph.leaf(10.0, "c");
  ((a * b + c) * exp(a)).named("L");

  const Groups groups = groups_of(graph);

  CHECK(groups.groups.empty());
  CHECK(groups.group_of == std::vector<std::uint32_t>(graph.size(), Groups::none));
}

TEST_CASE("the groups to open for layers, neurons and values", "[fold]") {
  Moons moons({5, 3}, 2);

  const Groups groups = groups_of(moons.graph);

  CHECK(open_groups(groups, Fold::layer).empty());
  CHECK(open_groups(groups, Fold::neuron).size() == 3);
  CHECK(open_groups(groups, Fold::none).size() == groups.groups.size());
}

TEST_CASE("a stranger's value is no weight here", "[fold]") {
  Graph graph, other;
  graph.leaf(1.0);
  const std::vector<Value> stranger = {other.leaf(1.0)};

  CHECK_THROWS_AS(groups_of(graph, stranger), std::invalid_argument);
}

TEST_CASE("a chain of 100,000 values, and one of 10,000 layers, need no recursion and little time",
          "[fold]") {
  Graph chain, deep;
  Value sum = tanh(chain.leaf(0.5) * chain.constant(2.0));
  for (int i = 0; i < 100000; ++i) sum = sum + 0.001;
  const Value w = deep.leaf(0.5);
  Value y = deep.leaf(1.0);
  for (int i = 0; i < 10000; ++i) y = tanh(deep.leaf(0.9) * y + w);

  const auto begin = std::chrono::steady_clock::now();
  const Groups of_chain = groups_of(chain), of_deep = groups_of(deep);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;

  CHECK(titles(of_chain, Group::Kind::layer).size() == 1);
  CHECK(titles(of_deep, Group::Kind::layer).size() == 10000);
  CHECK(time.count() < 5.0);  // it takes 0.1 s; a sanitizer on a busy machine takes longer
}
