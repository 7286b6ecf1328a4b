// What the scripts of all plots share: colours, dashes and markers, the ranges of axes, how wide texts are.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "viz/plot.h"

namespace bp {

inline constexpr std::size_t title_length = 80, name_length = 60;  // characters

// Okabe and Ito's colours, which the colour-blind tell apart ("Color Universal Design", 2008); dash and
// marker say the same again in black and white.
struct Line_look {
  const char* colour;
  const char* dash;  // lengths of line and gap
  int marker;
};
inline constexpr Line_look line_looks[] = {{"#0072b2", "solid", 7},         {"#d55e00", "(6,3)", 5},
                                           {"#009e73", "(10,3,2,3)", 9},    {"#000000", "(2,2)", 6},
                                           {"#cc79a7", "(14,3)", 13},       {"#56b4e9", "solid", 4},
                                           {"#e69f00", "(10,3,2,3,2,3)", 8}};

/// Frame, tics, grid and legend of a plot with axes.
extern const char* const plot_style;

/// The commands for a title and the names of the axes.
std::string titles(const std::string& title, const std::string& x, const std::string& y);

/// How wide a sheet must be for its title, in points.
double wide_enough(const std::string& title);

/// The smallest and the largest of the finite numbers that were added.
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool whole = true;  // whether all of them are whole numbers

  void add(double number);
  void add(const std::vector<double>& numbers);
  void add(const Range& other);
  bool empty() const { return low > high; }
  double size() const { return high - low; }
};

/// The commands for the axis `name` ("x", "y") with a little air; gnuplot itself would warn of a range of one
/// number. Of whole numbers, such as epochs, at most `most` tics stand at whole numbers only.
std::string axis_range(const std::string& name, const Axis& axis, const Range& range, int most = 10);

/// The commands for what shades mean, from low to high, and for the box that shows it. A range of one number
/// is widened.
std::string shade_range(const Axis& shade, const Range& range);

}  // namespace bp
