// How fast this machine can multiply and add at best: the yardstick for the kernels.
//
// The loop that is timed does nothing but multiply-adds of vectors that stay in registers. A matrix product
// does the same arithmetic, and has to fetch its numbers besides: it can come near this speed, not above it.
#pragma once

#include <cstddef>
#include <vector>

namespace bp::batch {

/// The loop for one instruction set.
struct Multiply_adds {
  const char* name;     ///< as Kernels<float>::name
  std::size_t numbers;  ///< how many numbers each round is done to: 12 vectors
  /// So many rounds of x = x/2 + 1, for all x. They begin at 0 to 11, as many at each. Returns their sum.
  float (*run)(std::size_t rounds);

  /// The vectors. Each round waits for the one before it, but they do not wait for each other.
  static constexpr std::size_t chains = 12;
};

/// The loops of the instruction sets that this machine has, the fastest first, and last the plain loop, of
/// which the compiler makes what it can: the same names in the same order as available_kernels<float>().
const std::vector<Multiply_adds>& multiply_add_loops();

/// The most multiplications and additions of floats that one core does in a second with this loop: the best
/// of several turns.
///
/// Units:     operations a second; a multiply-add counts as two.
/// Time:      about `seconds`.
double measure_peak(const Multiply_adds& loop, double seconds = 0.05);

}  // namespace bp::batch
