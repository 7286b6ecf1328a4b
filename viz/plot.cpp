// Checks a plot, and has it drawn or written as numbers. See plot.h.
#include "viz/plot.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "viz/gnuplot.h"
#include "viz/plot_csv.h"
#include "viz/plot_script.h"

namespace bp {

namespace {

namespace fs = std::filesystem;

// ---- What cannot be drawn -------------------------------------------------------------------------------

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument("backstep: cannot plot: " + what);
}

void check_number(std::size_t count, std::size_t most, const char* what) {
  if (count == 0) refuse(fmt::format("there are no {}", what));
  if (count > most)
    refuse(fmt::format("{} {} are more than {}, and would not be readable", count, what, most));
}

// Whether there is a finite number; on a logarithmic axis every one must be above 0.
bool check_numbers(const std::vector<double>& numbers, const Axis& axis, const std::string& series) {
  bool found = false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (axis.logarithmic && numbers[i] <= 0) {
      refuse(fmt::format("the axis {} is logarithmic, where {} has no place (number {} of {})",
                         on_one_line("'" + axis.name + "'"), numbers[i], i, on_one_line("'" + series + "'")));
    }
    found = found || std::isfinite(numbers[i]);
  }
  return found;
}

void check(const Line_plot& what) {
  check_number(what.series.size(), 7, "series");
  bool point = false;
  for (const Series& series : what.series) {
    if (series.x.size() != series.y.size()) {
      refuse(fmt::format("{} has {} x and {} y", on_one_line("'" + series.name + "'"), series.x.size(),
                         series.y.size()));
    }
    check_numbers(series.x, what.x, series.name);
    check_numbers(series.y, what.y, series.name);
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      point = point || (std::isfinite(series.x[i]) && std::isfinite(series.y[i]));
    }
  }
  if (!point) refuse("no series has a point with finite x and y");
}

void check(const Bar_plot& what) {
  check_number(what.labels.size(), 100, "labels");
  check_number(what.series.size(), 4, "series");
  bool bar = false;
  for (const Bars& series : what.series) {
    if (series.lengths.size() != what.labels.size()) {
      refuse(fmt::format("{} has {} bars, and there are {} labels", on_one_line("'" + series.name + "'"),
                         series.lengths.size(), what.labels.size()));
    }
    bar = check_numbers(series.lengths, what.lengths, series.name) || bar;
  }
  if (!bar) refuse("no bar has a finite length");
}

void check(const Gallery& what) {
  check_number(what.tiles.size(), 400, "pictures");
  if (what.rows == 0 || what.cols == 0 || what.rows > 1024 || what.cols > 1024) {
    refuse(fmt::format("pictures of {} x {} pixels; from 1 to 1024 are possible", what.rows, what.cols));
  }
  check_number(what.columns, 40, "pictures in a row");
  for (std::size_t i = 0; i < what.tiles.size(); ++i) {
    const std::size_t found = what.tiles[i].pixels.size();
    if (found != what.rows * what.cols) {
      refuse(fmt::format("picture {} has {} pixels, and {} x {} are {}", i, found, what.rows, what.cols,
                         what.rows * what.cols));
    }
  }
}

void check(const Confusion_plot& what) {
  const std::size_t classes = what.names.size();
  check_number(classes, 40, "classes");
  if (what.counts.size() != classes * classes) {
    refuse(fmt::format("{} classes have {} counts, not {}", classes, classes * classes, what.counts.size()));
  }
}

// ---- Drawing --------------------------------------------------------------------------------------------

// In lower case: "png", "svg", "csv".
std::string format_of(const fs::path& file) {
  std::string ending = file.extension().string();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (ending == ".png" || ending == ".svg" || ending == ".csv") return ending.substr(1);
  throw std::invalid_argument("backstep: " + quoted(file) + ": a plot's file ends in .png, .svg or .csv");
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The terminal noenhanced: otherwise _ and ^ in a text would lower and raise what follows.
Gnuplot_output draw_png(const Plot_script& script) {
  return run_gnuplot(fmt::format("set encoding utf8\nset terminal pngcairo noenhanced size {:.0f},{:.0f} "
                                 "fontscale 2 linewidth 2 pointscale 2 font 'sans-serif,10'\n",
                                 2 * script.width, 2 * script.height) +
                     script.commands);
}

Gnuplot_output draw_svg(Plot_script script) {
  // gnuplot makes &amp; of &, but leaves &#x1; as it is, which XML may forbid. In the script's texts & and #
  // are \046 and \043.
  replace_all(script.commands, R"(\046\043x)", R"(\046\043x\062\066\073\043x)");
  Gnuplot_output drawn =
      run_gnuplot(fmt::format("set encoding utf8\nset terminal svg noenhanced size {:.0f},{:.0f} "
                              "background '#ffffff' font 'sans-serif,10'\n",
                              script.width, script.height) +
                  script.commands);
  // A viewer that enlarges a picture of 28 x 28 pixels would blur it.
  replace_all(drawn.bytes, "<image ", "<image image-rendering='pixelated' ");
  return drawn;
}

template <class Plot>
Plotted plot_any(const Plot& what, const fs::path& file) {
  const std::string format = format_of(file);
  check(what);
  if (format != "csv") {
    try {
      const Plot_script script = script_of(what);
      const Gnuplot_output drawn = format == "png" ? draw_png(script) : draw_svg(script);
      write_file_whole(file, drawn.bytes);
      return {file, drawn.warning};
    } catch (const Gnuplot_missing& missing) {
      const fs::path numbers = fs::path(file).replace_extension(".csv");
      write_file_whole(numbers, csv_of(what));
      return {numbers, std::string(missing.what()) + "; the numbers are in " + quoted(numbers)};
    }
  }
  write_file_whole(file, csv_of(what));
  return {file, ""};
}

}  // namespace

Plotted plot(const Line_plot& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Bar_plot& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Gallery& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Confusion_plot& what, const fs::path& file) { return plot_any(what, file); }

}  // namespace bp
