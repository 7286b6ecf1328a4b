// The numbers of a plot as CSV (RFC 4180, but with plain line ends), the first line naming the columns.
// Numbers have all their digits, and a point in every locale.
#pragma once

#include <string>

#include "viz/plot.h"

namespace bp {

/// A line for each point: series, x, y.
std::string csv_of(const Line_plot& what);
/// A line for each point: panel, series, x, y.
std::string csv_of(const Panels& what);
/// A line for each label, a column for each series.
std::string csv_of(const Bar_plot& what);
/// A line for each bin: sample, from, to, count. What lies outside has lines of its own: from -inf, to inf,
/// and from nan to nan what is not finite.
std::string csv_of(const Histogram_plot& what);
/// A line for each cell: row, column, value.
std::string csv_of(const Heat_map& what);
/// A line for each point of the grid: no class, x, y, score; then for each point of a class: class, x, y.
std::string csv_of(const Boundary_plot& what);
/// A line for each point of the grid: no path, x, y, loss; then for each point of a path: path, x, y.
std::string csv_of(const Surface_plot& what);
/// A line for each picture: its caption and its pixels, row by row.
std::string csv_of(const Gallery& what);
/// A line for each picture: its caption and its weights, row by row.
std::string csv_of(const Weight_images& what);
/// A line for each true class, a column for each predicted one.
std::string csv_of(const Confusion_plot& what);

}  // namespace bp
