// For tests of optimizers: parameters whose gradients are whatever the test wants.
#pragma once

#include <memory>
#include <vector>

#include "engine/scalar/math.h"
#include "engine/scalar/optimizer.h"

namespace bp::test {

/// Parameters whose gradients are whatever the test wants: backward() of sum g_i p_i.
struct Bench {
  explicit Bench(const std::vector<double>& start) {
    for (const double number : start) parameters.push_back(graph.leaf(number));
  }

  void step(Optimizer& optimizer, const std::vector<double>& grads) {
    Graph::Scope scope(graph);
    optimizer.zero_grad();
    dot(parameters, grads).backward();
    optimizer.step();
  }

  std::vector<double> data() const {
    std::vector<double> numbers;
    for (const Value& parameter : parameters) numbers.push_back(parameter.data());
    return numbers;
  }

  Graph graph;
  std::vector<Value> parameters;
};

/// One parameter that starts at `start` and meets these gradients: where it is after each.
template <class Make>
std::vector<double> path(double start, const std::vector<double>& grads, Make make) {
  Bench bench({start});
  const auto optimizer = make(bench.parameters);
  std::vector<double> places;
  for (const double grad : grads) {
    bench.step(*optimizer, {grad});
    places.push_back(bench.data()[0]);
  }
  return places;
}

/// make<Sgd>(0.1)(parameters) is an Sgd of these parameters with the learning rate 0.1.
template <class Rule, class... Arguments>
auto make(const Arguments&... arguments) {
  return
      [=](const std::vector<Value>& parameters) { return std::make_unique<Rule>(parameters, arguments...); };
}

}  // namespace bp::test
