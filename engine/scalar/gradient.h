// Gradients that are Values themselves: the backward pass, recorded on the tape like any other calculation.
// So they can be drawn, replayed with new numbers, and differentiated again.
//
//     Value y = pow(x, 3.0);
//     Value dy = gradient(y, {x})[0];      // 3 x^2
//     Value ddy = gradient(dy, {x})[0];    // 6 x
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

/// d(root)/d(input) for each input, recorded in their graph; times `seed`.
///
/// Shapes:    one result for each input. Where no path joins them it is the constant 0.
/// Cost:      a few nodes for each node between the inputs and the root; no recursion.
/// Accuracy:  the same formulas as backward(), from the one table of operations.
/// Throws:    std::invalid_argument when an input belongs to another graph or to none, std::out_of_range when
///            one is stale.
std::vector<Value> gradient(Value root, std::span<const Value> inputs, double seed = 1.0);

inline std::vector<Value> gradient(Value root, std::initializer_list<Value> inputs, double seed = 1.0) {
  return gradient(root, std::span(inputs.begin(), inputs.size()), seed);
}

}  // namespace bp
