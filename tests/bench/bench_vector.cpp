// The benchmark of the vector engine: its matrix products beside other libraries', each product of each shape
// done by each peer, in turn and in one run, on one thread; and training.
//
//     taskset -c 1 build/tests/bench/bench_vector            a table: GFLOP/s, and each peer's time to ours
//     taskset -c 1 build/tests/bench/bench_vector --json     one line for each shape and peer
//     build/tests/bench/bench_vector --check                that all peers compute the same; times nothing
//     taskset -c 1 build/tests/bench/bench_vector --task A --batch 32 --epochs 5
//                                                           an epoch's seconds in training: see training.h
//
// A peer whose result differs from the plain loops' by more than the rounding of its sums is an error (exit
// status 1): a time would mean nothing. NOTES.md has the results.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <stdexcept>

#include "tests/bench/product.h"
#include "tests/bench/training.h"

namespace bp::bench {
namespace {

struct Options {
  std::vector<std::string> forms = {"forward", "input", "weights"};
  std::vector<std::string> peers;
  bool json = false;
  bool check = false;
  double seconds = 0.3;
};

/// What one peer did on one product.
struct Row {
  std::string peer;
  std::function<void()> work;
  Turns turns;
};

/// Every number within 2 (n + 1) u sum |terms| of the plain loops', n the terms of its sum: theirs and the
/// peer's rounding.
void check(const Product& product, const Numbers& plain, const Numbers& sizes, const Numbers& found,
           const std::string& peer) {
  const double bound = 2.0 * double(product.terms() + 1) * 0x1p-24;
  const auto &want = plain.result(product.form), &got = found.result(product.form),
             &size = sizes.result(product.form);
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double error = std::abs(double(got.span()[i]) - want.span()[i]);
    if (!(error <= bound * size.span()[i])) {  // NaN too
      throw std::runtime_error(fmt::format("{} of {}: number {} is {}, not {}", product.name(), peer, i,
                                           got.span()[i], want.span()[i]));
    }
  }
}

/// The peers' work on this product, each checked. Their numbers live in `memory`.
std::vector<Row> rows_of(const Product& product, const Options& options,
                         std::vector<std::unique_ptr<Numbers>>& memory) {
  Numbers plain(product), sizes(product);
  sizes.make_positive();
  work_of(batch::reference_kernels<float>(), product.form, plain)();
  work_of(batch::reference_kernels<float>(), product.form, sizes)();

  std::vector<Row> rows;
  for (const Peer_maker& peer : product_peers()) {
    const bool chosen = options.peers.empty() || peer.name == product_peers().front().name ||
                        std::count(options.peers.begin(), options.peers.end(), peer.name) > 0;
    if (!chosen) continue;
    memory.push_back(std::make_unique<Numbers>(product));
    rows.push_back({peer.name, peer.make(product.form, *memory.back()), {}});
    rows.back().work();
    check(product, plain, sizes, *memory.back(), peer.name);
  }
  return rows;
}

void print(const Product& product, const std::vector<Row>& rows, bool json) {
  for (const Row& row : rows) {
    const double seconds = row.turns.median(), gflops = 1e-9 * product.operations() / seconds;
    const double to_ours = seconds / rows.front().turns.median();
    if (json) {
      fmt::print(
          "{{\"peer\":\"{}\",\"form\":\"{}\",\"batch\":{},\"inputs\":{},\"outputs\":{},\"us\":{:.3f},"
          "\"gflops\":{:.1f},\"us_minimum\":{:.3f},\"rounds\":{}}}\n",
          row.peer, product.form, product.examples, product.inputs, product.outputs, 1e6 * seconds, gflops,
          1e6 * row.turns.minimum(), row.turns.count());
    } else {
      fmt::print("{:28} {:20} {:10.2f} {:10.1f} {:10.2f}\n", product.name(), row.peer, 1e6 * seconds, gflops,
                 to_ours);
    }
  }
  std::fflush(stdout);
}

void run(const Options& options) {
  if (!options.json && !options.check) {
    fmt::print("{:28} {:20} {:>10} {:>10} {:>10}\n", "product", "peer", "us", "GFLOP/s", "x ours");
  }
  for (const Product& product : all_products()) {
    if (std::count(options.forms.begin(), options.forms.end(), product.form) == 0) continue;
    std::vector<std::unique_ptr<Numbers>> memory;
    std::vector<Row> rows = rows_of(product, options, memory);
    if (options.check) {
      fmt::print("{}: {} peers agree\n", product.name(), rows.size());
      continue;
    }
    std::vector<Turns*> turns;
    for (Row& row : rows) {
      row.turns.work = row.work;
      turns.push_back(&row.turns);
    }
    take_turns(turns, options.seconds);
    print(product, rows, options.json);
  }
}

}  // namespace
}  // namespace bp::bench

int main(int argc, char** argv) {
  using namespace bp::bench;
  Options options;
  CLI::App app(
      "Times matrix products beside OpenBLAS and oneDNN, or training. Pin it to one core: taskset -c 1 "
      "bench_vector");
  std::vector<std::string> peer_names;
  for (const Peer_maker& peer : product_peers()) peer_names.push_back(peer.name);
  app.add_option("--form", options.forms, "which products, with commas between them (all)")
      ->delimiter(',')
      ->check(CLI::IsMember(options.forms));
  app.add_option("--peer", options.peers, "which peers, beside the fastest of ours (all)")
      ->delimiter(',')
      ->check(CLI::IsMember(peer_names));
  app.add_option("--seconds", options.seconds, "how long each peer is timed on each product (0.3)")
      ->check(CLI::PositiveNumber);
  app.add_flag("--json", options.json, "print one line of JSON for each product and peer");
  app.add_flag("--check", options.check, "compare the peers' results; time nothing");
  Training_options training;
  auto* task = app.add_option("--task", training.task, "train this network, A, B or C, instead of products")
                   ->check(CLI::IsMember(all_tasks()));
  const auto training_option = [&](const char* name, auto& value, const char* help) {
    return app.add_option(name, value, help)->needs(task);
  };
  auto* batch = training_option("--batch", training.batch, "examples a step (A 32, B 128, C 10)");
  training_option("--epochs", training.epochs, "how many times through the pictures (5)")
      ->check(CLI::PositiveNumber);
  training_option("--threads", training.threads, "with how many threads (1)")->check(CLI::PositiveNumber);
  training_option("--seed", training.seed, "of weights, order and dropout (1)");
  training_option("--data", training.data, "the folder of the four files (where MNIST is looked for)");
  CLI11_PARSE(app, argc, argv);
  training.json = options.json;
  if (batch->count() == 0) training.batch = usual_batch(training.task);

  try {
    if (task->count() > 0) {
      run_training(training);
    } else {
      run(options);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "backstep: bench_vector: {}\n", error.what());
    return 1;
  }
}
