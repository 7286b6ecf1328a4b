// What is measured: five pieces of work, fixed to the last digit so that every library does the same sums.
//
//   W1    one training step of micrograd's demo network (Karpathy 2020, github.com/karpathy/micrograd,
//         demo.ipynb): 2-16-16-1, ReLU, max-margin loss with an L2 penalty, all 100 samples at once.
//         The graph is built anew in each step.
//   W1d   the same with one n-ary `dot` for each neuron.
//   W4    the graph of W1 recorded once and replayed with new parameters.
//   W2b   a long chain:  y = x, then a million times  y = sin(y)*0.001 + y*0.999.
//   W3    a wide sum:    sum of w_i * x_i over a million pairs, all two million of them fresh leaves.
//   Deep  ten million nodes in one chain of sines: recorded, swept and freed, on a stack of 8 MB.
//
// Each is a function of some inputs that has one value: a peer is asked for the value and the gradient.
// Operations are counted as one for each +, *, sin or relu of the formula, whatever a library records.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bp::bench {

constexpr int samples = 100;
constexpr int inputs = 2;
constexpr int hidden = 16;
constexpr int parameter_count = hidden * (inputs + 1) + hidden * (hidden + 1) + (hidden + 1);
constexpr double learning_rate = 0.05;
constexpr double penalty = 1e-4;
constexpr long chain_length = 1'000'000;
constexpr double chain_sine = 0.001;
constexpr double chain_keep = 0.999;
constexpr double chain_start = 0.5;
constexpr long wide_length = 1'000'000;
constexpr long deep_length = 10'000'000;

/// Operations of one step: I*(2*I + 1)-like counts a neuron (a product and a sum a weight, and a relu),
/// 1 - y*score, its relu and its share of the sum; then p*p and its sum, and the last three.
constexpr long moons_operations =
    samples * (hidden * (2 * inputs + 1) + hidden * (2 * hidden + 1) + 2 * hidden + 4) + 2 * parameter_count +
    3;
static_assert(parameter_count == 337 && moons_operations == 65'077);

/// Loss of a forward pass after ten updates of W1 (published to 1e-13; see NOTES.md).
constexpr double moons_loss_after_10 = 0.610243286776137;

/// The random numbers of the benchmark: s = s*6364136223846793005 + 1442695040888963407 (mod 2^64),
/// then (s >> 11) / 2^53. Knuth's MMIX generator (The Art of Computer Programming, vol. 2, 3.3.4).
class Lcg {
 public:
  explicit Lcg(std::uint64_t seed) : state_(seed) {}
  /// Uniform in [0, 1).
  double next();

 private:
  std::uint64_t state_;
};

/// Two interleaved half circles with labels -1 and +1, and the parameters to start from.
struct Moons {
  double point[samples][inputs];
  double label[samples];
  /// In the order layer, neuron, its weights, its bias. Weights uniform in [-1, 1), biases 0.
  double parameter[parameter_count];
};

/// The data of W1, W1d and W4; the same numbers at every call.
const Moons& moons();

/// The inputs at which a work is evaluated: the parameters of W1, W1d and W4; 0.5 for W2b and Deep;
/// w_0 ... w_n-1, x_0 ... x_n-1 for W3 (seed 7: in turn w in [-0.5, 0.5) and x in [0, 1)).
///
/// Throws:  std::invalid_argument when no work has that name.
std::vector<double> starting_point(const std::string& work);

/// How many operations one evaluation of a work counts.
///
/// Throws:  std::invalid_argument when no work has that name.
long operations_of(const std::string& work);

/// Whether a step of the work ends with an update of its inputs, p = p - 0.05*dp.
inline bool is_training(const std::string& work) { return work == "W1" || work == "W1d" || work == "W4"; }

// --- the formulas, for any number type -----------------------------------------------------------------

/// The loss of W1. `input` turns a number of the data into what the library multiplies by best: itself, or a
/// number of the library's own. `zero` and `relu`, too, each library makes in its own way.
template <class Number, class Input, class Relu>
Number moons_loss(const Moons& data, const Number* parameter, const Number& zero, Input input, Relu relu) {
  const auto weighted_sum = [](const Number* neuron, const auto* x, int count) {
    Number sum = neuron[count];
    for (int i = 0; i < count; ++i) sum = sum + neuron[i] * x[i];
    return sum;
  };
  const Number* second = parameter + hidden * (inputs + 1);
  const Number* last = second + hidden * (hidden + 1);

  Number data_loss = zero;
  for (int s = 0; s < samples; ++s) {
    const auto point = std::array{input(data.point[s][0]), input(data.point[s][1])};
    Number first_out[hidden];
    Number second_out[hidden];
    for (int o = 0; o < hidden; ++o)
      first_out[o] = relu(weighted_sum(parameter + o * (inputs + 1), point.data(), inputs));
    for (int o = 0; o < hidden; ++o)
      second_out[o] = relu(weighted_sum(second + o * (hidden + 1), first_out, hidden));
    const Number score = weighted_sum(last, second_out, hidden);
    data_loss = data_loss + relu(Number(1.0 - data.label[s] * score));
  }
  Number squares = zero;
  for (int i = 0; i < parameter_count; ++i) squares = squares + parameter[i] * parameter[i];
  return data_loss * (1.0 / samples) + penalty * squares;
}

/// The last y of W2b.
template <class Number>
Number chain(const Number& start) {
  Number y = start;
  for (long i = 0; i < chain_length; ++i) y = sin(y) * chain_sine + y * chain_keep;
  return y;
}

/// The sum of W3.
template <class Number>
Number wide_sum(const Number* w, const Number* x, const Number& zero) {
  Number sum = zero;
  for (long i = 0; i < wide_length; ++i) sum = sum + w[i] * x[i];
  return sum;
}

}  // namespace bp::bench
