#include "lessons/backstep/watch_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>

#include "lessons/backstep/interruptible.h"
#include "lessons/backstep/terminal.h"

namespace backstep {
namespace {

constexpr std::chrono::milliseconds between_pictures(40);
constexpr std::size_t most_rows = 26, fewest_rows = 8, other_lines = 4;  // title, figures, bars, what follows

/// A part of the plane with room around all points.
struct Area {
  double left, bottom, width, height;
};

Area area_of(const bp::Labelled_points& points) {
  std::array<double, 2> low{HUGE_VAL, HUGE_VAL}, high{-HUGE_VAL, -HUGE_VAL};
  for (const std::vector<double>& point : points.inputs) {
    for (std::size_t k = 0; k < 2; ++k) {
      low[k] = std::min(low[k], point[k]);
      high[k] = std::max(high[k], point[k]);
    }
  }
  const double room = 0.1 * std::max({high[0] - low[0], high[1] - low[1], 1e-9});
  return {low[0] - room, low[1] - room, high[0] - low[0] + 2 * room, high[1] - low[1] + 2 * room};
}

bool is_dumb_terminal() {
  const char* kind = std::getenv("TERM");
  return kind == nullptr || *kind == '\0' || std::string_view(kind) == "dumb";
}

}  // namespace

Watch_view::Watch_view(const Watch_options& options, const Watch_data& data, std::string title)
    : options_(options), data_(data), title_(std::move(title)), colour_(wants_colour()) {
  const Terminal_size size = terminal_size();
  rows_ = std::min(most_rows, size.rows - std::min(size.rows, other_lines));
  // A character is about twice as high as wide.
  const Area area = area_of(data.points);
  const double columns = 2.0 * static_cast<double>(rows_) * std::clamp(area.width / area.height, 0.75, 2.0);
  columns_ = std::min(static_cast<std::size_t>(columns), size.columns - 1);
  live_ = isatty(STDOUT_FILENO) != 0 && !is_dumb_terminal() && rows_ >= fewest_rows && size.columns >= 30;
  if (live_) fmt::print("\x1b[?25l");  // hides the cursor
}

Watch_view::~Watch_view() {
  if (!live_) return;
  std::fputs("\x1b[?25h", stdout);
  std::fflush(stdout);
}

void Watch_view::show(const bp::Watched_epoch& seen, Watch_training& training) {
  losses_.push_back(seen.loss);
  const bool last = seen.epoch == options_.epochs;
  if (!live_) {
    const std::size_t each = std::max<std::size_t>(1, options_.epochs / 10);
    if (seen.epoch % each != 0 && !last) return;
    fmt::print("{}\n", figures(seen));
    std::fflush(stdout);  // whoever reads a pipe wants to see it now
    return;
  }
  wait_for(seen.epoch);
  const Clock::time_point now = Clock::now();
  if (now - drawn_ < between_pictures && !last) return;
  drawn_ = now;
  draw(seen, training);
}

std::string Watch_view::figures(const bp::Watched_epoch& seen) const {
  const auto n = static_cast<double>(data_.points.size());
  return fmt::format("epoch {:>{}}/{}  loss {:.6f}  accuracy {:.1f} %", seen.epoch,
                     std::to_string(options_.epochs).size(), options_.epochs, seen.loss,
                     100.0 * static_cast<double>(seen.right) / n);
}

void Watch_view::wait_for(std::size_t epoch) const {
  const double share = static_cast<double>(epoch) / static_cast<double>(options_.epochs);
  const auto due = began_ + std::chrono::duration_cast<Clock::duration>(
                                std::chrono::duration<double>(options_.seconds * share));
  constexpr std::chrono::milliseconds nap(20);  // Ctrl-C does not wait longer
  while (Clock::now() < due && !asked_to_stop()) {
    std::this_thread::sleep_for(std::min<Clock::duration>(nap, due - Clock::now()));
  }
}

// ---- The live view --------------------------------------------------------------------------------------

// All lines in one write, over those that stand there: nothing is cleared first, so nothing flickers.
void Watch_view::draw(const bp::Watched_epoch& seen, Watch_training& training) {
  std::vector<std::string> lines = {title_};
  for (std::string& row : picture(training)) lines.push_back(std::move(row));
  lines.push_back(figures(seen));
  lines.push_back("loss " + bars());
  std::string text = lines_ > 0 ? fmt::format("\x1b[{}A", lines_) : "";
  for (const std::string& line : lines) text += "\r" + line + "\x1b[K\n";
  lines_ = lines.size();
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// Dots where the network says class 1, nothing where it says class 0; points are o (class 1) and ^ (class 0).
std::vector<std::string> Watch_view::picture(Watch_training& training) const {
  const Area area = area_of(data_.points);
  const auto columns = static_cast<double>(columns_), rows = static_cast<double>(rows_);
  std::vector<std::string> cells(rows_, std::string(columns_, ' '));
  for (std::size_t row = 0; row < rows_; ++row) {
    for (std::size_t column = 0; column < columns_; ++column) {
      const double x = area.left + area.width * (static_cast<double>(column) + 0.5) / columns;
      const double y = area.bottom + area.height * (1 - (static_cast<double>(row) + 0.5) / rows);
      if (training.score(x, y) > 0) cells[row][column] = '.';
    }
  }
  for (std::size_t i = 0; i < data_.points.size(); ++i) {
    const std::vector<double>& point = data_.points.inputs[i];
    const auto column = static_cast<std::size_t>((point[0] - area.left) / area.width * columns);
    const auto row = static_cast<std::size_t>((1 - (point[1] - area.bottom) / area.height) * rows);
    cells[std::min(row, rows_ - 1)][std::min(column, columns_ - 1)] = data_.points.labels[i] == 1 ? 'o' : '^';
  }
  if (!colour_) return cells;
  for (std::string& row : cells) {
    std::string coloured;
    char before = ' ';
    for (const char c : row) {
      if (c != before && c != ' ')
        coloured += c == 'o' ? "\x1b[0;1;34m" : c == '^' ? "\x1b[0;1;33m" : "\x1b[0;34m";
      if (c != ' ') before = c;
      coloured += c;
    }
    row = coloured + "\x1b[0m";
  }
  return cells;
}

// The loss so far, in as many bars as the picture is wide; each shows the last epoch of its share.
std::string Watch_view::bars() const {
  constexpr std::string_view eighths[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t room = columns_ - std::min<std::size_t>(columns_, 5), total = options_.epochs + 1;
  const std::size_t bar_count = std::min(room, total);
  const auto [low, high] = std::minmax_element(losses_.begin(), losses_.end());
  std::string text;
  for (std::size_t k = 0; k < bar_count; ++k) {
    const std::size_t at = (k + 1) * total / bar_count - 1;
    if (at >= losses_.size()) break;
    const double share = *high > *low ? (losses_[at] - *low) / (*high - *low) : 0;
    text += eighths[static_cast<std::size_t>(std::lround(7 * share))];
  }
  return text;
}

}  // namespace backstep
