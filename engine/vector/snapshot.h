// A training run as it was at some step, kept in memory to go back to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/vector/trainer.h"

namespace bp::batch {

template <class T>
class Snapshot {
 public:
  /// Between two steps of one epoch, or before the first.
  void take(const Trainer<T>& trainer);
  /// Network, optimizer and trainer are then as they were: the same steps follow, to the bit.
  void put_back(Trainer<T>& trainer) const;
  /// How many steps had been taken.
  std::uint64_t steps() const { return steps_; }

 private:
  std::vector<T> numbers_;  // of the network, then of the optimizer
  std::vector<std::int64_t> counts_;
  Trainer_state state_;
  std::uint64_t steps_ = 0;
  double learning_rate_ = 0.0;
};

}  // namespace bp::batch
