// Decision boundaries and loss surfaces as scripts for gnuplot. See script.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "viz/plot/script.h"
#include "viz/plot/style.h"

namespace bp {

namespace {

Range range_of(const Field& field) {
  Range range;
  range.add(field.values);
  return range;
}

// A blank line behind each row of the grid: so contours find their neighbours.
std::string grid_of(const Field& field) {
  std::string block = "$grid << EOD\n";
  for (std::size_t iy = 0; iy < field.ny; ++iy) {
    for (std::size_t ix = 0; ix < field.nx; ++ix) {
      const double value = field.values[iy * field.nx + ix];
      block += fmt::format("{} {} {}\n", field.x(ix), field.y(iy),
                           std::isfinite(value) ? fmt::format("{}", value) : "NaN");
    }
    block += '\n';
  }
  return block + "EOD\n";
}

// A shade is drawn around its point, so the shades reach half a step beyond the outer points. Behind them is
// grey, which shows where there is none.
std::string frame_of(const Field& field) {
  const double x_half = (field.x1 - field.x0) / static_cast<double>(field.nx - 1) / 2;
  const double y_half = (field.y1 - field.y0) / static_cast<double>(field.ny - 1) / 2;
  return fmt::format(
      "unset grid\nset border 15\nset xrange [{}:{}]\nset yrange [{}:{}]\n"
      "set object rectangle from graph 0,0 to graph 1,1 behind fs solid noborder fc rgb '#a0a0a0'\n",
      field.x0 - x_half, field.x1 + x_half, field.y0 - y_half, field.y1 + y_half);
}

// Lines along which the field has one of the values, as a block named $lines. Each must lie between two of
// the field's values: gnuplot warns where there is no line.
std::string contours_of(const std::vector<double>& values) {
  std::string levels;
  for (const double value : values) levels += fmt::format("{}{}", levels.empty() ? "" : ",", value);
  return fmt::format(
      "set table $lines\nset contour base\nunset surface\nset cntrparam levels discrete {}\n"
      "splot $grid using 1:2:3\nunset table\nunset contour\nset surface\n",
      levels);
}

// Points and paths, but for what is not finite; a blank line parts what that parts.
std::string points_of(const Series& series, const std::string& name) {
  std::string block = name + " << EOD\n";
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    const bool finite = std::isfinite(series.x[i]) && std::isfinite(series.y[i]);
    block += finite ? fmt::format("{} {}\n", series.x[i], series.y[i]) : "\n";
  }
  return block + "EOD\n";
}

// Where the finite points of a series are: first and last of them, or both the size where there is none.
struct Ends {
  std::size_t first, last;

  explicit Ends(const Series& series) : first(series.x.size()), last(first) {
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      if (!std::isfinite(series.x[i]) || !std::isfinite(series.y[i])) continue;
      if (first == series.x.size()) first = i;
      last = i;
    }
  }
  bool none(const Series& series) const { return first == series.x.size(); }
};

}  // namespace

// ---- Decision boundaries --------------------------------------------------------------------------------

namespace {

// On each side of the level as far as the score goes from it on either, so that white is the level.
std::string score_shades(const Boundary_plot& what) {
  const Range range = range_of(what.scores);
  double reach = std::max({range.high - what.level, what.level - range.low});
  if (!(reach > 0)) reach = 1;
  Range even;
  even.add(what.level - reach);
  even.add(what.level + reach);
  // In grey the upper side is the darker one.
  return "set palette defined (-1 '#f3ae5e', 0 '#ffffff', 1 '#3f7fb8')\n" + shade_range(what.shade, even);
}

}  // namespace

Plot_script script_of(const Boundary_plot& what) {
  constexpr Line_look looks[] = {{"#a84300", "", 9}, {"#00305e", "", 7}};  // upright triangle, circle
  const Range range = range_of(what.scores);
  const bool crosses = range.low < what.level && what.level < range.high;
  std::string data = grid_of(what.scores), drawn = "plot $grid using 1:2:3 with image notitle";
  if (crosses) {
    data += contours_of({what.level});
    drawn += fmt::format(", $lines using 1:2 with lines lw 2 lc rgb '#000000' title {}",
                         plot_text(fmt::format("{} = {}", what.shade.name, what.level), name_length));
  }
  for (std::size_t i = 0; i < what.classes.size(); ++i) {
    if (Ends(what.classes[i]).none(what.classes[i])) continue;
    const std::string name = fmt::format("$class{}", i);
    data += points_of(what.classes[i], name);
    // A white rim parts a marker from shades and from its neighbours.
    drawn += fmt::format(
        ", {0} using 1:2 with points pt {1} ps 1.1 lc rgb '#ffffff' notitle, {0} using 1:2 with points pt "
        "{1} ps "
        "0.8 lc rgb '{2}' title {3}",
        name, looks[i].marker, looks[i].colour, plot_text(what.classes[i].name, name_length));
  }
  const bool legend = crosses || !what.classes.empty();
  return {600, 480,
          plot_style + titles(what.title, what.x.name, what.y.name) + frame_of(what.scores) +
              score_shades(what) + (legend ? "" : "unset key\n") + data + drawn + "\n"};
}

// ---- Loss surfaces --------------------------------------------------------------------------------------

namespace {

// Evenly spaced strictly between the smallest and the largest loss.
std::vector<double> levels_of(const Surface_plot& what) {
  const bool log = what.shade.logarithmic;
  const Range range = range_of(what.losses);
  if (!(range.low < range.high)) return {};
  const double low = log ? std::log(range.low) : range.low, high = log ? std::log(range.high) : range.high;
  std::vector<double> levels;
  for (std::size_t i = 1; i <= what.lines; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(what.lines + 1);
    const double level = low * (1 - share) + high * share;
    levels.push_back(log ? std::exp(level) : level);
  }
  return levels;
}

std::string path(const Series& series, const std::string& name, std::size_t place) {
  const Line_look& look = line_looks[place];
  return fmt::format(
      ", {0} using 1:2 with lines lw 3.5 lc rgb '#ffffff' notitle, {0} using 1:2 with linespoints title {1} "
      "lw 2 lc "
      "rgb '{2}' dt {3} pt {4} ps 0.7 pi {5}",
      name, plot_text(series.name, name_length), look.colour, look.dash, look.marker,
      series.x.size() / 15 + 1);
}

}  // namespace

Plot_script script_of(const Surface_plot& what) {
  std::string data = grid_of(what.losses), drawn = "plot $grid using 1:2:3 with image notitle";
  const std::vector<double> levels = levels_of(what);
  if (!levels.empty()) {
    data += contours_of(levels);
    drawn += ", $lines using 1:2 with lines lw 0.6 lc rgb '#555555' notitle";
  }
  std::string starts = "$starts << EOD\n", ends = "$ends << EOD\n";
  bool any = false;
  for (std::size_t i = 0; i < what.paths.size(); ++i) {
    const Series& series = what.paths[i];
    const Ends at(series);
    if (at.none(series)) continue;
    any = true;
    starts += fmt::format("{} {}\n", series.x[at.first], series.y[at.first]);
    ends += fmt::format("{} {}\n", series.x[at.last], series.y[at.last]);
    const std::string name = fmt::format("$path{}", i);
    data += points_of(series, name);
    drawn += path(series, name, i);
  }
  if (any) {
    data += starts + "EOD\n" + ends + "EOD\n";
    drawn +=
        ", $starts using 1:2 with points pt 6 ps 1.8 lw 2.5 lc rgb '#000000' title 'start', "
        "$ends using 1:2 with points pt 2 ps 1.6 lw 2.5 lc rgb '#000000' title 'end'";
  }
  // Pale, so that paths stand out: a low loss white, a high one grey-blue.
  return {600, 500,
          plot_style + titles(what.title, what.x.name, what.y.name) + frame_of(what.losses) +
              "set palette defined (0 '#ffffff', 1 '#8ea5bd')\n" +
              shade_range(what.shade, range_of(what.losses)) + (any ? "" : "unset key\n") + data + drawn +
              "\n"};
}

}  // namespace bp
