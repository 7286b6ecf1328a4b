// Plots as scripts for gnuplot, all in one style. plot.h has them drawn.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "viz/plot.h"

namespace bp {

/// The commands that draw a plot, but for the choice of terminal; for sizes that fit (see plot()).
struct Plot_script {
  double width, height;  ///< points
  std::string commands;
};

Plot_script script_of(const Line_plot& what);
Plot_script script_of(const Panels& what);
Plot_script script_of(const Bar_plot& what);
Plot_script script_of(const Histogram_plot& what);
Plot_script script_of(const Heat_map& what);
Plot_script script_of(const Boundary_plot& what);
Plot_script script_of(const Surface_plot& what);
Plot_script script_of(const Gallery& what);
Plot_script script_of(const Weight_images& what);
Plot_script script_of(const Confusion_plot& what);

/// Text in quotes, in which gnuplot runs nothing and puts nothing in: one line of at most `length`
/// characters.
std::string plot_text(std::string_view text, std::size_t length);

/// The same for the label of a tic, which gnuplot takes for a format: every % is doubled.
std::string tic_text(std::string_view text, std::size_t length);

}  // namespace bp
