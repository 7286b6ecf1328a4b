// Names as mathematics: w5 is w_5, out_h1 is out with the subscript h1, and a Greek letter is its command.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bp::worksheet {

/// Which of TeX's dialects: that of GitHub's pages (MathJax between Markdown's dollars), or that of
/// pdflatex.
enum class Dialect { markdown, latex };

/// A name in mathematics, and about how broad it is: 1 for a letter or digit.
struct Math_name {
  std::string text;
  double width = 0.0;
};

/// All names of a solution. No two of them look the same: a name that would is set as it is written, letter
/// by letter. One of more than 24 characters is cut short and numbered: see shortened().
///
/// pdflatex knows the letters of Western and Central Europe and the Greek ones; others are given by their
/// numbers in Unicode.
class Math_names {
 public:
  Math_names(const std::vector<std::string>& names, Dialect dialect);
  const Math_name& operator[](std::size_t name) const { return names_[name]; }
  /// The places of the names that were cut short.
  const std::vector<std::size_t>& shortened() const { return shortened_; }

 private:
  std::vector<Math_name> names_;
  std::vector<std::size_t> shortened_;
};

/// Any text, outside mathematics: a file's name. Escaped, and in LaTeX with places where a line may end.
std::string as_plain_text(std::string_view text, Dialect dialect);

}  // namespace bp::worksheet
