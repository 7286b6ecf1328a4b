#include "lessons/backstep/train_progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "engine/data/with_commas.h"
#include "engine/model/json_text.h"
#include "lessons/backstep/terminal.h"
#include "viz/text.h"

namespace backstep {
namespace {

using bp::batch::Epoch_report, bp::batch::Finding, bp::batch::Step_report;

/// 7,384 s as "2 h 03 min", 65 s as "1 min 05 s", 3.2 s as "3 s".
std::string duration(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(std::min(seconds, 1e9)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100.0 * share); }

}  // namespace

Train_progress::Train_progress(bool json, std::size_t epochs, std::size_t examples, std::size_t batch)
    : style_(json                         ? Style::json
             : isatty(STDOUT_FILENO) != 0 ? Style::bar
                                          : Style::plain),
      epochs_(epochs),
      examples_(examples),
      batch_(batch) {}

void Train_progress::say(const std::string& line) {
  if (style_ != Style::json) fmt::print("{}\n", line);
}

// ---- Steps ----------------------------------------------------------------------------------------------

void Train_progress::after_step(const Step_report& report) {
  if (style_ != Style::bar) return;
  const Clock::time_point now = Clock::now();
  if (!began_) {
    began_ = now;
    done_before_ = (report.epoch - 1) * examples_ + std::min(report.step * batch_, examples_);
  }
  constexpr std::chrono::milliseconds often_enough(100);
  if (now - last_shown_ < often_enough) return;
  last_shown_ = now;
  fmt::print("\r{}\x1b[K", bar(report, now));
  std::fflush(stdout);
  bar_stands_ = true;
}

// epoch 2/5 [=======>      ]  loss 0.4312  accuracy 84.61 %  191,204/s  12 s left
std::string Train_progress::bar(const Step_report& report, Clock::time_point now) {
  const std::size_t done = (report.epoch - 1) * examples_ + std::min(report.step * batch_, examples_);
  const double seconds = std::chrono::duration<double>(now - *began_).count();
  const double rate = seconds > 0.0 ? static_cast<double>(done - done_before_) / seconds : 0.0;
  const std::string left =
      rate > 0.0 ? duration(static_cast<double>(epochs_ * examples_ - done) / rate) : "?";

  constexpr std::size_t length = 24;
  const std::size_t filled = std::min(length, report.step * length / report.steps);
  std::string line = fmt::format("epoch {}/{} [{}{}]  loss {:.4f}  accuracy {}  {}/s  {} left", report.epoch,
                                 epochs_, std::string(filled, '='), std::string(length - filled, ' '),
                                 report.loss, percent(report.accuracy),
                                 bp::with_commas(static_cast<std::uint64_t>(std::llround(rate))), left);
  line.resize(std::min(line.size(), terminal_size().columns - 1));
  return line;
}

void Train_progress::clear() {
  if (bar_stands_) fmt::print("\r\x1b[K");
  bar_stands_ = false;
  std::fflush(stdout);
}

// ---- Epochs ---------------------------------------------------------------------------------------------

void Train_progress::after_epoch(const Epoch_report& report) {
  seconds_ += report.seconds;
  trained_ += report.trained;
  clear();
  if (style_ == Style::json) {
    print_json(report);
  } else {
    print_plain(report);
  }
  std::fflush(stdout);  // whoever reads a pipe wants to see it now
}

void Train_progress::print_json(const Epoch_report& report) {
  fmt::print(R"({{"epoch":{},"seconds":{:.6g},"samples_per_s":{:.0f},"train_loss":{},"train_accuracy":{})",
             report.epoch, report.seconds, static_cast<double>(report.trained) / report.seconds, report.loss,
             report.accuracy);
  if (report.validation) {
    fmt::print(R"(,"validation_loss":{},"validation_accuracy":{})", report.validation->loss,
               report.validation->accuracy);
  }
  fmt::print("}}\n");
}

void Train_progress::print_plain(const Epoch_report& report) {
  fmt::print("epoch {:>{}}/{}   loss {:.4f}  accuracy {:>7}", report.epoch, std::to_string(epochs_).size(),
             epochs_, report.loss, percent(report.accuracy));
  if (report.validation) {
    fmt::print("   validation: loss {:.4f}  accuracy {:>7}", report.validation->loss,
               percent(report.validation->accuracy));
  }
  fmt::print("   {:.3g} s\n", report.seconds);
}

// ---- The doctor -----------------------------------------------------------------------------------------

namespace {

/// "step 160, layer 1 (relu): dead-units"
std::string place_and_name(const Finding& finding, std::uint64_t step) {
  const std::string layer =
      finding.layer ? fmt::format(", layer {} ({})", *finding.layer, finding.layer_name) : "";
  return fmt::format("step {}{}: {}", step, layer, name_of(finding.ailment));
}

std::string json_layer(const Finding& finding) {
  if (!finding.layer) return "";
  return fmt::format(R"(,"layer":{},"layer_name":{})", *finding.layer, bp::json_text(finding.layer_name));
}

}  // namespace

void Train_progress::after_finding(const Finding& finding) {
  clear();
  if (style_ == Style::json) {
    fmt::print(R"({{"doctor":{{"finding":"{}"{},"step":{},"epoch":{},"says":{},"remedy":{}}}}})"
               "\n",
               name_of(finding.ailment), json_layer(finding), finding.step, finding.epoch,
               bp::json_text(finding.says), bp::json_text(finding.remedy));
  } else {
    constexpr std::size_t width = 100;
    fmt::print("Doctor, {}\n{}{}", place_and_name(finding, finding.step),
               bp::wrapped(finding.says, width, "  ", "  "),
               bp::wrapped(finding.remedy, width, "  Try: ", "       "));
  }
  std::fflush(stdout);
}

void Train_progress::after_recovery(const Finding& finding) {
  clear();
  if (style_ == Style::json) {
    fmt::print(R"({{"doctor":{{"over":"{}"{},"step":{}}}}})"
               "\n",
               name_of(finding.ailment), json_layer(finding), *finding.over);
  } else {
    fmt::print("Doctor, {}, is over\n", place_and_name(finding, *finding.over));
  }
  std::fflush(stdout);
}

void Train_progress::after_visit(const std::vector<Finding>& findings) {
  clear();
  if (style_ == Style::json) {
    fmt::print(R"({{"doctor":{{"findings":{}}}}})"
               "\n",
               findings.size());
  } else if (findings.empty()) {
    fmt::print("The doctor found nothing to complain about.\n");
  } else {
    fmt::print("The doctor's findings:\n");
    for (const Finding& finding : findings) {
      fmt::print("  {}{}\n", place_and_name(finding, finding.step),
                 finding.over ? fmt::format(", over since step {}", *finding.over) : "");
    }
  }
  std::fflush(stdout);
}

// ---- The end --------------------------------------------------------------------------------------------

void Train_progress::at_the_end(const Train_result& result) {
  clear();
  if (style_ != Style::json) {
    fmt::print("test: loss {:.4f}  accuracy {}   ({} images that it had never seen)\n", result.test.loss,
               percent(result.test.accuracy), bp::with_commas(result.test.confusion.total()));
    return;
  }
  const auto or_null = [](std::optional<double> number) {
    return number ? fmt::format("{:.4g}", *number) : std::string("null");
  };
  std::optional<double> gflop_per_s;
  if (seconds_ > 0.0) {
    gflop_per_s = result.operations_per_example * static_cast<double>(trained_) / seconds_ / 1e9;
  }
  fmt::print(R"({{"test_loss":{},"test_accuracy":{},"parameters":{},"trainable":{},"threads":{},"simd":"{}",)"
             R"("gflop_per_s":{},"start_to_first_step_s":{}}})"
             "\n",
             result.test.loss, result.test.accuracy, result.parameters, result.trainable, result.threads,
             result.simd, or_null(gflop_per_s), or_null(result.start_to_first_step_s));
}

}  // namespace backstep
