// Plots as files, drawn by the program gnuplot: curves and small multiples of them, bars, histograms, heat
// maps, decision boundaries, loss surfaces, pictures of pixels and of weights, confusion matrices.
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
#include <optional>
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

/// Small multiples: curves side by side on one sheet, row by row, each with its own title and axes; at most
/// 36. The series have the same names in all of them, and one legend.
struct Panels {
  std::string title;
  std::size_t columns = 3;   ///< panels in a row
  bool shared_axes = false;  ///< all have the same ranges, so that heights can be compared
  std::vector<Line_plot> panels;
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

/// Numbers of one kind, such as the activations of a layer.
struct Sample {
  std::string name;
  std::vector<double> values;
};

/// How numbers are spread: a panel for each sample, one above the other on one x axis. A bar is as high as
/// the share of the sample (%) that lies within, each panel on its own scale. At most 12 samples, 200 bins.
///
/// What lies outside the x axis counts in the shares, and is said in the panel: numbers below `low` and above
/// `high`, those that are not finite and, on a logarithmic axis, those that are <= 0. A bin has its lower
/// edge; the last one also its upper.
struct Histogram_plot {
  std::string title;
  Axis x;
  std::vector<Sample> samples;
  std::size_t bins = 40;
  std::optional<double> low, high;  ///< ends of the x axis; otherwise the smallest and the largest number
};

/// A number for each row and column as a shade, such as a gradient's norm for each layer and step; at most 60
/// rows and 2,000 columns.
///
/// Where columns stand on the x axis may be uneven: each reaches half way to the next. On a logarithmic shade
/// 0 is possible, and has its own look; so has what is not finite.
struct Heat_map {
  std::string title;
  Axis x, y, shade;
  std::vector<std::string> rows;  ///< names, the first row on top
  std::vector<double> columns;    ///< rising
  std::vector<double> values;     ///< row * columns + column
};

/// Numbers on an even grid of points over a rectangle, corners and edges included: 2 to 500 points each way.
/// What is not finite is drawn grey.
struct Field {
  std::size_t nx = 0, ny = 0;
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
  std::vector<double> values = {};  ///< iy * nx + ix, from the corner (x0, y0)

  double x(std::size_t ix) const {
    return x0 + (x1 - x0) * static_cast<double>(ix) / static_cast<double>(nx - 1);
  }
  double y(std::size_t iy) const {
    return y0 + (y1 - y0) * static_cast<double>(iy) / static_cast<double>(ny - 1);
  }

  /// Fills in the value of a function of (x, y) at every point.
  template <class Function>
  void fill(Function&& f) {
    values.clear();
    for (std::size_t iy = 0; iy < ny; ++iy) {
      for (std::size_t ix = 0; ix < nx; ++ix) values.push_back(f(x(ix), y(iy)));
    }
  }
};

/// What a classifier says over a plane: its score as shades (white at `level`), the line where the score is
/// `level`, and the points of two classes, each with its marker: first the class whose scores should lie
/// below. Both axes are linear.
struct Boundary_plot {
  std::string title;
  Axis x, y, shade{"score"};
  Field scores;
  double level = 0;                  ///< 0 for a score or a logit, 0.5 for a probability
  std::vector<Series> classes = {};  ///< points, of any number; at most 2 classes
};

/// A loss over two weights, by shades and contour lines (evenly spaced; on a logarithmic shade evenly in the
/// logarithm), and the paths that optimisers take over it, each with its start and end marked; at most 7.
/// What leaves the rectangle is cut off. Both axes are linear.
struct Surface_plot {
  std::string title;
  Axis x, y, shade{"loss"};
  Field losses;
  std::vector<Series> paths = {};
  std::size_t lines = 14;  ///< contour lines; 0 to 60
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

/// The weights of one unit as a picture, row by row, and a caption as a Tile has it.
struct Weight_tile {
  std::vector<double> weights;
  std::string caption;
};

/// Weights as pictures of one size: positive blue, negative orange, 0 white, on one scale for all, which
/// stands below them; at most 400 pictures. What is not finite is grey.
struct Weight_images {
  std::string title;
  std::size_t rows = 28, cols = 28;  ///< weights of a picture
  std::size_t columns = 5;           ///< pictures in a row
  std::vector<Weight_tile> tiles;
  std::string name = "weight";  ///< what the scale shows
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
///            not fit, nothing finite, too many series, a number <= 0 on a logarithmic axis (but see above);
///            std::runtime_error with the path when gnuplot fails or the file cannot be written. The file is
///            then as it was before.
Plotted plot(const Line_plot& what, const std::filesystem::path& file);
Plotted plot(const Panels& what, const std::filesystem::path& file);
Plotted plot(const Bar_plot& what, const std::filesystem::path& file);
Plotted plot(const Histogram_plot& what, const std::filesystem::path& file);
Plotted plot(const Heat_map& what, const std::filesystem::path& file);
Plotted plot(const Boundary_plot& what, const std::filesystem::path& file);
Plotted plot(const Surface_plot& what, const std::filesystem::path& file);
Plotted plot(const Gallery& what, const std::filesystem::path& file);
Plotted plot(const Weight_images& what, const std::filesystem::path& file);
Plotted plot(const Confusion_plot& what, const std::filesystem::path& file);

}  // namespace bp
