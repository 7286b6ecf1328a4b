#include "viz/tree.h"

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"
#include "viz/text.h"

using bp::Graph, bp::Tree_options, bp::Value, bp::Value_mark, bp::Verdict, bp::to_tree;
using bp::test::contains_text;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t broadest(const std::string& text) {
  std::size_t columns = 0;
  for (const std::string& line : lines_of(text)) columns = std::max(columns, bp::character_count(line));
  return columns;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t i = text.find(what); i != std::string::npos; i = text.find(what, i + 1)) ++found;
  return found;
}

// y = (a b + a)^2: a b + a is 8, dy/da = 2 * 8 * (b + 1) = 64, dy/db = 2 * 8 * a = 32.
struct Example {
  Graph graph;
  Value a = graph.leaf(2.0, "a"), b = graph.leaf(3.0, "b");
  Value sum = (a * b + a).named("sum"), y = square(sum).named("y");
};

// A chain of `length` named values over a leaf.
Value chain(Graph& graph, int length) {
  Value v = graph.leaf(0.5, "x");
  for (int i = 1; i <= length; ++i) v = sin(v).named("s" + std::to_string(i));
  return v;
}

}  // namespace

TEST_CASE("a tree has a line for each named value, with its formula, number and gradient", "[tree]") {
  Example example;
  example.y.backward();

  CHECK(to_tree(example.y) ==
        "                     data   grad\n"
        "y = sum^2              64      1\n"
        "└─ sum = a * b + a      8     16\n"
        "   ├─ a                 2     64\n"
        "   └─ b                 3     32\n");
}

TEST_CASE("a gradient that was not computed is a dash", "[tree]") {
  Example example;

  CHECK_THAT(to_tree(example.y), contains_text("y = sum^2              64      \u2013\n"));
}

TEST_CASE("a shared value is shown where it first comes up, and then referred to", "[tree]") {
  bp::test::Worked_example example;
  example.E_total.backward();

  const std::string tree = to_tree(example.E_total);

  CHECK(count(tree, "out_h1 = sigmoid(net_h1)") == 1);
  CHECK(count(tree, "out_h1 (shown above)") == 1);
  CHECK(count(tree, "net_h1 = w1 * i1 + w2 * i2 + b1") == 1);
  CHECK(count(tree, "b1 (shown above)") == 1);
  CHECK(tree.find("out_h1 = ") < tree.find("out_h1 (shown above)"));
  // 14 leaves and 11 computed values have names; the heads of the columns; out_h1, out_h2, i1, i2, b1 and b2
  // once more.
  CHECK(lines_of(tree).size() == 25 + 1 + 6);
}

TEST_CASE("x * x names x once", "[tree]") {
  Graph graph;
  const Value x = graph.leaf(3.0, "x"), y = (x * x).named("y");

  CHECK(lines_of(to_tree(y)).size() == 3);
}

TEST_CASE("a root and a leaf without a name have lines all the same", "[tree]") {
  Graph graph;
  const Value x = graph.leaf(3.0), y = exp(x);

  const std::vector<std::string> lines = lines_of(to_tree(y));

  REQUIRE(lines.size() == 3);
  CHECK(lines[1].rfind("exp ", 0) == 0);
  CHECK(lines[2].rfind("└─ leaf ", 0) == 0);
}

TEST_CASE("several roots have a tree each, and what they share is shown once", "[tree]") {
  Example example;
  const std::vector<Value> roots = {example.y, (example.sum - 1.0).named("z"), example.b};

  const std::string tree = to_tree(roots);

  CHECK_THAT(tree, contains_text("\n\nz = sum - 1 ") && contains_text("\n└─ sum (shown above)\n"));
  CHECK(count(tree, "\n\n") == 1);
}

TEST_CASE("right claims share a line below their value, and each wrong one has its own", "[tree]") {
  Example example;
  example.y.backward();
  const std::vector<Value_mark> marks = {{example.a, {"a", "2", Verdict::right}},
                                         {example.a, {"dy/da", "6.", Verdict::truncated}},
                                         {example.a, {"dy/da", "48", Verdict::wrong}},
                                         {example.a, {"a'", "1.5", Verdict::right}},
                                         {example.sum, {"sum", "7", Verdict::wrong}}};
  Tree_options options;
  options.marks = marks;

  CHECK_THAT(to_tree(example.y, options), contains_text("   │  ✗ wrong: sum = 7\n"
                                                        "   ├─ a                 2     64\n"
                                                        "   │     ✓ a = 2   ✓ dy/da = 6. (cut off)\n"
                                                        "   │     ✗ wrong: dy/da = 48\n"
                                                        "   │     ✓ a' = 1.5\n"
                                                        "   └─ b "));
}

TEST_CASE("with a value named, only its paths are shown", "[tree]") {
  bp::test::Worked_example example;
  example.E_total.backward();
  Tree_options options;
  options.from = example.w1;

  const std::string tree = to_tree(example.E_total, options);

  // E_total, E_o1, out_o1, net_o1, out_h1, net_h1, w1, E_o2, out_o2, net_o2, and out_h1 once more.
  CHECK(lines_of(tree).size() == 1 + 11);
  CHECK_THAT(tree, contains_text("└─ w1 ") && contains_text("└─ out_h1 (shown above)") &&
                       !contains_text("out_h2 =") && !contains_text("─ t1"));
  CHECK_THAT(tree, !contains_text("not shown"));
  options.from = example.E_total;
  CHECK(lines_of(to_tree(example.E_total, options)).size() == 2);
  options.from = example.w7;
  CHECK_THROWS_WITH(to_tree(example.E_o1, options), contains_text("no path leads from w7 to E_o1"));
}

TEST_CASE("a deep tree goes on further down, and stays narrow", "[tree]") {
  Graph graph;
  const Value y = chain(graph, 30);
  y.backward();

  const std::string tree = to_tree(y);

  CHECK(broadest(tree) <= 100);
  CHECK(count(tree, "(goes on below)") == 2);
  CHECK_THAT(tree, contains_text("s18 (goes on below)\n\ns18 = sin(s17) "));
  for (int i = 1; i <= 30; ++i) CHECK(count(tree, "s" + std::to_string(i) + " = sin") == 1);
  CHECK_THAT(tree, !contains_text("not shown"));
}

TEST_CASE("a long tree is cut, and its last line says how many values are missing", "[tree]") {
  Graph graph;
  const Value y = chain(graph, 100'000);
  Tree_options options;
  options.most_lines = 10;

  const std::string tree = to_tree(y, options);

  CHECK(lines_of(tree).size() == 1 + 10 + 2);
  CHECK_THAT(tree, contains_text("\n\n99,991 more values are not shown.\n"));
  options.most_lines = 1'000'000;
  CHECK_THAT(to_tree(chain(graph, 300), options), !contains_text("not shown"));
}

TEST_CASE("a sum of a hundred thousand values without names is no deep tree", "[tree]") {
  Graph graph;
  Value total = graph.leaf(0.5, "x");
  for (int i = 0; i < 100'000; ++i) total = total + 1.0;

  const std::string tree = to_tree(total.named("total"));

  CHECK(lines_of(tree).size() == 3);
  CHECK_THAT(tree, contains_text("total = + ") && contains_text("└─ x "));
}

TEST_CASE("no line is longer than 100 columns, whatever names and digits there are", "[tree]") {
  Graph graph;
  Value v = graph.leaf(-1.2345678901234567e-300, std::string(1000, 'n'));
  for (int i = 0; i < 40; ++i) v = (v * -0.333 + v).named(std::string(1000, static_cast<char>('a' + i % 26)));
  v.backward();
  const std::vector<Value_mark> marks(5, {v, {std::string(500, 'm'), std::string(500, '1'), Verdict::right}});
  Tree_options options;
  options.digits = 17;
  options.marks = marks;

  CHECK(broadest(to_tree(v, options)) <= 100);
}

TEST_CASE("colour adds codes and changes nothing else", "[tree]") {
  Example example;
  const std::vector<Value_mark> marks = {{example.a, {"a", "2", Verdict::right}},
                                         {example.b, {"b", "2", Verdict::wrong}}};
  Tree_options plain, coloured;
  plain.marks = coloured.marks = marks;
  coloured.colour = true;

  std::string tree = to_tree(example.y, coloured);

  CHECK_THAT(tree,
             contains_text("\033[32m✓ a = 2\033[0m") && contains_text("\033[1;31m✗ wrong: b = 2\033[0m"));
  for (std::size_t i = tree.find('\033'); i != std::string::npos; i = tree.find('\033')) {
    tree.erase(i, tree.find('m', i) + 1 - i);
  }
  CHECK(tree == to_tree(example.y, plain));
}

TEST_CASE("absurd digits, no root, a stale and a foreign value are refused", "[tree]") {
  Example example, other;
  Tree_options options;
  for (const int digits : {0, 18, -1}) {
    options.digits = digits;
    CHECK_THROWS_AS(to_tree(example.y, options), std::invalid_argument);
  }
  CHECK_THROWS_AS(to_tree(std::vector<Value>()), std::invalid_argument);
  CHECK_THROWS_AS(to_tree(Value()), std::invalid_argument);
  CHECK_THROWS_AS(to_tree(std::vector<Value>{example.y, other.y}), std::invalid_argument);
  options = {};
  options.from = other.a;
  CHECK_THROWS_AS(to_tree(example.y, options), std::invalid_argument);
  const Graph::Mark mark = example.graph.mark();
  const Value stale = exp(example.y);
  example.graph.rewind(mark);
  CHECK_THROWS_AS(to_tree(stale), std::out_of_range);
}
