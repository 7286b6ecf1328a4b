#include "viz/plot/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

#include "engine/data/file_error.h"
#include "viz/plot/bins.h"

namespace bp {

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument("backstep: cannot plot: " + what);
}

void check_number(std::size_t count, std::size_t most, const char* what) {
  if (count == 0) refuse(fmt::format("there are no {}", what));
  if (count > most)
    refuse(fmt::format("{} {} are more than {}, and would not be readable", count, what, most));
}

// Whether there is a finite number; on a logarithmic axis every one must be above 0.
bool check_numbers(const std::vector<double>& numbers, const Axis& axis, const std::string& series) {
  bool found = false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (axis.logarithmic && numbers[i] <= 0) {
      refuse(fmt::format("the axis {} is logarithmic, where {} has no place (number {} of {})",
                         on_one_line("'" + axis.name + "'"), numbers[i], i, on_one_line("'" + series + "'")));
    }
    found = found || std::isfinite(numbers[i]);
  }
  return found;
}

bool any_finite(const std::vector<double>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); });
}

void check_linear(const Axis& axis) {
  if (axis.logarithmic) {
    refuse(fmt::format("the axis {} cannot be logarithmic here", on_one_line("'" + axis.name + "'")));
  }
}

void check_sizes(const Series& series) {
  if (series.x.size() != series.y.size()) {
    refuse(fmt::format("{} has {} x and {} y", on_one_line("'" + series.name + "'"), series.x.size(),
                       series.y.size()));
  }
}

}  // namespace

void check(const Line_plot& what) {
  check_number(what.series.size(), 7, "series");
  bool point = false;
  for (const Series& series : what.series) {
    check_sizes(series);
    check_numbers(series.x, what.x, series.name);
    check_numbers(series.y, what.y, series.name);
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      point = point || (std::isfinite(series.x[i]) && std::isfinite(series.y[i]));
    }
  }
  if (!point) refuse("no series has a point with finite x and y");
}

void check(const Panels& what) {
  check_number(what.panels.size(), 36, "panels");
  check_number(what.columns, 6, "panels in a row");
  for (const Line_plot& panel : what.panels) {
    check(panel);
    const auto same_name = [](const Series& a, const Series& b) { return a.name == b.name; };
    const std::vector<Series>& first = what.panels[0].series;
    if (!std::equal(first.begin(), first.end(), panel.series.begin(), panel.series.end(), same_name)) {
      refuse(fmt::format("the panel {} has other series than the first one, and they share a legend",
                         on_one_line("'" + panel.title + "'")));
    }
    if (what.shared_axes && (panel.x.logarithmic != what.panels[0].x.logarithmic ||
                             panel.y.logarithmic != what.panels[0].y.logarithmic)) {
      refuse("some panels are logarithmic and some are not, and they share their axes");
    }
  }
}

void check(const Bar_plot& what) {
  check_number(what.labels.size(), 100, "labels");
  check_number(what.series.size(), 4, "series");
  bool bar = false;
  for (const Bars& series : what.series) {
    if (series.lengths.size() != what.labels.size()) {
      refuse(fmt::format("{} has {} bars, and there are {} labels", on_one_line("'" + series.name + "'"),
                         series.lengths.size(), what.labels.size()));
    }
    bar = check_numbers(series.lengths, what.lengths, series.name) || bar;
  }
  if (!bar) refuse("no bar has a finite length");
}

void check(const Histogram_plot& what) {
  check_number(what.samples.size(), 12, "samples");
  check_number(what.bins, 200, "bins");
  for (const std::optional<double>& end : {what.low, what.high}) {
    if (end && (!std::isfinite(*end) || (what.x.logarithmic && *end <= 0))) {
      refuse(fmt::format("the axis {} cannot end at {}", on_one_line("'" + what.x.name + "'"), *end));
    }
  }
  if (what.low && what.high && !(*what.low < *what.high)) {
    refuse(fmt::format("the axis {} cannot go from {} to {}", on_one_line("'" + what.x.name + "'"), *what.low,
                       *what.high));
  }
  for (const Sample& sample : what.samples) {
    if (sample.values.empty()) refuse(fmt::format("{} has no numbers", on_one_line("'" + sample.name + "'")));
  }
  const std::vector<double> edges = bin_edges(what);
  const auto inside = [&edges](const Sample& sample) { return binned(sample.values, edges).inside() > 0; };
  if (std::none_of(what.samples.begin(), what.samples.end(), inside)) {
    refuse(fmt::format("no number lies on the axis {}", on_one_line("'" + what.x.name + "'")));
  }
}

void check(const Heat_map& what) {
  check_number(what.rows.size(), 60, "rows");
  check_number(what.columns.size(), 2000, "columns");
  if (what.values.size() != what.rows.size() * what.columns.size()) {
    refuse(fmt::format("{} rows and {} columns have {} values, not {}", what.rows.size(), what.columns.size(),
                       what.rows.size() * what.columns.size(), what.values.size()));
  }
  check_linear(what.y);
  check_numbers(what.columns, what.x, "columns");
  for (std::size_t i = 0; i < what.columns.size(); ++i) {
    if (!std::isfinite(what.columns[i]) || (i > 0 && !(what.columns[i - 1] < what.columns[i]))) {
      refuse(fmt::format("columns stand at rising places, and number {} is {}", i, what.columns[i]));
    }
  }
  for (std::size_t i = 0; i < what.values.size(); ++i) {
    if (what.shade.logarithmic && what.values[i] < 0 && std::isfinite(what.values[i])) {
      refuse(fmt::format("the shade {} is logarithmic, where {} has no place (row {}, column {})",
                         on_one_line("'" + what.shade.name + "'"), what.values[i],
                         on_one_line("'" + what.rows[i / what.columns.size()] + "'"),
                         i % what.columns.size()));
    }
  }
  if (!any_finite(what.values)) refuse("no value is finite");
}

namespace {

void check_field(const Field& field, const Axis& shade) {
  if (field.nx < 2 || field.ny < 2 || field.nx > 500 || field.ny > 500) {
    refuse(fmt::format("a grid of {} x {} points; from 2 to 500 each way are possible", field.nx, field.ny));
  }
  if (field.values.size() != field.nx * field.ny) {
    refuse(fmt::format("a grid of {} x {} points has {} values, not {}", field.nx, field.ny,
                       field.nx * field.ny, field.values.size()));
  }
  const double ends[] = {field.x0, field.x1, field.y0, field.y1};
  const bool finite =
      std::all_of(std::begin(ends), std::end(ends), [](double end) { return std::isfinite(end); });
  if (!finite || !(field.x0 < field.x1) || !(field.y0 < field.y1)) {
    refuse(fmt::format("a rectangle from ({}, {}) to ({}, {})", field.x0, field.y0, field.x1, field.y1));
  }
  if (!check_numbers(field.values, shade, "the grid")) refuse("no value of the grid is finite");
}

void check_points(const std::vector<Series>& all) {
  for (const Series& series : all) check_sizes(series);
}

}  // namespace

void check(const Boundary_plot& what) {
  check_linear(what.x);
  check_linear(what.y);
  check_linear(what.shade);
  check_field(what.scores, what.shade);
  if (!std::isfinite(what.level)) refuse(fmt::format("a boundary at the level {}", what.level));
  if (what.classes.size() > 2) {
    refuse(fmt::format("{} classes; a boundary is between 2", what.classes.size()));
  }
  check_points(what.classes);
}

void check(const Surface_plot& what) {
  check_linear(what.x);
  check_linear(what.y);
  check_field(what.losses, what.shade);
  if (what.lines > 60) refuse(fmt::format("{} contour lines are more than 60", what.lines));
  if (what.paths.size() > 7) {
    refuse(fmt::format("{} paths are more than 7, and would not be readable", what.paths.size()));
  }
  check_points(what.paths);
}

namespace {

// What a Gallery and Weight_images have in common; `sizes` has the number of pixels of each picture.
void check_pictures(std::size_t rows, std::size_t cols, std::size_t columns,
                    const std::vector<std::size_t>& sizes) {
  check_number(sizes.size(), 400, "pictures");
  if (rows == 0 || cols == 0 || rows > 1024 || cols > 1024) {
    refuse(fmt::format("pictures of {} x {} pixels; from 1 to 1024 are possible", rows, cols));
  }
  check_number(columns, 40, "pictures in a row");
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] != rows * cols) {
      refuse(
          fmt::format("picture {} has {} pixels, and {} x {} are {}", i, sizes[i], rows, cols, rows * cols));
    }
  }
}

}  // namespace

void check(const Gallery& what) {
  std::vector<std::size_t> sizes;
  for (const Tile& tile : what.tiles) sizes.push_back(tile.pixels.size());
  check_pictures(what.rows, what.cols, what.columns, sizes);
}

void check(const Weight_images& what) {
  std::vector<std::size_t> sizes;
  bool weight = false;
  for (const Weight_tile& tile : what.tiles) {
    sizes.push_back(tile.weights.size());
    weight = weight || any_finite(tile.weights);
  }
  check_pictures(what.rows, what.cols, what.columns, sizes);
  if (!weight) refuse("no weight is finite");
}

void check(const Confusion_plot& what) {
  const std::size_t classes = what.names.size();
  check_number(classes, 40, "classes");
  if (what.counts.size() != classes * classes) {
    refuse(fmt::format("{} classes have {} counts, not {}", classes, classes * classes, what.counts.size()));
  }
}

}  // namespace bp
