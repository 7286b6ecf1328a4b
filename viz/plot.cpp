// Checks a plot, and has it drawn or written as numbers. See plot.h.
#include "viz/plot.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "viz/plot/check.h"
#include "viz/plot/csv.h"
#include "viz/plot/gnuplot.h"
#include "viz/plot/script.h"

namespace bp {

namespace {

namespace fs = std::filesystem;

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
Plotted plot(const Panels& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Bar_plot& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Histogram_plot& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Heat_map& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Boundary_plot& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Surface_plot& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Gallery& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Weight_images& what, const fs::path& file) { return plot_any(what, file); }
Plotted plot(const Confusion_plot& what, const fs::path& file) { return plot_any(what, file); }

}  // namespace bp
