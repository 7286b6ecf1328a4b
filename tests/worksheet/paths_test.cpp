// The paths of which a gradient is the sum: counted, told apart, the largest first.
#include "engine/worksheet/paths.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

// x + x, over and over: two paths for each time.
Value doubled(Value x, int times) {
  for (int i = 0; i < times; ++i) x = x + x;
  return x;
}

// The product along the listed steps, which must lead from the root to the value without a gap.
double walk(const Path& path, Value root, Value value) {
  Value here = root;
  double product = 1.0;
  for (const Path_step step : path.steps) {
    REQUIRE(step.user == here.index());
    product *= product_along(root.graph(), {&step, 1});
    here = here.input(step.input);
  }
  REQUIRE(here.index() == value.index());
  return product;
}

// The products of all paths, found by going through every one.
std::vector<double> all_products(Value root, Value value) {
  std::vector<double> products;
  std::vector<std::pair<Value, double>> waiting = {{root, 1.0}};
  while (!waiting.empty()) {
    const auto [node, product] = waiting.back();
    waiting.pop_back();
    if (node.index() == value.index()) {
      products.push_back(product);
      continue;
    }
    for (std::size_t k = 0; k < node.input_count(); ++k) {
      waiting.emplace_back(node.input(k), product == 0.0 ? 0.0 : product * node.local_derivative(k));
    }
  }
  return products;
}

std::vector<double> products_of(const Paths& paths) {
  std::vector<double> products;
  for (const Path& path : paths.largest) products.push_back(path.product);
  return products;
}

// The calculation with inputs .05 and .10 (Mazur, "A Step by Step Backpropagation Example", 2015).
struct Worked_example {
  Graph graph;
  Value w1 = graph.leaf(0.15), w5 = graph.leaf(0.40), i1 = graph.leaf(0.05), i2 = graph.leaf(0.10);
  Value h1 = sigmoid(w1 * i1 + 0.20 * i2 + 0.35), h2 = sigmoid(0.25 * i1 + 0.30 * i2 + 0.35);
  Value o1 = sigmoid(w5 * h1 + 0.45 * h2 + 0.60), o2 = sigmoid(0.50 * h1 + 0.55 * h2 + 0.60);
  Value E = 0.5 * square(0.01 - o1) + 0.5 * square(0.99 - o2);

  bool passes(const Path& path, Value through) const {
    return std::any_of(path.steps.begin(), path.steps.end(),
                       [&](Path_step step) { return step.user == through.index(); });
  }
};

}  // namespace

TEST_CASE("a weight of the hidden layer has a path through each output, whose products add up", "[paths]") {
  const Worked_example example;

  const Paths paths = find_paths(example.E, example.w1, 5);

  REQUIRE(paths.largest.size() == 2);
  CHECK(paths.count == "2");
  CHECK(paths.rest_count == "0");
  CHECK(paths.rest_sum == 0.0);
  // (out - target) * out (1 - out) * w * out_h1 (1 - out_h1) * i1, with the example's published figures,
  // which have nine places.
  const double by_o1 = 0.74136507 * 0.186815602 * 0.40 * 0.241300709 * 0.05;
  const double by_o2 = -0.217071535 * 0.175510053 * 0.50 * 0.241300709 * 0.05;
  CHECK(std::abs(paths.largest[0].product - by_o1) < 1e-11);
  CHECK(std::abs(paths.largest[1].product - by_o2) < 1e-11);
  CHECK(example.passes(paths.largest[0], example.o1));
  CHECK(example.passes(paths.largest[1], example.o2));
  CHECK(std::abs(paths.sum - 0.000438568) < 5e-10);
  for (const Path& path : paths.largest) CHECK(close(walk(path, example.E, example.w1), path.product));
}

TEST_CASE("what is not listed is counted and added up", "[paths]") {
  const Worked_example example;

  const Paths one = find_paths(example.E, example.w1, 1), none = find_paths(example.E, example.w1, 0);

  REQUIRE(one.largest.size() == 1);
  CHECK(one.rest_count == "1");
  CHECK(close(one.largest[0].product + one.rest_sum, one.sum));
  CHECK(one.rest_sum < 0.0);
  CHECK(none.largest.empty());
  CHECK(none.rest_count == "2");
  CHECK(none.rest_sum == none.sum);
}

TEST_CASE("a value used twice by one operation has a path for each use", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(3.0);
  const Value y = x * x;

  const Paths paths = find_paths(y, x, 10);

  REQUIRE(paths.largest.size() == 2);
  CHECK(paths.largest[0].steps[0].input == 0);
  CHECK(paths.largest[1].steps[0].input == 1);
  CHECK(products_of(paths) == std::vector{3.0, 3.0});
  CHECK(paths.sum == 6.0);
}

TEST_CASE("the root has one path to itself, and what it does not depend on none", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(3.0), other = graph.leaf(1.0);
  const Value y = x * x;
  const Value later = y * other;

  const Paths self = find_paths(y, y, 3);

  CHECK(self.count == "1");
  REQUIRE(self.largest.size() == 1);
  CHECK(self.largest[0].steps.empty());
  CHECK(self.largest[0].product == 1.0);
  CHECK(self.sum == 1.0);
  for (const Value unrelated : {other, later}) {
    const Paths none = find_paths(y, unrelated, 3);
    CHECK(none.count == "0");
    CHECK(none.rest_count == "0");
    CHECK(none.largest.empty());
    CHECK(none.sum == 0.0);
  }
}

TEST_CASE("2^60 and 2^500 paths are counted to the last digit", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(1.0);

  const Paths sixty = find_paths(doubled(x, 60), x, 3), many = find_paths(doubled(x, 500), x, 0);

  CHECK(sixty.count == "1152921504606846976");
  CHECK(sixty.rest_count == "1152921504606846973");
  CHECK(products_of(sixty) == std::vector{1.0, 1.0, 1.0});
  CHECK(sixty.sum == 0x1p60);
  CHECK(sixty.rest_sum == 0x1p60 - 3.0);  // which 53 bits hold only as 2^60, as they do the sum
  CHECK(many.count ==
        "32733906078961418700131896968275991522166420460430647894832913680961337964046745548832700923259041"
        "57150886684127560071009217256545885393053328527589376");
  CHECK(many.sum == 0x1p500);
}

TEST_CASE("paths that no tape could list are counted group by group of their digits", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(1.0);
  Value power = x;
  for (int i = 0; i < 100; ++i)
    power = sum({power, power, power, power, power, power, power, power, power, power});

  const Paths ten = find_paths(doubled(power, 1), x, 0), more = find_paths(power + x, x, 0);

  CHECK(ten.count == "2" + std::string(100, '0'));
  CHECK(more.count == "1" + std::string(99, '0') + "1");
  Value longer = power;
  for (int i = 0; i < 200; ++i)
    longer = sum({longer, longer, longer, longer, longer, longer, longer, longer, longer, longer});
  CHECK(find_paths(longer + power, x, 0).count == "1" + std::string(199, '0') + "1" + std::string(100, '0'));
}

TEST_CASE("a count of more than a thousand digits is told to six", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(0.5);

  const Paths exact = find_paths(doubled(x, 3'321), x, 0), rough = find_paths(doubled(x, 3'322), x, 0);
  const Paths ten_thousand = find_paths(doubled(x, 10'000) + doubled(x, 60), x, 1);
  const Paths million = find_paths(doubled(x, 1'000'000), x, 1);

  CHECK(exact.is_exact);
  CHECK(exact.count.size() == 1'000);
  CHECK_FALSE(rough.is_exact);
  CHECK(rough.count.substr(0, 6) == "1.0511");  // 2^3322 = 1.05110...e1000
  CHECK(rough.count.ends_with("e1000"));
  CHECK(rough.rest_count == rough.count);
  CHECK(ten_thousand.count == "1.99506e3010");  // 2^10000, beside which 2^60 is nothing
  CHECK(million.count == "9.90066e301029");
}

TEST_CASE("the largest of 2^40 different products are found in their order", "[paths]") {
  // At each of 40 steps one way has the factor 1 and the other 2^-(k + 1): the largest products are 1, 1/2,
  // 1/4, 1/8 (twice: 3, and 1 and 2 together), ...
  Graph graph;
  const Value x = graph.leaf(1.0);
  Value y = x;
  for (int k = 0; k < 40; ++k) y = y + std::ldexp(1.0, -k - 1) * y;

  const Paths paths = find_paths(y, x, 7);

  CHECK(products_of(paths) == std::vector{1.0, 0.5, 0.25, 0.125, 0.125, 0.0625, 0.0625});
  CHECK(paths.count == "1099511627776");
  CHECK(close(std::accumulate(paths.largest.begin(), paths.largest.end(), paths.rest_sum,
                              [](double sum, const Path& path) { return sum + path.product; }),
              paths.sum));
}

TEST_CASE("random calculations have the paths that going through all of them finds", "[paths]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Graph graph;
    const std::vector<Value> leaves = test::leaves_in(graph, random, 3);
    const Value root = test::random_expression(random, leaves, 8);
    root.backward();
    for (const Value leaf : leaves) {
      std::vector<double> expected = all_products(root, leaf);
      std::sort(expected.begin(), expected.end(),
                [](double a, double b) { return std::abs(a) > std::abs(b); });
      for (const std::size_t top : {std::size_t{1}, std::size_t{4}, expected.size()}) {
        const Paths paths = find_paths(root, leaf, top);

        REQUIRE(paths.count == std::to_string(expected.size()));
        REQUIRE(paths.largest.size() == std::min(top, expected.size()));
        REQUIRE(paths.rest_count == std::to_string(expected.size() - paths.largest.size()));
        REQUIRE(paths.sum == leaf.grad_or_zero());
        double rest = 0.0, sizes = 0.0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
          if (i >= paths.largest.size()) rest += expected[i];
          sizes += std::abs(expected[i]);
          if (i >= paths.largest.size()) continue;
          const Path& path = paths.largest[i];
          REQUIRE(close(std::abs(path.product), std::abs(expected[i])));
          REQUIRE(close(walk(path, root, leaf), path.product));
          for (std::size_t j = 0; j < i; ++j) {  // no path twice
            const auto same = [](Path_step a, Path_step b) { return a.user == b.user && a.input == b.input; };
            const auto& other = paths.largest[j].steps;
            REQUIRE_FALSE(std::equal(path.steps.begin(), path.steps.end(), other.begin(), other.end(), same));
          }
        }
        // Two products of the same size may have been taken for each other, of either sign, where it is cut.
        if (top != 4) REQUIRE(std::abs(paths.rest_sum - rest) <= 1e-13 * sizes);
      }
    }
  }
}

TEST_CASE("a path with a factor 0 counts and has the product 0, whatever comes after it", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(0.0);
  const Value dead = sqrt(x) * 0.0;  // the root has an infinite slope at 0
  const Value y = dead + 2.0 * x;
  y.backward();

  const Paths paths = find_paths(y, x, 5);

  CHECK(paths.count == "2");
  CHECK(products_of(paths) == std::vector{2.0, 0.0});
  CHECK(paths.sum == x.grad());
  CHECK(paths.sum == 2.0);
  CHECK(find_paths(y, x, 1).rest_sum == 0.0);
}

TEST_CASE("products that are NaN come first, then infinite ones", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(0.0), nan = graph.leaf(not_a_number);
  const Value same = identity(x);
  const Value y = sum({3.0 * x, sqrt(x), x * nan, sqrt(0.0 * x), -1.0 * sqrt(same), 0.0 * x});

  const Paths paths = find_paths(y, x, 10);

  REQUIRE(paths.count == "6");
  REQUIRE(paths.largest.size() == 6);
  CHECK(std::isnan(paths.largest[0].product));
  CHECK(std::isnan(paths.largest[1].product));  // an infinite slope, then 0
  CHECK(std::abs(paths.largest[2].product) == inf);
  CHECK(std::abs(paths.largest[3].product) == inf);
  CHECK(paths.largest[4].product == 3.0);
  CHECK(paths.largest[5].product == 0.0);
  CHECK(std::isnan(paths.sum));
  CHECK(std::isnan(find_paths(y, x, 3).rest_sum) == false);
}

TEST_CASE("below an infinite factor the path that makes it NaN is found first", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(0.0);
  const Value inside = sum({5.0 * x, 0.0 * x, 7.0 * x});  // 0 is the smallest here, and inf * 0 is NaN
  const Value y = sqrt(inside);

  const Paths paths = find_paths(y, x, 2);

  CHECK(std::isnan(paths.largest[0].product));
  CHECK(paths.largest[1].product == inf);
  CHECK(paths.rest_count == "1");
}

TEST_CASE("a path that makes NaN of an infinity is found even where others look larger", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(0.0);
  const Value hidden = sum({5.0 * x, 0.0 * x});
  const Value breaking = sqrt(sum({7.0 * x, hidden}));
  const Value plain = sqrt(identity(x));

  const Paths paths = find_paths(sum({plain, breaking}), x, 1);

  CHECK(paths.count == "4");
  CHECK(std::isnan(paths.largest[0].product));
}

TEST_CASE("a product is not lost on the way through numbers that a double cannot hold", "[paths]") {
  Graph graph;
  const Value x = graph.leaf(1.0);
  const Value small = x * 1e-200 * 1e-200 * 1e200 * 1e250, plain = 1e40 * x;
  const Value huge = (x * 1e200 * 1e200);

  const Paths paths = find_paths(small + plain, x, 2);

  CHECK(close(paths.largest[0].product, 1e50));
  CHECK(paths.largest[1].product == 1e40);
  CHECK(find_paths(huge, x, 1).largest[0].product == inf);
  CHECK(product_along(graph, paths.largest[0].steps) == paths.largest[0].product);
  CHECK(product_along(graph, {}) == 1.0);
}

TEST_CASE("a tape of a million nodes needs no recursion, and ten paths no more than ten times its memory",
          "[paths]") {
  Graph graph;
  const Value x = graph.leaf(1.0);
  Value y = x;
  for (int i = 0; i < 10; ++i) y = y + 0.5 * y;
  while (graph.size() < 1'000'000) y = identity(y);

  const Paths paths = find_paths(y, x, 11);

  CHECK(paths.count == "1024");
  CHECK(paths.largest[0].product == 1.0);
  for (std::size_t i = 1; i < 11; ++i) CHECK(paths.largest[i].product == 0.5);
  CHECK(paths.rest_count == "1013");
  CHECK(close(paths.sum, std::pow(1.5, 10)));
  CHECK(close(paths.rest_sum, std::pow(1.5, 10) - 6.0));
}

TEST_CASE("stale and foreign values have no paths", "[paths]") {
  Graph graph, elsewhere;
  const Value x = graph.leaf(2.0), stranger = elsewhere.leaf(1.0);
  const auto before = graph.mark();
  const Value stale = x * 3.0;
  graph.rewind(before);

  CHECK_THROWS_AS(find_paths(x, stranger, 1), std::invalid_argument);
  CHECK_THROWS_AS(find_paths(stale, x, 1), std::out_of_range);
  CHECK_THROWS_AS(find_paths(x, stale, 1), std::out_of_range);
  CHECK_THROWS_AS(find_paths(Value(), x, 1), std::invalid_argument);
}
