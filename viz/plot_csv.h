// The numbers of a plot as CSV (RFC 4180, but with plain line ends), the first line naming the columns.
// Numbers have all their digits, and a point in every locale.
#pragma once

#include <string>

#include "viz/plot.h"

namespace bp {

/// A line for each point: series, x, y.
std::string csv_of(const Line_plot& what);
/// A line for each label, a column for each series.
std::string csv_of(const Bar_plot& what);
/// A line for each picture: its caption and its pixels, row by row.
std::string csv_of(const Gallery& what);
/// A line for each true class, a column for each predicted one.
std::string csv_of(const Confusion_plot& what);

}  // namespace bp
