// A formula as data: what a solution prints, in names or in numbers, as text or as mathematics.
//
// Sums and products are flat: a + b - c is one sum of three terms, of which the last is subtracted, and
// a * b / c one product of three factors, of which the last divides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scalar/op.h"

namespace bp {

/// A number that has a name in a solution.
struct Symbol {
  enum class Kind : std::uint8_t {
    value,       ///< w5
    derivative,  ///< dE/dw5, of the loss
    next         ///< w5', after a step
  };
  Kind kind = Kind::value;
  std::uint32_t name = 0;  ///< its place in Solution::names
  double number = 0.0;
};

struct Formula {
  enum class Kind : std::uint8_t {
    number,    ///< 0.5
    pi,        ///< of the table's words
    symbol,    ///< w5
    sum,       ///< two terms or more
    product,   ///< two factors or more
    power,     ///< base, exponent
    negative,  ///< -x
    call,      ///< tanh(x), max(x, y)
    greater,   ///< [x > y]: 1 where it holds, 0 where it does not, `number` where both are equal
    less       ///< [x < y]
  };
  Kind kind = Kind::number;
  bool inverse = false;  ///< within a sum: subtracted; within a product: divides
  Op op = Op::constant;  ///< of a call
  Symbol symbol;
  double number = 0.0;
  std::vector<Formula> inputs;
};

Formula number_formula(double number);
Formula symbol_formula(const Symbol& symbol);

// These put formulas together and leave everything as it was written, but for flattening what associates.
Formula sum_formula(Formula left, Formula right, bool subtract);
Formula product_formula(Formula left, Formula right, bool divide);
Formula power_formula(Formula base, Formula exponent);
Formula negative_formula(Formula x);
Formula call_formula(Op op, std::vector<Formula> arguments);

/// A product as a person would write it: numbers multiplied out, factors 1 left out, a minus in the
/// difference that it turns around (-(t - o) is o - t), else in front.
Formula simplified_product(std::vector<Formula> factors);

/// The formula where what can be worked out without a name is: x^(2 - 1) is x.
Formula simplified(Formula formula);

/// Whether there is more to read than `limit`: 1 for each name and number, 2 for each call.
bool heavier_than(const Formula& formula, std::size_t limit);
/// Whether any number in it has a name.
bool has_symbols(const Formula& formula);
bool is_number(const Formula& formula, double number);

/// The value of the formula when it is worked out from the numbers as they are printed with so many digits;
/// with 0 from all their digits.
double evaluate(const Formula& formula, int digits);

}  // namespace bp
