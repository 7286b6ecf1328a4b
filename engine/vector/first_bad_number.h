// The first number of a training run that is none: which operation made it, found by going through the steps
// again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/vector/snapshot.h"

namespace bp::batch {

struct First_bad_number {
  std::uint64_t step;                // counted from 1
  std::size_t epoch;                 // counted from 1
  std::optional<std::size_t> layer;  // whose operation it was, where it was a layer's
  std::string says, remedy;
};

/// Takes the run back to the snapshot and trains again, looking after each operation whether all numbers that
/// it made are finite: inputs, each layer's forward pass, the loss, each tensor's gradient from the last
/// layer back, and each tensor's update. The same seed gives the same bits, so it comes by there again.
///
/// The run is then where that number was made. Nothing when it was made nowhere up to the end of training.
template <class T>
std::optional<First_bad_number> first_bad_number(Trainer<T>& trainer, const Snapshot<T>& from);

}  // namespace bp::batch
