#include "engine/worksheet/solution.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "engine/worksheet/digits.h"
#include "engine/worksheet/solver.h"

namespace bp {

namespace worksheet {

Solver::Solver(const Worksheet& worksheet, const Solve_options& options)
    : worksheet_(worksheet),
      options_(options),
      graph_(*worksheet.graph),
      nodes_(graph_.size()),
      trained_(graph_.size()),
      asked_(graph_.size()) {
  constexpr int all_digits = 17;  // more than any double needs
  if (options.digits < 1 || options.digits > all_digits) {
    throw std::invalid_argument("backstep: digits: expected 1 to 17, found " +
                                std::to_string(options.digits));
  }
  solution_.file = std::filesystem::path(worksheet.file).filename().string();
  solution_.digits = options.digits;
  for (const Value leaf : worksheet.train) trained_[leaf.index()] = 1;
  for (const Claim& claim : worksheet.claims) {
    if (claim.by && claim.of.index() == worksheet.loss.index()) asked_[claim.by->index()] = 1;
  }
}

Solution Solver::solve() && {
  choose_helper_prefix();
  count_uses();
  forward();
  solution_.loss = node(worksheet_.loss).formula.symbol;
  for (const Value leaf : worksheet_.train) solution_.trained.push_back(node(leaf).formula.symbol);
  backward();
  update();
  return std::move(solution_);
}

}  // namespace worksheet

Solution solve(const Worksheet& worksheet, const Solve_options& options) {
  return worksheet::Solver(worksheet, options).solve();
}

Formula whole_formula(const Solution_step& step) {
  if (step.parts.empty()) return number_formula(step.result());
  Formula whole = step.parts[0].formula;
  for (std::size_t i = 1; i < step.parts.size(); ++i) {
    Formula part = step.parts[i].formula;
    const bool negative = part.kind == Formula::Kind::negative;
    if (negative) {
      Formula inner = std::move(part.inputs[0]);
      part = std::move(inner);
    }
    whole = sum_formula(std::move(whole), std::move(part), negative);
  }
  return whole;
}

std::optional<Formula> terms_of(const Solution_step& step) {
  const auto is_worked_out = [](const Solution_part& part) {
    return part.formula.kind != Formula::Kind::symbol && part.formula.kind != Formula::Kind::number;
  };
  if (step.parts.size() < 2 || std::none_of(step.parts.begin(), step.parts.end(), is_worked_out)) return {};
  Formula sum = number_formula(step.parts[0].result);
  for (std::size_t i = 1; i < step.parts.size(); ++i) {
    sum = sum_formula(std::move(sum), number_formula(step.parts[i].result), false);
  }
  return sum;
}

bool comes_out(const Formula& formula, double result, int digits) {
  return shown_number(evaluate(formula, digits), digits) == shown_number(result, digits);
}

bool is_printed_whole(double number, int digits) {
  return !std::isfinite(number) || evaluate(number_formula(number), digits) == number;
}

}  // namespace bp
