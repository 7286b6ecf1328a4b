// Galleries and confusion matrices as scripts for gnuplot. See plot_script.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "viz/plot_script.h"
#include "viz/text.h"

namespace bp {

namespace {

// ---- Galleries: everything stands on one sheet, whose unit is the point ----------------------------------

constexpr double gap = 16, line_height = 13, title_height = 34;  // points
constexpr std::size_t title_length = 80;                         // characters

struct Sheet {
  double scale;  // points a pixel
  double cell_width, cell_height, width, height;

  double left(std::size_t tile, std::size_t columns) const {
    return gap + cell_width * static_cast<double>(tile % columns);
  }
  double top(std::size_t tile, std::size_t columns) const {
    return title_height + cell_height * static_cast<double>(tile / columns);
  }
};

// For a title in this size, whose characters are about 7.5 points wide.
double wide_enough(const std::string& title) {
  return 30 + 7.5 * static_cast<double>(character_count(shown_name(title, title_length)));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

Sheet sheet_of(const Gallery& what) {
  std::size_t lines = 0;
  for (const Tile& tile : what.tiles) lines = std::max(lines, lines_of(tile.caption).size());
  Sheet sheet{};
  const auto cols = static_cast<double>(what.cols), rows = static_cast<double>(what.rows);
  sheet.scale = std::max(1.0, std::round(140 / std::max(cols, rows)));
  const std::size_t tiles = what.tiles.size(), columns = std::min(what.columns, tiles);
  sheet.cell_width = std::max(cols * sheet.scale, 60.0) + gap;
  sheet.cell_height = rows * sheet.scale + static_cast<double>(lines) * line_height + gap;
  sheet.width = std::max(wide_enough(what.title), gap + static_cast<double>(columns) * sheet.cell_width);
  sheet.height = title_height + static_cast<double>((tiles + columns - 1) / columns) * sheet.cell_height;
  return sheet;
}

std::string pixels_of(const Gallery& what, std::size_t tile) {
  std::string block = fmt::format("$tile{} << EOD\n", tile);
  for (std::size_t i = 0; i < what.tiles[tile].pixels.size(); ++i) {
    block += fmt::format("{}{}", what.tiles[tile].pixels[i], (i + 1) % what.cols == 0 ? '\n' : ' ');
  }
  return block + "EOD\n";
}

std::string caption_of(const Gallery& what, std::size_t tile, const Sheet& sheet) {
  const double left = sheet.left(tile, what.columns), top = sheet.top(tile, what.columns);
  const double width = static_cast<double>(what.cols) * sheet.scale;
  const double bottom = top + static_cast<double>(what.rows) * sheet.scale;
  // A thin frame: of a picture that is white at its edge one would not see where it ends.
  std::string text =
      fmt::format("set object rectangle from {},{} to {},{} fs empty border lc rgb '#999999' lw 0.5 front\n",
                  left, top, left + width, bottom);
  const auto fitting =
      static_cast<std::size_t>(sheet.cell_width / 5.4);  // a character is about 5.4 points wide
  double y = bottom + line_height * 0.8;
  for (const std::string_view line : lines_of(what.tiles[tile].caption)) {
    text += fmt::format("set label {} at {},{} center font ',9'\n", plot_text(line, fitting),
                        left + width / 2, y);
    y += line_height;
  }
  return text;
}

}  // namespace

Plot_script script_of(const Gallery& what) {
  const Sheet sheet = sheet_of(what);
  // Not "palette gray", to which gnuplot gives a gamma of 1.5.
  std::string commands = fmt::format(
      "set lmargin at screen 0\nset rmargin at screen 1\nset tmargin at screen 1\nset bmargin at screen 0\n"
      "unset border\nunset tics\nunset key\nunset colorbox\nset cbrange [0:255]\nset palette defined {}\n"
      "set xrange [0:{}]\nset yrange [{}:0]\nset label {} at {},{} center font ',12'\n",
      what.ink ? "(0 '#ffffff', 1 '#000000')" : "(0 '#000000', 1 '#ffffff')", sheet.width, sheet.height,
      plot_text(what.title, title_length), sheet.width / 2, title_height / 2);
  std::string data, images;
  for (std::size_t i = 0; i < what.tiles.size(); ++i) {
    data += pixels_of(what, i);
    commands += caption_of(what, i, sheet);
    // A pixel is drawn around its coordinates, so its middle stands half a pixel further in.
    images += fmt::format("{}$tile{} matrix using (($1 + 0.5) * {} + {}):(($2 + 0.5) * {} + {}):3 with image",
                          images.empty() ? "plot " : ", ", i, sheet.scale, sheet.left(i, what.columns),
                          sheet.scale, sheet.top(i, what.columns));
  }
  return {sheet.width, sheet.height, commands + data + images + "\n"};
}

// ---- Confusion matrices ---------------------------------------------------------------------------------

namespace {

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
