// Bars as scripts for gnuplot. See script.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/worksheet/digits.h"
#include "viz/plot/script.h"
#include "viz/plot/style.h"

namespace bp {

namespace {

// As grey these are apart, too.
constexpr const char* bar_colours[] = {"#0072b2", "#f0b944", "#222222", "#d4d4d4"};

// Where bars begin: at 0, or at the power of ten below the shortest.
double foot_of(const Axis& axis, const Range& range) {
  return axis.logarithmic ? std::pow(10.0, std::floor(std::log10(range.low) - 0.05)) : 0.0;
}

bool has_bar(const Bars& series) {
  return std::any_of(series.lengths.begin(), series.lengths.end(), [](double x) { return std::isfinite(x); });
}

// From the foot to the longest bar, with room for the numbers.
std::string length_range(const Axis& axis, Range range, double foot) {
  if (axis.logarithmic) {
    return fmt::format("set logscale x\nset format x '%g'\nset xrange [{}:{}]\n", foot,
                       range.high * std::pow(range.high / foot, 0.15));
  }
  range.add(0);
  const double room = range.high > range.low ? 0.13 * (range.high - range.low) : 1;
  return fmt::format("set xrange [{}:{}]\n", range.low < 0 ? range.low - room : 0,
                     range.high > 0 ? range.high + room : room);
}

// Bars as boxes (middle, then x and y from and to), and their numbers just behind the ends. gnuplot can draw
// numbers from data too ("with labels"), but falls over (5.4) where there is none to the left of 0.
std::string bars_of(const Bar_plot& what, std::size_t place, double foot) {
  const double thickness = 0.76 / static_cast<double>(what.series.size());
  std::string block = fmt::format("$bars{} << EOD\n", place), numbers;
  for (std::size_t i = 0; i < what.labels.size(); ++i) {
    const double length = what.series[place].lengths[i];
    if (!std::isfinite(length)) continue;
    const double top = static_cast<double>(i) - 0.38 + static_cast<double>(place) * thickness;
    const double middle = top + thickness / 2;
    block += fmt::format("{} {} {} {} {} {}\n", length, middle, foot, length, top, top + thickness);
    numbers += fmt::format("set label '{}' at {},{} {} offset {},0\n", shown_number(length, 3), length,
                           middle, length < 0 ? "right" : "left", length < 0 ? -0.6 : 0.6);
  }
  return block + "EOD\n" + numbers;
}

std::string drawn_bars(const Bars& series, std::size_t place) {
  return fmt::format(
      "$bars{} using 1:2:3:4:5:6 with boxxyerror fs solid border lc rgb '#222222' fc rgb '{}' lw 0.6 title "
      "{}",
      place, bar_colours[place], plot_text(series.name, name_length));
}

}  // namespace

Plot_script script_of(const Bar_plot& what) {
  Range range;
  for (const Bars& series : what.series) {
    for (const double length : series.lengths) range.add(length);
  }
  const double foot = foot_of(what.lengths, range);
  std::string data, bars, tics;
  for (std::size_t i = 0; i < what.series.size(); ++i) {
    if (!has_bar(what.series[i])) continue;  // gnuplot would warn of it
    data += bars_of(what, i, foot);
    bars += (bars.empty() ? "plot " : ", ") + drawn_bars(what.series[i], i);
  }
  for (std::size_t i = 0; i < what.labels.size(); ++i) {
    tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", tic_text(what.labels[i], 40), i);
  }
  const auto labels = static_cast<double>(what.labels.size());
  return {600, 110 + labels * (12 + 15 * static_cast<double>(what.series.size())),
          plot_style + titles(what.title, what.lengths.name, "") + length_range(what.lengths, range, foot) +
              fmt::format("set yrange [{}:-0.5]\nset ytics ({}) scale 0\nunset grid\nset grid xtics\n",
                          labels - 0.5, tics) +
              (what.series.size() < 2 ? "unset key\n" : "") + data + bars + "\n"};
}

}  // namespace bp
