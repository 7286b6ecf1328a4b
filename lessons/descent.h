// For lesson 15: the two moons learnt from the same starts by any optimizer, with batches of any size and
// rates that may change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/optimizer.h"
#include "lessons/moons.h"
#include "lessons/plot.h"
#include "lessons/spread.h"

namespace bp {

/// A network 2-8-1 with tanh, 100 points, and an order in which it meets them. A seed draws the weights
/// first, then the orders.
class Learner {
 public:
  explicit Learner(std::uint64_t seed) : random_(seed) {}

  std::vector<Value> parameters() const { return net_.parameters(); }
  const std::vector<std::size_t>& all_points() const { return all_; }

  /// The loss of all points.
  double loss() {
    const Graph::Scope scope(graph_);
    return moon_loss(net_, points_, all_).data();
  }

  /// Leaves the gradient of the loss of these points in the parameters.
  void find_gradient(std::span<const std::size_t> batch) {
    const Graph::Scope scope(graph_);  // drops the nodes of this batch, keeps the gradients
    const Value loss = moon_loss(net_, points_, batch);
    graph_.zero_grad();
    loss.backward();
  }

  /// Calls each(batch) for all points in a new order, so many at a time.
  template <class Each>
  void epoch(std::size_t batch, Each each) {
    random_.shuffle(std::span(order_));
    for (std::size_t i = 0; i < order_.size(); i += batch) each(std::span(order_).subspan(i, batch));
  }

 private:
  Graph graph_;
  Random random_;
  Labelled_points points_ = moons(100);
  std::vector<std::size_t> all_ = everything(points_.size()), order_ = all_;
  Mlp net_ = moon_network(graph_, 1, 8, Activation::tanh, Initializer::xavier_uniform(), random_);
};

/// An optimizer of that kind, with all its options but the rate as they are by default.
using Maker = std::unique_ptr<Optimizer> (*)(std::vector<Value> parameters, double rate);
template <class Kind, class Options = double>
std::unique_ptr<Optimizer> make(std::vector<Value> parameters, double rate) {
  return std::make_unique<Kind>(std::move(parameters), Options{rate});  // an option's first field is the rate
}

using Rate = std::function<double(std::size_t epoch)>;
inline Rate always(double rate) {
  return [rate](std::size_t) { return rate; };
}

struct Plan {
  std::size_t batch, epochs;
  Rate rate;
  Maker maker = make<Sgd>;
};

/// The loss of all points: before, and after each epoch; infinite throughout when a number has left the range
/// of double.
using Path = std::vector<double>;

inline Path descend(const Plan& plan, std::uint64_t seed) {
  Learner learner(seed);
  const std::unique_ptr<Optimizer> optimizer = plan.maker(learner.parameters(), plan.rate(0));
  Path path = {learner.loss()};
  try {
    for (std::size_t epoch = 0; epoch < plan.epochs; ++epoch) {
      optimizer->set_learning_rate(plan.rate(epoch));
      learner.epoch(plan.batch, [&](std::span<const std::size_t> batch) {
        learner.find_gradient(batch);
        optimizer->step();
      });
      path.push_back(learner.loss());
    }
  } catch (const std::runtime_error&) {
    path.resize(plan.epochs + 1, std::numeric_limits<double>::infinity());
  }
  return path;
}

inline std::vector<Path> descend_often(const Plan& plan, std::uint64_t seeds = quick() ? 4 : 10) {
  std::vector<Path> paths;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) paths.push_back(descend(plan, seed));
  return paths;
}

/// A number of each path.
template <class Number>
Spread of(const std::vector<Path>& paths, Number number) {
  return spread(0, paths.size() - 1, [&](std::size_t i) { return number(paths[i]); });
}

/// 0, 1, ... last: the epochs of a path, as an axis.
inline std::vector<double> up_to(std::size_t last) {
  std::vector<double> axis;
  for (std::size_t epoch = 0; epoch <= last; ++epoch) axis.push_back(static_cast<double>(epoch));
  return axis;
}

}  // namespace bp
