// Names that would break a picture if they were let in as they are.
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/viz/dot_reader.h"
#include "tests/viz/xml.h"
#include "viz/dot.h"
#include "viz/render.h"

using bp::Graph, bp::Value, bp::to_dot;
using bp::test::read_dot, bp::test::Read_graph;

namespace {

const std::string replaced = "\xEF\xBF\xBD";  // U+FFFD

struct Hostile {
  std::string name, shown;
};

const std::vector<Hostile> hostile_names = {
    {"</table>", "</table>"},
    {"<b>bold</b>", "<b>bold</b>"},
    {"<script>alert(1)</script>", "<script>alert(1)</scrip\u2026"},
    {"\"quoted\"", "\"quoted\""},
    {"it's", "it's"},
    {">];n0->n1[x=<", ">];n0->n1[x=<"},
    {"}\ndigraph evil {", "} digraph evil {"},
    {"a & b", "a & b"},
    {"&lt;", "&lt;"},
    {"&amp;amp;", "&amp;amp;"},
    {"&alpha; &#65;", "&alpha; &#65;"},
    {"]]>", "]]>"},
    {"<!-- -->", "<!-- -->"},
    {"\\", "\\"},
    {"\\N\\G\\L", "\\N\\G\\L"},
    {"\\n\\\\", "\\n\\\\"},
    {"{a|b}", "{a|b}"},
    {"one\ntwo\r\nthree", "one two three"},
    {std::string("nul\0nul", 7), "nul" + replaced + "nul"},
    {"\x1b[31m", replaced + "[31m"},
    {"bad\xff\xc3", "bad" + replaced + replaced},
    {"caf\u00e9 \u03b8\u2081", "caf\u00e9 \u03b8\u2081"},
    {"\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"},
    {"\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"},
    {"\U0001F600\U0001F525", "\U0001F600\U0001F525"},
    {"\u202egrad", replaced + "grad"},
    {"%s%n %d", "%s%n %d"},
    {"{} {0}", "{} {0}"},
    {std::string(10000, 'x'), std::string(23, 'x') + "\u2026"},
    {std::string(10000, '<'), std::string(23, '<') + "\u2026"},
};

// SVG keeps several spaces together with U+00A0.
std::string without_double_spaces(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool no_break = text.compare(i, 2, "\u00a0") == 0;
    if (no_break) ++i;
    const char c = no_break ? ' ' : text[i];
    if (c != ' ' || result.empty() || result.back() != ' ') result += c;
  }
  return result;
}

}  // namespace

TEST_CASE("a hostile name stands in the head as text and changes nothing else", "[dot][names]") {
  for (const Hostile& hostile : hostile_names) {
    INFO("the name " << hostile.shown);
    Graph graph;
    const Value a = graph.leaf(2.0, hostile.name), b = graph.leaf(3.0, "b");
    const Value root = exp(a * b).named(hostile.name);

    const Read_graph read = read_dot(to_dot(root));

    CHECK(read.nodes.size() == 4);
    CHECK(read.arrows.size() == 3);
    CHECK(read.nodes.at("n0").head == hostile.shown);
    CHECK(read.nodes.at("n0").rows.size() == 2);
    CHECK(read.nodes.at("n0").rows.at("data") == "2");
    CHECK(read.nodes.at("n3").head.rfind(hostile.shown + " = exp", 0) == 0);
  }
}

TEST_CASE("a hostile name is the same text in the SVG, which stays well-formed", "[dot][names]") {
  for (const Hostile& hostile : hostile_names) {
    INFO("the name " << hostile.shown);
    Graph graph;
    bp::Picture_options options;
    options.title = hostile.name.substr(0, 24);

    const bp::Rendered svg = render(to_dot(graph.leaf(2.0, hostile.name), options), bp::Picture_format::svg);

    const std::string text = bp::test::text_of(bp::test::read_xml(svg.bytes));
    CHECK(svg.note.empty());
    CHECK_THAT(without_double_spaces(text), bp::test::contains_text(" " + hostile.shown + " "));
  }
}

TEST_CASE("a hostile name is one line of a formula too", "[dot][names]") {
  Graph graph;
  const Value a = graph.leaf(2.0, "</td>&"), b = graph.leaf(3.0, "x\\N"), c = graph.leaf(1.0, "t - o");

  const Read_graph read = read_dot(to_dot((a * b * c).named("L")));

  CHECK(read.node("L").head == "L = (</td>&) * x\\N * (t - o)");
}

TEST_CASE("a value whose name is blank is drawn as one without a name", "[dot][names]") {
  Graph graph;
  const Value a = graph.leaf(2.0, " \n "), b = graph.leaf(3.0);

  const Read_graph read = read_dot(to_dot(a + b));

  CHECK(read.nodes.at("n0").head == "leaf");
  CHECK(read.nodes.at("n1").head == "leaf");
  CHECK(read.nodes.at("n2").head == "+");
}

TEST_CASE("values that share a name are boxes of their own", "[dot][names]") {
  Graph graph;
  const Value first = graph.leaf(2.0, "w"), second = graph.leaf(3.0, "w");

  const Read_graph read = read_dot(to_dot(first * second));

  CHECK(read.nodes.size() == 3);
  CHECK(read.nodes.at("n2").head == "w * w");
}
