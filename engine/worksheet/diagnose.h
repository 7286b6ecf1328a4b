// Which mistake makes exactly that number?
//
// A wrong gradient is seldom a random number: it is the right answer of a backward pass in which one rule is
// wrong. diagnose() goes through a catalogue of such passes, each made from the graph and the one table of
// operations, and reports those that reproduce what was claimed, to the digits that were written. What the
// claims of one calculation say is evidence together.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/worksheet/digits.h"

namespace bp {

/// A mistake that reproduces a claim.
struct Mistake {
  std::string id;               ///< "one-path"; mistake_ids() has them all
  std::string hint;             ///< what was done, without a number: for whoever should find the answer alone
  std::string says;             ///< what was done, what was left out, and the corrected line
  double predicted = 0.0;       ///< what the mistake makes of the value; it has the digits of the claim
  std::size_t explains = 1;     ///< how many of the wrong claims the same mistake reproduces
  std::size_t contradicts = 0;  ///< how many of the right ones it would have made wrong
};

/// What may lie behind one wrong claim.
struct Diagnosis {
  std::vector<Mistake> mistakes;  ///< the most likely first; empty when nothing in the catalogue explains it
  /// With two or more: the value that would best tell them apart, as "dE/dout_h1"; else empty.
  std::string ask;
  bool method_right = false;  ///< rightly computed from an earlier number that is wrong
};

/// A number that somebody worked out by hand: of a value, or d(of)/d(by).
struct Hand_number {
  Value of;
  std::optional<Value> by;
  std::string written;    ///< "0.000668": it claims these digits
  std::size_t after = 0;  ///< after how many steps of gradient descent
};

/// How the steps of gradient descent are made, for numbers after some and for mistakes that involve one.
struct Descent {
  std::vector<Value> train;  ///< the leaves that a step changes; none: those whose names begin with w or b
  std::optional<double> learning_rate;
};

/// One diagnosis for each claim, in their order; empty for a claim that is right or truncated.
///
/// `loss` is the root of the backward pass. The graph ends with the numbers and gradients that it began with.
/// Throws:    std::invalid_argument for a value of another graph, a claim that is no decimal number, a
///            derivative of a leaf, a claim after steps without a learning rate; std::length_error when
///            steps * nodes is beyond 10^9.
std::vector<Diagnosis> diagnose(Graph& graph, Value loss, std::span<const Hand_number> claims,
                                const Descent& descent = {});

/// The ids of all mistakes in the catalogue.
std::span<const std::string_view> mistake_ids();

}  // namespace bp
