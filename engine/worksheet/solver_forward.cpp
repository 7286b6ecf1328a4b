// The forward half of a solution: which nodes are steps, the formula of each, and the local derivatives.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include "engine/worksheet/solver.h"
#include "engine/worksheet/table_formula.h"

namespace bp::worksheet {
namespace {

// What is read more than once is written out up to this weight: (t - o), 1 + exp(-net); beyond, it gets a
// name.
constexpr std::size_t heaviest_repeated = 4;
// And so many factors a product of local derivatives may have.
constexpr std::size_t longest_chain = 6;

bool is_any_number(Op op) { return info(op).arity == any_number; }

// Up to so many classes the softmax is written out as a fraction, exp(z1) / (exp(z0) + exp(z1)); with more,
// or where that overflows, by what the cross-entropy has worked out: exp(z1 - zk - E).
constexpr std::size_t most_classes = 6;
constexpr double largest_exponent = 700.0;

bool is_plain_softmax(Value value) {
  if (value.op() != Op::softmax_cross_entropy || value.input_count() > most_classes + 1) return false;
  for (std::size_t i = 1; i < value.input_count(); ++i) {
    if (!(std::abs(value.input(i).data()) < largest_exponent)) return false;
  }
  return true;
}

// Whether the local derivatives of an operation of any number of inputs are written with its own value.
bool reads_itself(Value value) {
  return value.op() == Op::logsumexp || (value.op() == Op::softmax_cross_entropy && !is_plain_softmax(value));
}

Formula exp_of(Formula x) {
  std::vector<Formula> arguments;
  arguments.push_back(std::move(x));
  return call_formula(Op::exp, std::move(arguments));
}

}  // namespace

std::uint32_t Solver::add_name(std::string_view name) {
  solution_.names.emplace_back(name);
  return static_cast<std::uint32_t>(solution_.names.size() - 1);
}

// u1, u2, ... unless the worksheet has names like these.
void Solver::choose_helper_prefix() {
  const auto is_taken = [&](std::string_view prefix) {
    return std::any_of(worksheet_.definitions.begin(), worksheet_.definitions.end(),
                       [&](const auto& definition) {
                         const std::string_view name = definition.name;
                         return name.starts_with(prefix) && name.size() > prefix.size() &&
                                std::isdigit(static_cast<unsigned char>(name[prefix.size()])) != 0;
                       });
  };
  for (const std::string_view prefix : std::array<std::string_view, 4>{"u", "v", "s", "q"}) {
    helper_prefix_ = prefix;
    if (!is_taken(prefix)) return;
  }
  helper_prefix_ = "part_";
  while (is_taken(helper_prefix_)) helper_prefix_ += '_';
}

std::string Solver::next_helper() { return helper_prefix_ + std::to_string(++helpers_); }

void Solver::count_uses() {
  for (const Value value : graph_) {
    for (std::size_t i = 0; i < value.input_count(); ++i) ++node(value.input(i)).uses;
  }
}

void Solver::make_step(Value value, std::string_view name) {
  Node& made = node(value);
  const Symbol symbol{Symbol::Kind::value, add_name(name), value.data()};
  solution_.places.push_back(value.index());
  if (value.is_leaf()) {
    solution_.given.push_back(symbol);
  } else {
    if (trouble_unplaced_) solution_.not_finite->within = symbol;
    trouble_unplaced_ = false;
    solution_.forward.push_back({symbol, {}});
    solution_.forward.back().parts.push_back({std::move(made.formula), value.data()});
    if (value.name().empty()) solution_.has_helpers = true;
  }
  made.formula = symbol_formula(symbol);
  made.is_step = true;
  made.is_live = made.is_live || value.is_leaf() || !value.name().empty();
  made.chain = 0;
}

void Solver::forward() {
  for (const Value value : graph_) {
    if (value.is_constant()) {
      node(value).formula = number_formula(value.data());
    } else if (value.is_leaf()) {
      make_step(value, value.name().empty() ? next_helper() : std::string(value.name()));
    } else {
      compute(value);
    }
  }
}

// Gives names to the inputs that the local derivatives repeat and that are too long for it. True when they
// repeat the value itself.
bool Solver::make_helpers_of_inputs(Value value) {
  std::size_t limit = heaviest_repeated;
  const auto unless_short = [&](Value input) {
    Node& read = node(input);
    if (!read.is_step && heavier_than(read.formula, limit)) make_step(input, next_helper());
  };
  if (is_any_number(value.op())) {
    for (std::size_t i = 0; i < value.input_count(); ++i) {
      if (value.op() != Op::sum && value.op() != Op::mean) unless_short(value.input(i));
    }
    return reads_itself(value);
  }
  bool out = false;
  for (std::size_t i = 0; i < value.input_count(); ++i) {
    if (!node(value.input(i)).is_live) continue;
    const Derivative_words& words = derivative_words(value.op(), i);
    const Placeholders& reads = words.reads();
    if (words.are_long()) limit = 1;
    if (reads.x) unless_short(value.input(0));
    if (reads.y) unless_short(value.input(1));
    out = out || reads.out;
  }
  return out;
}

void Solver::compute(Value value) {
  const bool reads_out = make_helpers_of_inputs(value);
  Node& made = node(value);
  for (std::size_t i = 0; i < value.input_count(); ++i)
    made.is_live = made.is_live || node(value.input(i)).is_live;
  made.formula = formula_of(value);
  if (!std::isfinite(value.data()) && !solution_.not_finite) {
    solution_.not_finite = Not_finite{{}, made.formula, value.data()};
    trouble_unplaced_ = true;
  }
  const auto name = [&] { return value.name().empty() ? next_helper() : std::string(value.name()); };
  const bool repeated =
      reads_out && (is_any_number(value.op()) || heavier_than(made.formula, heaviest_repeated));
  const bool folds = value.name().empty() && made.uses == 1 && !repeated;
  if (!folds && (!value.name().empty() || made.is_live)) make_step(value, name());
  for (std::size_t i = 0; i < value.input_count(); ++i) {
    const Node& input = node(value.input(i));
    made.local.push_back(input.is_live ? local_of(value, i) : Formula());
    if (input.is_step || !input.is_live) continue;
    const bool counts = made.local[i].kind != Formula::Kind::number;
    made.chain = std::max(made.chain, input.chain + (counts ? 1 : 0));
  }
  if (!made.is_step && made.chain > longest_chain) make_step(value, name());
}

Formula Solver::formula_of(Value value) {
  std::vector<Formula> x;
  for (std::size_t i = 0; i < value.input_count(); ++i) {
    Node& input = node(value.input(i));
    // A folded node is used here only, but for the local derivatives, which repeat what is short.
    const bool keep = input.is_step || input.uses != 1 || !heavier_than(input.formula, heaviest_repeated);
    x.push_back(keep ? input.formula : std::move(input.formula));
  }
  switch (value.op()) {
    case Op::identity: return x[0];
    case Op::neg: return negative_formula(std::move(x[0]));
    case Op::add:
    case Op::sub: return sum_formula(std::move(x[0]), std::move(x[1]), value.op() == Op::sub);
    case Op::mul:
    case Op::div: return product_formula(std::move(x[0]), std::move(x[1]), value.op() == Op::div);
    case Op::square: return power_formula(std::move(x[0]), number_formula(2.0));
    case Op::pow:
      if (worksheet_.operation(value) == "^") return power_formula(std::move(x[0]), std::move(x[1]));
      return call_formula(Op::pow, std::move(x));
    default: return call_formula(value.op(), std::move(x));
  }
}

Formula Solver::local_of(Value value, std::size_t input) {
  const auto formula = [&](std::size_t i) -> const Formula& { return node(value.input(i)).formula; };
  if (is_any_number(value.op())) return local_of_any_number(value, input);
  const bool chooses = value.op() == Op::min || value.op() == Op::max;
  if (chooses && value.input(0).data() == value.input(1).data()) {
    solution_.has_ties = true;  // a comparison would not tell that each gets half
    return number_formula(0.5);
  }
  static const Formula nothing;
  const Derivative_words& words = derivative_words(value.op(), input);
  return words.with(formula(0), value.input_count() > 1 ? formula(1) : nothing, node(value).formula);
}

Formula Solver::local_of_any_number(Value value, std::size_t input) {
  const auto formula = [&](std::size_t i) -> const Formula& { return node(value.input(i)).formula; };
  const Formula& x = formula(input);
  const Formula& own = node(value).formula;
  switch (value.op()) {
    case Op::sum: return number_formula(1.0);
    case Op::mean: {
      Formula part = number_formula(static_cast<double>(value.input_count()));
      part.inverse = true;
      return part;
    }
    case Op::dot: return formula(input ^ 1);
    case Op::logsumexp: return exp_of(sum_formula(x, own, true));
    default:
      break;  // softmax_cross_entropy(k, z0, z1, ...): exp(z) / (exp(z0) + exp(z1) + ...), less 1 for k
  }
  const auto label = static_cast<std::size_t>(value.input(0).data()) + 1;
  Formula share;
  if (is_plain_softmax(value)) {
    Formula total = exp_of(formula(1));
    for (std::size_t i = 2; i < value.input_count(); ++i) {
      total = sum_formula(std::move(total), exp_of(formula(i)), false);
    }
    share = product_formula(exp_of(x), std::move(total), true);
  } else if (input == label) {
    share = exp_of(negative_formula(own));
  } else {
    share = exp_of(sum_formula(sum_formula(x, formula(label), true), own, true));
  }
  return input == label ? sum_formula(std::move(share), number_formula(1.0), true) : share;
}

}  // namespace bp::worksheet
