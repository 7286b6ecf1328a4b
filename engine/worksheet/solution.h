// The calculation of a worksheet as a person would write it, as data: neither text nor markup yet.
//
// Forward, each value has a step: its formula, the numbers put in, the result. Backward, from the loss,
// each value has one too: for every use that is made of it the gradient of the user times the local
// derivative, and the sum of these. What has a name is a step. Within a definition the chain rule is
// applied on the way (0.5 * (t - o)^2 gives 0.5 * 2 * (o - t), that is o - t), unless a part is so long
// that one would not want to write it twice: then it gets a name of its own, u1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/worksheet/formula.h"
#include "engine/worksheet/worksheet.h"

namespace bp {

/// One use of a value, and what it adds to its gradient; or the formula of a value, and what it makes.
struct Solution_part {
  Formula formula;
  double result = 0.0;
  std::size_t user = 0, input = 0;  ///< of a use: input `input` of the node at the place `user` of the tape
};

/// One line: subject = formula = the numbers put in = result.
struct Solution_step {
  Symbol subject;
  std::vector<Solution_part> parts;  ///< none for d(loss)/d(loss); several are added up
  double result() const { return subject.number; }
};

/// The first number that is not finite, and how it came about.
struct Not_finite {
  Symbol within;    ///< the step in which it turned up
  Formula formula;  ///< which made it
  double number = 0.0;
};

struct Solution {
  std::string file;                 ///< its name, without the folders
  int digits = 0;                   ///< significant digits that are printed at most
  std::vector<std::string> names;   ///< of all symbols
  std::vector<std::size_t> places;  ///< of the values of these names on the tape
  Symbol loss;
  std::vector<Symbol> given;  ///< the leaves
  std::vector<Solution_step> forward, backward, update;
  std::vector<Symbol> trained;
  std::vector<Symbol> left_out;     ///< leaves whose derivatives are not shown, since they are not trained
  std::vector<Symbol> independent;  ///< values that the loss does not depend on
  std::optional<double> learning_rate;
  bool has_ties = false;             ///< whether a minimum or maximum is of equals
  bool has_helpers = false;          ///< whether parts of definitions got names of their own
  bool multiplied_out = false;       ///< whether a gradient has more than one local derivative on its way
  bool zero_passes_nothing = false;  ///< whether a gradient of 0 met a local derivative that is not finite
  std::optional<Not_finite> not_finite;
};

struct Solve_options {
  /// As many as the published worked example shows: enough to compare with it, few enough to copy by hand.
  int digits = 9;
  /// Whether to show the derivatives by leaves that are not trained. Without a learning rate they always
  /// are.
  bool every_leaf = false;
};

/// Works out a worksheet step by step. Its graph is left with the gradients of the loss.
///
/// Throws:    std::invalid_argument unless there are 1 to 17 digits.
Solution solve(const Worksheet& worksheet, const Solve_options& options = {});

/// All parts of a step as one formula: their sum.
Formula whole_formula(const Solution_step& step);

/// The parts' results as a sum to be printed between the numbers and the result; nothing where there are
/// not two parts, or nothing was worked out in any of them.
std::optional<Formula> terms_of(const Solution_step& step);

/// Whether the formula, worked out from the numbers as they are printed, gives the result as it is printed.
bool comes_out(const Formula& formula, double result, int digits);

/// Whether a number that was given is printed with all its digits.
bool is_printed_whole(double number, int digits);

}  // namespace bp
