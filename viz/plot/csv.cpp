#include "viz/plot/csv.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "viz/plot/bins.h"

namespace bp {

namespace {

// A field in quotes where it would otherwise end early: RFC 4180, section 2, rules 6 and 7.
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string name_or(const std::string& name, const char* otherwise) {
  return field(name.empty() ? otherwise : name);
}

// A line for each point: `before`, the name, x, y, `behind`.
std::string points_of(const Series& series, const std::string& before, const char* behind) {
  const std::string begin = before + field(series.name);
  std::string csv;
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    csv += fmt::format("{},{},{}{}\n", begin, series.x[i], series.y[i], behind);
  }
  return csv;
}

}  // namespace

std::string csv_of(const Line_plot& what) {
  std::string csv = fmt::format("series,{},{}\n", name_or(what.x.name, "x"), name_or(what.y.name, "y"));
  for (const Series& series : what.series) csv += points_of(series, "", "");
  return csv;
}

std::string csv_of(const Bar_plot& what) {
  std::string csv = "label";
  for (const Bars& series : what.series) {
    csv += ',' + name_or(series.name, what.lengths.name.empty() ? "length" : what.lengths.name.c_str());
  }
  csv += '\n';
  for (std::size_t i = 0; i < what.labels.size(); ++i) {
    csv += field(what.labels[i]);
    for (const Bars& series : what.series) csv += fmt::format(",{}", series.lengths[i]);
    csv += '\n';
  }
  return csv;
}

std::string csv_of(const Panels& what) {
  const Line_plot& first = what.panels[0];
  std::string csv =
      fmt::format("panel,series,{},{}\n", name_or(first.x.name, "x"), name_or(first.y.name, "y"));
  for (const Line_plot& panel : what.panels) {
    for (const Series& series : panel.series) csv += points_of(series, field(panel.title) + ',', "");
  }
  return csv;
}

std::string csv_of(const Histogram_plot& what) {
  std::string csv = "sample,from,to,count\n";
  const std::vector<double> edges = bin_edges(what);
  for (const Sample& sample : what.samples) {
    const std::string name = field(sample.name);
    const Binned counts = binned(sample.values, edges);
    if (counts.below > 0) csv += fmt::format("{},-inf,{},{}\n", name, edges.front(), counts.below);
    for (std::size_t i = 0; i < counts.counts.size(); ++i) {
      csv += fmt::format("{},{},{},{}\n", name, edges[i], edges[i + 1], counts.counts[i]);
    }
    if (counts.above > 0) csv += fmt::format("{},{},inf,{}\n", name, edges.back(), counts.above);
    if (counts.not_finite > 0) csv += fmt::format("{},nan,nan,{}\n", name, counts.not_finite);
  }
  return csv;
}

std::string csv_of(const Heat_map& what) {
  std::string csv = fmt::format("{},{},{}\n", name_or(what.y.name, "row"), name_or(what.x.name, "column"),
                                name_or(what.shade.name, "value"));
  for (std::size_t row = 0; row < what.rows.size(); ++row) {
    const std::string name = field(what.rows[row]);
    for (std::size_t k = 0; k < what.columns.size(); ++k) {
      csv += fmt::format("{},{},{}\n", name, what.columns[k], what.values[row * what.columns.size() + k]);
    }
  }
  return csv;
}

namespace {

// Series over a field: the points of both, with a last column that only those of the field have.
std::string csv_of_field(const char* first, const Axis& x, const Axis& y, const Axis& shade,
                         const Field& field, const std::vector<Series>& all) {
  std::string csv = fmt::format("{},{},{},{}\n", first, name_or(x.name, "x"), name_or(y.name, "y"),
                                name_or(shade.name, "value"));
  for (std::size_t iy = 0; iy < field.ny; ++iy) {
    for (std::size_t ix = 0; ix < field.nx; ++ix) {
      csv += fmt::format(",{},{},{}\n", field.x(ix), field.y(iy), field.values[iy * field.nx + ix]);
    }
  }
  for (const Series& series : all) csv += points_of(series, "", ",");
  return csv;
}

}  // namespace

std::string csv_of(const Boundary_plot& what) {
  return csv_of_field("class", what.x, what.y, what.shade, what.scores, what.classes);
}

std::string csv_of(const Surface_plot& what) {
  return csv_of_field("path", what.x, what.y, what.shade, what.losses, what.paths);
}

namespace {

std::string pixel_names(std::size_t rows, std::size_t cols) {
  std::string csv = "caption";
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t col = 0; col < cols; ++col) csv += fmt::format(",{}:{}", row, col);
  }
  return csv + '\n';
}

template <class Number>
std::string picture_line(const std::string& caption, const std::vector<Number>& pixels) {
  std::string csv = field(caption);
  for (const Number pixel : pixels) csv += fmt::format(",{}", pixel);
  return csv + '\n';
}

}  // namespace

std::string csv_of(const Gallery& what) {
  std::string csv = pixel_names(what.rows, what.cols);
  for (const Tile& tile : what.tiles) csv += picture_line(tile.caption, tile.pixels);
  return csv;
}

std::string csv_of(const Weight_images& what) {
  std::string csv = pixel_names(what.rows, what.cols);
  for (const Weight_tile& tile : what.tiles) csv += picture_line(tile.caption, tile.weights);
  return csv;
}

std::string csv_of(const Confusion_plot& what) {
  std::string csv = "true class";
  for (const std::string& name : what.names) csv += ',' + field(name);
  csv += '\n';
  const std::size_t classes = what.names.size();
  for (std::size_t truth = 0; truth < classes; ++truth) {
    csv += field(what.names[truth]);
    for (std::size_t k = 0; k < classes; ++k) csv += fmt::format(",{}", what.counts[truth * classes + k]);
    csv += '\n';
  }
  return csv;
}

}  // namespace bp
