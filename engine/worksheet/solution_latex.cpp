// solution_as_latex(): a document of its own.
#include <string>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/worksheet/math_rows.h"
#include "engine/worksheet/solution_markup.h"

namespace bp {
namespace {

using worksheet::Dialect;
using worksheet::Equation;
using worksheet::Math_rows;

// A4 less two margins of 22 mm is 472 pt, and a digit of 11 pt is 5.5 pt broad: 86 of them. Some are kept
// back, since letters are only about as broad as digits.
constexpr double page_width = 74.0;
constexpr std::size_t most_rows = 60;  // in one align, which TeX holds in its memory twice

constexpr std::size_t most_together = 8;  // rows of one equation that no page break parts

constexpr const char* preamble =
    "\\documentclass[11pt,a4paper]{article}\n"
    "\\usepackage[utf8]{inputenc}\n"
    "\\usepackage{amsmath}\n"
    "\\usepackage[margin=22mm]{geometry}\n"
    "\\allowdisplaybreaks\n"
    "\\setlength{\\jot}{5pt}\n"
    "\\setlength{\\parindent}{0pt}\n"
    "\\raggedright\n"
    "\\renewcommand{\\labelitemi}{$\\bullet$}\n"  // the usual one is in a fount that may be missing
    "\\begin{document}\n";

void add_align(std::string& page, const std::vector<Equation>& equations, std::size_t& next) {
  page += "\\begin{align*}\n";
  std::size_t rows = 0;
  for (; next < equations.size() && (rows == 0 || rows + equations[next].size() <= most_rows); ++next) {
    // The rows of one equation stay together, unless there are too many for that.
    bool first = true;
    for (const std::string& row : equations[next]) {
      if (rows++ > 0) page += first || equations[next].size() > most_together ? " \\\\\n" : " \\\\*\n";
      page += row;
      first = false;
    }
  }
  page += "\n\\end{align*}\n";
}

}  // namespace

std::string solution_as_latex(const Solution& solution) {
  Math_rows rows(solution, Dialect::latex, page_width);
  std::string page = preamble;
  page += "\\section*{The calculation of " +
          worksheet::as_plain_text(on_one_line(solution.file), Dialect::latex) + ", step by step}\n";
  for (const auto& section : worksheet::sections_of(solution, rows)) {
    page += "\\subsection*{" + section.title + "}\n";
    for (std::size_t next = 0; next < section.equations.size();) add_align(page, section.equations, next);
  }
  page += "\\subsection*{Notes}\n\\begin{itemize}\n\\item " +
          rows.sentence(worksheet::training_note(solution)) + "\n";
  for (const auto& note : worksheet::notes_of(solution)) page += "\\item " + rows.sentence(note) + "\n";
  for (const std::string& line : rows.legend()) page += "\\item " + line + "\n";
  page += "\\end{itemize}\n\\end{document}\n";
  return page;
}

}  // namespace bp
