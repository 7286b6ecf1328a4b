// Points in the plane from a file of comma-separated values: x, y and a label on each line, of two classes.
//
//     length,width,kind         a header is welcome and names the axes
//     4.9,1.5,versicolor
//     6.3,2.5,virginica
//
// Fields may stand in double quotes ("" is a quote in them), lines may end in CR LF, a byte-order mark and
// empty lines are skipped.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/data/toy.h"

namespace bp {

struct Points_file {
  static constexpr std::size_t most_bytes = std::size_t{1} << 20, most_points = 5000, longest_text = 100;
  static constexpr double largest = 1e12;  ///< beyond it, squares and their sums lose their digits

  Labelled_points points;                        ///< N x 2; a label is a place in `classes`
  std::array<std::string, 2> axes = {"x", "y"};  ///< or the names of the header
  std::array<std::string, 2> classes;  ///< the two labels as they are written, in the order of their bytes
};

/// Reads it.
///
/// Throws:  std::runtime_error in one line when the file cannot be opened; Bad_file (file_error.h) in one
///          line, with the place, for what is no such file: another number of fields, what is not a finite
///          number of at most `largest`, an open quote, one class or more than two, too many points.
Points_file read_points(const std::filesystem::path& path);

/// The same of a text; `source` is what messages call it.
Points_file parse_points(std::string_view text, const std::string& source);

/// What was subtracted from a coordinate, and what it was then divided by.
struct Standardized {
  std::array<double, 2> mean = {0, 0}, deviation = {1, 1};
};

/// Moves and scales both coordinates to mean 0 and standard deviation 1 (dividing by N), so that one learning
/// rate suits data of any unit. A coordinate that is the same everywhere is moved only.
///
/// Throws:  std::invalid_argument when there is no point, or one is not in the plane.
Standardized standardize(Labelled_points& points);

}  // namespace bp
