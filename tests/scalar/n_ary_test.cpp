// Sums and dot products over values that stand anywhere on the tape: in a row, backwards, again and again.
#include "engine/scalar/n_ary.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<Value> leaves(Graph& graph, Random& random, std::size_t count) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(graph.leaf(random.uniform(-2.0, 2.0)));
  return values;
}

// The documented order: up to 7 terms from the first to the last; from 8 on every fourth term, then the
// four sums.
double dot_as_documented(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() < 8) {
    double sum = x[0] * y[0];
    for (std::size_t k = 1; k < x.size(); ++k) sum += x[k] * y[k];
    return sum;
  }
  double sums[] = {x[0] * y[0], x[1] * y[1], x[2] * y[2], x[3] * y[3]};
  for (std::size_t k = 4; k < x.size(); ++k) sums[k % 4] += x[k] * y[k];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

std::vector<double> numbers(const std::vector<Value>& values) {
  std::vector<double> data;
  for (const Value& value : values) data.push_back(value.data());
  return data;
}

// `count` of the values, as they stand on the tape, every third, backwards, all mixed up, or one again and
// again.
std::vector<std::vector<Value>> arrangements(const std::vector<Value>& values, std::size_t count,
                                             Random& random) {
  std::vector<std::vector<Value>> all(5);
  for (std::size_t k = 0; k < count; ++k) {
    all[0].push_back(values[k]);
    all[1].push_back(values[3 * k]);
    all[2].push_back(values[values.size() - 1 - 2 * k]);
    all[3].push_back(values[k]);
    all[4].push_back(values[7]);
  }
  random.shuffle(std::span(all[3]));
  return all;
}

}  // namespace

TEST_CASE("a dot product adds in the documented order, wherever its factors stand", "[n_ary]") {
  Graph graph;
  Random random(1);
  const std::vector<Value> values = leaves(graph, random, 100);

  for (std::size_t count = 1; count <= 33; ++count) {
    for (const std::vector<Value>& x : arrangements(values, count, random)) {
      for (const std::vector<Value>& y : arrangements(values, count, random)) {
        const double expected = dot_as_documented(numbers(x), numbers(y));

        const Value result = dot(x, y);

        REQUIRE(result.data() == expected);
        REQUIRE(result.input_count() == 2 * count);
        for (std::size_t k = 0; k < count; ++k) {
          REQUIRE(result.input(2 * k).index() == x[k].index());
          REQUIRE(result.input(2 * k + 1).index() == y[k].index());
        }
      }
    }
  }
}

TEST_CASE("a dot product passes each factor the other one times its gradient, however often it occurs",
          "[n_ary]") {
  Random random(2);
  for (std::size_t count : {1, 2, 7, 8, 9, 16, 21}) {
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t j = 0; j < 5; ++j) {
        Graph graph;
        const std::vector<Value> values = leaves(graph, random, 100);
        const std::vector<Value> x = arrangements(values, count, random)[i];
        const std::vector<Value> y = arrangements(values, count, random)[j];
        std::vector<double> expected(values.size(), 0.0);
        for (std::size_t k = 0; k < count; ++k) {
          expected[x[k].index()] += 1.75 * y[k].data();
          expected[y[k].index()] += 1.75 * x[k].data();
        }

        dot(x, y).backward(1.75);

        // Both add up at most 42 terms below 3.5 in one order or another: 42 * 42 * 3.5 * 2^-53 < 1e-12.
        for (const Value& value : values)
          REQUIRE(std::abs(value.grad_or_zero() - expected[value.index()]) < 1e-12);
      }
    }
  }
}

TEST_CASE("a sum adds from the first to the last, wherever its terms stand", "[n_ary]") {
  Graph graph;
  Random random(3);
  const std::vector<Value> values = leaves(graph, random, 100);

  for (std::size_t count = 1; count <= 33; ++count) {
    for (const std::vector<Value>& x : arrangements(values, count, random)) {
      const std::vector<double> data = numbers(x);

      const Value result = sum(x);

      REQUIRE(result.data() == std::accumulate(data.begin() + 1, data.end(), data[0]));
      for (std::size_t k = 0; k < count; ++k) REQUIRE(result.input(k).index() == x[k].index());
    }
  }
}

TEST_CASE("replay gives the bits that recording gave, however the inputs stand", "[n_ary]") {
  Graph graph;
  Random random(4);
  const std::vector<Value> values = leaves(graph, random, 100);
  std::vector<Value> results;
  for (std::size_t count : {1, 5, 8, 19, 33}) {
    for (const std::vector<Value>& x : arrangements(values, count, random)) {
      results.push_back(dot(x, arrangements(values, count, random)[3]));
      results.push_back(sum(x));
      results.push_back(logsumexp(x));
      results.push_back(mean(x));
      results.push_back(softmax_cross_entropy(count / 2, x));
    }
  }
  const std::vector<double> recorded = numbers(results);

  graph.recompute();

  CHECK(numbers(results) == recorded);
}

TEST_CASE("values from before and after a rewind are added up together", "[n_ary]") {
  Graph graph;
  const Value old = graph.leaf(2.0);
  const Graph::Mark mark = graph.mark();
  graph.leaf(9.0);
  graph.rewind(mark);
  const Value fresh = graph.leaf(3.0), other = graph.leaf(4.0);

  const Value total = sum({old, fresh, other});
  const Value product = dot(std::vector{other, fresh, old}, std::vector{old, old, fresh});

  CHECK(total.data() == 9.0);
  CHECK(product.data() == 20.0);
  CHECK(product.input(4).index() == old.index());
}

TEST_CASE("a dead value anywhere in a sum or dot product is refused, and nothing is recorded", "[n_ary]") {
  Graph graph;
  const std::vector<Value> kept{graph.leaf(1.0), graph.leaf(2.0), graph.leaf(3.0)};
  const Graph::Mark mark = graph.mark();
  const Value dropped = graph.leaf(4.0);
  graph.rewind(mark);
  const std::size_t size = graph.size();

  for (std::size_t place = 0; place < kept.size(); ++place) {
    std::vector<Value> values = kept;
    values[place] = dropped;

    CHECK_THROWS_AS(sum(values), std::out_of_range);
    CHECK_THROWS_AS(dot(values, kept), std::out_of_range);
    CHECK_THROWS_AS(dot(kept, values), std::out_of_range);
  }
  CHECK_THROWS_AS(sum({dropped}), std::out_of_range);
  CHECK(graph.size() == size);
}

TEST_CASE("n-ary operations agree with what they abbreviate", "[graph]") {
  Random random(3);
  for (int n = 1; n <= 40; ++n) {
    Graph graph;
    const auto x = leaves(graph, random, n), y = leaves(graph, random, n);
    const double seed = random.uniform(1.2, 2.0);
    Value added = x[0], product = x[0] * y[0], powers = exp(x[0]);
    for (int i = 1; i < n; ++i) {
      added = added + x[i];
      product = product + x[i] * y[i];
      powers = powers + exp(x[i]);
    }
    std::vector<double> numbers;
    for (Value value : y) numbers.push_back(value.data());
    const std::vector<std::pair<Value, Value>> pairs = {
        {sum(x), added},
        {dot(x, y), product},
        {dot(x, numbers), product},
        {logsumexp(x), log(powers)},
        {mean(x), added / static_cast<double>(n)},
        {softmax_cross_entropy(static_cast<std::size_t>(n / 2), x),
         softmax_cross_entropy(x, static_cast<std::size_t>(n / 2))}};

    for (const auto& [short_form, long_form] : pairs) {
      short_form.backward(seed);
      const auto short_grads = test::grads_of(x);
      graph.zero_grad();
      long_form.backward(seed);
      const auto long_grads = test::grads_of(x);
      graph.zero_grad();

      CHECK(std::abs(short_form.data() - long_form.data()) <= 1e-14);
      for (int i = 0; i < n; ++i) CHECK(std::abs(short_grads[i] - long_grads[i]) <= 1e-15 * 4);
    }
  }
}

TEST_CASE("logsumexp has no overflow of its own and knows its limits", "[graph]") {
  Graph graph;
  const Value a = graph.leaf(1000.0), b = graph.leaf(1001.0), c = graph.leaf(1002.0);
  const Value far = graph.leaf(-inf), top = graph.leaf(inf);

  const Value L = logsumexp({a, b, c});
  L.backward();

  CHECK(close(L.data(), 1002.4076059644443803));
  CHECK(std::abs(a.grad() - 0.090030573170380457998) <= 1e-13);  // 1000 - 1002.4 has lost 10 of 53 bits
  CHECK(std::abs(c.grad() - 0.66524095577482188953) <= 1e-13);
  CHECK(logsumexp({far, far}).data() == -inf);
  CHECK(logsumexp({far, a}).data() == 1000.0);
  CHECK(logsumexp({top, a}).data() == inf);
}

TEST_CASE("sums of nothing and dot products of unequal lengths are refused", "[graph]") {
  Graph graph;
  const std::vector<Value> two{graph.leaf(1.0), graph.leaf(2.0)}, none;

  CHECK_THROWS_AS(sum(none), std::invalid_argument);
  CHECK_THROWS_AS(logsumexp(none), std::invalid_argument);
  CHECK_THROWS_AS(mean(none), std::invalid_argument);
  CHECK_THROWS_AS(dot(none, none), std::invalid_argument);
  CHECK_THROWS_AS(dot(two, std::span(two).first(1)), std::invalid_argument);
  CHECK_THROWS_AS(dot(two, std::vector<double>{1.0}), std::invalid_argument);
}
