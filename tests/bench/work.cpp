// The data of the benchmarks, drawn once.
#include "tests/bench/work.h"

#include <cmath>
#include <stdexcept>

namespace bp::bench {

double Lcg::next() {
  state_ = state_ * 6364136223846793005U + 1442695040888963407U;
  return static_cast<double>(state_ >> 11) * 0x1p-53;
}

namespace {

// For i < 50 a point of the upper moon and the label -1, then the lower moon and +1; t goes from 0 to pi
// along each. Then the parameters, a draw for each; the draw of a bias is spent, and the bias is 0.
Moons draw_moons() {
  const double pi = 3.141592653589793;
  Lcg generator(42);
  Moons data{};
  for (int i = 0; i < samples; ++i) {
    const bool upper = i < samples / 2;
    const double t = pi * (i % (samples / 2)) / 49.0;
    data.point[i][0] = (upper ? std::cos(t) : 1.0 - std::cos(t)) + 0.2 * (generator.next() - 0.5);
    data.point[i][1] = (upper ? std::sin(t) : 0.5 - std::sin(t)) + 0.2 * (generator.next() - 0.5);
    data.label[i] = upper ? -1.0 : 1.0;
  }
  int drawn = 0;
  const int fan_in[] = {inputs, hidden, hidden};
  const int neurons[] = {hidden, hidden, 1};
  for (int layer = 0; layer < 3; ++layer)
    for (int neuron = 0; neuron < neurons[layer]; ++neuron)
      for (int i = 0; i <= fan_in[layer]; ++i) {
        const double draw = 2.0 * generator.next() - 1.0;
        data.parameter[drawn++] = i < fan_in[layer] ? draw : 0.0;
      }
  return data;
}

std::vector<double> draw_wide() {
  Lcg generator(7);
  std::vector<double> both(2 * wide_length);
  for (long i = 0; i < wide_length; ++i) {
    both[i] = generator.next() - 0.5;
    both[wide_length + i] = generator.next();
  }
  return both;
}

}  // namespace

const Moons& moons() {
  static const Moons data = draw_moons();
  return data;
}

std::vector<double> starting_point(const std::string& work) {
  if (is_training(work)) return {moons().parameter, moons().parameter + parameter_count};
  if (work == "W2b" || work == "Deep") return {chain_start};
  if (work == "W3") return draw_wide();
  throw std::invalid_argument("no work is called " + work);
}

long operations_of(const std::string& work) {
  if (is_training(work)) return moons_operations;
  if (work == "W2b") return 4 * chain_length;
  if (work == "W3") return 2 * wide_length;
  if (work == "Deep") return deep_length;
  throw std::invalid_argument("no work is called " + work);
}

}  // namespace bp::bench
