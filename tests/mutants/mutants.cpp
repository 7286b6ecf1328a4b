// What can be wrong with a derivative:
//
//     sign       -d                                   twice, half   2 d, d / 2
//     zero       0: the path was forgotten            one           1: the local derivative was left out
//     swapped    taken at (y, x)                      other-input   the derivative by the other input
//     at-output  taken at the operation's value, as in sigmoid'(sigmoid(x))
//     term-N     the formula without its N-th term    factor-N      without its N-th factor
//
// The last two come from the formula that the table shows, so that they are there for every row. For
// n-ary operations: own (the input in place of the derivative), other (the first input; in a dot product both
// factors), unshifted (exp(x_i), without the division by the sum) and undiminished (the softmax alone,
// without the 1 that is taken off for the right class).
#include "tests/mutants/mutants.h"

#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "engine/scalar/op.h"
#include "tests/support/formula.h"

namespace bp::mutants {

namespace {

// The pieces of a formula between the signs (or the * and /) that stand outside all parentheses, each with
// the sign in front of it.
std::vector<std::string> pieces(std::string_view formula, std::string_view signs) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= formula.size(); ++i) {
    const char c = i < formula.size() ? formula[i] : '\0';
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    const bool sign = depth == 0 && c != '\0' && signs.find(c) != std::string_view::npos && i > begin;
    if (sign || i == formula.size()) {
      parts.emplace_back(formula.substr(begin, i - begin));
      begin = i;
    }
  }
  return parts;
}

// The formula without piece `left_out`; the first piece that stays must not begin with a sign that needs one
// before it.
std::string without(const std::vector<std::string>& parts, std::size_t left_out, std::string_view neutral) {
  std::string formula(neutral);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i == left_out) continue;
    const bool has_sign =
        parts[i][0] == '+' || parts[i][0] == '-' || parts[i][0] == '*' || parts[i][0] == '/';
    formula += has_sign ? " " : neutral == "0" ? " + " : " * ";
    formula += parts[i];
  }
  return formula;
}

std::string_view formula_of(Op op, int input) { return input == 0 ? info(op).reads_x : info(op).reads_y; }

// The formula of a term-N or factor-N mutant.
std::string mutilated(const Mutant& mutant) {
  const bool term = mutant.kind.starts_with("term-");
  const std::size_t n = std::stoul(mutant.kind.substr(mutant.kind.find('-') + 1));
  const auto parts = pieces(formula_of(mutant.op, mutant.input), term ? "+-" : "*/");
  return without(parts, n, term ? "0" : "1");
}

double value_of(Op op, double x, double y) {
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
    default: throw std::logic_error("an n-ary operation has no such mutant");
  }
}

double right_derivative(Op op, int input, double x, double y, double out) {
  switch (op) {
#define UNARY(name, ...)               \
  case Op::name: {                     \
    return Rule<Op::name>::dx(x, out); \
  }
#define BINARY(name, ...)                                                              \
  case Op::name: {                                                                     \
    return input == 0 ? Rule<Op::name>::dx(x, y, out) : Rule<Op::name>::dy(x, y, out); \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
    default: throw std::logic_error("an n-ary operation has no such mutant");
  }
}

struct Chosen {
  Mutant mutant;
  std::string formula;  // of a term-N or factor-N mutant
};

Chosen from_environment() {
  const char* text = std::getenv("BACKSTEP_MUTANT");
  if (text == nullptr) return {{Op::leaf, 0, ""}, ""};
  for (const Mutant& mutant : all()) {
    const std::string name =
        std::string(info(mutant.op).name) + ":" + std::to_string(mutant.input) + ":" + mutant.kind;
    if (name == text) {
      const bool has_formula = mutant.kind.starts_with("term-") || mutant.kind.starts_with("factor-");
      return {mutant, has_formula ? mutilated(mutant) : ""};
    }
  }
  throw std::invalid_argument("BACKSTEP_MUTANT: there is no mutant " + std::string(text));
}

Chosen& chosen() {
  static Chosen now = from_environment();
  return now;
}

}  // namespace

std::vector<Mutant> all() {
  std::vector<Mutant> mutants;
  for (std::size_t i = static_cast<std::size_t>(Op::constant) + 1; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    const int arity = info(op).arity;
    for (int input = 0; input < (arity == 2 ? 2 : 1); ++input) {
      std::vector<std::string> kinds = {"sign", "twice", "half", "zero", "one"};
      if (arity == any_number) {
        kinds.insert(kinds.end(), {"own", "other"});
        if (op == Op::logsumexp || op == Op::softmax_cross_entropy) kinds.push_back("unshifted");
        if (op == Op::softmax_cross_entropy) kinds.push_back("undiminished");
      } else {
        kinds.push_back("at-output");
        if (arity == 2) kinds.insert(kinds.end(), {"swapped", "other-input"});
        for (const auto& [kind, signs] : {std::pair{"term-", "+-"}, std::pair{"factor-", "*/"}}) {
          const std::size_t count = pieces(formula_of(op, input), signs).size();
          for (std::size_t n = 0; count > 1 && n < count; ++n) kinds.push_back(kind + std::to_string(n));
        }
      }
      for (const std::string& kind : kinds) mutants.push_back({op, input, kind});
    }
  }
  return mutants;
}

void choose(const Mutant& mutant) {
  const bool has_formula = mutant.kind.starts_with("term-") || mutant.kind.starts_with("factor-");
  chosen() = {mutant, has_formula ? mutilated(mutant) : ""};
}

double apply(Op op, int input, double x, double y, double out, double derivative) {
  const auto& [mutant, formula] = chosen();
  if (op != mutant.op || input != mutant.input) return derivative;
  if (mutant.kind == "sign") return -derivative;
  if (mutant.kind == "twice") return 2.0 * derivative;
  if (mutant.kind == "half") return 0.5 * derivative;
  if (mutant.kind == "zero") return 0.0;
  if (mutant.kind == "one") return 1.0;
  if (mutant.kind == "at-output") return right_derivative(op, input, out, y, value_of(op, out, y));
  if (mutant.kind == "swapped") return right_derivative(op, input, y, x, value_of(op, y, x));
  if (mutant.kind == "other-input") return right_derivative(op, 1 - input, x, y, out);
  return test::Formula::evaluate(formula, x, y);
}

double apply_n_ary(Op op, double own, double other, double derivative) {
  const Mutant& mutant = chosen().mutant;
  if (op != mutant.op) return derivative;
  if (mutant.kind == "sign") return -derivative;
  if (mutant.kind == "twice") return 2.0 * derivative;
  if (mutant.kind == "half") return 0.5 * derivative;
  if (mutant.kind == "zero") return 0.0;
  if (mutant.kind == "one") return 1.0;
  if (mutant.kind == "own") return own;
  if (mutant.kind == "unshifted") return std::exp(own);
  if (mutant.kind == "undiminished") return derivative < 0.0 ? derivative + 1.0 : derivative;
  return op == Op::dot ? derivative * own : other;
}

}  // namespace bp::mutants
