#include "engine/scalar/dual.h"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "engine/scalar/graph.h"
#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::close;

namespace {

// The value of a unary or binary operation on dual numbers.
Dual apply(Op op, Dual x, Dual y) {
  switch (op) {
#define UNARY(name, ...)             \
  case Op::name: {                   \
    return Rule<Op::name>::value(x); \
  }
#define BINARY(name, ...)               \
  case Op::name: {                      \
    return Rule<Op::name>::value(x, y); \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
    default: throw std::invalid_argument("not a unary or binary operation");
  }
}

template <Op op>
Dual apply_n_ary(const std::vector<Dual>& inputs) {
  return n_ary_value<op, Dual>(std::ssize(inputs),
                               [&](std::ptrdiff_t i) { return inputs[static_cast<std::size_t>(i)]; });
}

const double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("slopes of dual numbers are those of 400-digit arithmetic", "[dual]") {
  for (const auto& row : test::references()) {
    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y);
    // An incoming slope of 0.75 shows a rule that forgets to multiply by it. exp(-x^2) makes x^2 roundings of
    // one in x.
    const double ulps = 16.0 + 2.0 * row.x * row.x;

    const Dual by_x = apply(row.op, {row.x, 0.75}, row.y);
    const Dual by_y = apply(row.op, row.x, {row.y, -1.25});

    CHECK(close(by_x.slope, 0.75 * row.dx, ulps));
    if (info(row.op).arity == 2) CHECK(close(by_y.slope, -1.25 * row.dy, ulps));
  }
}

TEST_CASE("values of dual numbers are those of numbers, bit for bit", "[dual]") {
  for (const auto& row : test::references()) {
    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y);
    Graph graph;
    const double number = test::apply(row.op, graph.leaf(row.x), graph.leaf(row.y)).data();

    CHECK(apply(row.op, {row.x, 0.75}, {row.y, 0.5}).value == number);
  }
}

TEST_CASE("slopes by both inputs add up", "[dual]") {
  for (const auto& row : test::references()) {
    if (info(row.op).arity != 2 || !std::isfinite(row.dx) || !std::isfinite(row.dy)) continue;
    INFO(info(row.op).name << " at x = " << row.x << ", y = " << row.y);
    const double x_part = apply(row.op, {row.x, 0.75}, row.y).slope;
    const double y_part = apply(row.op, row.x, {row.y, -1.25}).slope;

    const double both = apply(row.op, {row.x, 0.75}, {row.y, -1.25}).slope;

    CHECK(std::abs(both - (x_part + y_part)) <= 4e-16 * (std::abs(x_part) + std::abs(y_part)));
  }
}

TEST_CASE("n-ary operations have the slopes that calculus says", "[dual]") {
  const std::vector<Dual> x = {{1.0, 0.5}, {-2.0, 3.0}, {0.25, -1.0}, {4.0, 2.0}};

  // 1*-2 + .25*4: .5*-2 + 1*3 + -1*4 + .25*2
  CHECK(apply_n_ary<Op::sum>(x).slope == 4.5);
  CHECK(apply_n_ary<Op::dot>(x).slope == -1.5);
  CHECK(apply_n_ary<Op::mean>(x).slope == 1.125);
  // The weights are exp(x) over their sum.
  double total = 0.0, weighted = 0.0;
  for (const Dual& x_i : x) {
    total += std::exp(x_i.value);
    weighted += std::exp(x_i.value) * x_i.slope;
  }
  CHECK(close(apply_n_ary<Op::logsumexp>(x).slope, weighted / total));
  for (std::size_t k = 0; k < x.size(); ++k) {
    std::vector<Dual> inputs{static_cast<double>(k)};
    inputs.insert(inputs.end(), x.begin(), x.end());
    CHECK(close(apply_n_ary<Op::softmax_cross_entropy>(inputs).slope, weighted / total - x[k].slope));
  }
}

TEST_CASE("the slope of logsumexp keeps its digits among many equal inputs", "[dual]") {
  std::vector<Dual> x(10'000, Dual{3.0});
  x[17].slope = 1.0;

  // One part in 10,000; each of the 10,000 additions below it rounds once.
  CHECK(close(apply_n_ary<Op::logsumexp>(x).slope, 1e-4, 10'000.0));
}

TEST_CASE("the slope of logsumexp is that of the largest input when the others are far below", "[dual]") {
  const std::vector<Dual> x = {{-1000.0, 5.0}, {1000.0, 0.25}, {-700.0, 7.0}};

  CHECK(apply_n_ary<Op::logsumexp>(x).slope == 0.25);
}

TEST_CASE("at a kink a dual number follows PyTorch's convention", "[dual]") {
  const Dual zero{0.0, 0.75}, two{2.0, 0.75};

  CHECK(apply(Op::relu, zero, 0.0).slope == 0.0);
  CHECK(apply(Op::abs, zero, 0.0).slope == 0.0);
  CHECK(apply(Op::leaky_relu, zero, 0.01).slope == 0.75 * 0.01);
  CHECK(apply(Op::elu, zero, 0.0).slope == 0.75);
  CHECK(close(apply(Op::selu, zero, 0.0).slope, 0.75 * 1.0507009873554805 * 1.6732632423543773));
  CHECK(apply(Op::hard_tanh, {1.0, 0.75}, 0.0).slope == 0.0);
  CHECK(apply(Op::hard_tanh, {-1.0, 0.75}, 0.0).slope == 0.0);
  CHECK(apply(Op::max, two, 2.0).slope == 0.375);
  CHECK(apply(Op::max, 2.0, two).slope == 0.375);
  CHECK(apply(Op::min, two, 2.0).slope == 0.375);
  CHECK(apply(Op::min, 2.0, two).slope == 0.375);
  CHECK(apply(Op::pow, zero, 0.0).slope == 0.0);
  CHECK(apply(Op::pow, 0.0, zero).slope == 0.0);
  CHECK(apply(Op::pow, 0.0, two).slope == 0.0);
}

TEST_CASE("where a derivative is infinite, an input that does not move makes no NaN", "[dual]") {
  CHECK(apply(Op::sqrt, {0.0, 0.0}, 0.0).slope == 0.0);
  CHECK(apply(Op::sqrt, {0.0, 1.0}, 0.0).slope == infinity);
  CHECK(apply(Op::asin, {1.0, 0.0}, 0.0).slope == 0.0);
  CHECK(apply(Op::pow, {-2.0, 1.0}, 3.0).slope == 12.0);  // log(-2) is NaN, and is not asked for
  CHECK(std::isnan(apply(Op::pow, -2.0, {3.0, 1.0}).slope));
}

TEST_CASE("far out the slope is the limit and not inf / inf", "[dual]") {
  CHECK(apply(Op::sigmoid, {-800.0, 1.0}, 0.0).slope == 0.0);
  CHECK(apply(Op::silu, {-800.0, 1.0}, 0.0).slope == 0.0);
  CHECK(apply(Op::tanh, {-800.0, 1.0}, 0.0).slope == 0.0);
  CHECK(apply(Op::gelu_tanh, {-1e100, 1.0}, 0.0).slope == 0.0);
  CHECK(apply(Op::softplus, {1e300, 1.0}, 0.0).slope == 1.0);
  CHECK(close(apply(Op::softsign, {1e10, 1.0}, 0.0).slope, 1e-20, 1e6));  // 1 + 1e10 is not 1e10
  CHECK(close(apply(Op::atan2, {1e200, 1.0}, 1e200).slope, 0.5e-200));
}

TEST_CASE("comparisons look at the value alone and are false with NaN", "[dual]") {
  CHECK(Dual(1.0, 5.0) == Dual(1.0, -5.0));
  CHECK(Dual(1.0, 5.0) < 2.0);
  CHECK(3.0 > Dual(1.0, 5.0));
  CHECK_FALSE(Dual(not_a_number) < 1.0);
  CHECK_FALSE(Dual(not_a_number) >= 1.0);
  CHECK(Dual(not_a_number) != Dual(not_a_number));
}

TEST_CASE("the forward derivative of a random expression is its gradient", "[dual]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Graph graph;
    std::vector<Value> leaves;
    for (int i = 0; i < 5; ++i) leaves.push_back(graph.leaf(random.uniform(-1.5, 1.5)));
    const Value root = test::random_expression(random, leaves, 60);

    root.backward(0.7);

    for (const Value& leaf : leaves) {
      // Some thousand roundings among terms that stay near 1.
      CHECK(std::abs(0.7 * forward_derivative(root, leaf) - leaf.grad_or_zero()) <=
            1e-11 * (1.0 + std::abs(leaf.grad_or_zero())));
    }
    // By a computed value too: sum's inputs are five of them.
    const Value inside = root.input(2);
    CHECK(std::abs(0.7 * forward_derivative(root, inside) - inside.grad()) <=
          1e-11 * (1.0 + std::abs(inside.grad())));
  }
}

TEST_CASE("the forward derivative is 1 by itself and 0 where no path leads", "[dual]") {
  Graph graph;
  const Value x = graph.leaf(2.0), other = graph.leaf(3.0);
  const Value y = x * x;
  const Value later = y * other;

  CHECK(forward_derivative(y, y) == 1.0);
  CHECK(forward_derivative(x, x) == 1.0);
  CHECK(forward_derivative(y, other) == 0.0);
  CHECK(forward_derivative(y, later) == 0.0);
  CHECK(forward_derivative(later, x) == 12.0);
}

TEST_CASE("the forward derivative is taken at the leaves' present numbers and changes nothing", "[dual]") {
  Graph graph;
  const Value x = graph.leaf(2.0);
  const Value y = x * x * x;
  y.backward(0.5);

  x.set_data(10.0);

  CHECK(forward_derivative(y, x) == 300.0);
  CHECK(y.data() == 8.0);
  CHECK(x.grad() == 6.0);
  CHECK(graph.size() == 3);
}

TEST_CASE("the forward derivative of a chain of a million nodes needs no recursion", "[dual]") {
  Graph graph;
  const Value x = graph.leaf(0.5);
  Value y = x;
  for (int i = 0; i < 1'000'000; ++i) y = y * 1.0000001;

  // 1.0000001^1000000 = e^(10^6 log 1.0000001), and a million roundings.
  CHECK(std::abs(forward_derivative(y, x) / std::exp(1e6 * std::log1p(1e-7)) - 1.0) < 1e-9);
}

TEST_CASE("the forward derivative refuses stale and foreign values", "[dual]") {
  Graph graph, elsewhere;
  const Value x = graph.leaf(2.0), stranger = elsewhere.leaf(1.0);
  const auto before = graph.mark();
  const Value stale = x * 3.0;
  graph.rewind(before);

  CHECK_THROWS_AS(forward_derivative(x, stranger), std::invalid_argument);
  CHECK_THROWS_AS(forward_derivative(stale, x), std::out_of_range);
  CHECK_THROWS_AS(forward_derivative(x, stale), std::out_of_range);
  CHECK_THROWS_AS(forward_derivative(Value(), x), std::invalid_argument);
  CHECK_THROWS_AS(forward_derivative(x, Value()), std::invalid_argument);
}
