// Dense networks on plain arrays, as a learner writes them: to be worked out forward, and backward with
// slips.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/data/random.h"
#include "tests/diagnosis/page.h"
#include "tests/diagnosis/slips.h"

namespace bp::test {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

enum class Curve { linear, sigmoid, tanh, relu, leaky_relu, silu, softplus, elu };

enum class Loss {
  half_squared,           ///< sum of (t - o)^2 / 2
  squared,                ///< sum of (t - o)^2
  mean_squared,           ///< mean of (t - o)^2 over the outputs
  cross_entropy,          ///< softmax_cross_entropy of the logits, in one line
  written_cross_entropy,  ///< e = exp(z), s = sum, p = e/s, -log(p)
  soft_targets,           ///< the same with -sum t log(p)
  softmax_half_squared    ///< the same with the half squared error of p
};

bool has_softmax(Loss loss);
bool written_out(Loss loss);

/// Shapes:    weights units x inputs; biases one for each unit, or one for the layer, or none.
struct Dense {
  Rows weights;
  Row biases;
  Curve curve = Curve::sigmoid;

  std::size_t units() const { return weights.size(); }
  bool one_bias() const { return biases.size() == 1; }
};

/// Shapes:    inputs and targets one row a sample; for a class, the target is a row of 0 with one 1.
struct Network {
  Rows inputs, targets;
  std::vector<Dense> layers;
  Loss loss = Loss::half_squared;
  double penalty = 0;         ///< lambda, of lambda * sum w^2; 0: there is none
  bool half_penalty = false;  ///< of lambda/2 * sum w^2
  bool penalty_on_biases = false;
  double learning_rate = 0;  ///< 0: no step is made
  bool biases_learn = true;
  bool half_as_factor = true;  ///< 0.5*(t - o)^2, or else (t - o)^2/2

  std::size_t samples() const { return inputs.size(); }
  std::size_t last() const { return layers.size() - 1; }
  std::string sign_of_loss() const { return penalty != 0 ? "J" : "E"; }
};

/// What one sample leaves behind: `out[0]` are its inputs, `out[l + 1]` the outputs of layer l; p of a
/// softmax.
struct Activity {
  Rows net, out;
  Row e, p;
  double s = 0;
};

/// Names as they are written down: "net_h1", "out_o2_s1" (the second output for the first of several
/// samples). Units, weights and samples are counted from 0 here and from 1 there.
std::string unit_name(const Network& network, const char* what, std::size_t layer, std::size_t unit,
                      std::size_t sample);
std::string sample_name(const Network& network, const std::string& what, std::size_t sample);
std::string weight_name(const Network& network, std::size_t layer, std::size_t unit, std::size_t input);
std::string bias_name(const Network& network, std::size_t layer, std::size_t unit);

Row softmax(const Row& z);
double value_of(Curve curve, double net);
double derivative_of(Curve curve, double net);

/// "2-3-2 sigmoid half-squared, batch of 2, penalty"
std::string describe(const Network& network);

/// A network with 1 to 3 hidden layers of 1 to 4 units and with 1 to 3 samples.
Network random_network(Random& random);

/// Works the network out on the page. With softmax_twice the learner's loss is that of softmax(p).
std::vector<Activity> forward(const Network& network, Page& page, const Slips& slips);

/// The backward pass and, with a learning rate, the step and the loss after it, on a page that forward()
/// filled.
void backward(const Network& network, const std::vector<Activity>& samples, Page& page, const Slips& slips);

}  // namespace bp::test
