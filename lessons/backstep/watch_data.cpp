#include "lessons/backstep/watch_data.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "engine/data/with_commas.h"
#include "engine/worksheet/names.h"
#include "lessons/backstep/failure.h"

namespace backstep {
namespace {

/// What suits a set: found by trying, so that its classes are told apart well before the last epoch.
struct Suits {
  const char *name, *activation;
  std::vector<std::size_t> layers;
  std::size_t epochs, points;
  double learning_rate, noise;
};

const std::vector<Suits>& sets() {
  static const std::vector<Suits> all = {
      {"moons", "tanh", {2, 8, 8, 1}, 200, 200, 0.03, 0.1},
      {"circles", "tanh", {2, 8, 1}, 200, 200, 0.05, 0.1},
      {"spirals", "silu", {2, 12, 12, 1}, 300, 200, 0.03, 0.02},
      {"xor", "tanh", {2, 4, 1}, 200, 4, 0.1, 0.0},
  };
  return all;
}

const Suits* set_named(const std::string& name) {
  const auto found =
      std::find_if(sets().begin(), sets().end(), [&](const Suits& s) { return s.name == name; });
  return found == sets().end() ? nullptr : &*found;
}

/// A word that is no set may be a file; one without a dot or a slash that is not there was meant as a set.
void check_is_there(const std::string& name) {
  std::error_code error;
  const bool looks_like_a_file = name.find_first_of("./") != std::string::npos || name == "-";
  if (looks_like_a_file || std::filesystem::exists(name, error)) return;
  bp::worksheet::Nearest_name nearest(name);
  for (const Suits& set : sets()) nearest.consider(set.name);
  throw Failure(bad_input,
                fmt::format("there is no set `{}`{} There are {}, and files of x,y,label", name,
                            nearest.hint().empty() ? "." : nearest.hint(), fmt::join(watch_sets(), ", ")));
}

/// The four corners, again and again, each moved by its own noise.
bp::Labelled_points noisy_xor(std::size_t n, double noise, bp::Random& random) {
  if (n % 4 != 0) throw Failure(bad_input, "--points: xor has four corners; give it a multiple of 4");
  const bp::Labelled_points corners = bp::exclusive_or();
  bp::Labelled_points points;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> point = corners.inputs[i % 4];
    for (double& coordinate : point) coordinate += noise > 0 ? random.normal(0, noise) : 0;
    points.inputs.push_back(point);
    points.labels.push_back(corners.labels[i % 4]);
  }
  return points;
}

bp::Labelled_points drawn(const Watch_options& options) {
  bp::Random random(options.seed);
  if (options.data != "xor" && options.points % 2 != 0) {
    throw Failure(bad_input, "--points: half of them are of each class; give an even number");
  }
  if (options.data == "moons") return bp::two_moons(options.points, options.noise, random);
  if (options.data == "circles") return bp::circles(options.points, options.noise, random);
  if (options.data == "spirals") return bp::spirals(options.points, options.noise, random);
  return noisy_xor(options.points, options.noise, random);
}

}  // namespace

std::vector<std::string> watch_sets() {
  std::vector<std::string> names;
  for (const Suits& set : sets()) names.emplace_back(set.name);
  return names;
}

void complete(Watch_options& options) {
  const Suits* set = set_named(options.data);
  if (set == nullptr) check_is_there(options.data);
  if (set == nullptr && (options.points != 0 || options.noise >= 0)) {
    throw Failure(bad_input, fmt::format("{} is for the sets that are drawn, not for a file",
                                         options.points != 0 ? "--points" : "--noise"));
  }
  const Suits& suits = set != nullptr ? *set : sets().front();
  if (options.layers.empty()) options.layers = suits.layers;
  if (options.activation.empty()) options.activation = suits.activation;
  if (options.epochs == 0) options.epochs = suits.epochs;
  if (options.learning_rate == 0) options.learning_rate = suits.learning_rate;
  if (options.points == 0) options.points = suits.points;
  if (options.noise < 0) options.noise = suits.noise;
}

Watch_data watch_data(const Watch_options& options) {
  if (set_named(options.data) != nullptr) {
    return {.name = options.data,
            .description = fmt::format("{} points, noise {}", bp::with_commas(options.points), options.noise),
            .points = drawn(options),
            .standardized = {},
            .classes = {"class 0", "class 1"}};
  }
  const bool is_standard_input = options.data == "-";
  bp::Points_file file =
      is_standard_input
          ? bp::parse_points(bp::read_standard_input(bp::Points_file::most_bytes), bp::standard_input)
          : bp::read_points(options.data);
  Watch_data data{.name = is_standard_input
                              ? "standard input"
                              : bp::on_one_line(std::filesystem::path(options.data).filename().string()),
                  .description = {},
                  .points = std::move(file.points),
                  .standardized = {},
                  .axes = file.axes,
                  .classes = file.classes};
  data.standardized = bp::standardize(data.points);
  const auto number = [](double x) { return fmt::format("{:.7g}", x); };
  data.description = fmt::format(
      "{} points, standardised: ({} - {}) / {} and ({} - {}) / {}", bp::with_commas(data.points.size()),
      data.axes[0], number(data.standardized.mean[0]), number(data.standardized.deviation[0]), data.axes[1],
      number(data.standardized.mean[1]), number(data.standardized.deviation[1]));
  return data;
}

}  // namespace backstep
