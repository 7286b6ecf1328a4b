// How it is measured: all peers of a work in turn, round after round, in one run.
//
// A round gives each peer one turn. A turn first does one step untimed, so that nobody pays for the caches
// another has left, then as many as fill about a hundredth of a second. On a machine that others use too,
// a slow spell then falls on all alike, and the ratio of two medians holds although the times do not.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "tests/bench/peer.h"

namespace bp::bench {

/// The value and gradient that show whether a peer does the work.
struct Outcome {
  double value = 0.0;
  std::vector<double> gradient;
};

/// What one peer took for one step of a work, in microseconds.
struct Timing {
  double median_us;
  double minimum_us;
  std::size_t rounds;
};

/// The value and gradient of a training work after ten updates, of another at its starting point.
Outcome evaluate_once(const std::string& work, Task& task);

/// The parameters of a training work after so many updates by this task.
std::vector<double> train(Task& task, const std::string& work, int updates);

/// Times the tasks in turn, for `seconds` each and for at least five rounds. A step of a training work ends
/// with an update; each of its turns starts at `from` again and walks on, so that all train the same network.
///
/// Returns:  a timing for each task, in their order.
std::vector<Timing> time_in_turn(const std::string& work, const std::vector<double>& from, double seconds,
                                 const std::vector<Task*>& tasks);

/// Bytes by which a fresh process's resident memory grows, at its peak, while it makes a task and evaluates
/// it once: the graph, its gradients, and whatever code and buffers the library touches for them. Call it
/// before this process has done much: memory that was freed but not given back would hide growth. NaN where
/// there is no /proc.
///
/// Throws:  std::runtime_error when the process cannot be started, or fails.
double peak_bytes(const std::string& work, Task_maker make);

}  // namespace bp::bench
