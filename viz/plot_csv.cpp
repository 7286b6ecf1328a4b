#include "viz/plot_csv.h"

#include <fmt/format.h>

#include <string_view>

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

}  // namespace

std::string csv_of(const Line_plot& what) {
  std::string csv = fmt::format("series,{},{}\n", name_or(what.x.name, "x"), name_or(what.y.name, "y"));
  for (const Series& series : what.series) {
    const std::string name = field(series.name);
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      csv += fmt::format("{},{},{}\n", name, series.x[i], series.y[i]);
    }
  }
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

std::string csv_of(const Gallery& what) {
  std::string csv = "caption";
  for (std::size_t row = 0; row < what.rows; ++row) {
    for (std::size_t col = 0; col < what.cols; ++col) csv += fmt::format(",{}:{}", row, col);
  }
  csv += '\n';
  for (const Tile& tile : what.tiles) {
    csv += field(tile.caption);
    for (const std::uint8_t pixel : tile.pixels) csv += fmt::format(",{}", pixel);
    csv += '\n';
  }
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
