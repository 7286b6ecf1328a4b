// A solution as rows of aligned equations in TeX, which Markdown and LaTeX put into their pages.
#pragma once

#include <string>
#include <vector>

#include "engine/worksheet/math_typesetter.h"
#include "engine/worksheet/solution.h"
#include "engine/worksheet/solution_notes.h"

namespace bp::worksheet {

/// One equation: rows like `x &= a + b` and `&= 3`, without what ends a row.
using Equation = std::vector<std::string>;

class Math_rows {
 public:
  /// `width` is that of a line, in digits of the fount.
  Math_rows(const Solution& solution, Dialect dialect, double width);

  /// The leaves, several on a row.
  Equation given() const;
  /// A step. Whatever is too broad for a line is broken.
  Equation step(const Solution_step& step);
  /// A sentence, its formulas between dollars.
  std::string sentence(const Note& note);
  /// For each name that had to be cut short: what it stands for.
  std::vector<std::string> legend() const;
  /// A name between dollars.
  std::string name(const Symbol& symbol) const { return "$" + typesetter_.symbol(symbol).text + "$"; }

 private:
  const Solution& solution_;
  Dialect dialect_;
  double width_;
  Math_typesetter typesetter_;
};

/// A section of a solution: its title and its equations.
struct Math_section {
  std::string title;
  std::vector<Equation> equations;
};
std::vector<Math_section> sections_of(const Solution& solution, Math_rows& rows);

}  // namespace bp::worksheet
