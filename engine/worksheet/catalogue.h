// The catalogue of mistakes: how people get a backward pass wrong, as rules over any graph.
//
// A mistake replaces local derivatives by what somebody may have written in their place. Where it can be made
// is a list of sites; making it everywhere, in one layer, or at one site gives the wrong passes that
// diagnose() compares with a claim. Sources of the mistakes: public threads where people made them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/roles.h"
#include "engine/worksheet/tape.h"

namespace bp::worksheet {

/// One local derivative, and what stands in its place.
struct Change {
  Edge edge;
  double local;
  bool instead = false;  ///< in place of the whole product with the gradient from above, too
};

/// A gradient read off as a weighted sum of others: dE/dw12 taken for dE/dw21.
struct Reading {
  Node node;
  Node from;
  double times;
  bool passed_on = false;  ///< whether what is below sees it, too
};

/// One place where a mistake can be made.
struct Site {
  Node node;
  std::int32_t layer;
  std::vector<Change> changes;
  std::vector<Reading> readings = {};
};

/// What a mistake is made of.
struct Situation {
  const Tape& tape;
  const Roles& roles;
  std::span<const double> loss_grads;  ///< right ones, of the loss, at the tape's numbers
};

/// One way to make a mistake. Several ways may have one id.
struct Slip {
  enum class Way {
    scale,     ///< the whole gradient times a number
    local,     ///< replaced local derivatives
    updated,   ///< weights replaced by what they are after the step, in the gradients of what they multiply
    gradient,  ///< and by their gradients
    value,     ///< the value itself in place of the gradient
    ascent     ///< the step added in place of subtracted
  };
  std::string_view id;
  double prior = 0.0;  ///< how likely, on a scale of logarithms
  int flavour = 0;     ///< which of the ways that `sites` knows
  std::vector<Site> (*sites)(const Situation&, const Slip&) = nullptr;
  /// In plain words, after "you": "left out the derivative of the output's activation".
  std::string_view words = {};
  int values = 0;  ///< at which values, see sites.h
  Way way = Way::local;
  double scale = 1.0;
  bool but_penalty = false;  ///< of a scale: the gradient of a penalty is not scaled
  bool parameters = false;   ///< of a scale: only what is read off for trained leaves is

  /// Whether it is made at places, and not of the whole.
  bool has_sites() const { return way == Way::local || way == Way::updated || way == Way::gradient; }
};

/// Every way to go wrong that makes sense for this graph.
std::vector<Slip> slips_for(const Tape& tape, const Roles& roles);

}  // namespace bp::worksheet
