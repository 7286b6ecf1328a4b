// Confusion matrices as scripts for gnuplot. See script.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "viz/plot/script.h"
#include "viz/plot/style.h"
#include "viz/text.h"

namespace bp {

namespace {

constexpr double title_height = 34;  // points

// From white to dark blue, evenly in lightness. The root of the share shows a hundredth as a tenth: the few
// mistakes of a good classifier are what one looks for.
unsigned shade(double share) {
  const double dark = std::sqrt(share);
  const auto part = [dark](double light, double full) {
    return static_cast<unsigned>(std::lround(light + dark * (full - light)));
  };
  return part(255, 8) << 16 | part(255, 48) << 8 | part(255, 107);
}

// For each cell: its middle, from and to, its colour, its number, and the colour of that: grey for 0, white
// on dark cells.
std::string cells_of(const Confusion_plot& what) {
  const std::size_t classes = what.names.size();
  std::string block = "$cells << EOD\n";
  for (std::size_t truth = 0; truth < classes; ++truth) {
    const auto row = what.counts.begin() + static_cast<std::ptrdiff_t>(truth * classes);
    const auto total = static_cast<double>(
        std::accumulate(row, row + static_cast<std::ptrdiff_t>(classes), std::uint64_t{0}));
    for (std::size_t k = 0; k < classes; ++k) {
      const std::uint64_t count = row[static_cast<std::ptrdiff_t>(k)];
      const double share = count == 0 ? 0 : static_cast<double>(count) / total;
      const unsigned ink = count == 0 ? 0x999999u : share > 0.2 ? 0xffffffu : 0x111111u;
      block += fmt::format("{} {} {} {} {} {} {} {} {}\n", k, truth, static_cast<double>(k) - 0.5,
                           static_cast<double>(k) + 0.5, static_cast<double>(truth) - 0.5,
                           static_cast<double>(truth) + 0.5, shade(share), count, ink);
    }
  }
  return block + "EOD\n";
}

constexpr std::size_t class_length = 20;  // characters

// Where the cells stand on the sheet, and how large they are, in points.
struct Grid {
  std::size_t longest = 0;  // characters of a class's name
  double left, bottom, body, width, height;

  explicit Grid(const Confusion_plot& what) {
    for (const std::string& name : what.names) {
      longest = std::max(longest, character_count(shown_name(name, class_length)));
    }
    const auto classes = static_cast<double>(what.names.size());
    const std::uint64_t largest = *std::max_element(what.counts.begin(), what.counts.end());
    const auto digits = static_cast<double>(fmt::format("{}", largest).size());
    const double names = 6.2 * static_cast<double>(longest) + 12;
    body = classes * std::max({28.0, 7 * digits + 10, 160 / classes});
    left = names + 30;
    bottom = (turned() ? 0.75 * names : 18) + 40;  // turned by 45 degrees they need not be so high
    width = std::max(wide_enough(what.title), left + body + 24);
    height = title_height + body + bottom;
  }

  // Whether the names would not stand side by side below the cells.
  bool turned() const { return longest > 3; }

  // gnuplot places title and ylabel by what it takes for the longest name: off the sheet.
  std::string frame(const std::string& title) const {
    return fmt::format(
        "set lmargin at screen {}\nset rmargin at screen {}\nset tmargin at screen {}\nset bmargin at screen "
        "{}\n"
        "set label {} at screen 0.5,{} center font ',12'\nset xlabel 'predicted class'\n"
        "set label 'true class' at screen {},{} center rotate by 90\n",
        left / width, (left + body) / width, 1 - title_height / height, bottom / height,
        plot_text(title, title_length), 1 - title_height / 2 / height, 12 / width,
        (bottom + body / 2) / height);
  }
};

}  // namespace

Plot_script script_of(const Confusion_plot& what) {
  const Grid grid(what);
  std::string tics;
  for (std::size_t k = 0; k < what.names.size(); ++k) {
    tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", tic_text(what.names[k], class_length), k);
  }
  return {
      grid.width, grid.height,
      grid.frame(what.title) +
          fmt::format("unset key\nset border lc rgb '#444444' lw 0.8\nset tics scale 0 nomirror\n"
                      "set xrange [-0.5:{0}]\nset yrange [{0}:-0.5]\nset xtics {1}({2})\nset ytics ({2})\n",
                      static_cast<double>(what.names.size()) - 0.5,
                      grid.turned() ? "rotate by 45 right " : "", tics) +
          cells_of(what) +
          "plot $cells using 1:2:3:4:5:6:7 with boxxyerror fs solid border lc rgb '#ffffff' lw 0.5 "
          "fc rgb variable, $cells using 1:2:8:9 with labels font ',9' textcolor rgb variable\n"};
}

}  // namespace bp
