#include "engine/worksheet/solution_notes.h"

#include <algorithm>
#include <cmath>

namespace bp::worksheet {
namespace {

constexpr std::size_t most_names = 24;  // in one sentence

bool contains(const Formula& formula, bool (*wanted)(const Formula&)) {
  return wanted(formula) || std::any_of(formula.inputs.begin(), formula.inputs.end(),
                                        [&](const Formula& input) { return contains(input, wanted); });
}

bool any_formula(const Solution& solution, bool (*wanted)(const Formula&)) {
  for (const auto* steps : {&solution.forward, &solution.backward}) {
    for (const Solution_step& step : *steps) {
      for (const Solution_part& part : step.parts) {
        if (contains(part.formula, wanted)) return true;
      }
    }
  }
  return false;
}

bool is_approximate(const Solution& solution) {
  for (const auto* steps : {&solution.forward, &solution.backward, &solution.update}) {
    for (const Solution_step& step : *steps) {
      for (const Shown_part& part : shown_parts(step, solution.digits)) {
        if (!part.exact) return true;
      }
    }
  }
  return std::any_of(solution.given.begin(), solution.given.end(),
                     [&](const Symbol& leaf) { return !is_printed_whole(leaf.number, solution.digits); });
}

void add_names(Note& note, const std::vector<Symbol>& names) {
  for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i) {
    if (i > 0) note.push_back({", "});
    note.push_back({"", symbol_formula(names[i])});
  }
  if (names.size() > most_names)
    note.push_back({" and " + std::to_string(names.size() - most_names) + " more"});
}

void note_not_finite(const Solution& solution, std::vector<Note>& notes) {
  const Not_finite& trouble = *solution.not_finite;
  Note note = {{"The first number that is not finite is made in the line of "},
               {"", symbol_formula(trouble.within)},
               {": "},
               {"", trouble.formula}};
  note.push_back({", which is "});
  note.push_back({"", trouble.formula, Show::numbers});
  note.push_back({", is "});
  note.push_back({"", number_formula(trouble.number), Show::numbers});
  note.push_back({"."});
  notes.push_back(std::move(note));
}

bool is_condition(const Formula& formula) {
  return formula.kind == Formula::Kind::greater || formula.kind == Formula::Kind::less;
}
bool is_step_function(const Formula& formula) {
  return formula.kind == Formula::Kind::call && (formula.op == Op::step || formula.op == Op::sign);
}

}  // namespace

std::vector<Shown_part> shown_parts(const Solution_step& step, int digits) {
  const double result = step.result();
  std::vector<Shown_part> parts;
  if (!step.parts.empty()) {
    Formula whole = whole_formula(step);
    const bool named = has_symbols(whole);
    const bool worked_out = whole.kind != Formula::Kind::symbol && whole.kind != Formula::Kind::number;
    if (worked_out || named) parts.push_back({whole, Show::names, true});
    if (worked_out && named) parts.push_back({whole, Show::numbers, true});
    bool exact = comes_out(whole, result, digits);
    if (auto terms = terms_of(step)) {
      const bool terms_come_out = std::all_of(
          step.parts.begin(), step.parts.end(),
          [&](const Solution_part& part) { return comes_out(part.formula, part.result, digits); });
      exact = comes_out(*terms, result, digits);
      parts.push_back({std::move(*terms), Show::numbers, terms_come_out});
    }
    parts.push_back({number_formula(result), Show::numbers, exact});
  } else {
    parts.push_back({number_formula(result), Show::numbers, true});
  }
  return parts;
}

Note training_note(const Solution& solution) {
  if (solution.trained.empty()) return {{"No leaf is trained."}};
  Note note = {{"Trained: "}};
  add_names(note, solution.trained);
  note.push_back({solution.learning_rate ? "." : "; without a learning rate no step is made."});
  return note;
}

std::vector<Note> notes_of(const Solution& solution) {
  std::vector<Note> notes;
  const std::string digits = std::to_string(solution.digits);
  if (is_approximate(solution)) {
    notes.push_back({{"Numbers are rounded to " + digits +
                      " significant digits after they have been worked out with all of theirs. Where the "
                      "rounded ones that are put in give other last digits, there is \u2248 and not =."}});
  }
  if (solution.has_helpers)
    notes.push_back({{"Parts of formulas that occur more than once have names of their own."}});
  if (solution.multiplied_out)
    notes.push_back(
        {{"Where a part of a formula has no name, its derivative is multiplied in at once, and numbers are "
          "multiplied out: half the square of t - o, derived by o, is o - t."}});
  if (any_formula(solution, is_condition))
    notes.push_back({{"A comparison in square brackets is 1 where it holds and 0 where it does not."}});
  if (solution.has_ties)
    notes.push_back({{"Where a minimum or maximum is of equals, each of them gets half of its gradient."}});
  if (any_formula(solution, is_step_function))
    notes.push_back({{"step(x) is 1 for x above 0 and else 0; sign(x) is -1, 0 or 1."}});
  if (!solution.independent.empty()) {
    Note note = {{"", symbol_formula(solution.loss)}, {" does not depend on "}};
    add_names(note, solution.independent);
    note.push_back({"."});
    notes.push_back(std::move(note));
  }
  if (!solution.left_out.empty()) {
    Note note = {{"Left out, since they are not trained: the derivatives by "}};
    add_names(note, solution.left_out);
    note.push_back({"."});
    notes.push_back(std::move(note));
  }
  if (solution.not_finite) note_not_finite(solution, notes);
  if (solution.zero_passes_nothing)
    notes.push_back({{"A gradient of 0 passes nothing on, whatever it is multiplied with."}});
  return notes;
}

}  // namespace bp::worksheet
