// What a picture shows: boxes and arrows.
#include "viz/picture.h"

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"

using bp::Graph, bp::Picture, bp::Picture_options, bp::Value, bp::Weighted_sums, bp::picture_of;
using Kind = bp::Picture::Kind;

namespace {

Picture_options with(Weighted_sums weighted_sums) {
  Picture_options options;
  options.weighted_sums = weighted_sums;
  return options;
}

const Picture::Box& box(const Picture& picture, const std::string& name_or_formula) {
  for (const Picture::Box& one : picture.boxes) {
    if (one.name == name_or_formula || (one.name.empty() && one.formula == name_or_formula)) return one;
  }
  throw std::runtime_error("no box " + name_or_formula);
}

// "from -> to" of every arrow, by names, formulas or, for constants, ids.
std::multiset<std::string> arrows(const Picture& picture) {
  const auto say = [&](std::size_t i) {
    const Picture::Box& one = picture.boxes[i];
    return !one.name.empty() ? one.name : !one.formula.empty() ? one.formula : one.id;
  };
  std::multiset<std::string> all;
  for (const Picture::Arrow& arrow : picture.arrows) all.insert(say(arrow.from) + " -> " + say(arrow.to));
  return all;
}

double derivative(const Picture& picture, const std::string& from, const std::string& to) {
  for (const Picture::Arrow& arrow : picture.arrows) {
    if (&picture.boxes[arrow.from] == &box(picture, from) && &picture.boxes[arrow.to] == &box(picture, to)) {
      return arrow.local_derivative.value();
    }
  }
  throw std::runtime_error("no arrow from " + from + " to " + to);
}

}  // namespace

TEST_CASE("every value is a box with its name, formula and numbers, and its id is its place", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(-3.0, "b");
  const Value c = a * b, L = tanh(c + a).named("L");
  L.backward(0.5);

  const Picture picture = picture_of(L);

  REQUIRE(picture.boxes.size() == 5);
  CHECK(picture.boxes[0].id == "n0");
  CHECK(picture.boxes[4].id == "n4");
  CHECK(box(picture, "a").kind == Kind::leaf);
  CHECK(box(picture, "a").formula.empty());
  CHECK(box(picture, "a * b").kind == Kind::computed);
  CHECK(box(picture, "a * b").data == -6.0);
  CHECK(box(picture, "a * b").grad == c.grad());
  CHECK(box(picture, "L").formula == "tanh(a * b + a)");
  CHECK(box(picture, "L").grad == 0.5);
  CHECK(box(picture, "L").is_root);
  CHECK_FALSE(box(picture, "a * b").is_root);
  CHECK_FALSE(box(picture, "a").is_root);
}

TEST_CASE("a value used twice by one operation has two arrows to it", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(3.0, "a");

  const Picture picture = picture_of(a * a);

  REQUIRE(picture.arrows.size() == 2);
  CHECK(picture.arrows[0].local_derivative == 3.0);
  CHECK(picture.arrows[1].local_derivative == 3.0);
}

TEST_CASE("where an input has no name the operation's symbol stands for the formula", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(3.0), b = graph.leaf(1.0, "b");
  const Value L = sigmoid((a + b) * b).named("L");

  const Picture picture = picture_of(L);

  CHECK(box(picture, "+").data == 4.0);
  CHECK(box(picture, "*").data == 4.0);
  CHECK(box(picture, "L").formula == "sigmoid");
}

TEST_CASE("a constant is drawn once for each use, without a gradient and without a derivative", "[picture]") {
  Graph graph;
  const Value x = graph.leaf(3.0, "x");
  const Value twice = 2.0 * x, squared = pow(x, 2.0), L = (twice + squared).named("L");
  L.backward();

  const Picture picture = picture_of(L);

  std::vector<std::string> constants;
  for (const Picture::Box& one : picture.boxes) {
    if (one.kind != Kind::constant) continue;
    constants.push_back(one.id);
    CHECK(one.data == 2.0);
    CHECK_FALSE(one.grad.has_value());
  }
  CHECK(constants == std::vector<std::string>{"n1_2_0", "n1_3_1"});
  for (const Picture::Arrow& arrow : picture.arrows) {
    const bool from_constant = picture.boxes[arrow.from].kind == Kind::constant;
    CHECK(arrow.local_derivative.has_value() == !from_constant);
  }
  CHECK(box(picture, "L").formula == "2 * x + x^2");
  CHECK(picture_of(graph.constant(2.0)).boxes.size() == 1);
}

TEST_CASE("only what leads to the root is drawn, and from the graph all of it", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(5.0, "b");
  const Value wanted = exp(a).named("wanted");
  (b * wanted).named("later");
  graph.leaf(1.0, "alone");

  const Picture part = picture_of(wanted), whole = picture_of(graph);

  CHECK(arrows(part) == std::multiset<std::string>{"a -> wanted"});
  CHECK(part.boxes.size() == 2);
  CHECK(box(part, "wanted").is_root);
  CHECK(whole.boxes.size() == 5);
  CHECK(arrows(whole) == std::multiset<std::string>{"a -> wanted", "b -> later", "wanted -> later"});
  CHECK(box(whole, "later").is_root);
  CHECK_FALSE(box(whole, "wanted").is_root);
  CHECK_FALSE(box(whole, "alone").is_root);
}

TEST_CASE("a gradient that was not computed is none, and one of exactly 0 is 0", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), dead = graph.leaf(-1.0, "dead");
  const Value L = (a + relu(dead)).named("L");
  CHECK_FALSE(box(picture_of(L), "a").grad.has_value());

  L.backward(3.0);
  (exp(L)).named("later");

  CHECK(box(picture_of(L), "a").grad == 3.0);
  CHECK(box(picture_of(L), "dead").grad == 0.0);
  CHECK_FALSE(box(picture_of(graph), "later").grad.has_value());
}

TEST_CASE("folding makes one box of a neuron's weighted sum, with the right derivatives", "[picture]") {
  bp::test::Worked_example example;
  example.E_total.backward();

  const Picture picture = picture_of(example.net_o1, with(Weighted_sums::folded));

  CHECK(picture.boxes.size() == 15);
  CHECK(box(picture, "net_o1").formula == "w5 * out_h1 + w6 * out_h2 + b2");
  CHECK(box(picture, "net_o1").data == example.net_o1.data());
  CHECK(box(picture, "net_o1").grad == example.net_o1.grad());
  CHECK(derivative(picture, "w5", "net_o1") == example.out_h1.data());
  CHECK(derivative(picture, "out_h1", "net_o1") == 0.40);
  CHECK(derivative(picture, "b2", "net_o1") == 1.0);
  CHECK(derivative(picture, "i2", "net_h1") == 0.20);
}

TEST_CASE("a dot with a bias folds as products and sums do", "[picture]") {
  Graph graph;
  const std::vector<Value> w = {graph.leaf(0.5, "w1"), graph.leaf(-2.0, "w2")};
  const std::vector<Value> x = {graph.leaf(3.0, "x1"), graph.leaf(7.0, "x2")};
  const Value net = (dot(w, x) + graph.leaf(1.0, "b")).named("net");

  const Picture folded = picture_of(net, with(Weighted_sums::folded)), recorded = picture_of(net);

  CHECK(folded.boxes.size() == 6);
  CHECK(box(folded, "net").formula == "w1 * x1 + w2 * x2 + b");
  CHECK(derivative(folded, "w2", "net") == 7.0);
  CHECK(derivative(folded, "x2", "net") == -2.0);
  CHECK(recorded.boxes.size() == 7);
  CHECK(box(recorded, "w1 * x1 + w2 * x2").data == -12.5);
}

TEST_CASE("folding leaves alone what has a name or another use, and what is no product", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(3.0, "b");
  const Value named = (a * b).named("ab"), twice = b * b, sine = sin(a);
  const Value L = (named + twice + sine + exp(twice)).named("L");

  const Picture picture = picture_of(L, with(Weighted_sums::folded));

  CHECK(arrows(picture) == std::multiset<std::string>{"a -> ab", "b -> ab", "b -> b * b", "b -> b * b",
                                                      "a -> sin(a)", "b * b -> exp(b * b)", "ab -> L",
                                                      "b * b -> L", "sin(a) -> L", "exp(b * b) -> L"});
  CHECK(derivative(picture, "b * b", "L") == 1.0);
}

TEST_CASE("folding makes a constant of what is calculated from constants, unless it has a name",
          "[picture]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), half = graph.constant(1.0) / 2.0;
  const Value third = (graph.constant(1.0) / 3.0).named("third");
  const Value L = (half * square(a - (-graph.constant(4.0))) * third).named("L");
  L.backward();

  const Picture folded = picture_of(L, with(Weighted_sums::folded)), recorded = picture_of(L);

  CHECK(box(folded, "L").formula == "1 / 2 * (a - (-4))^2 * third");
  CHECK(box(folded, "third").kind == Kind::computed);
  CHECK(recorded.boxes.size() == folded.boxes.size() + 3);  // the 1 and the 2 of 1/2, and the 4 of -4
  std::multiset<double> constants;
  for (const Picture::Box& one : folded.boxes) {
    if (one.kind != Kind::constant) continue;
    constants.insert(one.data);
    CHECK_FALSE(one.grad.has_value());
  }
  CHECK(constants == std::multiset<double>{-4.0, 0.5, 1.0, 3.0});
  for (const Picture::Arrow& arrow : folded.arrows) {
    const bool from_constant = folded.boxes[arrow.from].kind == Kind::constant;
    CHECK(arrow.local_derivative.has_value() == !from_constant);
  }
  Picture_options exact = with(Weighted_sums::folded);
  exact.max_boxes = folded.boxes.size();
  CHECK_NOTHROW(picture_of(L, exact));
  exact.max_boxes -= 1;
  CHECK_THROWS_AS(picture_of(L, exact), bp::Picture_too_large);
}

TEST_CASE("a use outside the picture does not keep a product from being folded", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(3.0, "b");
  const Value product = a * b, L = (product + a).named("L");
  exp(product);

  CHECK(picture_of(L, with(Weighted_sums::folded)).boxes.size() == 3);
}

TEST_CASE("a folded sum without names says what it is", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(2.0), b = graph.leaf(3.0);

  const Picture picture = picture_of(tanh(a * b + a), with(Weighted_sums::folded));

  CHECK(box(picture, "weighted sum").data == 8.0);
}

TEST_CASE("a sum of a hundred thousand terms folds into one box", "[picture]") {
  Graph graph;
  const Value a = graph.leaf(0.5, "a"), b = graph.leaf(2.0, "b");
  Value total = a * b;
  for (int i = 1; i < 100000; ++i) total = total + 3.0 * b;
  Picture_options options = with(Weighted_sums::folded);
  options.max_boxes = 200000;

  const Picture picture = picture_of(total, options);

  CHECK(picture.boxes.size() == 3 + 99999);
  CHECK(picture.arrows.size() == 200000);
  CHECK(picture.boxes.back().formula == "a * b + 3 * b + \u2026 + 3 * b");
}

TEST_CASE("a dot unfolds into its products and their sum", "[picture]") {
  Graph graph;
  const std::vector<Value> w = {graph.leaf(0.5, "w1"), graph.leaf(-2.0, "w2")},
                           x = {graph.leaf(3.0, "x1"), w[0]};
  const Value net = dot(w, x).named("net"), L = exp(net).named("L");
  L.backward(0.25);

  const Picture picture = picture_of(L, with(Weighted_sums::unfolded));

  CHECK(arrows(picture) == std::multiset<std::string>{"w1 -> w1 * x1", "x1 -> w1 * x1", "w2 -> w2 * w1",
                                                      "w1 -> w2 * w1", "w1 * x1 -> net", "w2 * w1 -> net",
                                                      "net -> L"});
  CHECK(box(picture, "w1 * x1").data == 1.5);
  CHECK(box(picture, "w1 * x1").grad == net.grad());
  CHECK_FALSE(box(picture, "w1 * x1").is_root);
  CHECK(box(picture, "w2 * w1").id == "n3_1");
  CHECK(derivative(picture, "w2", "w2 * w1") == 0.5);
  CHECK(derivative(picture, "w2 * w1", "net") == 1.0);
}

TEST_CASE("too many boxes are refused with their number and what to do", "[picture]") {
  Graph graph;
  Value y = graph.leaf(0.1, "x");
  for (int i = 0; i < 1200; ++i) y = sin(y) * 2.0;
  Picture_options enough;
  enough.max_boxes = 1 + 3 * 1200;

  CHECK_THROWS_WITH(picture_of(y), bp::test::contains_text("3601 boxes") && bp::test::contains_text("1000") &&
                                       bp::test::contains_text("max_boxes"));
  CHECK_THROWS_AS(picture_of(y), std::invalid_argument);
  CHECK_THROWS_AS(picture_of(graph), std::invalid_argument);
  CHECK(picture_of(y, enough).boxes.size() == enough.max_boxes);
  enough.max_boxes -= 1;
  CHECK_THROWS_AS(picture_of(y, enough), std::invalid_argument);
}

TEST_CASE("the number of boxes that is checked is the number that is drawn, folded and unfolded",
          "[picture]") {
  bp::test::Worked_example example;
  const std::vector<Value> w = {example.w1, example.w2}, x = {example.i1, example.i2};
  const Value root = dot(w, x) + 2.0 * example.E_total;
  for (Weighted_sums how : {Weighted_sums::as_recorded, Weighted_sums::folded, Weighted_sums::unfolded}) {
    Picture_options options = with(how);
    options.max_boxes = picture_of(root, options).boxes.size();

    CHECK_NOTHROW(picture_of(root, options));
    options.max_boxes -= 1;
    CHECK_THROWS_AS(picture_of(root, options), std::invalid_argument);
  }
}

TEST_CASE("a stale value, no value, an empty graph and absurd digits are refused", "[picture]") {
  Graph graph;
  CHECK_THROWS_AS(picture_of(graph), std::invalid_argument);
  CHECK_THROWS_AS(picture_of(Value()), std::invalid_argument);
  const Value a = graph.leaf(2.0, "a");
  const Graph::Mark mark = graph.mark();
  const Value stale = exp(a);
  graph.rewind(mark);
  CHECK_THROWS_AS(picture_of(stale), std::out_of_range);
  Picture_options options;
  for (int digits : {0, -1, 18}) {
    options.digits = digits;
    CHECK_THROWS_AS(picture_of(a, options), std::invalid_argument);
  }
}
