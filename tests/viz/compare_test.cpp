// Two runs side by side.
#include "viz/compare.h"

#include <cmath>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"
#include "viz/dot.h"

using bp::Comparison, bp::Graph, bp::Picture, bp::Value, bp::compare;
using bp::test::contains_text, bp::test::Worked_example;

namespace {

std::vector<std::string> differing_data(const Comparison& comparison) {
  std::vector<std::string> names;
  for (const bp::Compared& one : comparison.both) {
    if (one.data_differs) names.push_back(one.name);
  }
  return names;
}

const Picture::Box& box(const Picture& picture, const std::string& name) {
  for (const Picture::Box& one : picture.boxes) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("no box " + name);
}

}  // namespace

TEST_CASE("two equal runs do not differ, in numbers or gradients", "[compare]") {
  Worked_example left, right;
  left.E_total.backward();
  right.E_total.backward();

  const Comparison comparison = compare(left.graph, right.graph);

  CHECK(comparison.both.size() == 14 + 4 * 2 + 3);
  CHECK(comparison.differing() == 0);
  CHECK_FALSE(comparison.begins.has_value());
  CHECK(comparison.only_left.empty());
  CHECK(comparison.only_right.empty());
}

TEST_CASE("it begins at the first number on the tape that differs, and what comes of it differs",
          "[compare]") {
  Worked_example left, right;
  right.w7.set_data(0.51);
  right.graph.recompute();

  const Comparison comparison = compare(left.graph, right.graph);

  CHECK(differing_data(comparison) == std::vector<std::string>{"w7", "net_o2", "out_o2", "E_o2", "E_total"});
  REQUIRE(comparison.begins.has_value());
  CHECK(comparison.both[*comparison.begins].name == "w7");
}

TEST_CASE("where all numbers agree it begins where the backward pass first differs", "[compare]") {
  Worked_example left, right;
  left.E_total.backward();
  right.E_o1.backward();  // forgets one output

  const Comparison comparison = compare(left.graph, right.graph);

  CHECK(differing_data(comparison).empty());
  REQUIRE(comparison.begins.has_value());
  CHECK(comparison.both[*comparison.begins].name == "E_total");
  CHECK(comparison.both[*comparison.begins].grad_differs);
}

TEST_CASE("a sum in another order does not differ, and the eleventh digit does", "[compare]") {
  Graph left, right;
  const Value a = left.leaf(0.1, "a"), b = right.leaf(0.1, "a");
  ((a + 0.2) + 0.3).named("sum");
  (b + (0.3 + right.constant(0.2))).named("sum");
  left.leaf(1.0, "eleventh");
  right.leaf(1.0 + 1e-11, "eleventh");

  const Comparison comparison = compare(left, right);

  CHECK(comparison.both[1].left.data() != comparison.both[1].right.data());
  CHECK(differing_data(comparison) == std::vector<std::string>{"eleventh"});
}

TEST_CASE("nan is as nan, and not as a number", "[compare]") {
  Graph left, right;
  left.leaf(std::nan(""), "both");
  right.leaf(std::nan(""), "both");
  left.leaf(std::nan(""), "one");
  right.leaf(1.0, "one");

  CHECK(differing_data(compare(left, right)) == std::vector<std::string>{"one"});
}

TEST_CASE("values that one of the two has are named, and of several with one name the last counts",
          "[compare]") {
  Graph left, right;
  left.leaf(1.0, "z");
  left.leaf(2.0, "a");
  left.leaf(3.0, "twice");
  left.leaf(4.0, "twice");
  right.leaf(4.0, "twice");
  right.leaf(5.0, "new");

  const Comparison comparison = compare(left, right);

  CHECK(comparison.only_left == std::vector<std::string>{"z", "a"});
  CHECK(comparison.only_right == std::vector<std::string>{"new"});
  CHECK(comparison.differing() == 0);
}

TEST_CASE("numbers are shown with the digits that tell them apart", "[compare]") {
  CHECK(bp::shown_apart(0.5, 0.25, 4) == std::pair<std::string, std::string>("0.5", "0.25"));
  CHECK(bp::shown_apart(0.123456, 0.123457, 4) ==
        std::pair<std::string, std::string>("0.123456", "0.123457"));
  CHECK(bp::shown_apart(2.0, 2.0, 4).first == "2");
}

TEST_CASE("the picture has both numbers where they differ, and says where it begins", "[compare]") {
  Graph left, right;
  const Value x = left.leaf(3.0, "x"), y = right.leaf(3.0, "x");
  const Value E = (2.0 * x).named("E"), F = (4.0 * y).named("E");
  left.leaf(1.0, "left");
  E.backward();
  F.backward();
  Picture picture = bp::picture_of(left);

  bp::show_beside(picture, compare(left, right));

  REQUIRE(box(picture, "E").other.has_value());
  CHECK(box(picture, "E").other->data == 12.0);
  CHECK(box(picture, "E").other->begins);
  CHECK(box(picture, "x").other->grad == 4.0);
  CHECK_FALSE(box(picture, "x").other->data_differs);
  CHECK(box(picture, "left").only_here);
  CHECK_FALSE(box(picture, "E").only_here);
  const std::string dot = bp::to_dot(picture);
  CHECK_THAT(dot, contains_text("here it begins") &&
                      contains_text("<b>\u2260</b></td><td align=\"right\"><b>12</b>") &&
                      contains_text("<b>\u2260</b></td><td align=\"right\"><b>4</b>") &&
                      contains_text("only here"));
  CHECK_THAT(bp::to_dot(bp::picture_of(left)), !contains_text("here it begins") && !contains_text("\u2260"));
}
