// Where the nodes of a network belong, on the way from its inputs to the loss, and in a batch to which step.
// groups_of() makes groups of it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "engine/worksheet/tape.h"
#include "viz/fold/neurons.h"

namespace bp {

/// A place on the way, and a neuron there, or none. Arrows lead from earlier places to later ones only, or
/// stay within one.
struct Home {
  std::uint32_t place = Neurons::none, neuron = Neurons::none;
  auto operator<=>(const Home&) const = default;
};

constexpr std::uint32_t inputs_place = 0, shared_place = 1, loss_place = Neurons::none - 1;
constexpr std::uint32_t layer_place(std::int32_t depth) { return 2 * static_cast<std::uint32_t>(depth); }
constexpr std::uint32_t place_after(std::int32_t depth) { return layer_place(depth) + 1; }

/// The homes of all nodes.
class Homes {
 public:
  Homes(const worksheet::Tape& tape, const Neurons& neurons);
  Home operator[](worksheet::Node n) const { return homes_[n]; }

 private:
  Home home_of_computed(worksheet::Node n) const;
  void settle(worksheet::Node n, Home user);

  const Neurons& neurons_;
  std::vector<Home> homes_;
};

/// In a batch: which nodes are the same step, for one sample or another. Two are when they do the same to
/// what is the same, in the same place.
class Steps {
 public:
  Steps(const worksheet::Tape& tape, const Neurons& neurons, const Homes& homes);
  std::uint32_t operator[](worksheet::Node n) const { return steps_[n]; }
  /// Whether a sum has it in it: another sum, or a product of a neuron. It is the same step as the sum.
  bool is_part(worksheet::Node n) const;

 private:
  using Key = std::vector<std::uint32_t>;

  std::uint32_t number(const Key& key);
  Key key_of(worksheet::Node n) const;
  void number_sum(worksheet::Node sum);

  const worksheet::Tape& tape_;
  const Neurons& neurons_;
  const Homes& homes_;
  std::vector<std::uint32_t> steps_;
  std::map<Key, std::uint32_t> numbers_;
};

}  // namespace bp
