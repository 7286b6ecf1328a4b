#include "engine/worksheet/from_graph.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "engine/worksheet/check.h"
#include "engine/worksheet/solution.h"
#include "engine/worksheet/solution_text.h"
#include "tests/support/catch2.h"

using namespace bp;

namespace {

std::vector<std::string> names_of(const Worksheet& sheet) {
  std::vector<std::string> names;
  for (const Definition& definition : sheet.definitions) names.push_back(definition.name);
  return names;
}

}  // namespace

TEST_CASE("a recorded calculation becomes a worksheet of its leaves and named values", "[from_graph]") {
  Graph graph;
  const Value a = graph.leaf(-2, "a"), unused = graph.leaf(5, "unused"), b = graph.leaf(3, "b");
  const Value d = (a * b).named("d");
  const Value L = (d * (d + a)).named("L");  // d + a has no name
  const Value later = L * unused;

  const Worksheet sheet = worksheet_of(L, "lesson 4");
  sheet.loss.backward();

  CHECK(names_of(sheet) == std::vector<std::string>{"a", "b", "d", "L"});
  CHECK(sheet.file == "lesson 4");
  CHECK(sheet.graph->size() == 5);
  CHECK(sheet.loss.data() == 48);      // (-6) * (-6 - 2)
  CHECK(sheet.at("a").grad() == -48);  // L = a^2 b (b + 1), dL/da = 2ab(b + 1)
  CHECK(sheet.at("b").grad() == 28);   // a^2 (2b + 1)
  CHECK(sheet.train.empty());
  CHECK_FALSE(sheet.learning_rate);
  CHECK_FALSE(a.has_grad());  // it is a copy
  CHECK(later.data() == 240);
}

TEST_CASE("leaves and a root without a name are called by their place", "[from_graph]") {
  Graph graph;
  const Value x = graph.leaf(2), y = graph.leaf(5);
  const Value root = 3.0 * x * y;

  const Worksheet sheet = worksheet_of(root, "");

  CHECK(names_of(sheet) == std::vector<std::string>{"v0", "v1", "v4"});
  CHECK(sheet.loss.name() == "v4");
}

TEST_CASE("of two values with one name the second gets its place, too", "[from_graph]") {
  Graph graph;
  const Value w = graph.leaf(2, "w"), other = graph.leaf(5, "w"), taken = graph.leaf(1, "w#3");
  const Value third = (w * other).named("w");

  const Worksheet sheet = worksheet_of(third * taken, "");

  CHECK(names_of(sheet) == std::vector<std::string>{"w", "w#1", "w#3", "w#3#3", "v4"});
}

TEST_CASE("a worksheet of a calculation is solved and checked like any other", "[from_graph]") {
  Graph graph;
  const Value x = graph.leaf(0.5, "x"), w = graph.leaf(-2, "w");
  const Value E = square(w * x - 1.0).named("E");

  const Worksheet sheet = worksheet_of(E, "neuron");

  CHECK(check_worksheet(sheet).wrong == 0);
  CHECK(solution_as_text(solve(sheet)).find("dE/dw") != std::string::npos);
}

TEST_CASE("a value of no graph is refused, and so is a stale one", "[from_graph]") {
  Graph graph;
  const Value x = graph.leaf(1, "x");
  const auto mark = graph.mark();
  const Value gone = x * x;
  graph.rewind(mark);

  CHECK_THROWS_AS(worksheet_of(Value(), ""), std::invalid_argument);
  CHECK_THROWS_AS(worksheet_of(gone, ""), std::out_of_range);
}
