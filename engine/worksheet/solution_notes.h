// What a solution has to say besides its steps, in sentences that every rendering shares.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/worksheet/solution.h"
#include "engine/worksheet/typeset.h"

namespace bp::worksheet {

/// Words, or a name or formula among them.
struct Note_part {
  std::string words;
  std::optional<Formula> formula = {};
  Show show = Show::names;
};
using Note = std::vector<Note_part>;

/// How numbers are printed, what was left out, what is not finite: in this order, what applies.
std::vector<Note> notes_of(const Solution& solution);

/// "Trained: w1, w2, ...; without a learning rate there is no step."
Note training_note(const Solution& solution);

/// A line of a solution as it is printed: subject = names = numbers = terms = result.
struct Shown_part {
  Formula formula;
  Show show = Show::names;
  bool exact =
      true;  ///< else it follows from the numbers before it but for its last digits: an approximation sign
};
std::vector<Shown_part> shown_parts(const Solution_step& step, int digits);

}  // namespace bp::worksheet
