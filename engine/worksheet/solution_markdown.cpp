// solution_as_markdown(): the equations in $$ blocks.
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

constexpr double page_width = 84.0;    // of GitHub's column, in digits
constexpr std::size_t most_rows = 40;  // in a block, so that no browser chokes on one

// Rows end with \cr, since Markdown may make one backslash of two.
void add_block(std::string& page, const std::vector<Equation>& equations, std::size_t& next) {
  page += "$$\n\\begin{aligned}\n";
  std::size_t rows = 0;
  for (; next < equations.size() && (rows == 0 || rows + equations[next].size() <= most_rows); ++next) {
    for (const std::string& row : equations[next]) page += (rows++ > 0 ? " \\cr\n" : "") + row;
  }
  page += "\n\\end{aligned}\n$$\n\n";
}

}  // namespace

std::string solution_as_markdown(const Solution& solution) {
  Math_rows rows(solution, Dialect::markdown, page_width);
  std::string page = "# The calculation of " +
                     worksheet::as_plain_text(on_one_line(solution.file), Dialect::markdown) +
                     ", step by step\n\n";
  for (const auto& section : worksheet::sections_of(solution, rows)) {
    page += "## " + section.title + "\n\n";
    for (std::size_t next = 0; next < section.equations.size();) add_block(page, section.equations, next);
  }
  page += "## Notes\n\n- " + rows.sentence(worksheet::training_note(solution)) + "\n";
  for (const auto& note : worksheet::notes_of(solution)) page += "- " + rows.sentence(note) + "\n";
  for (const std::string& line : rows.legend()) page += "- " + line + "\n";
  return page;
}

}  // namespace bp
