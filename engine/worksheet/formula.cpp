#include "engine/worksheet/formula.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/worksheet/digits.h"

namespace bp {
namespace {

using Kind = Formula::Kind;

Formula compound(Kind kind, std::vector<Formula> inputs) {
  Formula formula;
  formula.kind = kind;
  formula.inputs = std::move(inputs);
  return formula;
}

// left and right as terms of one sum or factors of one product. Only what stands on the left associates:
// a + (b + c) was written so.
Formula joined(Kind kind, Formula left, Formula right, bool inverse) {
  if (left.kind != kind) {
    left.inverse = false;
    std::vector<Formula> inputs;
    inputs.push_back(std::move(left));
    left = compound(kind, std::move(inputs));
  }
  right.inverse = inverse;
  left.inputs.push_back(std::move(right));
  return left;
}

// b - a for a - b, where that is what it is.
bool turn_around(Formula& difference) {
  if (difference.kind != Kind::sum || difference.inputs.size() != 2 || !difference.inputs[1].inverse)
    return false;
  std::swap(difference.inputs[0], difference.inputs[1]);
  difference.inputs[0].inverse = false;
  difference.inputs[1].inverse = true;
  return true;
}

// The factors of a product with the numbers and signs taken out of it.
struct Factors {
  double coefficient = 1.0;
  std::vector<Formula> others;

  void take(Formula factor, bool inverse) {
    inverse = inverse != factor.inverse;
    factor.inverse = false;
    if (factor.kind == Kind::product) {
      for (Formula& inner : factor.inputs) take(std::move(inner), inverse);
    } else if (factor.kind == Kind::negative) {
      coefficient = -coefficient;
      take(std::move(factor.inputs[0]), inverse);
    } else if (factor.kind == Kind::number && (!inverse || std::abs(factor.number) == 1.0)) {
      coefficient *= factor.number;
    } else {
      factor.inverse = inverse;
      others.push_back(std::move(factor));
    }
  }

  void place_minus() {
    if (!(coefficient < 0)) return;
    for (Formula& factor : others) {
      if (!turn_around(factor)) continue;
      coefficient = -coefficient;
      return;
    }
  }
};

// What is left of `limit` once the formula is read; nobody reads on when nothing is.
std::size_t left_of(const Formula& formula, std::size_t limit) {
  const std::size_t own = formula.inputs.empty() ? 1 : formula.kind == Kind::call ? 2 : 0;
  limit -= std::min(limit, own);
  for (std::size_t i = 0; i < formula.inputs.size() && limit > 0; ++i)
    limit = left_of(formula.inputs[i], limit);
  return limit;
}

double value_of_call(Op op, const std::vector<double>& x) {
  if (info(op).arity != any_number) return operation_value(op, x.at(0), x.size() > 1 ? x[1] : 0.0);
  const auto input = [&](std::ptrdiff_t i) { return x[static_cast<std::size_t>(i)]; };
  const auto count = static_cast<std::ptrdiff_t>(x.size());
  return with_n_ary(op, [&]<Op which>() { return n_ary_value<which, double>(count, input); });
}

double compare(const Formula& formula, double left, double right) {
  if (left == right) return formula.number;
  return (left > right) == (formula.kind == Kind::greater) ? 1.0 : 0.0;
}

double as_printed(double number, int digits) {
  if (digits == 0 || !std::isfinite(number)) return number;
  const std::string text = shown_number(number, digits);
  double value = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double combine(const Formula& formula, const std::vector<double>& x) {
  double value = x[0];
  switch (formula.kind) {
    case Kind::sum:
      for (std::size_t i = 1; i < x.size(); ++i)
        value = formula.inputs[i].inverse ? value - x[i] : value + x[i];
      return value;
    case Kind::product:
      if (formula.inputs[0].inverse) value = 1.0 / value;
      for (std::size_t i = 1; i < x.size(); ++i)
        value = formula.inputs[i].inverse ? value / x[i] : value * x[i];
      return value;
    case Kind::power: return Rule<Op::pow>::value(x[0], x[1]);
    case Kind::negative: return -value;
    case Kind::call: return value_of_call(formula.op, x);
    default: return compare(formula, x[0], x[1]);
  }
}

}  // namespace

Formula number_formula(double number) {
  Formula formula;
  formula.number = number;
  return formula;
}

Formula symbol_formula(const Symbol& symbol) {
  Formula formula;
  formula.kind = Kind::symbol;
  formula.symbol = symbol;
  return formula;
}

Formula sum_formula(Formula left, Formula right, bool subtract) {
  return joined(Kind::sum, std::move(left), std::move(right), subtract);
}

Formula product_formula(Formula left, Formula right, bool divide) {
  return joined(Kind::product, std::move(left), std::move(right), divide);
}

Formula power_formula(Formula base, Formula exponent) {
  base.inverse = exponent.inverse = false;
  std::vector<Formula> inputs;
  inputs.push_back(std::move(base));
  inputs.push_back(std::move(exponent));
  return compound(Kind::power, std::move(inputs));
}

Formula negative_formula(Formula x) {
  x.inverse = false;
  std::vector<Formula> inputs;
  inputs.push_back(std::move(x));
  return compound(Kind::negative, std::move(inputs));
}

Formula call_formula(Op op, std::vector<Formula> arguments) {
  for (Formula& argument : arguments) argument.inverse = false;
  Formula formula = compound(Kind::call, std::move(arguments));
  formula.op = op;
  return formula;
}

Formula simplified_product(std::vector<Formula> factors) {
  Factors taken;
  for (Formula& factor : factors) taken.take(std::move(factor), false);
  taken.place_minus();
  std::vector<Formula>& others = taken.others;
  const double size = std::abs(taken.coefficient);
  const auto divides = [](const Formula& factor) { return factor.inverse; };
  if (size == 0.0 || std::isnan(size) || others.empty()) return number_formula(taken.coefficient);
  if (size != 1.0 || std::all_of(others.begin(), others.end(), divides)) {
    // Behind the gradient, which comes first, and before everything else.
    const bool gradient_first =
        others[0].kind == Kind::symbol && others[0].symbol.kind == Symbol::Kind::derivative;
    others.insert(others.begin() + (gradient_first ? 1 : 0), number_formula(size));
  }
  std::stable_partition(others.begin(), others.end(), [](const Formula& factor) { return !factor.inverse; });
  Formula product = others.size() == 1 ? std::move(others[0]) : compound(Kind::product, std::move(others));
  return taken.coefficient < 0 ? negative_formula(std::move(product)) : product;
}

Formula simplified(Formula formula) {
  const bool inverse = formula.inverse;
  for (Formula& input : formula.inputs) input = simplified(std::move(input));
  if (formula.kind == Kind::product) {
    formula = simplified_product(std::move(formula.inputs));
  } else if (formula.kind == Kind::power && is_number(formula.inputs[1], 1.0)) {
    Formula base = std::move(formula.inputs[0]);
    formula = std::move(base);
  } else if ((formula.kind == Kind::sum || formula.kind == Kind::negative) && !has_symbols(formula)) {
    formula = number_formula(evaluate(formula, 0));
  }
  formula.inverse = inverse;
  return formula;
}

bool heavier_than(const Formula& formula, std::size_t limit) { return left_of(formula, limit + 1) == 0; }

bool has_symbols(const Formula& formula) {
  return formula.kind == Kind::symbol ||
         std::any_of(formula.inputs.begin(), formula.inputs.end(), has_symbols);
}

bool is_number(const Formula& formula, double number) {
  return formula.kind == Kind::number && formula.number == number;
}

double evaluate(const Formula& formula, int digits) {
  if (formula.kind == Kind::number) return as_printed(formula.number, digits);
  if (formula.kind == Kind::symbol) return as_printed(formula.symbol.number, digits);
  if (formula.kind == Kind::pi) return std::numbers::pi;
  std::vector<double> inputs;
  inputs.reserve(formula.inputs.size());
  for (const Formula& input : formula.inputs) inputs.push_back(evaluate(input, digits));
  return combine(formula, inputs);
}

}  // namespace bp
