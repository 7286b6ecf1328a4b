// How `backstep watch` shows training in a terminal: the decision boundary in characters, the loss as a row
// of bars, redrawn in place. In a pipe: a plain line now and then.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "lessons/backstep/watch_training.h"

namespace backstep {

class Watch_view {
 public:
  /// `title` is the line above the picture. All must outlive it.
  Watch_view(const Watch_options& options, const Watch_data& data, std::string title);
  /// Where it hid the cursor, it shows it again: after an error, too.
  ~Watch_view();
  Watch_view(const Watch_view&) = delete;
  Watch_view& operator=(const Watch_view&) = delete;

  /// Shows an epoch, if it is time for it; a live view waits until it is. Returns early after Ctrl-C.
  void show(const bp::Watched_epoch& seen, Watch_training& training);

 private:
  using Clock = std::chrono::steady_clock;

  std::string figures(const bp::Watched_epoch& seen) const;
  void wait_for(std::size_t epoch) const;
  void draw(const bp::Watched_epoch& seen, Watch_training& training);
  std::vector<std::string> picture(Watch_training& training) const;
  std::string bars() const;

  const Watch_options& options_;
  const Watch_data& data_;
  std::string title_;
  bool live_ = false, colour_ = false;
  std::size_t columns_ = 0, rows_ = 0;  // of the picture, in characters
  std::vector<double> losses_;          // of all epochs so far
  Clock::time_point began_ = Clock::now(), drawn_;
  std::size_t lines_ = 0;  // that stand on the terminal
};

}  // namespace backstep
