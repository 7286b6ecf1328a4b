// Ctrl-C for commands that have something to finish first.
#pragma once

#include <csignal>

namespace backstep {

inline volatile std::sig_atomic_t interruptions = 0;

/// Whether Ctrl-C was pressed while something was Interruptible.
inline bool asked_to_stop() { return interruptions != 0; }

/// While it lives, the first Ctrl-C is only noted; the second ends the program. Where interruptions are
/// ignored, as in the background, they stay so.
class Interruptible {
 public:
  Interruptible() {
    struct sigaction action {};
    action.sa_handler = [](int) { interruptions = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, nullptr, &before_);
    if (before_.sa_handler != SIG_IGN) sigaction(SIGINT, &action, nullptr);
  }
  ~Interruptible() { sigaction(SIGINT, &before_, nullptr); }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace backstep
