// What a learner can get wrong, in the learner's terms. Everything at its first value is right.
//
// The numbers M1 to M28 are those of a collection of public questions and bug reports in which real people
// made these mistakes; what each stands for is said here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/data/random.h"

namespace bp::test {

inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// One learner's mistakes; two of them at once make a pair.
struct Slips {
  // The error at the output
  double loss_factor = 1;         ///< M1: 2 when the 1/2 is not there to cancel the 2; 1/2 for the reverse
  bool parameters_twice = false;  ///< M14: backward ran twice, and the parameters' gradients were not cleared
  bool no_mean = false;           ///< M2: the gradients of all samples are summed
  bool mean_twice = false;        ///< M2: divided by n at the output and again at each parameter
  bool target_minus_output = false;  ///< M3
  bool step_uphill = false;          ///< M3: w + learning_rate * gradient

  // The activations
  enum class Where { everywhere, output, hidden };
  Where where = Where::everywhere;         ///< of M4, M5 and M13: in which layers
  bool derivative_at_output = false;       ///< M4: sigma'(out) for sigma'(net): the sigmoid is taken twice
  bool formula_at_net = false;             ///< M5: net*(1 - net) for out*(1 - out)
  bool no_output_derivative = false;       ///< M6
  bool no_hidden_derivative = false;       ///< M7
  std::size_t no_derivative_of = nowhere;  ///< M6, M7 at one unit: see place_of()
  bool mask_overwrites = false;            ///< M21: a ReLU's mask is assigned, not multiplied
  bool sigmoid_in_relu = false;            ///< M21: out*(1 - out), left over from a network of sigmoids

  // Where paths meet
  enum class Path { all, first, last };
  Path path = Path::all;    ///< M8: one path into a value that is used several times
  bool overwrites = false;  ///< M9: = where += belongs, so that what comes last remains

  // The weights
  bool updated_weights = false;      ///< M10: each layer is updated before the layer below gets its gradient
  bool gradient_for_weight = false;  ///< M11: the gradient goes down through dE/dw and not through w
  bool untransposed = false;         ///< M12: the gradient goes down through W and not through its transpose
  bool outer_transposed = false;     ///< M12: input times delta, and not delta times input
  bool no_input = false;             ///< M13: dE/dw is the delta alone
  int neighbour = 0;                 ///< M13: 1 or -1: the input of the next weight or of the one before

  // The biases
  enum class Bias { summed, first, last, mean, everything };
  Bias bias = Bias::summed;  ///< M15: of all deltas that it is due only one, their mean, or all of the layer

  // Softmax
  bool softmax_diagonal = false;  ///< M16: p*(1 - p) alone
  bool softmax_twice = false;     ///< M17: probabilities given where logits are expected

  // The penalty
  enum class Penalty { right, forgotten, doubled, halved, shared_out, wrong_on_biases };
  /// M19; the last: the biases' gradients have it though the loss does not count them, or the reverse
  Penalty penalty = Penalty::right;

  // The rules of differentiation
  bool outer_at_inner = false;  ///< M20: f'(x) g'(x) for f'(g(x)) g'(x)
  enum class Power { right, exponent_stays, no_factor, lowered_first, raised };
  Power power = Power::right;  ///< n x^n, x^(n-1), (n-1) x^(n-1), x^(n+1)/(n+1)
  enum class Quotient { right, plus, not_squared, swapped, undivided };
  Quotient quotient = Quotient::right;  ///< see Rules::over
  std::size_t forgotten = nowhere;      ///< the number of the local derivative that is left out, from 0
  bool value_for_gradient = false;      ///< M26: the value of w is written down for dE/dw
};

/// The number of a unit: 4 times the layer, counted down from the output, and the unit, both from 0.
constexpr std::size_t place_of(std::size_t layers_below_output, std::size_t unit) {
  return 4 * layers_below_output + unit;
}

/// Adds one of the ways to make the mistake of that id. Throws std::invalid_argument for an unknown id.
void add_slip(Slips& slips, const std::string& id, Random& random);

/// The ids of all mistakes that a program here can make.
const std::vector<std::string>& single_mistakes();

}  // namespace bp::test
