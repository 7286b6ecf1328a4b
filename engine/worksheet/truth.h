// The true numbers behind claims: now, and after steps of gradient descent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/worksheet/tape.h"

namespace bp::worksheet {

/// What is asked for: a value or a derivative, after so many steps.
struct Wanted_number {
  Node of;
  std::optional<Node> by;
  std::size_t after = 0;
};

/// The same of Values of the graph that the tape is of.
Wanted_number wanted_by(Value of, const std::optional<Value>& by, std::size_t after);

/// The numbers, in the order of the questions. All gradients of a step are taken before any leaf changes.
///
/// Cost:  one training up to the largest `after`, and one sweep for each d(of)/d... that is asked for.
std::vector<double> true_numbers(const Tape& tape, Node loss, std::span<const std::uint8_t> trained,
                                 double learning_rate, std::span<const Wanted_number> wanted);

}  // namespace bp::worksheet
