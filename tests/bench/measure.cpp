#include "tests/bench/measure.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "tests/bench/work.h"

namespace bp::bench {
namespace {

constexpr double turn_seconds = 0.01;
constexpr int least_rounds = 5;

double seconds_now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> x) {
  const auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  return *middle;
}

// One peer at one work, from turn to turn.
class Runner {
 public:
  Runner(Task& task, const std::vector<double>& from, bool training)
      : task_(task), from_(from), gradient_(from.size()), training_(training) {}

  /// Seconds that `steps` steps take, after one that nobody times.
  double turn(long steps) {
    point_ = from_;
    step();
    const double start = seconds_now();
    for (long i = 0; i < steps; ++i) step();
    return seconds_now() - start;
  }

  long steps = 1;  ///< how many fill a turn
  double spent = 0.0;
  std::vector<double> step_seconds;

 private:
  void step() {
    task_.evaluate(point_, gradient_);
    if (!training_) return;
    for (std::size_t i = 0; i < point_.size(); ++i) point_[i] -= learning_rate * gradient_[i];
  }

  Task& task_;
  const std::vector<double>& from_;
  std::vector<double> point_;
  std::vector<double> gradient_;
  bool training_;
};

// The line `key: 1234 kB` of this process's status, in bytes (proc(5)).
double status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != key + ":") continue;
    double kilobytes = 0.0;
    status >> kilobytes;
    return 1024.0 * kilobytes;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// Runs in the child: the growth of the peak, over what is resident when the inputs are in place.
double growth_of_one_evaluation(const std::string& work, Task_maker make) {
  const std::vector<double> x = starting_point(work);
  std::vector<double> gradient(x.size(), 1.0);
  moons();
  const double before = status_bytes("VmRSS");
  make(work)->evaluate(x, gradient);
  return status_bytes("VmHWM") - before;
}

}  // namespace

std::vector<double> train(Task& task, const std::string& work, int updates) {
  std::vector<double> point = starting_point(work);
  std::vector<double> gradient(point.size());
  for (int i = 0; i < updates; ++i) {
    task.evaluate(point, gradient);
    for (std::size_t k = 0; k < point.size(); ++k) point[k] -= learning_rate * gradient[k];
  }
  return point;
}

Outcome evaluate_once(const std::string& work, Task& task) {
  const std::vector<double> point = is_training(work) ? train(task, work, 10) : starting_point(work);
  Outcome outcome;
  outcome.gradient.resize(point.size());
  outcome.value = task.evaluate(point, outcome.gradient);
  return outcome;
}

std::vector<Timing> time_in_turn(const std::string& work, const std::vector<double>& from, double seconds,
                                 const std::vector<Task*>& tasks) {
  std::vector<Runner> runners;
  for (Task* task : tasks) runners.emplace_back(*task, from, is_training(work));
  for (Runner& runner : runners)
    runner.steps = std::max(1L, std::lround(turn_seconds / std::max(1e-9, runner.turn(1))));

  const auto unfinished = [&](const Runner& runner) {
    return runner.spent < seconds || runner.step_seconds.size() < least_rounds;
  };
  while (std::any_of(runners.begin(), runners.end(), unfinished)) {
    for (Runner& runner : runners) {
      const double turn = runner.turn(runner.steps);
      runner.spent += turn;
      runner.step_seconds.push_back(turn / static_cast<double>(runner.steps));
    }
  }

  std::vector<Timing> timings;
  for (const Runner& runner : runners) {
    const std::vector<double>& t = runner.step_seconds;
    timings.push_back({1e6 * median(t), 1e6 * *std::min_element(t.begin(), t.end()), t.size()});
  }
  return timings;
}

double peak_bytes(const std::string& work, Task_maker make) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("backstep: no pipe to measure memory through");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("backstep: no process to measure memory in");
  if (child == 0) {
    double growth = std::numeric_limits<double>::quiet_NaN();
    try {
      growth = growth_of_one_evaluation(work, make);
    } catch (...) { _exit(1); }
    _exit(write(ends[1], &growth, sizeof growth) == sizeof growth ? 0 : 1);
  }
  close(ends[1]);
  double growth = 0.0;
  const bool whole = read(ends[0], &growth, sizeof growth) == sizeof growth;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!whole || status != 0)
    throw std::runtime_error("backstep: measuring the memory of " + work + " failed");
  return growth;
}

}  // namespace bp::bench
