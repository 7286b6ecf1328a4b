// Plots as files: curves, bars, galleries of pictures and confusion matrices, drawn by the program gnuplot.
//
//     bp::plot(Line_plot{.title = "Loss", .x = {"epoch"}, .y = {"cross-entropy"},
//                        .series = {{"training", {1, 2, 3}, {0.5, 0.4, 0.3}}}},
//              "loss.svg");
//
// Series differ in colour, dash and marker, and shades in lightness, so that all of it reads in black and
// white and for the colour-blind. Where gnuplot is not installed there is no picture, but the numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bp {

// ---- What can be drawn ----------------------------------------------------------------------------------
// Texts are shown as they are, on one line each: nothing in them is a command or a format. Control characters
// are replaced, and what is too long ends in an ellipsis.

struct Axis {
  std::string name;  ///< with the unit, where there is one
  bool logarithmic = false;
};

/// A line through the points (x[i], y[i]), in this order. A number that is not finite leaves a gap.
struct Series {
  std::string name;
  std::vector<double> x, y;
};

/// Curves over one x axis, with a legend where there are two or more; at most 7 can be told apart.
struct Line_plot {
  std::string title;
  Axis x, y;
  std::vector<Series> series;
};

/// One bar for each label of the plot.
struct Bars {
  std::string name;
  std::vector<double> lengths;
};

/// Horizontal bars, the first label on top, the number at the end of each; at most 4 series.
struct Bar_plot {
  std::string title;
  std::vector<std::string> labels;
  Axis lengths;
  std::vector<Bars> series;
};

/// A grey picture, row by row, and a caption below it of one or more lines (parted by '\n').
struct Tile {
  std::vector<std::uint8_t> pixels;
  std::string caption;
};

/// Grey pictures of one size side by side, pixel for pixel; at most 400.
struct Gallery {
  std::string title;
  std::size_t rows = 28, cols = 28;  ///< pixels of a picture
  std::size_t columns = 3;           ///< pictures in a row
  bool ink = true;                   ///< 255 is black, as in MNIST; otherwise 255 is white
  std::vector<Tile> tiles;
};

/// How many of each true class (a row) were taken for which class (a column). A cell is the darker, the
/// larger its share of its row; at most 40 classes.
struct Confusion_plot {
  std::string title;
  std::vector<std::string> names;
  std::vector<std::uint64_t> counts;  ///< truth * classes + predicted
};

// ---- Drawing --------------------------------------------------------------------------------------------

struct Plotted {
  std::filesystem::path file;  ///< what was written: the picture, or the numbers in its stead
  /// What whoever wanted the picture should know, in one line: that gnuplot is missing and how to get it, or
  /// what it warned of. Mostly empty.
  std::string note;

  bool is_picture() const { return file.extension() != ".csv"; }
};

/// Draws a plot into a file; its ending says how: .png or .svg, or .csv for the numbers, which need no
/// gnuplot. Without gnuplot the numbers go beside the place of the picture: loss.csv for loss.png.
///
/// Size:      a PNG has 2 pixels where SVG has 1.
/// Throws:    std::invalid_argument for another ending, and for a plot that cannot be drawn: sizes that do
///            not fit, nothing finite, too many series, a number <= 0 on a logarithmic axis;
///            std::runtime_error with the path when gnuplot fails or the file cannot be written. The file is
///            then as it was before.
Plotted plot(const Line_plot& what, const std::filesystem::path& file);
Plotted plot(const Bar_plot& what, const std::filesystem::path& file);
Plotted plot(const Gallery& what, const std::filesystem::path& file);
Plotted plot(const Confusion_plot& what, const std::filesystem::path& file);

}  // namespace bp
