// Curves and bars as scripts for gnuplot, and the style of all plots. See plot_script.h.
#include "viz/plot_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/worksheet/digits.h"
#include "viz/text.h"

namespace bp {

namespace {

constexpr std::size_t title_length = 80, name_length = 60;  // characters

// Okabe and Ito's colours, which the colour-blind tell apart ("Color Universal Design", 2008); dash and
// marker say the same again in black and white.
struct Line_look {
  const char* colour;
  const char* dash;  // lengths of line and gap
  int marker;
};
constexpr Line_look line_looks[] = {{"#0072b2", "solid", 7},         {"#d55e00", "(6,3)", 5},
                                    {"#009e73", "(10,3,2,3)", 9},    {"#000000", "(2,2)", 6},
                                    {"#cc79a7", "(14,3)", 13},       {"#56b4e9", "solid", 4},
                                    {"#e69f00", "(10,3,2,3,2,3)", 8}};
// As grey these are apart too.
constexpr const char* bar_colours[] = {"#0072b2", "#f0b944", "#222222", "#d4d4d4"};

const char* style =
    "set border 3 lc rgb '#444444' lw 0.8\n"
    "set tics nomirror out scale 0.6 textcolor rgb '#222222'\n"
    "set grid lt 1 lc rgb '#dddddd' lw 0.6\n"
    "set key below center horizontal samplen 4 spacing 1.2 height 1 width 2 textcolor rgb '#222222'\n";

std::string titles(const std::string& title, const std::string& x, const std::string& y) {
  return fmt::format("set title {} font ',12'\nset xlabel {}\nset ylabel {}\n",
                     plot_text(title, title_length), plot_text(x, name_length), plot_text(y, name_length));
}

// Between double quotes a backslash and octal digits are a byte. Written so, no character can end the text,
// and none means anything: ` runs a command and @ calls a macro. Digits are written so too, for one behind
// such a byte would be taken for a part of it. (Between single quotes '' should be one quote, but at the
// beginning of a text gnuplot 5.4 takes it for the end.)
std::string in_quotes(std::string_view text, bool is_format) {
  std::string quoted = "\"";
  for (const char c : text) {
    const bool plain =
        static_cast<unsigned char>(c) >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ';
    quoted += plain ? std::string(1, c) : fmt::format("\\{:03o}", c);
    if (is_format && c == '%') quoted += "\\045";
  }
  return quoted + '"';
}

// ---- Ranges ---------------------------------------------------------------------------------------------

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool whole = true;  // whether all of them are whole numbers

  void add(double number) {
    if (!std::isfinite(number)) return;
    low = std::min(low, number);
    high = std::max(high, number);
    whole = whole && number == std::floor(number);
  }
};

// Of whole numbers, such as epochs, a tic stands at whole numbers only: at most ten of 1, 2, 5, 10, 20...
std::string whole_tics(char axis, const Range& range) {
  double step = 1;
  for (int i = 0; (range.high - range.low) / step > 10; ++i) step *= i % 3 == 1 ? 2.5 : 2;
  return fmt::format("set {}tics {:.0f}\n", axis, step);
}

// The range of an axis with a little air; gnuplot itself would warn of a range of one number.
std::string axis_range(char name, const Axis& axis, const Range& range) {
  if (axis.logarithmic) {
    return fmt::format("set logscale {0}\nset format {0} '%g'\nset {0}range [{1}:{2}]\n", name,
                       range.low / 1.2, range.high * 1.2);
  }
  const double size = range.high - range.low;
  const double air = size > 0 ? 0.04 * size : std::max(1.0, std::abs(range.low)) / 2;
  const std::string tics = range.whole && size > 0 && size < 1e6 ? whole_tics(name, range) : "";
  return tics + fmt::format("set {}range [{}:{}]\n", name, range.low - air, range.high + air);
}

// ---- Curves ---------------------------------------------------------------------------------------------

std::string points_of(const Series& series, std::size_t place) {
  std::string block = fmt::format("$series{} << EOD\n", place);
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    // A blank line parts what a gap parts.
    const bool finite = std::isfinite(series.x[i]) && std::isfinite(series.y[i]);
    block += finite ? fmt::format("{} {}\n", series.x[i], series.y[i]) : "\n";
  }
  return block + "EOD\n";
}

// About 12 markers a line: with one at each of a thousand points, they would be the line.
std::string curve(const Series& series, std::size_t place) {
  const Line_look& look = line_looks[place];
  return fmt::format(
      "$series{} using 1:2 with linespoints title {} lw 2 lc rgb '{}' dt {} pt {} ps 0.8 pi {}", place,
      plot_text(series.name, name_length), look.colour, look.dash, look.marker, series.x.size() / 12 + 1);
}

bool has_point(const Series& series) {
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    if (std::isfinite(series.x[i]) && std::isfinite(series.y[i])) return true;
  }
  return false;
}

}  // namespace

std::string plot_text(std::string_view text, std::size_t length) {
  return in_quotes(shown_name(text, length), false);
}

std::string tic_text(std::string_view text, std::size_t length) {
  return in_quotes(shown_name(text, length), true);
}

Plot_script script_of(const Line_plot& what) {
  Range x, y;
  std::string data, curves;
  for (std::size_t i = 0; i < what.series.size(); ++i) {
    const Series& series = what.series[i];
    for (std::size_t k = 0; k < series.x.size(); ++k) {
      if (!std::isfinite(series.x[k]) || !std::isfinite(series.y[k])) continue;
      x.add(series.x[k]);
      y.add(series.y[k]);
    }
    if (!has_point(series)) continue;  // gnuplot would warn of it
    data += points_of(series, i);
    curves += (curves.empty() ? "plot " : ", ") + curve(series, i);
  }
  return {600, 400,
          style + titles(what.title, what.x.name, what.y.name) + axis_range('x', what.x, x) +
              axis_range('y', what.y, y) + (what.series.size() < 2 ? "unset key\n" : "") + data + curves +
              "\n"};
}

// ---- Bars -----------------------------------------------------------------------------------------------

namespace {

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
          style + titles(what.title, what.lengths.name, "") + length_range(what.lengths, range, foot) +
              fmt::format("set yrange [{}:-0.5]\nset ytics ({}) scale 0\nunset grid\nset grid xtics\n",
                          labels - 0.5, tics) +
              (what.series.size() < 2 ? "unset key\n" : "") + data + bars + "\n"};
}

}  // namespace bp
