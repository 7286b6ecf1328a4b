// The backward half of a solution: what each use of a value adds to its gradient, and the step of training.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/worksheet/solver.h"

namespace bp::worksheet {

Symbol Solver::derivative_symbol(Value value) {
  Symbol symbol = node(value).formula.symbol;
  symbol.kind = Symbol::Kind::derivative;
  symbol.number = value.grad_or_zero();
  return symbol;
}

void Solver::note_if_not_finite(const Symbol& within, const Formula& formula, double number) {
  if (!std::isfinite(number) && !solution_.not_finite)
    solution_.not_finite = Not_finite{within, formula, number};
}

// Adds to each input what this use of it contributes: the gradient of the step above, times the local
// derivatives on the way from it.
void Solver::pass_on(Value value) {
  Node& user = node(value);
  std::vector<Formula> path = std::move(user.path);
  if (user.is_step && value.index() != worksheet_.loss.index()) {
    path.push_back(symbol_formula(derivative_symbol(value)));
  }
  for (std::size_t i = value.input_count(); i-- > 0;) {
    const Value input = value.input(i);
    Node& used = node(input);
    if (!used.is_live) continue;
    std::vector<Formula> longer = path;
    longer.push_back(user.local[i]);
    used.generation = std::max(used.generation, user.generation + (user.is_step ? 1 : 0));
    if (!used.is_step) {
      used.path = std::move(longer);
      continue;
    }
    const auto counts = std::count_if(longer.begin(), longer.end(), [](const Formula& factor) {
      const bool gradient =
          factor.kind == Formula::Kind::symbol && factor.symbol.kind == Symbol::Kind::derivative;
      return !gradient && !is_number(factor, 1.0);
    });
    solution_.multiplied_out = solution_.multiplied_out || counts > 1;
    const double local = value.local_derivative(i);
    const bool nothing = value.grad() == 0.0;
    if (nothing && !std::isfinite(local)) solution_.zero_passes_nothing = true;
    used.parts.push_back(
        {simplified_product(std::move(longer)), nothing ? 0.0 : value.grad() * local, value.index(), i});
  }
}

void Solver::backward() {
  graph_.zero_grad();
  graph_.backward(worksheet_.loss);
  for (std::size_t i = worksheet_.loss.index() + 1; i-- > 0;) {
    const Value value = graph_[i];
    if (!value.is_constant() && value.has_grad()) pass_on(value);
  }
  collect_gradients();
}

bool Solver::is_shown(Value leaf) const {
  return options_.every_leaf || !worksheet_.learning_rate || trained_[leaf.index()] != 0 ||
         asked_[leaf.index()] != 0;
}

// The steps by how far they are from the loss, layer by layer, and in the order of the worksheet within
// each: so every gradient is worked out before it is used.
void Solver::collect_gradients() {
  std::vector<Value> steps;
  for (const Value value : graph_) {
    Node& of = node(value);
    if (!of.is_step || !of.is_live) continue;
    const Symbol& name = of.formula.symbol;
    if (!value.has_grad()) {
      solution_.independent.push_back(name);
    } else if (value.is_leaf() && !is_shown(value)) {
      solution_.left_out.push_back(name);
    } else {
      steps.push_back(value);
    }
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [&](Value a, Value b) { return node(a).generation < node(b).generation; });
  for (const Value value : steps) {
    Node& of = node(value);
    std::reverse(of.parts.begin(), of.parts.end());  // the sweep met the last use first
    const Symbol symbol = derivative_symbol(value);
    for (const Solution_part& part : of.parts) note_if_not_finite(symbol, part.formula, part.result);
    solution_.backward.push_back({symbol, std::move(of.parts)});
  }
}

void Solver::update() {
  if (!worksheet_.learning_rate) return;
  solution_.learning_rate = worksheet_.learning_rate;
  for (const Value leaf : worksheet_.train) {
    if (!leaf.has_grad()) continue;
    const Symbol now = node(leaf).formula.symbol;
    Symbol next = now;
    next.kind = Symbol::Kind::next;
    next.number = leaf.data() - *worksheet_.learning_rate * leaf.grad();
    Formula change = product_formula(number_formula(*worksheet_.learning_rate),
                                     symbol_formula(derivative_symbol(leaf)), false);
    Solution_part part{sum_formula(symbol_formula(now), std::move(change), true), next.number};
    note_if_not_finite(next, part.formula, next.number);
    solution_.update.push_back({next, {}});
    solution_.update.back().parts.push_back(std::move(part));
  }
}

}  // namespace bp::worksheet
