// A solution as a page: in Markdown with the mathematics that GitHub shows, and as a LaTeX document.
#pragma once

#include <string>

#include "engine/worksheet/solution.h"

namespace bp {

/// The solution in Markdown, its equations in $$ blocks, names in its sentences between single dollars.
///
/// Between the dollars there is nothing that Markdown would take for its own: no backslash before
/// punctuation, no asterisk, no underscore that could end an emphasis, no < or >.
std::string solution_as_markdown(const Solution& solution);

/// The solution as a complete document for pdflatex: article, amsmath and geometry. Long equations are
/// broken.
std::string solution_as_latex(const Solution& solution);

}  // namespace bp
