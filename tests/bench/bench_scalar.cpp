// The benchmark of the scalar engine: each work done by each peer, in turn and in one run (measure.h).
//
//     taskset -c 1 build/tests/bench/bench_scalar            a table, with ratios
//     taskset -c 1 build/tests/bench/bench_scalar --json     one line for each work and peer
//     build/tests/bench/bench_scalar --check                 that all peers compute the same; nothing is
//     timed
//
// A peer whose value or gradient differs from the others' is an error (exit status 1): a time would mean
// nothing. The works are defined in work.h; NOTES.md has the results.
#include <fmt/core.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/bench/measure.h"
#include "tests/bench/peer.h"
#include "tests/bench/work.h"

namespace bp::bench {
namespace {

struct Peer {
  std::string name;
  Task_maker make;
};

const std::vector<Peer> all_peers = {
    {"hand", hand_task},  // first: the others are held against it
    {"backstep", backstep_task},
#ifdef BACKSTEP_BENCH_ADOLC
    {"adolc", adolc_task},
#endif
#ifdef BACKSTEP_BENCH_SACADO
    {"sacado", sacado_task},
#endif
};
const std::vector<std::string> all_works = {"W1", "W1d", "W2b", "W3", "W4", "Deep"};

struct Options {
  std::vector<std::string> works = all_works;
  std::vector<std::string> peers;
  bool json = false;
  bool check = false;
  double seconds = 1.5;
  int after = 5000;
};

// What one peer did on one work.
struct Row {
  std::string peer;
  std::unique_ptr<Task> task;
  Outcome outcome;
  Timing timing;
  double bytes;
};

// --- do they compute the same? ---------------------------------------------------------------------------

struct Tolerance {
  double value;     // relative
  double gradient;  // relative to the largest entry
};

// The published loss holds to 1e-13, and nothing in W1 is longer than a sum of a hundred terms. A sum or
// chain of a million roundings drifts by about the root of a million units of 1e-16. A product of n rounded
// factors is within 2n * 2^-53 (Higham, 2nd ed., section 3.1): 2.3e-9 for the ten million of Deep. The
// gradient of W3 is a copy of its inputs.
Tolerance tolerance_of(const std::string& work) {
  if (is_training(work)) return {1e-13, 1e-12};
  if (work == "W3") return {1e-11, 0.0};
  return {1e-11, 2.5e-9};
}

void check_against(const Outcome& expected, const Outcome& found, const std::string& work,
                   const std::string& peer) {
  const Tolerance tolerance = tolerance_of(work);
  // Written so that NaN fails.
  if (!(std::abs(found.value - expected.value) <= tolerance.value * std::abs(expected.value)))
    throw std::runtime_error(
        fmt::format("{} of {}: the value is {:.16g}, not {:.16g}", work, peer, found.value, expected.value));
  double largest = 0.0;
  for (double g : expected.gradient) largest = std::max(largest, std::abs(g));
  if (!(largest > 0.0)) throw std::runtime_error(fmt::format("{}: the gradient is 0 everywhere", work));
  for (std::size_t i = 0; i < expected.gradient.size(); ++i)
    if (!(std::abs(found.gradient[i] - expected.gradient[i]) <= tolerance.gradient * largest))
      throw std::runtime_error(fmt::format("{} of {}: entry {} of the gradient is {:.16g}, not {:.16g}", work,
                                           peer, i, found.gradient[i], expected.gradient[i]));
}

// Holds the loss of W1 to the published one, and every peer to the first, which is `hand`.
void check_all(const std::vector<Row>& rows, const std::string& work) {
  for (const Row& row : rows) {
    Outcome expected = rows.front().outcome;
    if (is_training(work)) expected.value = moons_loss_after_10;
    check_against(expected, row.outcome, work, row.peer);
  }
}

// --- what is printed -------------------------------------------------------------------------------------

std::string number_or_null(double x, int decimals) {
  return std::isfinite(x) ? fmt::format("{:.{}f}", x, decimals) : "null";
}

void print_json(const std::vector<Row>& rows, const std::string& work) {
  const auto operations = static_cast<double>(operations_of(work));
  for (const Row& row : rows)
    fmt::print(
        "{{\"peer\":\"{}\",\"work\":\"{}\",\"us_per_step\":{:.3f},\"ns_per_op\":{:.4f},\"ops\":{},"
        "\"bytes_per_op\":{},\"loss\":{:.15g},\"us_minimum\":{:.3f},\"rounds\":{}}}\n",
        row.peer, work, row.timing.median_us, 1e3 * row.timing.median_us / operations, operations_of(work),
        number_or_null(row.bytes / operations, 2), row.outcome.value, row.timing.minimum_us,
        row.timing.rounds);
}

void print_heading() {
  fmt::print("{:5} {:9} {:>12} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "work", "peer", "us a step", "ns an op",
             "fastest", "bytes", "x hand", "x ours");
}

void print_table(const std::vector<Row>& rows, const std::string& work) {
  const auto operations = static_cast<double>(operations_of(work));
  const auto ours =
      std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.peer == "backstep"; });
  for (const Row& row : rows) {
    const double to_ours = ours == rows.end() ? std::nan("") : row.timing.median_us / ours->timing.median_us;
    fmt::print("{:5} {:9} {:12.2f} {:9.3f} {:9.3f} {:9} {:9.2f} {:>9}\n", work, row.peer,
               row.timing.median_us, 1e3 * row.timing.median_us / operations,
               1e3 * row.timing.minimum_us / operations, number_or_null(row.bytes / operations, 1),
               row.timing.median_us / rows.front().timing.median_us, number_or_null(to_ours, 2));
  }
}

// --- the run ---------------------------------------------------------------------------------------------

// The default stack of Linux, so that a recursion ten million deep could not hide on a larger one.
void limit_stack() {
  constexpr rlim_t bytes = 8U << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur <= bytes) return;
  limit.rlim_cur = bytes;
  if (setrlimit(RLIMIT_STACK, &limit) != 0) throw std::runtime_error("the stack cannot be limited to 8 MB");
}

// The peers that do this work, `hand` first, with their memory measured (in `--check` not).
std::vector<Row> rows_of(const std::string& work, const Options& options) {
  std::vector<Row> rows;
  for (const Peer& peer : all_peers) {
    const bool chosen = options.peers.empty() || peer.name == "hand" ||
                        std::count(options.peers.begin(), options.peers.end(), peer.name) > 0;
    if (!chosen || peer.make(work) == nullptr) continue;
    rows.push_back({peer.name, nullptr, {}, {}, options.check ? 0.0 : peak_bytes(work, peer.make)});
  }
  return rows;
}

void do_work(const std::string& work, std::vector<Row>& rows, const Options& options) {
  for (Row& row : rows) {
    const auto peer = std::find_if(all_peers.begin(), all_peers.end(),
                                   [&](const Peer& one) { return one.name == row.peer; });
    row.task = peer->make(work);
    row.outcome = evaluate_once(work, *row.task);
  }
  check_all(rows, work);
  if (options.check) {
    fmt::print("{}: {} peers agree on {:.15g}\n", work, rows.size(), rows.front().outcome.value);
    return;
  }

  std::vector<Task*> tasks;
  for (const Row& row : rows) tasks.push_back(row.task.get());
  const std::vector<double> from =
      is_training(work) ? train(*tasks.front(), work, options.after) : starting_point(work);
  const std::vector<Timing> timings = time_in_turn(work, from, options.seconds, tasks);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].timing = timings[i];
  options.json ? print_json(rows, work) : print_table(rows, work);
  std::fflush(stdout);
}

void run(const Options& options) {
  limit_stack();
  std::vector<std::vector<Row>> rows;
  for (const std::string& work : options.works) rows.push_back(rows_of(work, options));
  if (!options.json && !options.check) print_heading();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    do_work(options.works[i], rows[i], options);
    rows[i].clear();  // the next work finds the memory free
  }
}

}  // namespace
}  // namespace bp::bench

int main(int argc, char** argv) {
  using namespace bp::bench;
  Options options;
  CLI::App app("Times the scalar engine beside its peers. Pin it to one core: taskset -c 1 bench_scalar");
  std::vector<std::string> peer_names;
  for (const Peer& peer : all_peers) peer_names.push_back(peer.name);
  app.add_option("--work", options.works, "which works, with commas between them (all)")
      ->delimiter(',')
      ->check(CLI::IsMember(all_works));
  app.add_option("--peer", options.peers, "which peers, beside `hand` (all)")
      ->delimiter(',')
      ->check(CLI::IsMember(peer_names));
  app.add_option("--seconds", options.seconds, "how long each peer is timed on each work (1.5)")
      ->check(CLI::PositiveNumber);
  app.add_option("--after", options.after, "updates of a training work before it is timed (5000)")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--json", options.json, "print one line of JSON for each work and peer");
  app.add_flag("--check", options.check, "compare the peers' values and gradients; time nothing");
  CLI11_PARSE(app, argc, argv);

  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "backstep: bench_scalar: {}\n", error.what());
    return 1;
  }
}
