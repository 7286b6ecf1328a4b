// Histograms as scripts for gnuplot. See script.h and bins.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "engine/data/with_commas.h"
#include "engine/worksheet/digits.h"
#include "viz/plot/bins.h"
#include "viz/plot/script.h"
#include "viz/plot/style.h"

namespace bp {

// ---- Bins -----------------------------------------------------------------------------------------------

namespace {

Range range_of(const Histogram_plot& what) {
  Range range;
  for (const Sample& sample : what.samples) {
    for (const double value : sample.values) {
      if (!what.x.logarithmic || value > 0) range.add(value);
    }
  }
  if (what.low) range.low = *what.low;
  if (what.high) range.high = *what.high;
  return range;
}

}  // namespace

std::vector<double> bin_edges(const Histogram_plot& what) {
  const bool log = what.x.logarithmic;
  Range range = range_of(what);
  if (!(range.low < range.high)) {
    // One number, which then stands in the middle; or none between an end that was asked for and the other.
    const double one = what.high && !what.low ? range.high : range.low;
    const double air = std::max(1.0, std::abs(one)) / 2;
    range.low = what.low ? one : log ? one / 2 : one - air;
    range.high = what.high ? one : log ? one * 2 : one + air;
  }
  std::vector<double> edges;
  const auto bins = static_cast<double>(what.bins);
  for (std::size_t i = 0; i <= what.bins; ++i) {
    const double share = static_cast<double>(i) / bins;
    // Not low + share * (high - low), whose difference may be infinite.
    edges.push_back(log ? std::exp(std::log(range.low) * (1 - share) + std::log(range.high) * share)
                        : range.low * (1 - share) + range.high * share);
  }
  edges.front() = range.low;  // no rounding may put the smallest or the largest number outside
  edges.back() = range.high;
  return edges;
}

std::uint64_t Binned::inside() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Binned binned(const std::vector<double>& values, const std::vector<double>& edges) {
  Binned found;
  found.counts.resize(edges.size() - 1);
  for (const double value : values) {
    if (!std::isfinite(value)) {
      ++found.not_finite;
    } else if (value < edges.front()) {
      ++found.below;
    } else if (value > edges.back()) {
      ++found.above;
    } else {
      const auto next = std::upper_bound(edges.begin(), edges.end(), value);
      const auto bin = static_cast<std::size_t>(next - edges.begin()) - 1;
      ++found.counts[std::min(bin, found.counts.size() - 1)];  // the last edge belongs to the last bin
    }
  }
  return found;
}

// ---- Drawing --------------------------------------------------------------------------------------------

namespace {

// The sheet in points: a panel with the room for its text, and what stands above and below all of them.
constexpr double sheet_width = 600, panel_height = 84, top_room = 34, bottom_room = 60, left_room = 76;

std::string share_of(std::uint64_t part, const Binned& counts) {
  const double percent = 100 * static_cast<double>(part) / static_cast<double>(counts.all());
  return shown_number(percent, percent < 10 ? 2 : 3) + " %";
}

// "n = 1,024; outside: 2.1 % below, 0.3 % above, 5 not finite"
std::string said_of(const Binned& counts, const Axis& axis, double low) {
  std::string outside;
  const auto add = [&outside](const std::string& text) { outside += (outside.empty() ? "" : ", ") + text; };
  if (counts.below > 0) {
    add(share_of(counts.below, counts) + (axis.logarithmic ? " below " + shown_number(low, 3) : " below"));
  }
  if (counts.above > 0) add(share_of(counts.above, counts) + " above");
  if (counts.not_finite > 0) add(share_of(counts.not_finite, counts) + " not finite");
  return "n = " + with_commas(counts.all()) + (outside.empty() ? "" : "; outside: " + outside);
}

// Two or three tics: at 0, and at the largest of 1, 2 and 5 times a power of ten that leaves room for them.
std::string share_axis(double largest) {
  double step = std::pow(10.0, std::floor(std::log10(largest)));
  if (largest / step >= 5) {
    step *= 5;
  } else if (largest / step >= 2) {
    step *= 2;
  }
  return fmt::format("set yrange [0:{}]\nset ytics 0,{}\n", 1.35 * largest, step);
}

// The bars of a panel and the command that draws them; percent of all numbers.
std::string bars_of(const Binned& counts, const std::vector<double>& edges) {
  if (counts.inside() == 0) return "set yrange [0:1]\nunset ytics\nplot -1 notitle\n";
  std::string block = "$bins << EOD\n";
  double largest = 0;
  for (std::size_t i = 0; i < counts.counts.size(); ++i) {
    if (counts.counts[i] == 0) continue;
    const double share = 100 * static_cast<double>(counts.counts[i]) / static_cast<double>(counts.all());
    largest = std::max(largest, share);
    block += fmt::format("{} {} {} {} 0 {}\n", edges[i] / 2 + edges[i + 1] / 2, share / 2, edges[i],
                         edges[i + 1], share);
  }
  return block + "EOD\n" + share_axis(largest) +
         "plot $bins using 1:2:3:4:5:6 with boxxyerror fs solid border lc rgb '#ffffff' fc rgb '#0072b2' lw "
         "0.3 "
         "notitle\n";
}

std::string panel(const Histogram_plot& what, std::size_t place, const std::vector<double>& edges,
                  double height) {
  const double top = top_room + panel_height * static_cast<double>(place);
  const Binned counts = binned(what.samples[place].values, edges);
  return fmt::format(
             "set tmargin at screen {}\nset bmargin at screen {}\n"
             "set label 2 {} at graph 0.01,0.88 left front font ',10'\n"
             "set label 3 {} at graph 0.99,0.88 right front font ',9' textcolor rgb '#444444'\n",
             1 - top / height, 1 - (top + panel_height - 14) / height,
             plot_text(what.samples[place].name, 40), plot_text(said_of(counts, what.x, edges.front()), 80)) +
         bars_of(counts, edges);
}

}  // namespace

Plot_script script_of(const Histogram_plot& what) {
  const std::size_t panels = what.samples.size();
  const double width = std::max(sheet_width, wide_enough(what.title));
  const double body = panel_height * static_cast<double>(panels), height = top_room + body + bottom_room - 14;
  const std::vector<double> edges = bin_edges(what);
  std::string commands = plot_style;
  commands += fmt::format(
      "set multiplot\nunset key\nset lmargin at screen {}\nset rmargin at screen {}\n"
      "set label 1 {} at screen 0.5,{} center font ',12'\n"
      "set label 4 'share' at screen {},{} center rotate by 90\n"
      "{}set format y '%g%%'\nset xrange [{}:{}]\nset ytics font ',8'\n",
      left_room / width, 1 - 16 / width, plot_text(what.title, title_length), 1 - top_room / 2 / height,
      12 / width, (bottom_room - 14 + body / 2) / height, what.x.logarithmic ? "set logscale x\n" : "",
      edges.front(), edges.back());
  const std::string x_format = what.x.logarithmic ? "%g" : "% h";
  for (std::size_t i = 0; i < panels; ++i) {
    const bool last = i + 1 == panels;
    commands += fmt::format("set format x '{}'\nset xlabel {}\n", last ? x_format : "",
                            plot_text(last ? what.x.name : "", name_length)) +
                panel(what, i, edges, height);
    if (i == 0) commands += "unset label 1\nunset label 4\n";
  }
  return {width, height, commands + "unset multiplot\n"};
}

}  // namespace bp
