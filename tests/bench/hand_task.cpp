// The peer `hand`. Apart from hand.cpp because that file alone has flags of its own.
#include "tests/bench/hand.h"
#include "tests/bench/peer.h"
#include "tests/bench/work.h"

namespace bp::bench {

std::unique_ptr<Task> hand_task(const std::string& work) {
  using In = std::span<const double>;
  using Out = std::span<double>;
  const auto moons_step = [](In p, Out dp) { return hand_moons(moons(), p.data(), dp.data()); };
  const auto chain_step = [](In x, Out dx) { return hand_chain(x[0], dx.data()); };
  const auto deep_step = [](In x, Out dx) { return hand_deep(x[0], dx.data()); };
  const auto wide_step = [](In x, Out dx) {
    return hand_wide_sum(x.data(), x.data() + wide_length, dx.data(), dx.data() + wide_length);
  };
  if (is_training(work)) return std::make_unique<Function_task>(moons_step);
  if (work == "W2b") return std::make_unique<Function_task>(chain_step);
  if (work == "W3") return std::make_unique<Function_task>(wide_step);
  if (work == "Deep") return std::make_unique<Function_task>(deep_step);
  return nullptr;
}

}  // namespace bp::bench
