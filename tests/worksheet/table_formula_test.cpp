#include "engine/worksheet/table_formula.h"

#include <cmath>

#include "engine/worksheet/tape.h"
#include "tests/support/catch2.h"

using namespace bp;

namespace {

Formula name(double number) { return symbol_formula({Symbol::Kind::value, 0, number}); }

bool contains_call(const Formula& formula, Op op) {
  if (formula.kind == Formula::Kind::call && formula.op == op) return true;
  for (const Formula& input : formula.inputs) {
    if (contains_call(input, op)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("what the table says of a derivative is worth what the backward pass uses", "[table_formula]") {
  constexpr double points[][2] = {{0.7, 0.4}, {0.3, 0.9}, {0.55, 2.5}, {-0.6, 0.3}};
  int checked = 0;
  for (std::size_t i = 2; i < op_count; ++i) {  // 0 and 1 are the leaf and the constant
    const Op op = static_cast<Op>(i);
    if (info(op).arity < 1) continue;
    for (std::size_t input = 0; input < static_cast<std::size_t>(info(op).arity); ++input) {
      for (const auto& [x, y] : points) {
        const double out = operation_value(op, x, y);
        const double expected = local_derivative(op, static_cast<int>(input), x, y, out);
        if (!std::isfinite(expected)) continue;
        const Formula said = worksheet::derivative_words(op, input).with(name(x), name(y), name(out));
        CAPTURE(info(op).name, input, x, y);
        // Some ten operations of rounding, and no cancellation that loses more than a digit at these
        // points.
        CHECK(std::abs(evaluate(said, 0) - expected) <= 1e-14 * (1.0 + std::abs(expected)));
        ++checked;
      }
    }
  }
  CHECK(checked > 100);
}

TEST_CASE("a derivative is said with the value itself where the value is in it", "[table_formula]") {
  for (const Op op : {Op::sigmoid, Op::tanh, Op::exp, Op::sqrt, Op::tan}) {
    CAPTURE(info(op).name);
    const worksheet::Derivative_words& words = worksheet::derivative_words(op, 0);
    CHECK(words.reads().out);
    CHECK_FALSE(words.reads().x);
    CHECK_FALSE(contains_call(words.with(name(2.0), {}, name(3.0)), op));
  }
  CHECK(worksheet::derivative_words(Op::pow, 1).reads().out);
  CHECK_FALSE(worksheet::derivative_words(Op::sin, 0).reads().out);
}

TEST_CASE("minimum and maximum of equals have half a derivative each, relu at 0 has none",
          "[table_formula]") {
  CHECK(evaluate(worksheet::derivative_words(Op::max, 0).with(name(2.0), name(2.0), name(2.0)), 0) == 0.5);
  CHECK(evaluate(worksheet::derivative_words(Op::min, 1).with(name(2.0), name(2.0), name(2.0)), 0) == 0.5);
  CHECK(evaluate(worksheet::derivative_words(Op::relu, 0).with(name(0.0), {}, name(0.0)), 0) == 0.0);
}
