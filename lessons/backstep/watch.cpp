// `backstep watch`: trains a small network on points in the plane before the reader's eyes, and writes a page
// that replays it.
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "engine/data/file.h"
#include "engine/data/with_commas.h"
#include "lessons/backstep/command.h"
#include "lessons/backstep/interruptible.h"
#include "lessons/backstep/watch_data.h"
#include "lessons/backstep/watch_training.h"
#include "lessons/backstep/watch_view.h"
#include "viz/watch_page.h"

namespace backstep {
namespace {

// What a page holds: some 11 bytes a weight, so that a file stays below a megabyte.
constexpr std::size_t most_numbers = 64'000, most_weights = 2'400, most_shown = 401;

/// Every how many epochs one is recorded.
std::size_t stride(std::size_t epochs, std::size_t weights) {
  const std::size_t room = std::clamp<std::size_t>(most_numbers / weights, 25, most_shown);
  return std::max<std::size_t>(1, (epochs + room - 2) / (room - 1));
}

/// "2-8-8-1, tanh", or "2-1" where there is nothing for an activation to do.
std::string network_text(const Watch_options& options) {
  const std::string layers = fmt::format("{}", fmt::join(options.layers, "-"));
  return options.layers.size() > 2 ? layers + ", " + options.activation : layers;
}

bp::Watched_run run_of(const Watch_options& options, const Watch_data& data) {
  bp::Watched_run run;
  run.name = data.name;
  run.points = data.points;
  run.standardized = data.standardized;
  run.axes = data.axes;
  run.classes = data.classes;
  run.layers = options.layers;
  run.activation = watch_activation(options.activation);
  run.about = {{"", data.description},
               {"network", network_text(options)},
               {"trained by", fmt::format("{}, learning rate {}, all points at once", options.optimizer,
                                          options.learning_rate)},
               {"loss", "cross-entropy"},
               {"seed", std::to_string(options.seed)}};
  return run;
}

int watch(Watch_options options) {
  complete(options);
  if (!options.out.empty()) bp::check_writable(options.out);  // now, and not after the training
  const Watch_data data = watch_data(options);
  Watch_training training(options, data.points);
  if (training.parameter_count() > most_weights) {
    throw Failure(bad_input,
                  fmt::format("--layers: {} weights and biases; a page holds {}",
                              bp::with_commas(training.parameter_count()), bp::with_commas(most_weights)));
  }
  bp::Watched_run run = run_of(options, data);
  const std::size_t each = stride(options.epochs, training.parameter_count());
  const Interruptible interruptible;
  {
    const std::string title = fmt::format("{} ({}), network {}, seed {}", data.name, data.description,
                                          network_text(options), options.seed);
    fmt::print("Watch: {}\n", title);
    Watch_view view(
        options, data,
        fmt::format("o: {}   ^: {}   dots: taken for {}", data.classes[1], data.classes[0], data.classes[1]));
    for (;; training.step()) {
      bp::Watched_epoch seen = training.look();
      view.show(seen, training);
      if (seen.epoch % each == 0 || seen.epoch == options.epochs) run.epochs.push_back(seen);
      if (seen.epoch == options.epochs || asked_to_stop()) break;
    }
  }
  if (asked_to_stop()) {
    fmt::print(stderr, "backstep: interrupted after epoch {}; nothing was written\n", training.epoch());
    return interrupted;
  }
  if (options.out.empty()) return done;
  bp::write_file_whole(options.out, bp::watch_page(run));
  fmt::print("Written: {}\n", options.out);
  return done;
}

void add_network_options(Command& command, Watch_options& options) {
  command
      .option("--layers", options.layers,
              "The 2 inputs, the neurons of each hidden layer, the output: 2,8,8,1; 2,1 has no hidden layer")
      .called("2,N,...,1")
      .with_commas();
  command.option("--activation", options.activation, "Of the hidden layers")
      .called("NAME")
      .one_of(watch_activations());
  command.option("--optimizer", options.optimizer, "How weights follow gradients")
      .called("NAME")
      .shows_default()
      .one_of(watch_optimizers());
  command.option("--learning-rate", options.learning_rate, "How far").called("RATE").above_zero();
  command.option("--epochs", options.epochs, "Steps, each with all points").called("N").from_to(1, 100'000);
  command.option("--seed", options.seed, "Of points and weights").called("N").shows_default().whole();
}

}  // namespace

void add_watch_command(CLI::App& app, int& status) {
  Command command(app, "watch",
                  "Train a small network on points in the plane, live, and write a page that replays it");
  const auto options = std::make_shared<Watch_options>();
  command
      .option("DATA", options->data,
              "moons, circles, spirals, xor, or a file of x,y,label lines; - is standard input")
      .called("")
      .required();
  command.option("-o", options->out, "The page: one file, which loads nothing").called("OUT.html");
  add_network_options(command, *options);
  command.option("--points", options->points, "How many are drawn")
      .called("N")
      .from_to(2, bp::Points_file::most_points);
  command.option("--noise", options->noise, "The standard deviation of their coordinates")
      .called("S")
      .between(0.0, 10.0);
  command.option("--seconds", options->seconds, "How long the live view takes at least")
      .called("S")
      .shows_default()
      .between(0.0, 3600.0);
  command.says(
      "What is not given suits the data: moons has --layers 2,8,8,1 --epochs 200 --points 200 --noise 0.1.");
  command.runs([options, &status] { status = watch(*options); });
}

}  // namespace backstep
