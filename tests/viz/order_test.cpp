// In which order the boxes of a picture are handed to Graphviz, and how much work they are to it.
#include "viz/order.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"

using bp::Picture, bp::Picture_options, bp::Weighted_sums;

namespace {

Picture folded(bp::Value root) {
  Picture_options options;
  options.weighted_sums = Weighted_sums::folded;
  return picture_of(root, options);
}

std::vector<std::string> names_in_order(const Picture& picture) {
  std::vector<std::string> names;
  for (std::size_t box : drawing_order(picture)) names.push_back(picture.boxes[box].name);
  return names;
}

}  // namespace

TEST_CASE("what feeds one neuron, both, and the other one stand side by side in this order", "[order]") {
  bp::test::Worked_example example;

  const std::vector<std::string> names = names_in_order(folded(example.net_h1 + example.net_h2));

  CHECK(names == std::vector<std::string>{"w1", "w2", "i1", "i2", "b1", "w3", "w4", "net_h1", "net_h2", ""});
}

TEST_CASE("every box is handed over once, inputs before their users", "[order]") {
  bp::test::Worked_example example;
  const Picture picture = picture_of(example.E_total);

  const std::vector<std::size_t> order = drawing_order(picture);

  std::vector<std::size_t> sorted = order, all(picture.boxes.size()), turn(picture.boxes.size());
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), std::size_t{0});
  REQUIRE(sorted == all);
  for (std::size_t i = 0; i < order.size(); ++i) turn[order[i]] = i;
  for (const Picture::Arrow& arrow : picture.arrows) CHECK(turn[arrow.from] < turn[arrow.to]);
}

TEST_CASE("the length of the arrows counts the ranks that they cross", "[order]") {
  bp::Graph graph;
  const bp::Value x = graph.leaf(0.5, "x");
  bp::Value chain = x, shared = x;
  for (int i = 0; i < 10; ++i) chain = sin(chain);
  for (int i = 0; i < 10; ++i) shared = shared + x;

  CHECK(total_arrow_length(picture_of(chain)) == 10);
  CHECK(total_arrow_length(picture_of(shared)) == 10 + (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10));
  CHECK(total_arrow_length(picture_of(x)) == 0);
}
