// Where each mistake of the catalogue can be made, and what it puts there: a function for each kind, with the
// flavours that its comment lists.
#pragma once

#include <vector>

#include "engine/worksheet/catalogue.h"

namespace bp::worksheet::sites {

using Sites = std::vector<Site>;

/// Values with several uses: outputs of activations, other computed ones, leaves.
enum Values : int { hidden_units = 1, other_values = 2, leaves = 4 };

/// 0: both sides of a difference; 1: a negative derivative of a function (cos, acos, -x).
Sites turned_difference(const Situation& at, const Slip& slip);
/// x^2, x*x: 1 * x in the place of 2 * x.
Sites square(const Situation& at, const Slip& slip);
/// A constant factor left out. 0: 1/2 or 2; 1: that of a mean; 2: that of a mean taken twice.
Sites factor(const Situation& at, const Slip& slip);
/// 0: f'(f(x)); 1: the formula in terms of the output, fed with the input; 2: 1 for an output's activation;
/// 3: 1 for a hidden one. With `values` 1 a site is a unit, in all samples of a
/// batch; 2: hidden ones only.
Sites activation(const Situation& at, const Slip& slip);
/// Of a value with several uses, penalties apart. k >= 0: only use k; -1: only the last; -1 - k: all but use
/// k - 1. Which values: bits of hidden_units, other_values and leaves.
Sites one_path(const Situation& at, const Slip& slip);
/// The same under another name, and of biases too. 0: only the last; 1: only the first.
Sites overwritten(const Situation& at, const Slip& slip);
/// 0: W[i][o] for W[o][i] on the way down; 1: the gradient of W[i][o] read as that of W[o][i].
Sites transposed(const Situation& at, const Slip& slip);
/// d(w*x)/dw. 0: 1; 1: the x of the next product of the sum; 2: of the one before.
Sites input_factor(const Situation& at, const Slip& slip);
/// Of a bias with several uses. 0: only the first; 1: only the last; 2: their mean; 3: of a bias with one
/// use: the sum over its layer.
Sites bias(const Situation& at, const Slip& slip);
Sites softmax_diagonal(const Situation& at, const Slip& slip);
Sites softmax_twice(const Situation& at, const Slip& slip);
/// The calculation with every softmax applied twice.
Tape with_second_softmax(const Situation& at);
/// The square of a weight. 0: no gradient; 1: twice; 2: half; 3: without its factor; 4: no gradient for a
/// bias; 5: one for a bias that has no penalty; 6: `scale` times.
Sites penalty(const Situation& at, const Slip& slip);
/// f(g(x)) with f'(x). 0: g has one input that can vary; of two, 1: the last, 2: the first.
Sites inner_point(const Situation& at, const Slip& slip);
/// 0: = in the place of *=; 1: slope 1 at exactly 0; 2: the sigmoid's out (1 - out).
Sites relu_mask(const Situation& at, const Slip& slip);
/// 0: n x^n; 1: x^(n-1); 2: x exp(x-1); 3: y x^(y-1) for the exponent; 4: (n-1) x^(n-1); 5: x^(n+1)/(n+1).
Sites exponent(const Situation& at, const Slip& slip);
/// By the denominator. 0: x/y^2; 1: -x/y; 2: -1/y^2. By both: 3: y and -x; 4: -1/y and x/y^2.
Sites quotient(const Situation& at, const Slip& slip);
/// One local derivative. 0: of a function, a power, by a numerator: 1; by a denominator: 1: 1, 2: -1; by a
/// factor of a product: 3: 1, 4: -1 where the factor is negated.
Sites left_out(const Situation& at, const Slip& slip);

/// The uses of a value that a path leads through; a penalty's is none.
std::vector<Edge> paths_from(const Situation& at, Node n);

}  // namespace bp::worksheet::sites
