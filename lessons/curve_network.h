// For lessons that put claims about training to the test: nine points of a curve, and a small network that
// learns them.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/scalar/math.h"
#include "engine/scalar/nn.h"
#include "lessons/plot.h"

namespace bp {

/// y = sin(3x) at nine x from -1 to 1.
struct Curve {
  std::vector<double> x, y;

  Curve() {
    for (int i = -4; i <= 4; ++i) {
      x.push_back(i / 4.0);
      y.push_back(std::sin(3 * x.back()));
    }
  }
};

/// One input, one output, the mean of the squared errors of all points. The tape is recorded once; a step
/// changes the parameters and works it out again.
struct Curve_network {
  using Unary = Value (*)(Value);  // an activation

  Graph graph;
  std::vector<Layer> layers;
  std::vector<Value> parameters;
  std::vector<Value> hidden, outputs;  // of all points: what the hidden neurons say, and the network
  Value loss;

  // `neurons` in each of `depth` hidden layers; random numbers decide where the weights start.
  Curve_network(
      const Curve& task, std::size_t depth, std::size_t neurons, Unary f, std::uint64_t seed,
      const Initializer& weights = Initializer::xavier_uniform(), Unary last = [](Value x) { return x; }) {
    Random random(seed);
    for (std::size_t i = 0; i <= depth; ++i) {
      layers.emplace_back(graph, i == 0 ? 1 : neurons, i == depth ? 1 : neurons, Activation::identity, random,
                          weights);
      for (const Value p : layers.back().parameters()) parameters.push_back(p);
    }
    std::vector<Value> squares;
    for (std::size_t n = 0; n < task.x.size(); ++n) {
      std::vector<Value> values = layers[0](std::array{task.x[n]});
      for (std::size_t i = 1; i <= depth; ++i) {
        for (Value& value : values) hidden.push_back(value = f(value));
        values = layers[i](values);
      }
      outputs.push_back(last(values[0]));
      squares.push_back(square(outputs.back() - task.y[n]));
    }
    loss = mean(squares);
  }

  void step(double rate) {
    graph.zero_grad();
    loss.backward();
    for (Value p : parameters) p.set_data(p.data() - rate * p.grad());
    graph.recompute();
  }

  void train(double rate, int steps) {
    for (int i = 0; i < steps; ++i) step(rate);
  }

  // How many steps it takes until the loss is below `goal`; `limit` if it does not get there.
  int steps_until(double goal, double rate, int limit) {
    for (int steps = 0; steps < (quick() ? limit / 5 : limit); ++steps) {
      if (loss.data() < goal) return steps;
      if (!(loss.data() < 1e6)) return limit;  // it flies apart, and will not come back
      step(rate);
    }
    return limit;
  }
};

}  // namespace bp
