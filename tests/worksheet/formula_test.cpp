#include "engine/worksheet/formula.h"

#include <cmath>
#include <limits>
#include <utility>

#include "tests/support/catch2.h"

using namespace bp;

namespace {

Formula name(double number, std::uint32_t which = 0) {
  return symbol_formula({Symbol::Kind::value, which, number});
}
Formula difference(Formula a, Formula b) { return sum_formula(std::move(a), std::move(b), true); }

}  // namespace

TEST_CASE("a formula is worked out from all digits, or from those that are printed", "[formula]") {
  const Formula third = product_formula(name(1.0 / 3.0), name(3.0), false);

  CHECK(evaluate(third, 0) == 1.0);
  CHECK(evaluate(third, 4) == 0.3333 * 3.0);
}

TEST_CASE("sums and products associate to the left, as they are written", "[formula]") {
  // 20 - (5 - 3) - 4, and 24 / (2 / 4) / 3
  const Formula sum = difference(difference(name(20.0), difference(name(5.0), name(3.0))), name(4.0));
  const Formula product = product_formula(
      product_formula(name(24.0), product_formula(name(2.0), name(4.0), true), true), name(3.0), true);

  CHECK(sum.inputs.size() == 3);
  CHECK(evaluate(sum, 0) == 14.0);
  CHECK(product.inputs.size() == 3);
  CHECK(evaluate(product, 0) == 16.0);
}

TEST_CASE("the minus of a product turns a difference around", "[formula]") {
  // 0.5 * 2 * (t - o) * (-1) is o - t.
  std::vector<Formula> factors = {number_formula(0.5), number_formula(2.0),
                                  difference(name(7.0, 0), name(3.0, 1)), number_formula(-1.0)};

  const Formula product = simplified_product(std::move(factors));

  REQUIRE(product.kind == Formula::Kind::sum);
  CHECK(product.inputs[0].symbol.name == 1);
  CHECK_FALSE(product.inputs[0].inverse);
  CHECK(product.inputs[1].symbol.name == 0);
  CHECK(product.inputs[1].inverse);
  CHECK(evaluate(product, 0) == -4.0);
}

TEST_CASE("a simplified product has the value of its factors", "[formula]") {
  Formula half = number_formula(2.0);
  half.inverse = true;
  Formula by_name = name(5.0);
  by_name.inverse = true;
  const std::vector<std::vector<Formula>> products = {
      {},
      {number_formula(3.0)},
      {name(4.0), half},
      {by_name},
      {number_formula(-2.0), by_name, half},
      {negative_formula(name(3.0)), negative_formula(name(2.0)), number_formula(-1.0)},
      {number_formula(0.0), name(3.0)},
  };
  const double expected[] = {1.0, 3.0, 2.0, 0.2, -0.2, -6.0, 0.0};

  for (std::size_t i = 0; i < products.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(evaluate(simplified_product(products[i]), 0) - expected[i]) <=
          1e-16);  // 2/5/2 rounds twice
  }
}

TEST_CASE("a power of one vanishes once its exponent is worked out", "[formula]") {
  const Formula power = power_formula(name(3.0), difference(number_formula(2.0), number_formula(1.0)));

  CHECK(simplified(power).kind == Formula::Kind::symbol);
}

TEST_CASE("weight counts names and numbers once and calls twice more, and stops early", "[formula]") {
  const Formula call = call_formula(Op::exp, {name(1.0)});
  const Formula sum = sum_formula(call, number_formula(1.0), false);

  CHECK(heavier_than(sum, 3));
  CHECK_FALSE(heavier_than(sum, 4));
}
