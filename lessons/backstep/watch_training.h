// The network of `backstep watch` and its training: gradient descent on all points at once, so that an epoch
// is a step. By the scalar engine, whose numbers are the same on every machine.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/scalar/nn.h"
#include "engine/scalar/optimizer.h"
#include "lessons/backstep/watch_data.h"
#include "viz/watch_page.h"

namespace backstep {

class Watch_training {
 public:
  /// The points must outlive it.
  ///
  /// Throws:    Failure, naming the option, for layers that are not from 2 inputs to 1 output or too large.
  Watch_training(const Watch_options& options, const bp::Labelled_points& points);

  /// The network as it now is: its loss (cross-entropy, the mean over the points), how many points it has
  /// right, and the gradients.
  ///
  /// Throws:    Failure of status `diverged` when one of these is not finite.
  bp::Watched_epoch look();
  /// A step down the gradient that look() found.
  ///
  /// Throws:    the same when a weight would no longer be finite.
  void step();

  /// How many steps have been taken.
  std::size_t epoch() const { return optimizer_->steps(); }
  /// The output at a point: above 0 is class 1.
  double score(double x, double y);
  std::size_t parameter_count() const { return optimizer_->parameters().size(); }

 private:
  [[noreturn]] void diverged() const;

  const bp::Labelled_points& points_;
  std::vector<double> targets_;
  bp::Graph graph_;
  std::unique_ptr<bp::Mlp> net_;
  std::unique_ptr<bp::Optimizer> optimizer_;
};

/// The names of the activations that it has, and the one of a name.
///
/// Throws:    std::invalid_argument for a name that is none of them.
std::vector<std::string> watch_activations();
bp::Activation watch_activation(const std::string& name);

/// The optimizers that it has.
const std::vector<std::string>& watch_optimizers();

}  // namespace backstep
