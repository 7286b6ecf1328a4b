// Pictures of pixels and of weights as scripts for gnuplot. See script.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/digits.h"
#include "viz/plot/script.h"
#include "viz/plot/style.h"
#include "viz/text.h"

namespace bp {

namespace {

// ---- The sheet, whose unit is the point, on which the pictures stand ------------------------------------

constexpr double gap = 16, line_height = 13, title_height = 34;  // points

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

// For a Gallery or for Weight_images; `below` points are left at the foot of the sheet.
struct Sheet {
  std::size_t columns;
  double pixel_cols, pixel_rows, scale;  // scale: points a pixel
  double cell_width, cell_height, width, height;

  template <class Pictures>
  Sheet(const Pictures& what, double below)
      : columns(std::min(what.columns, what.tiles.size())),
        pixel_cols(static_cast<double>(what.cols)),
        pixel_rows(static_cast<double>(what.rows)),
        scale(std::max(1.0, std::round(140 / std::max(pixel_cols, pixel_rows)))) {
    std::size_t lines = 0;
    for (const auto& tile : what.tiles) lines = std::max(lines, lines_of(tile.caption).size());
    cell_width = std::max(pixel_cols * scale, 60.0) + gap;
    cell_height = pixel_rows * scale + static_cast<double>(lines) * line_height + gap;
    width = std::max(wide_enough(what.title), gap + static_cast<double>(columns) * cell_width);
    const std::size_t rows = (what.tiles.size() + columns - 1) / columns;
    height = title_height + static_cast<double>(rows) * cell_height + below;
  }

  double left(std::size_t tile) const { return gap + cell_width * static_cast<double>(tile % columns); }
  double top(std::size_t tile) const {
    return title_height + cell_height * static_cast<double>(tile / columns);
  }

  std::string frame(const std::string& title) const {
    return fmt::format(
        "set lmargin at screen 0\nset rmargin at screen 1\nset tmargin at screen 1\nset bmargin at screen 0\n"
        "unset border\nunset tics\nunset key\nset xrange [0:{}]\nset yrange [{}:0]\n"
        "set label {} at {},{} center font ',12'\n",
        width, height, plot_text(title, title_length), width / 2, title_height / 2);
  }

  // A thin frame, for of a picture that is white at its edge one would not see where it ends; below it the
  // lines of the caption. `ground` is what shows through where a pixel has no colour.
  std::string around(std::size_t tile, const std::string& caption, const char* ground) const {
    const double x = left(tile), y = top(tile), picture_width = pixel_cols * scale;
    const double bottom = y + pixel_rows * scale;
    std::string text;
    for (const char* how : {ground, "fs empty border lc rgb '#999999' lw 0.5 front"}) {
      if (*how == '\0') continue;
      text +=
          fmt::format("set object rectangle from {},{} to {},{} {}\n", x, y, x + picture_width, bottom, how);
    }
    const auto fitting = static_cast<std::size_t>(cell_width / 5.4);  // a character is about 5.4 points wide
    double line_y = bottom + line_height * 0.8;
    for (const std::string_view line : lines_of(caption)) {
      text += fmt::format("set label {} at {},{} center font ',9'\n", plot_text(line, fitting),
                          x + picture_width / 2, line_y);
      line_y += line_height;
    }
    return text;
  }

  // Where the middle of a pixel stands on the sheet; the block $tile0, $tile1... has it in pixels.
  std::string image(std::size_t tile) const {
    return fmt::format("{0}$tile{1} using ($1 * {2} + {3}):($2 * {2} + {4}):3 with image",
                       tile == 0 ? "plot " : ", ", tile, scale, left(tile), top(tile));
  }
};

// The middle of each pixel and its number. gnuplot draws no image of less than 2 x 2 pixels: with one row or
// column only, four stand for each.
template <class Number>
std::string block_of(const std::vector<Number>& numbers, std::size_t cols, std::size_t tile) {
  std::string block = fmt::format("$tile{} << EOD\n", tile);
  const std::size_t rows = numbers.size() / cols, parts = rows == 1 || cols == 1 ? 2 : 1;
  const auto middle = [parts](std::size_t i) {
    return (static_cast<double>(i) + 0.5) / static_cast<double>(parts);
  };
  for (std::size_t y = 0; y < rows * parts; ++y) {
    for (std::size_t x = 0; x < cols * parts; ++x) {
      const Number number = numbers[y / parts * cols + x / parts];
      const bool finite = std::isfinite(static_cast<double>(number));
      block += fmt::format("{} {} {}\n", middle(x), middle(y), finite ? fmt::format("{}", number) : "NaN");
    }
  }
  return block + "EOD\n";
}

}  // namespace

Plot_script script_of(const Gallery& what) {
  const Sheet sheet(what, 0);
  // Not "palette gray", to which gnuplot gives a gamma of 1.5.
  std::string commands = sheet.frame(what.title) +
                         fmt::format("unset colorbox\nset cbrange [0:255]\nset palette defined {}\n",
                                     what.ink ? "(0 '#ffffff', 1 '#000000')" : "(0 '#000000', 1 '#ffffff')");
  std::string data, images;
  for (std::size_t i = 0; i < what.tiles.size(); ++i) {
    data += block_of(what.tiles[i].pixels, what.cols, i);
    commands += sheet.around(i, what.tiles[i].caption, "");
    images += sheet.image(i);
  }
  return {sheet.width, sheet.height, commands + data + images + "\n"};
}

Plot_script script_of(const Weight_images& what) {
  constexpr double below = 80;  // for the scale
  const Sheet sheet(what, below);
  double largest = 0;
  for (const Weight_tile& tile : what.tiles) {
    for (const double weight : tile.weights) {
      if (std::isfinite(weight)) largest = std::max(largest, std::abs(weight));
    }
  }
  Range range;
  range.add(largest > 0 ? -largest : -1);
  range.add(largest > 0 ? largest : 1);
  const double bar = std::min(280.0, sheet.width - 60);
  // In grey the positive side is the darker one.
  std::string commands =
      sheet.frame(what.title) + "set palette defined (-1 '#d9730d', 0 '#ffffff', 1 '#053a7a')\n" +
      shade_range({what.name}, range) +
      fmt::format(
          "set colorbox horizontal user origin screen {},{} size screen {},{} border\n"
          "set cbtics out nomirror scale 0.5 font ',8' ('{}' {}, '0' 0, '{}' {})\n",
          (sheet.width - bar) / 2 / sheet.width, 58 / sheet.height, bar / sheet.width, 10 / sheet.height,
          shown_number(range.low, 3), range.low, shown_number(range.high, 3), range.high);
  std::string data, images;
  for (std::size_t i = 0; i < what.tiles.size(); ++i) {
    data += block_of(what.tiles[i].weights, what.cols, i);
    commands += sheet.around(i, what.tiles[i].caption, "behind fs solid noborder fc rgb '#a0a0a0'");
    images += sheet.image(i);
  }
  return {sheet.width, sheet.height, commands + data + images + "\n"};
}

}  // namespace bp
