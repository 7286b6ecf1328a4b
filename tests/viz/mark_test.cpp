// Claims beside values, and paths that stand out.
#include "viz/mark.h"

#include <stdexcept>
#include <string>

#include "tests/support/catch2.h"
#include "tests/viz/dot_reader.h"
#include "tests/viz/worked_example.h"
#include "viz/dot.h"

using bp::Graph, bp::Mark, bp::Picture, bp::Value, bp::Verdict, bp::picture_of, bp::to_dot;
using bp::test::contains_text, bp::test::read_dot, bp::test::Read_graph;
using Stress = bp::Picture::Stress;

namespace {

const Picture::Box& box(const Picture& picture, Value of) {
  for (const Picture::Box& one : picture.boxes) {
    if (one.id == "n" + std::to_string(of.index())) return one;
  }
  throw std::runtime_error("no box");
}

// y = a b + a, with products folded into the sum or not.
struct Example {
  Graph graph;
  Value a = graph.leaf(2.0, "a"), b = graph.leaf(3.0, "b"), ab = a * b, y = (ab + a).named("y");
  Picture folded() const {
    bp::Picture_options options;
    options.weighted_sums = bp::Weighted_sums::folded;
    return picture_of(y, options);
  }
};

}  // namespace

TEST_CASE("a claim is a row of its box: a check, what it is of, and the number as written", "[mark]") {
  Example example;
  Picture picture = picture_of(example.y);

  add_mark(picture, example.y, {"y", "8.00", Verdict::right});
  add_mark(picture, example.a, {"dy/da", "4.000", Verdict::right});
  add_mark(picture, example.a, {"a'", "1.9", Verdict::truncated});

  const Read_graph read = read_dot(to_dot(picture));
  CHECK(read.node("y").rows.at("\u2713 y") == "8.00");
  CHECK(read.node("a").rows.at("\u2713 dy/da") == "4.000");
  CHECK(read.node("a").rows.at("\u2713 a'") == "1.9 (cut off)");
  CHECK(read.node("b").rows.size() == 2);
  CHECK_THAT(read.caption, contains_text("\u2713 = a claim that is right"));
  CHECK_THAT(read_dot(to_dot(example.y)).caption, !contains_text("claim"));
}

TEST_CASE("a wrong claim has a cross, bold letters and a frame, which no right one has", "[mark]") {
  Example example;
  Picture picture = picture_of(example.y);

  add_mark(picture, example.a, {"dy/da", "3", Verdict::wrong});
  add_mark(picture, example.b, {"dy/db", "2", Verdict::right});

  const Read_graph read = read_dot(to_dot(picture));
  CHECK(read.node("a").rows.at("\u2717 dy/da") == "3");
  CHECK_THAT(read.node("a").label, contains_text("<b>\u2717 dy/da</b>") && contains_text("<b>3</b>"));
  CHECK_THAT(read.node("a").label, contains_text("<table border=\"2\""));
  CHECK_THAT(read.node("b").label, !contains_text("border=\"2\"") && !contains_text("\u2717"));
}

TEST_CASE("what a claim says is one harmless line", "[mark]") {
  Example example;
  Picture picture = picture_of(example.y);

  add_mark(picture, example.a, {"<b>&\n" + std::string(80, 'x'), std::string(80, '1'), Verdict::truncated});

  const Read_graph read = read_dot(to_dot(picture));
  const std::string what = "\u2713 <b>& " + std::string(34, 'x') + "\u2026";
  CHECK(read.node("a").rows.at(what) == std::string(29, '1') + "\u2026 (cut off)");
}

TEST_CASE("the paths from a value stand out, and the rest fades", "[mark]") {
  bp::test::Worked_example example;
  example.E_total.backward();
  Picture picture = picture_of(example.E_total);

  keep_paths(picture, example.w5, example.E_total);

  for (const Value on : {example.w5, example.net_o1, example.out_o1, example.E_o1, example.E_total}) {
    CHECK(box(picture, on).stress == Stress::strong);
  }
  for (const Value off : {example.w6, example.out_h1, example.t1, example.net_o2, example.E_o2}) {
    CHECK(box(picture, off).stress == Stress::faded);
  }
  std::size_t strong = 0;
  for (const Picture::Arrow& arrow : picture.arrows) strong += arrow.stress == Stress::strong ? 1 : 0;
  CHECK(strong == 8);  // w5, the product, two sums, out_o1, the difference, its square, E_o1, E_total
}

TEST_CASE("a path ends where it was told to, and what comes later fades", "[mark]") {
  bp::test::Worked_example example;
  Picture picture = picture_of(example.E_total);

  keep_paths(picture, example.out_h1, example.E_o2);

  CHECK(box(picture, example.E_o2).stress == Stress::strong);
  CHECK(box(picture, example.net_o2).stress == Stress::strong);
  CHECK(box(picture, example.net_o1).stress == Stress::faded);
  CHECK(box(picture, example.E_total).stress == Stress::faded);
}

TEST_CASE("what stands out has thick arrows, and what fades is grey", "[mark]") {
  Example example;
  Picture picture = picture_of(example.y);
  add_mark(picture, example.a, {"a", "3", Verdict::wrong});
  CHECK_THAT(to_dot(picture), contains_text("n1 -> n2 [penwidth=2.3,") && !contains_text("#b0b0b0"));

  keep_paths(picture, example.b, example.y);

  const std::string dot = to_dot(picture);
  const Read_graph read = read_dot(dot);
  CHECK_THAT(dot, contains_text("n1 -> n2 [penwidth=2.5, color=\"#1d5fa6\"") &&
                      contains_text("n0 -> n2 [color=\"#d8d8d8\", fontcolor=\"#b8b8b8\", label="));
  CHECK(read.node("a").rows.at("data") == "2");
  CHECK_THAT(read.node("a").label, contains_text("#b0b0b0") && !contains_text("#a40000"));
  CHECK_THAT(read.node("b").label, !contains_text("#b0b0b0"));
}

TEST_CASE("a value without a box, and one without a path, are refused", "[mark]") {
  Example example;
  const Value later = exp(example.y);
  Picture folded = example.folded(), whole = picture_of(example.y);

  CHECK_THROWS_WITH(add_mark(folded, example.ab, {}), contains_text("no box for node 2"));
  CHECK_THROWS_WITH(keep_paths(whole, example.a, later), contains_text("no box for node 4"));
  CHECK_THROWS_WITH(keep_paths(whole, example.a, example.b), contains_text("no path leads from a to b"));
  CHECK_THROWS_AS(keep_paths(whole, example.y, example.a), std::invalid_argument);
  CHECK(box(whole, example.a).stress == Stress::plain);
}
