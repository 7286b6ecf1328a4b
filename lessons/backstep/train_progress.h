// What `backstep train` says while it works: a progress bar on a terminal, plain lines in a pipe, or JSON.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/vector/doctor.h"
#include "engine/vector/trainer.h"

namespace backstep {

/// What there is to say at the end.
struct Train_result {
  bp::batch::Evaluation test;
  std::size_t parameters, trainable, threads;
  std::string simd;
  double operations_per_example;                // of the matrix products, see Network
  std::optional<double> start_to_first_step_s;  // nothing where no step was taken
};

class Train_progress {
 public:
  /// `epochs` and `examples` (of an epoch) say how much is to be done.
  Train_progress(bool json, std::size_t epochs, std::size_t examples, std::size_t batch);

  /// A line about the data or the network, where people read.
  void say(const std::string& line);
  void after_step(const bp::batch::Step_report& report);
  void after_epoch(const bp::batch::Epoch_report& report);
  /// What the doctor has found, and what is over.
  void after_finding(const bp::batch::Finding& finding);
  void after_recovery(const bp::batch::Finding& finding);
  /// All of that once more, in short.
  void after_visit(const std::vector<bp::batch::Finding>& findings);
  void at_the_end(const Train_result& result);
  /// Takes the bar away, so that something else can be printed.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  void print_json(const bp::batch::Epoch_report& report);
  void print_plain(const bp::batch::Epoch_report& report);
  std::string bar(const bp::batch::Step_report& report, Clock::time_point now);

  enum class Style { json, plain, bar };
  Style style_;
  std::size_t epochs_, examples_, batch_;
  std::optional<Clock::time_point> began_;  // with the first step
  std::size_t done_before_ = 0;             // examples, by a run that this one resumes
  Clock::time_point last_shown_{};
  bool bar_stands_ = false;
  double seconds_ = 0.0;  // of training, of the epochs that ended, and how many examples those had
  std::size_t trained_ = 0;
};

}  // namespace backstep
