#include "viz/page.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"
#include "viz/page/groups.h"
#include "viz/page/operations.h"
#include "viz/page/plan.h"

using namespace bp;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// E = (a b - 1)^2 / 2: two leaves, one value between, of which each is used once.
Worksheet small_sheet() {
  return parse_worksheet(
      "a = 3\nb = 0.5\nab = a*b\nE = 1/2*(ab - 1)^2\nloss E\ntrain a b\nlearning_rate 0.1\n"
      "claim ab = 1.5\nclaim dE/db = 3\n",
      "folder/small.bp");
}

Page_model model_of(const Worksheet& worksheet) {
  return page_model_of(worksheet, check_worksheet(worksheet), 6);
}

// A chain of tanh with a value that each link uses.
Value chain(Graph& graph, int links) {
  const Value w = graph.leaf(0.5, "w");
  Value value = graph.leaf(0.25, "x");
  for (int i = 0; i < links; ++i) value = tanh(value + w);
  return value.named("L");
}

}  // namespace

TEST_CASE("each value of a worksheet is a box of its page, each use of it an arrow", "[page]") {
  const std::string html = page_of(small_sheet());

  CHECK(count(html, "<g class=\"box ") == 4);
  CHECK(count(html, "<g class=\"arrow\"") == 3);
  CHECK(count(html, "<text class=\"data\"") == 4);
  CHECK(count(html, "<text class=\"grad\"") == 4);
  CHECK(has(html, R"(data-from="ab" data-to="E")"));
  CHECK(has(html, "<title>small.bp</title>"));
}

TEST_CASE("uses come in the order of the backward sweep, each with what it adds", "[page]") {
  const Worksheet worksheet = small_sheet();

  const Page_model model = model_of(worksheet);

  REQUIRE(model.uses.size() == 3);
  CHECK(model.boxes[model.uses[0].to].name == "ab");  // from E first,
  CHECK(model.boxes[model.uses[0].from].name == "E");
  CHECK(model.boxes[model.uses[1].to].name == "a");  // then from ab, its inputs in their order
  CHECK(model.boxes[model.uses[2].to].name == "b");
  for (const Page_model::Use& use : model.uses) CHECK(use.formula.has_value());
  CHECK(model.boxes[model.loss].name == "E");
  CHECK(model.train.size() == 2);
}

TEST_CASE("a use that the loss does not depend on adds nothing", "[page]") {
  const Worksheet worksheet = parse_worksheet("x = 2\naside = 3*x\nE = x^2\nloss E\n", "sheet");

  const Page_model model = model_of(worksheet);

  REQUIRE(model.uses.size() == 2);
  for (const Page_model::Use& use : model.uses) {
    CHECK(use.formula.has_value() == (model.boxes[use.from].name == "E"));
  }
}

TEST_CASE("a value that a formula uses twice has two arrows to it", "[page]") {
  Graph graph;
  const Value x = graph.leaf(3.0, "x");

  const std::string html = page_of((x * x).named("y"));

  CHECK(count(html, R"(data-from="x" data-to="y")") == 2);
}

TEST_CASE("a wrong claim is in the page with its diagnosis, and marks its box", "[page]") {
  const std::string html = page_of(small_sheet());

  CHECK(count(html, "class=\"badge\"") == 1);
  CHECK(has(html, R"("target":"dE/db","written":"3","truth":"1.5","verdict":"wrong","diagnosis":[")"));
  CHECK(has(html, R"("target":"ab","written":"1.5","truth":"1.5","verdict":"right","diagnosis":[])"));
}

TEST_CASE("the page of the worked example is one file of less than 1 MB that loads nothing", "[page]") {
  test::Worked_example example;

  const std::string html = page_of(example.E_total);

  CHECK(html.size() < 1'000'000);
  CHECK(count(html, "<g class=\"box ") == 25);  // 14 leaves, 11 values
  CHECK(has(html, "default-src 'none'"));
  for (const std::string_view loads : {"http://", "https://", "src=", "@import", "url("}) {
    INFO(loads);
    CHECK_FALSE(has(html, loads));
  }
}

TEST_CASE("the same worksheet gives the same bytes", "[page]") {
  CHECK(page_of(small_sheet()) == page_of(small_sheet()));
}

TEST_CASE("the table of operations is in the page as the engine has it", "[page]") {
  const std::string table = operations_as_javascript();

  CHECK(has(table, "tanh: { value: (x) => tanh(x), dx: (x, out) => 1.0 / square(cosh(x)) }"));
  CHECK(
      has(table, "div: { value: (x, y) => x / y, dx: (x, y, out) => 1.0 / y, dy: (x, y, out) => -out / y }"));
  CHECK(count(table, "value:") == op_count - 2 - 5);  // but leaf, constant, and those of any number of inputs
}

TEST_CASE("no name becomes markup or a script, whatever stands in it", "[page]") {
  Graph graph;
  const std::string_view names[] = {
      "</script><script>alert(1)</script>", "\"onload='x'", "<b>&amp;", "\u202Eabc", "😀 ünï", "a\nb", "\xFF"};
  Value sum = graph.leaf(1.0, "</svg>");
  for (const std::string_view name : names) sum = sum + graph.leaf(2.0, name);

  const std::string html = page_of(sum.named("]]>"), {.title = "<title>"});

  CHECK_FALSE(has(html, "<script>alert"));
  CHECK_FALSE(has(html, "<b>&"));
  CHECK_FALSE(has(html, "\"\"onload"));
  CHECK_FALSE(has(html, "\u202E"));
  CHECK_FALSE(has(html, "\xFF"));
  CHECK(count(html, "</svg>") == 1);
  CHECK(count(html, "</script>") == 3);  // two of numbers, one of the scripts
  CHECK(has(html, "data-name=\"😀 ünï\""));
  CHECK(has(html, "data-name=\"a b\""));
}

TEST_CASE("among names, what has none is a part of a line; among few, it is a box", "[page]") {
  Graph graph;
  const Value x = graph.leaf(2.0, "x");
  const Value half = 0.5 * exp(x);  // two nodes without a name, and those with one beside them

  const std::string few = page_of(half), most = page_of((half + 1.0).named("y") * x.graph().leaf(2.0, "z"));

  CHECK(count(few, "<g class=\"box ") == 3);
  CHECK(count(most, "<g class=\"box ") == 5);
  CHECK(count(page_of((exp(x) + 1.0).named("y")), "<g class=\"box ") == 2);
}

TEST_CASE("a line has the signs of print, and names as they are", "[page]") {
  Graph graph;
  const Value x = graph.leaf(2.0, "x-1"), y = graph.leaf(3.0, "y");

  const Value p = (x * y).named("p"), q = (1e-7 * y).named("q");

  const std::string html = page_of((p - q).named("z"));

  CHECK(has(html, "\"text\":\"x-1 \u00d7 y\""));
  CHECK(has(html, "\"text\":\"1e\u22127 \u00d7 y\""));
  CHECK(has(html, "\"text\":\"p \u2212 q\""));
}

TEST_CASE("values of one name, or of none, can be told apart", "[page]") {
  Graph graph;
  const Value a = graph.leaf(1.0, "w"), b = graph.leaf(2.0, "w"), c = graph.leaf(3.0);

  const Value sum = a * b + c;

  const std::string html = page_of(exp(sum));

  CHECK(has(html, "data-name=\"w#0\""));
  CHECK(has(html, "data-name=\"w#1\""));
  CHECK(has(html, "data-name=\"v2\""));  // the leaf; a * b is a part of the sum v4
  CHECK_FALSE(has(html, "data-name=\"v3\""));
  CHECK(has(html, "data-name=\"v4\""));
}

TEST_CASE("a graph is only read, and may say how it is trained", "[page]") {
  Graph graph;
  const Value w = graph.leaf(2.0, "w"), x = graph.leaf(3.0, "x");
  const Value L = square(w * x);
  L.backward(0.5);

  const std::string html = page_of(L, {.learning_rate = 0.25, .train = {w}});

  CHECK(w.grad() == 0.5 * 2.0 * 6.0 * 3.0);
  CHECK(has(html, R"("rate":0.25,"train":[0])"));
}

TEST_CASE("what is no calculation, or cannot be trained, is refused", "[page]") {
  Graph graph, other;
  const Value x = graph.leaf(1.0, "x"), y = exp(x);

  CHECK_THROWS_AS(page_of(x), std::invalid_argument);
  CHECK_THROWS_AS(page_of(Value()), std::invalid_argument);
  CHECK_THROWS_AS(page_of(y, {.digits = 18}), std::invalid_argument);
  CHECK_THROWS_AS(page_of(y, {.learning_rate = 1.0, .train = {y}}), std::invalid_argument);
  CHECK_THROWS_AS(page_of(y, {.learning_rate = 1.0, .train = {other.leaf(1.0)}}), std::invalid_argument);
  CHECK_THROWS_AS(write_page(y, "no such folder/page.html"), std::runtime_error);
}

TEST_CASE("what a drawing of a large graph shows covers all of it, in few boxes", "[page]") {
  Graph graph;
  const Value loss = chain(graph, 2000);

  const std::string html = page_of(loss);

  const std::size_t end = html.find("</svg>");
  const std::string whole = html.substr(0, end);
  CHECK(count(whole, "<g class=\"box ") <= 150);
  CHECK(count(whole, "<g class=\"box group\"") >= 1);
  CHECK(has(html, "Left out: "));  // and says what cannot be opened
}

TEST_CASE("in each drawing a value is in one box at most, and an opened group shows its own", "[page]") {
  Page_model model;
  for (std::size_t i = 0; i < 300; ++i) {
    Page_model::Box box;
    box.name = "b" + std::to_string(i);
    box.place = i;
    model.boxes.push_back(box);
    if (i > 0) model.uses.push_back({i - 1, i, i, 0, {}});
  }
  cut_into_stretches(model);

  const Page_plan whole = page_plan(model, {}), first = page_plan(model, 0);

  REQUIRE(model.groups.size() == 10);  // of 30 boxes each
  CHECK(whole.units.size() == 10);
  CHECK(whole.arrows.size() == 9);
  CHECK(first.units.size() == 31);  // and the next stretch, closed
  CHECK(std::count_if(first.units.begin(), first.units.end(),
                      [](const auto& unit) { return unit.is_group; }) == 1);
  CHECK(first.arrows.size() == 30);
}
