// The numbers in a picture are the gradients: read from the DOT, they multiply and add up.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/viz/dot_reader.h"
#include "tests/viz/worked_example.h"
#include "viz/dot.h"

using bp::Graph, bp::Picture_options, bp::Value, bp::Weighted_sums, bp::to_dot;
using bp::test::read_dot, bp::test::Read_arrow, bp::test::Read_graph, bp::test::Worked_example;

namespace {

// Every digit, so that numbers can be compared with the engine's own.
Picture_options exact(Weighted_sums weighted_sums = Weighted_sums::as_recorded) {
  Picture_options options;
  options.digits = 17;
  options.weighted_sums = weighted_sums;
  return options;
}

// Recorded with every kind of sum: +, sum, dot, with shared values and constants. Values stay near 1.
Value random_graph(Graph& graph, std::mt19937& random) {
  const auto number = [&] { return std::uniform_real_distribution(-1.5, 1.5)(random); };
  std::vector<Value> values;
  for (int i = 0; i < 4; ++i) values.push_back(graph.leaf(number(), "x" + std::to_string(i)));
  const auto any = [&] { return values[random() % values.size()]; };
  for (int i = 0; i < 14; ++i) {
    switch (random() % 7) {
      case 0: values.push_back(any() * any() + any()); break;
      case 1: values.push_back(tanh(any() + any() * any() + number() * any())); break;
      case 2: values.push_back(sin(any() - any())); break;
      case 3: values.push_back(dot(std::vector{any(), any()}, std::vector{any(), any()}) + any()); break;
      case 4: values.push_back(bp::sum({any() * any(), any(), any() * number()})); break;
      case 5: values.push_back(sigmoid(dot(std::vector{any()}, std::vector{any()}))); break;
      default: values.push_back((any() * any()).named("p" + std::to_string(i))); break;
    }
  }
  return bp::sum(std::span(values).last(5));
}

double relative_error(double got, double expected) { return std::abs(got - expected) / std::abs(expected); }

}  // namespace

TEST_CASE("the worked example has all its published numbers in the picture", "[dot]") {
  Worked_example example;
  example.E_total.backward();

  const Read_graph read = read_dot(to_dot(example.E_total, exact(Weighted_sums::folded)));

  // 14 leaves, 4 neurons of 2 boxes, 2 errors of 3 boxes and a constant, E_total.
  CHECK(read.nodes.size() == 14 + 4 * 2 + 2 * (3 + 1) + 1);
  // Worked out with 60 digits; a double engine agrees to a few units in the last place.
  CHECK(relative_error(read.node("E_total").data(), 0.29837110876000268861) <= 4e-15);
  CHECK(relative_error(read.node("w1").grad(), 0.00043856773447434672705) <= 4e-15);
  CHECK(relative_error(read.node("w5").grad(), 0.082167040564230778846) <= 4e-15);
  CHECK(relative_error(read.node("w8").grad(), -0.022740242215978210753) <= 4e-15);
  CHECK(relative_error(read.node("net_o2").grad(), -0.038098236516556216532) <= 4e-15);
  CHECK(read.node("net_h1").head == "net_h1 = w1 * i1 + w2 * i2 + b1");
  CHECK(read.node("E_o1").head == "E_o1 = 0.5 * (t1 - out_o1)^2");
}

TEST_CASE("the number on every arrow is the local derivative", "[dot]") {
  Worked_example example;

  const Read_graph read = read_dot(to_dot(example.E_total, exact()));

  std::size_t checked = 0;
  for (Value v : example.graph) {
    const auto into = read.nodes.count("n" + std::to_string(v.index())) == 0
                          ? std::vector<Read_arrow>()
                          : read.arrows_to("n" + std::to_string(v.index()));
    for (std::size_t k = 0; k < v.input_count(); ++k) {
      if (v.input(k).is_constant()) continue;
      for (const Read_arrow& arrow : into) {
        if (arrow.from != "n" + std::to_string(v.input(k).index())) continue;
        CHECK(arrow.number() == v.local_derivative(k));
        ++checked;
      }
    }
  }
  CHECK(checked == 4 * 9 + 2 * 4 + 2);
}

TEST_CASE("in a chain the product of the numbers along the path is the gradient", "[dot]") {
  Graph graph;
  const Value x = graph.leaf(0.3, "x");
  const Value L = tanh(exp(sin(2.0 * x)) / 3.0).named("L");
  L.backward();

  const Read_graph read = read_dot(to_dot(L, exact()));

  double product = 1.0;
  std::string at = "n0";
  while (at != read.id_of("L")) {
    const std::vector<Read_arrow> onward = read.arrows_from(at);
    REQUIRE(onward.size() == 1);
    product *= onward[0].number();
    at = onward[0].to;
  }
  CHECK(relative_error(product, x.grad()) <= 1e-15);  // five roundings either way
  CHECK(read.node("x").grad() == x.grad());
}

// What the legend says. A tolerance of 1e-12: up to 30 additions and products, each within 1.1e-16 of its
// size, and sums that may cancel by a factor of a few hundred.
TEST_CASE("every gradient is the sum over outgoing arrows of number times grad at the end", "[dot]") {
  const auto how = GENERATE(Weighted_sums::as_recorded, Weighted_sums::folded, Weighted_sums::unfolded);
  std::mt19937 random(20240611);
  std::size_t sums_checked = 0;
  for (int round = 0; round < 60; ++round) {
    Graph graph;
    const Value root = random_graph(graph, random);
    const double seed = std::uniform_real_distribution(-3.0, 3.0)(random);
    root.backward(seed);

    const Read_graph read = read_dot(to_dot(root, exact(how)));

    for (const auto& [id, node] : read.nodes) {
      const std::vector<Read_arrow> out = read.arrows_from(id);
      if (node.rows.empty()) continue;  // a constant
      double expected = out.empty() ? seed : 0.0, size = 1.0;
      for (const Read_arrow& arrow : out) {
        expected += arrow.number() * read.nodes.at(arrow.to).grad();
        size += std::abs(arrow.number() * read.nodes.at(arrow.to).grad());
      }
      CHECK(std::abs(node.grad() - expected) <= 1e-12 * size);
      sums_checked += out.size() > 1 ? 1 : 0;
    }
  }
  CHECK(sums_checked > 200);
}

TEST_CASE("folding and unfolding change the boxes and no number", "[dot]") {
  std::mt19937 random(7);
  Graph graph;
  const Value root = random_graph(graph, random).named("root");
  root.backward(0.7);

  const Read_graph recorded = read_dot(to_dot(root, exact()));
  const Read_graph folded = read_dot(to_dot(root, exact(Weighted_sums::folded)));
  const Read_graph unfolded = read_dot(to_dot(root, exact(Weighted_sums::unfolded)));

  CHECK(folded.nodes.size() < recorded.nodes.size());
  CHECK(unfolded.nodes.size() > recorded.nodes.size());
  for (const auto& [id, node] : folded.nodes) {
    if (!node.rows.empty() && recorded.nodes.count(id) != 0) CHECK(node.rows == recorded.nodes.at(id).rows);
  }
  for (const auto& [id, node] : recorded.nodes) {
    if (!node.rows.empty()) CHECK(node.rows == unfolded.nodes.at(id).rows);
  }
}
