#include "engine/worksheet/math_typesetter.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bp::worksheet {
namespace {

using Kind = Formula::Kind;

// What is broader or heavier than this is no fraction and has no root sign, but a slash or a name: there
// lines may end. To find the breadth the formula is set, and set again when it is too broad; the weight,
// which is found first, keeps that from doubling with every fraction in a fraction.
constexpr double broadest_fraction = 34.0;
constexpr std::size_t heaviest_fraction = 12;

// The functions that TeX has commands for.
constexpr std::array<std::pair<Op, std::string_view>, 13> commands = {{{Op::exp, R"(\exp)"},
                                                                       {Op::log, R"(\log)"},
                                                                       {Op::sin, R"(\sin)"},
                                                                       {Op::cos, R"(\cos)"},
                                                                       {Op::tan, R"(\tan)"},
                                                                       {Op::asin, R"(\arcsin)"},
                                                                       {Op::acos, R"(\arccos)"},
                                                                       {Op::atan, R"(\arctan)"},
                                                                       {Op::sinh, R"(\sinh)"},
                                                                       {Op::cosh, R"(\cosh)"},
                                                                       {Op::tanh, R"(\tanh)"},
                                                                       {Op::min, R"(\min)"},
                                                                       {Op::max, R"(\max)"}}};

std::string function_name(Op op) {
  const auto* const found =
      std::find_if(commands.begin(), commands.end(), [op](const auto& each) { return each.first == op; });
  if (found != commands.end()) return std::string(found->second);
  std::string name(info(op).name);
  std::replace(name.begin(), name.end(), '_', '-');
  return R"(\operatorname{)" + name + "}";
}

// Whether there is a fraction in it, perhaps.
bool is_tall(const Formula& formula) {
  return std::any_of(formula.inputs.begin(), formula.inputs.end(), [&](const Formula& input) {
    return (formula.kind == Kind::product && input.inverse) || is_tall(input);
  });
}

bool is_derivative(const Formula& formula) {
  return formula.kind == Kind::symbol && formula.symbol.kind == Symbol::Kind::derivative;
}

}  // namespace

Math_name Math_typesetter::symbol(const Symbol& symbol) const {
  const Math_name& name = names_[symbol.name];
  if (symbol.kind == Symbol::Kind::value) return name;
  if (symbol.kind == Symbol::Kind::next) return {name.text + R"(^{\prime})", name.width + 0.5};
  const Math_name& loss = names_[loss_];
  return {R"(\frac{\partial )" + loss.text + R"(}{\partial )" + name.text + "}",
          1.0 + std::max(loss.width, name.width)};
}

void Math_typesetter::write_symbol(const Symbol& symbol) {
  const Math_name name = this->symbol(symbol);
  put(name.text, name.width);
}

// Those of a fixed height, and not \left and \right, which want to stand on one line.
void Math_typesetter::open_bracket(char bracket, bool tall) {
  put((tall ? R"(\bigl)" : "") + std::string(1, bracket), tall ? 1.5 : 1.0);
}
void Math_typesetter::close_bracket(char bracket, bool tall) {
  put((tall ? R"(\bigr)" : "") + std::string(1, bracket), tall ? 1.5 : 1.0);
}

void Math_typesetter::write_in_parentheses(const Formula& formula) {
  const bool tall = is_tall(formula);
  open_bracket('(', tall);
  deeper();
  may_break(true);
  write(formula);
  may_break_at_last();
  shallower();
  close_bracket(')', tall);
}

void Math_typesetter::write_number(std::string_view printed) {
  const std::size_t e = printed.find('e');
  if (printed == "inf") return put(R"(\infty )", 2.0);
  if (printed == "nan") return put(R"(\mathrm{nan})", 3.0);
  if (e == std::string_view::npos) return put(printed, static_cast<double>(printed.size()));
  std::string exponent(printed.substr(e + 1));
  if (exponent.starts_with('+')) exponent.erase(0, 1);
  const std::size_t sign = exponent.starts_with('-') ? 1 : 0;
  while (exponent.size() > sign + 1 && exponent[sign] == '0') exponent.erase(sign, 1);
  put(std::string(printed.substr(0, e)) + R"( \cdot 10^{)" + exponent + "}", static_cast<double>(e) + 6.0);
}

// A divisor goes below the factor before it, as long as that is not broad.
void Math_typesetter::write_product(const Formula& product) {
  const auto& factors = product.inputs;
  const bool leads = may_lead();
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (i > 0) {
      may_break(true);
      put(factors[i].inverse ? " / " : R"( \cdot )", factors[i].inverse ? 1.5 : 2.0);
    }
    const bool divided = i + 1 < factors.size() && factors[i + 1].inverse && !factors[i].inverse;
    if (divided && !is_derivative(factors[i]) && write_fraction(factors[i], factors[i + 1])) {
      ++i;
    } else if (divided && is_derivative(factors[i])) {
      write_at_least(Binding::atom, factors[i], i == 0 && leads);
      const Formula one = number_formula(1.0);
      if (!fits_in_fraction(factors[i + 1])) continue;
      may_break(true);
      put(R"( \cdot )", 2.0);
      write_fraction(one, factors[++i]);
    } else {
      write_at_least(i == 0 || factors[i].kind == Kind::power ? Binding::product : Binding::atom, factors[i],
                     i == 0 && leads);
    }
  }
}

bool Math_typesetter::fits_in_fraction(const Formula& formula) {
  return !heavier_than(formula, heaviest_fraction) && aside(formula).width <= broadest_fraction;
}

bool Math_typesetter::write_fraction(const Formula& above, const Formula& below) {
  if (!fits_in_fraction(above) || !fits_in_fraction(below)) return false;
  const Piece top = aside(above), bottom = aside(below);
  put(R"(\frac{)" + top.text + "}{" + bottom.text + "}", std::max(top.width, bottom.width));
  return true;
}

void Math_typesetter::write_power(const Formula& power) {
  const Formula& base = power.inputs[0];
  const bool has_exponent = (base.kind == Kind::number || (base.kind == Kind::symbol && numbers())) &&
                            aside(base).text.find('^') != std::string::npos;
  if (has_exponent) {
    write_in_parentheses(base);  // 10^-5 to a power
  } else {
    write_at_least(Binding::atom, base);
  }
  const Piece exponent = aside(power.inputs[1]);
  put("^{" + exponent.text + "}", exponent.width);
}

void Math_typesetter::write_call(const Formula& call) {
  if (call.op == Op::sqrt && fits_in_fraction(call.inputs[0])) {
    const Piece root = aside(call.inputs[0]);
    return put(R"(\sqrt{)" + root.text + "}", root.width + 1.0);
  }
  const bool bars = call.op == Op::abs;
  const bool tall = std::any_of(call.inputs.begin(), call.inputs.end(), is_tall);
  if (bars) {
    put(R"(\lvert )", 1.0);
  } else {
    put(function_name(call.op), static_cast<double>(info(call.op).name.size()));
    open_bracket('(', tall);
  }
  deeper();
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (i > 0) {
      put(", ", 1.5);
      may_break();
    }
    write(call.inputs[i]);
  }
  shallower();
  if (bars) return put(R"( \rvert )", 1.0);
  close_bracket(')', tall);
}

void Math_typesetter::write_relation(bool greater) {
  if (dialect_ == Dialect::latex) return put(greater ? " > " : " < ", 3.0);
  put(greater ? R"( \gt )" : R"( \lt )", 3.0);  // the signs themselves would be taken for HTML
}

}  // namespace bp::worksheet
