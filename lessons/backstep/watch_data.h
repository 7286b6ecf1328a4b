// What `backstep watch` learns: points of two classes, drawn or from a file, and how its network is made.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/points_file.h"
#include "engine/data/toy.h"

namespace backstep {

/// As they stand on the command line: 0, nothing, and a noise of -1 stand for "as suits the data".
struct Watch_options {
  std::string data, out;
  std::vector<std::size_t> layers;
  std::string activation, optimizer = "adam";
  std::size_t epochs = 0, points = 0;
  double learning_rate = 0, noise = -1;
  std::uint64_t seed = 1;
  double seconds = 5;  // that a live view takes at least
};

struct Watch_data {
  std::string name;         // "moons", or the file's
  std::string description;  // "200 points with noise 0.1"
  bp::Labelled_points points;
  bp::Standardized standardized;
  std::array<std::string, 2> axes = {"x", "y"}, classes = {"0", "1"};
};

/// The names of the sets that are drawn: "moons", ...
std::vector<std::string> watch_sets();

/// Fills in what was left to the data.
///
/// Throws:    Failure for a set that there is not.
void complete(Watch_options& options);

/// Draws or reads the points.
///
/// Throws:    as read_points(); Failure, naming the option, for a number of points or a noise that the set
///            cannot have.
Watch_data watch_data(const Watch_options& options);

}  // namespace backstep
