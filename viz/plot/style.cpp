#include "viz/plot/style.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "viz/plot/script.h"
#include "viz/text.h"

namespace bp {

// ---- Texts ----------------------------------------------------------------------------------------------

namespace {

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

}  // namespace

std::string plot_text(std::string_view text, std::size_t length) {
  return in_quotes(shown_name(text, length), false);
}

std::string tic_text(std::string_view text, std::size_t length) {
  return in_quotes(shown_name(text, length), true);
}

std::string titles(const std::string& title, const std::string& x, const std::string& y) {
  return fmt::format("set title {} font ',12'\nset xlabel {}\nset ylabel {}\n",
                     plot_text(title, title_length), plot_text(x, name_length), plot_text(y, name_length));
}

// A character of a title is about 7.5 points wide.
double wide_enough(const std::string& title) {
  return 30 + 7.5 * static_cast<double>(character_count(shown_name(title, title_length)));
}

const char* const plot_style =
    "set border 3 lc rgb '#444444' lw 0.8\n"
    "set tics nomirror out scale 0.6 textcolor rgb '#222222'\n"
    "set grid lt 1 lc rgb '#dddddd' lw 0.6\n"
    "set key below center horizontal maxcols 3 samplen 4 spacing 1.2 height 1 width 2\n"
    "set key textcolor rgb '#222222'\n";

// ---- Ranges ---------------------------------------------------------------------------------------------

void Range::add(double number) {
  if (!std::isfinite(number)) return;
  low = std::min(low, number);
  high = std::max(high, number);
  whole = whole && number == std::floor(number);
}

void Range::add(const std::vector<double>& numbers) {
  for (const double number : numbers) add(number);
}

void Range::add(const Range& other) {
  low = std::min(low, other.low);
  high = std::max(high, other.high);
  whole = whole && other.whole;
}

namespace {

// Steps are 1, 2, 5, 10, 20...
std::string whole_tics(const std::string& axis, const Range& range, int most) {
  double step = 1;
  for (int i = 0; range.size() / step > most; ++i) step *= i % 3 == 1 ? 2.5 : 2;
  return fmt::format("set {}tics {:.0f}\n", axis, step);
}

}  // namespace

std::string axis_range(const std::string& name, const Axis& axis, const Range& range, int most) {
  if (axis.logarithmic) {
    return fmt::format("set logscale {0}\nset format {0} '%g'\nset {0}range [{1}:{2}]\n", name,
                       range.low / 1.2, range.high * 1.2);
  }
  const double size = range.size();
  const double air = size > 0 ? 0.04 * size : std::max(1.0, std::abs(range.low)) / 2;
  const std::string tics = range.whole && size > 0 && size < 1e6 ? whole_tics(name, range, most) : "";
  return tics + fmt::format("set {}range [{}:{}]\n", name, range.low - air, range.high + air);
}

std::string shade_range(const Axis& shade, const Range& range) {
  double low = range.low, high = range.high;
  if (low == high) {
    const double air = std::max(1.0, std::abs(low)) / 2;
    low = shade.logarithmic ? low / 2 : low - air;
    high = shade.logarithmic ? high * 2 : high + air;
  }
  return fmt::format("set cblabel {} offset 1.2,0\n{}set format cb '%g'\nset cbrange [{}:{}]\n",
                     plot_text(shade.name, name_length), shade.logarithmic ? "set logscale cb\n" : "", low,
                     high);
}

}  // namespace bp
