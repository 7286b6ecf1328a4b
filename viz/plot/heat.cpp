// Heat maps as scripts for gnuplot. See script.h.
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

// From dark to light, evenly in lightness, which the colour-blind can read: "viridis" of Smith and van der
// Walt (2015), every ninth of it.
const char* const dark_to_light =
    "set palette defined (0 '#440154', 1 '#482878', 2 '#3e4989', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', "
    "6 '#35b779', 7 '#6ece58', 8 '#b5de2b', 9 '#fde725')\n";

constexpr std::size_t row_name_length = 30;  // characters

// Where columns begin and end: half way between two, and as far beyond the first and the last one.
std::vector<double> edges_of(const Heat_map& what) {
  const bool log = what.x.logarithmic;
  std::vector<double> at;
  for (const double column : what.columns) at.push_back(log ? std::log(column) : column);
  const std::size_t last = at.size() - 1;
  const double first_half = last == 0 ? 0.5 : (at[1] - at[0]) / 2;
  const double last_half = last == 0 ? 0.5 : (at[last] - at[last - 1]) / 2;
  std::vector<double> edges{at[0] - first_half};
  for (std::size_t i = 1; i <= last; ++i) edges.push_back(at[i - 1] + (at[i] - at[i - 1]) / 2);
  edges.push_back(at[last] + last_half);
  if (log) {
    for (double& edge : edges) edge = std::exp(edge);
  }
  return edges;
}

enum class Look { shade, zero, not_finite };

Look look_of(const Heat_map& what, double value) {
  if (!std::isfinite(value)) return Look::not_finite;
  return what.shade.logarithmic && value == 0 ? Look::zero : Look::shade;
}

// Middle, from and to of a box in x and y.
std::string box(double from, double to, std::size_t row) {
  const auto y = static_cast<double>(row);
  return fmt::format("{} {} {} {} {} {}", from + (to - from) / 2, y, from, to, y - 0.5, y + 0.5);
}

// The cells with a shade. Each begins where the one before it began, and is drawn over it: between two that
// only touch, a viewer that smooths edges would show a pale line.
std::string shades_of(const Heat_map& what, const std::vector<double>& edges) {
  std::string block;
  const std::size_t columns = what.columns.size();
  for (std::size_t row = 0; row < what.rows.size(); ++row) {
    for (std::size_t k = columns; k-- > 0;) {
      const double value = what.values[row * columns + k];
      if (look_of(what, value) != Look::shade) continue;
      block += fmt::format("{} {}\n", box(edges[k > 0 ? k - 1 : 0], edges[k + 1], row), value);
    }
  }
  return block;
}

// Boxes around the cells of one look, one for each run in a row.
std::string runs_of(const Heat_map& what, const std::vector<double>& edges, Look look) {
  std::string block;
  const std::size_t columns = what.columns.size();
  for (std::size_t row = 0; row < what.rows.size(); ++row) {
    for (std::size_t k = 0; k < columns; ++k) {
      const std::size_t begin = k;
      while (k < columns && look_of(what, what.values[row * columns + k]) == look) ++k;
      if (k > begin) block += box(edges[begin], edges[k], row) + '\n';
    }
  }
  return block;
}

Range shaded(const Heat_map& what) {
  Range range;
  for (const double value : what.values) {
    if (look_of(what, value) == Look::shade) range.add(value);
  }
  return range;
}

// The sheet in points, and on it the axes by their edges.
struct Heat_sheet {
  static constexpr double right = 130;  // for the box of shades
  double left, bottom, body, width, height;

  Heat_sheet(const Heat_map& what, bool legend) {
    std::size_t longest = 0;
    for (const std::string& name : what.rows) {
      longest = std::max(longest, character_count(shown_name(name, row_name_length)));
    }
    left = 6.2 * static_cast<double>(longest) + 44;
    bottom = legend ? 90 : 58;
    body = std::max(110.0, 22 * static_cast<double>(what.rows.size()));
    width = std::max(left + 480 + right, wide_enough(what.title));
    height = 34 + body + bottom;
  }

  std::string frame(const Heat_map& what) const {
    return fmt::format(
        "set lmargin at screen {}\nset rmargin at screen {}\nset tmargin at screen {}\nset bmargin at screen "
        "{}\n"
        "set label {} at screen 0.5,{} center font ',12'\nset label {} at screen {},{} center rotate by 90\n"
        "set xlabel {}\nset key at screen 0.5,{} center bottom horizontal\n",
        left / width, 1 - right / width, 1 - 34 / height, bottom / height,
        plot_text(what.title, title_length), 1 - 17 / height, plot_text(what.y.name, name_length), 12 / width,
        (bottom + body / 2) / height, plot_text(what.x.name, name_length), 8 / height);
  }
};

std::string row_tics(const Heat_map& what) {
  std::string tics;
  for (std::size_t i = 0; i < what.rows.size(); ++i) {
    tics += fmt::format("{}{} {}", i == 0 ? "" : ", ", tic_text(what.rows[i], row_name_length), i);
  }
  return fmt::format("set ytics ({}) scale 0\nset yrange [{}:-0.5]\n", tics,
                     static_cast<double>(what.rows.size()) - 0.5);
}

}  // namespace

Plot_script script_of(const Heat_map& what) {
  const std::vector<double> edges = edges_of(what);
  struct Part {
    std::string block, drawn;
  };
  const Part parts[] = {
      {shades_of(what, edges), "using 1:2:3:4:5:6:7 with boxxyerror fs solid noborder fc palette notitle"},
      {runs_of(what, edges, Look::zero),
       "using 1:2:3:4:5:6 with boxxyerror fs solid border lc rgb '#444444' fc rgb '#ffffff' lw 0.6 title "
       "'exactly 0'"},
      {runs_of(what, edges, Look::not_finite),
       "using 1:2:3:4:5:6 with boxxyerror fs pattern 2 fc rgb '#000000' lw 0.6 title 'not finite'"}};
  std::string data, drawn;
  for (const Part& part : parts) {
    if (part.block.empty()) continue;
    const std::string name = fmt::format("$part{}", &part - parts);
    data += name + " << EOD\n" + part.block + "EOD\n";
    drawn += fmt::format("{}{} {}", drawn.empty() ? "plot " : ", ", name, part.drawn);
  }
  const bool legend = !parts[1].block.empty() || !parts[2].block.empty();
  const Heat_sheet sheet(what, legend);
  Range range = shaded(what);
  if (range.empty()) range.add(1);  // all zeros: nothing is drawn by it
  Range places;
  places.add(what.columns);
  return {sheet.width, sheet.height,
          plot_style + axis_range("x", what.x, places) + sheet.frame(what) + "unset grid\n" + dark_to_light +
              shade_range(what.shade, range) + row_tics(what) +
              fmt::format("set xrange [{}:{}]\n", edges.front(), edges.back()) + data + drawn + "\n"};
}

}  // namespace bp
