// What cannot be drawn, found before anything is. See plot().
#pragma once

#include "viz/plot.h"

namespace bp {

/// Throws:    std::invalid_argument in one line.
void check(const Line_plot& what);
void check(const Panels& what);
void check(const Bar_plot& what);
void check(const Histogram_plot& what);
void check(const Heat_map& what);
void check(const Boundary_plot& what);
void check(const Surface_plot& what);
void check(const Gallery& what);
void check(const Weight_images& what);
void check(const Confusion_plot& what);

}  // namespace bp
