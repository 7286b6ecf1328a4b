// Curves, and small multiples of them, as scripts for gnuplot. See script.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "viz/plot/script.h"
#include "viz/plot/style.h"
#include "viz/text.h"

namespace bp {

namespace {

bool finite_at(const Series& series, std::size_t i) {
  return std::isfinite(series.x[i]) && std::isfinite(series.y[i]);
}

bool has_point(const Series& series) {
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    if (finite_at(series, i)) return true;
  }
  return false;
}

struct Ranges {
  Range x, y;

  void add(const Line_plot& what) {
    for (const Series& series : what.series) {
      for (std::size_t i = 0; i < series.x.size(); ++i) {
        if (!finite_at(series, i)) continue;
        x.add(series.x[i]);
        y.add(series.y[i]);
      }
    }
  }
};

std::string points_of(const Series& series, const std::string& block_name) {
  std::string block = fmt::format("{} << EOD\n", block_name);
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    // A blank line parts what a gap parts.
    block += finite_at(series, i) ? fmt::format("{} {}\n", series.x[i], series.y[i]) : "\n";
  }
  return block + "EOD\n";
}

// About 12 markers a line: with one at each of a thousand points, they would be the line.
std::string curve(const Series& series, const std::string& block_name, std::size_t place) {
  const Line_look& look = line_looks[place];
  return fmt::format("{} using 1:2 with linespoints title {} lw 2 lc rgb '{}' dt {} pt {} ps 0.8 pi {}",
                     block_name, plot_text(series.name, name_length), look.colour, look.dash, look.marker,
                     series.x.size() / 12 + 1);
}

// The data, and the command that draws it.
std::string curves(const Line_plot& what) {
  std::string data, drawn;
  for (std::size_t i = 0; i < what.series.size(); ++i) {
    if (!has_point(what.series[i])) continue;  // gnuplot would warn of it
    const std::string name = fmt::format("$series{}", i);
    data += points_of(what.series[i], name);
    drawn += (drawn.empty() ? "plot " : ", ") + curve(what.series[i], name, i);
  }
  return data + drawn + "\n";
}

}  // namespace

Plot_script script_of(const Line_plot& what) {
  Ranges ranges;
  ranges.add(what);
  return {600, 400,
          plot_style + titles(what.title, what.x.name, what.y.name) + axis_range("x", what.x, ranges.x) +
              axis_range("y", what.y, ranges.y) + (what.series.size() < 2 ? "unset key\n" : "") +
              curves(what)};
}

// ---- Small multiples ------------------------------------------------------------------------------------

namespace {

// In points: the room for the title above all panels, and a line of the legend below them.
constexpr double top_room = 34, legend_line = 17;

// A place on a sheet, in points from its lower left corner.
struct Place {
  double x, y;

  std::string on(const Plot_script& sheet) const {
    return fmt::format("screen {},{}", x / sheet.width, y / sheet.height);
  }
};

// Where the entries of a legend stand: one beside the other, on as many lines as they need. gnuplot's own
// legend would have to fit into one panel.
std::vector<Place> legend_places(const std::vector<Series>& all, double width) {
  std::vector<Place> places;
  if (all.size() < 2) return places;
  double x = 0, lines = 1;
  for (const Series& series : all) {
    const double entry =
        54 + 6.6 * static_cast<double>(character_count(shown_name(series.name, name_length)));
    if (x > 0 && x + entry > width - 20) {
      x = 0;
      ++lines;
    }
    places.push_back({x, -legend_line * lines});
    x += entry;
  }
  const double left = lines == 1 ? (width - x) / 2 + 10 : 10;
  for (Place& place : places) place = {left + place.x, place.y + legend_line * lines + 14};
  return places;
}

// A piece of each line with its marker, and its name.
std::string legend(const std::vector<Series>& all, const std::vector<Place>& places,
                   const Plot_script& sheet) {
  std::string commands;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Line_look& look = line_looks[i];
    const auto [x, y] = places[i];
    commands += fmt::format("set arrow from {} to {} nohead lw 2 lc rgb '{}' dt {}\n", places[i].on(sheet),
                            Place{x + 30, y}.on(sheet), look.colour, look.dash);
    commands += fmt::format("set label '' at {} point pt {} ps 0.8 lc rgb '{}'\n", Place{x + 15, y}.on(sheet),
                            look.marker, look.colour);
    commands += fmt::format("set label {} at {} left\n", plot_text(all[i].name, name_length),
                            Place{x + 36, y}.on(sheet));
  }
  return commands;
}

std::string panel(const Line_plot& what, const Ranges& ranges) {
  return "unset logscale\nset format '% h'\nset xtics autofreq\nset ytics autofreq\n" +
         fmt::format(
             "set title {} font ',10' offset 0,-0.6\nset xlabel {} font ',9' offset 0,0.7\n"
             "set ylabel {} font ',9' offset 1.2,0\n",
             plot_text(what.title, 34), plot_text(what.x.name, 34), plot_text(what.y.name, 26)) +
         axis_range("x", what.x, ranges.x, 5) + axis_range("y", what.y, ranges.y, 5) + curves(what);
}

}  // namespace

Plot_script script_of(const Panels& what) {
  const std::size_t columns = std::min(what.columns, what.panels.size());
  const std::size_t rows = (what.panels.size() + columns - 1) / columns;
  // A panel with its texts; fewer in a row are larger.
  const double panel_width = std::clamp(600 / static_cast<double>(columns), 210.0, 400.0);
  const double panel_height = 66 + 0.57 * panel_width;
  Plot_script sheet;
  sheet.width = std::max(static_cast<double>(columns) * panel_width + 8, wide_enough(what.title));
  const std::vector<Series>& named = what.panels[0].series;
  const std::vector<Place> places = legend_places(named, sheet.width);
  sheet.height = top_room + static_cast<double>(rows) * panel_height + (places.empty() ? 0 : places[0].y + 8);
  Ranges all;
  for (const Line_plot& one : what.panels) all.add(one);
  // What stands once on the sheet is drawn with the first panel.
  sheet.commands = plot_style +
                   fmt::format(
                       "set tics font ',8'\nset multiplot\nunset key\nset label {} at {} "
                       "center font ',12'\n",
                       plot_text(what.title, title_length),
                       Place{sheet.width / 2, sheet.height - top_room / 2}.on(sheet)) +
                   legend(named, places, sheet);
  for (std::size_t i = 0; i < what.panels.size(); ++i) {
    Ranges own;
    own.add(what.panels[i]);
    const double left = static_cast<double>(i % columns) * panel_width;
    const double top = sheet.height - top_room - static_cast<double>(i / columns) * panel_height;
    sheet.commands += fmt::format(
                          "set lmargin at screen {}\nset rmargin at screen {}\nset tmargin at screen {}\n"
                          "set bmargin at screen {}\n",
                          (left + 50) / sheet.width, (left + panel_width - 4) / sheet.width,
                          (top - 22) / sheet.height, (top - panel_height + 42) / sheet.height) +
                      panel(what.panels[i], what.shared_axes ? all : own);
    if (i == 0) sheet.commands += "unset label\nunset arrow\n";
  }
  sheet.commands += "unset multiplot\n";
  return sheet;
}

}  // namespace bp
