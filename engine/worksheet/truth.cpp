#include "engine/worksheet/truth.h"

#include <algorithm>
#include <numeric>

namespace bp::worksheet {

Wanted_number wanted_by(Value of, const std::optional<Value>& by, std::size_t after) {
  const auto node = [](Value value) { return static_cast<Node>(value.index()); };
  return {node(of), by ? std::optional(node(*by)) : std::nullopt, after};
}

std::vector<double> true_numbers(const Tape& start, Node loss, std::span<const std::uint8_t> trained,
                                 double learning_rate, std::span<const Wanted_number> wanted) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // By time, then by what is derived, so that one sweep serves all that ask for the same.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(wanted[a].after, wanted[a].of) < std::pair(wanted[b].after, wanted[b].of);
  });
  Tape tape = start;
  std::vector<double> numbers(wanted.size()), grads(tape.size());
  std::size_t done = 0;
  const auto nothing = static_cast<Node>(tape.size());
  Node swept = nothing;  // whose gradients `grads` holds now
  for (const std::size_t i : order) {
    for (; done < wanted[i].after; ++done) {
      sweep(tape, tape.local, loss, grads);
      descend(tape, trained, grads, learning_rate);
      swept = nothing;
    }
    if (!wanted[i].by) {
      numbers[i] = tape.data[wanted[i].of];
    } else {
      if (swept != wanted[i].of) sweep(tape, tape.local, wanted[i].of, grads);
      swept = wanted[i].of;
      numbers[i] = grads[*wanted[i].by];
    }
  }
  return numbers;
}

}  // namespace bp::worksheet
