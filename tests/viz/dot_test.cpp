// A graph as DOT: what Graphviz's library reads in it.
#include "viz/dot.h"

#include <stdlib.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <locale>
#include <set>
#include <string>

#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/dot_reader.h"
#include "tests/viz/worked_example.h"

using bp::Graph, bp::Picture_options, bp::Value, bp::to_dot;
using bp::test::read_dot, bp::test::Read_arrow, bp::test::Read_graph, bp::test::Worked_example;

namespace {

// Puts a comma where a locale may have one.
struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

}  // namespace

TEST_CASE("the default is four digits and each node of the tape in a box", "[dot]") {
  Worked_example example;
  example.E_total.backward();

  const Read_graph read = read_dot(to_dot(example.E_total));

  // A neuron has 3 boxes more: 2 products and their sum. Arrows: 8 into these and net, 1 into out; 5 into the
  // boxes of an error; 2 into E_total.
  CHECK(read.nodes.size() == 14 + 4 * 5 + 2 * (3 + 1) + 1);
  CHECK(read.arrows.size() == 4 * 9 + 2 * 5 + 2);
  CHECK(read.node("E_total").rows.at("data") == "0.2984");
  CHECK(read.node("w1").rows.at("grad") == "0.0004386");
  CHECK(read.node("w5 * out_h1").rows.at("data") == "0.2373");
  CHECK(read.arrows_to(read.id_of("out_o1")).at(0).label == "0.1868");
}

TEST_CASE("a gradient that was not computed is a dash, which the legend explains", "[dot]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), b = graph.leaf(0.0, "b");
  const Value early = (a * b).named("early");

  const Read_graph before = read_dot(to_dot(early));
  early.backward();
  const Read_graph after = read_dot(to_dot(early));

  CHECK(before.node("a").rows.at("grad") == "\u2013");
  CHECK(before.node("early").rows.at("grad") == "\u2013");
  CHECK_THAT(before.caption, bp::test::contains_text("not computed"));
  CHECK(after.node("a").rows.at("grad") == "0");
  CHECK(after.node("b").rows.at("grad") == "2");
  CHECK_THAT(after.caption, !bp::test::contains_text("not computed"));
}

TEST_CASE("nan, inf and a negative zero are shown for what they are", "[dot]") {
  Graph graph;
  const Value a = graph.leaf(-1.0, "a"), zero = graph.leaf(0.0, "zero");
  const Value root = (log(a).named("l") + (1.0 / zero).named("i") + (a * zero).named("z")).named("root");

  const Read_graph read = read_dot(to_dot(root));

  CHECK(read.node("l").rows.at("data") == "nan");
  CHECK(read.node("i").rows.at("data") == "inf");
  CHECK(read.node("z").rows.at("data") == "0");
  CHECK_THAT(read.node("l").label, bp::test::contains_text("bgcolor=\"#222222\""));
  CHECK_THAT(read.node("z").label, !bp::test::contains_text("#222222"));
}

TEST_CASE("a constant has one small node for each use and an arrow without a number", "[dot]") {
  Graph graph;
  const Value x = graph.leaf(3.0, "x");
  const Value L = ((2.0 * x) * (2.0 + x)).named("L");

  const Read_graph read = read_dot(to_dot(L));

  std::set<std::string> constants;
  for (const auto& [id, node] : read.nodes) {
    if (node.head == "2") constants.insert(id);
  }
  REQUIRE(constants.size() == 2);
  for (const std::string& id : constants) {
    CHECK(read.nodes.at(id).rows.empty());
    REQUIRE(read.arrows_from(id).size() == 1);
    CHECK(read.arrows_from(id)[0].label.empty());
  }
}

TEST_CASE("leaves, computed values and the root differ by more than colour", "[dot]") {
  Worked_example example;

  const Read_graph read = read_dot(to_dot(example.E_total));

  CHECK_THAT(read.node("w1").label, bp::test::contains_text("style=\"rounded\""));
  CHECK_THAT(read.node("net_h1").label, !bp::test::contains_text("rounded"));
  CHECK_THAT(read.node("net_h1").label, bp::test::contains_text(" border=\"1\""));
  CHECK_THAT(read.node("E_total").label, bp::test::contains_text(" border=\"3\""));
  CHECK_THAT(read.node("E_o1").label, !bp::test::contains_text(" border=\"3\""));
}

TEST_CASE("options take away gradients, numbers on arrows and the legend, and add a title", "[dot]") {
  Worked_example example;
  example.E_total.backward();
  Picture_options plain;
  plain.gradients = false;
  plain.local_derivatives = false;
  plain.legend = false;
  Picture_options titled;
  titled.title = "Gradients & \"paths\" <of> E";
  titled.direction = bp::Rank_direction::top_down;

  const std::string plain_dot = to_dot(example.E_total, plain), titled_dot = to_dot(example.E_total, titled);

  const Read_graph bare = read_dot(plain_dot);
  CHECK(bare.node("w1").rows.size() == 1);
  CHECK(bare.caption.empty());
  for (const Read_arrow& arrow : bare.arrows) CHECK(arrow.label.empty());
  CHECK_THAT(plain_dot, bp::test::contains_text("rankdir=LR"));
  CHECK_THAT(titled_dot, bp::test::contains_text("rankdir=TB"));
  CHECK_THAT(read_dot(titled_dot).caption, bp::test::contains_text(titled.title) &&
                                               bp::test::contains_text("sum over its outgoing arrows"));
}

TEST_CASE("only what leads to the root is in the text, and from the graph all of it", "[dot]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "a"), elsewhere = graph.leaf(3.0, "elsewhere");
  const Value root = exp(a).named("root");
  (elsewhere * a).named("unrelated");

  const std::string part = to_dot(root), whole = to_dot(graph);

  CHECK_THAT(part, !bp::test::contains_text("elsewhere") && !bp::test::contains_text("unrelated"));
  CHECK(read_dot(part).nodes.size() == 2);
  CHECK(read_dot(whole).nodes.size() == 4);
}

TEST_CASE("the same graph gives the same bytes", "[dot]") {
  Worked_example one, other;
  one.E_total.backward();
  other.E_total.backward();

  CHECK(to_dot(one.E_total) == to_dot(other.E_total));
  CHECK(to_dot(one.E_total) == to_dot(one.E_total));
}

TEST_CASE("the bytes do not depend on the C++ locale", "[dot]") {
  Worked_example example;
  const std::string before = to_dot(example.E_total);

  const std::locale old = std::locale::global(std::locale(std::locale::classic(), new Comma));
  const std::string during = to_dot(example.E_total);
  std::locale::global(old);

  CHECK(during == before);
}

TEST_CASE("the bytes do not depend on the C locale", "[dot]") {
  Worked_example example;
  const std::string before = to_dot(example.E_total);
  const bp::test::Place place;
  const std::string make =
      "localedef -i de_DE -f UTF-8 " + (place / "de_DE.UTF-8").string() + " >/dev/null 2>&1";
  const bool made = std::system(make.c_str()) == 0 && ::setenv("LOCPATH", place.path().c_str(), 1) == 0;
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) {
    bp::test::skip(made ? "de_DE.UTF-8 was made and cannot be used" : "localedef cannot make de_DE.UTF-8");
    return;
  }
  char comma[8];
  std::snprintf(comma, sizeof comma, "%.1f", 0.5);

  const std::string during = to_dot(example.E_total);
  std::setlocale(LC_ALL, "C");
  ::unsetenv("LOCPATH");

  CHECK(std::string(comma) == "0,5");  // the locale did take hold
  CHECK(during == before);
}
