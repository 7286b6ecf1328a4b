// Three steps of every optimizer, in both engines, from the same weights: after each, gradients and
// parameters agree.
#include <memory>

#include "engine/scalar/optimizer.h"
#include "engine/vector/optimizer.h"
#include "tests/parity/both_engines.h"
#include "tests/support/catch2.h"

using namespace bp::batch;
using bp::test::Both_engines, bp::test::Task, bp::test::first_difference;

namespace {

// Dropout, batch normalisation, a penalty. The dense layer before the normalisation has no bias: its
// gradient is nothing but rounding, which the optimizers that divide by its size would make a step of.
Task task() {
  const Activation tanh{Curve::tanh};
  const Dense penalised{.outputs = 8, .bias = false, .l2 = 0.01};
  return {5, {Dense{7}, tanh, Dropout_rate{0.25}, penalised, Batch_norm{}, tanh, Dense{3}}};
}

/// Empty when all agrees. The makers are given parameters and make the optimizer of either engine.
template <class T, class Make_batch, class Make_scalar>
std::string difference(Make_batch make_batch, Make_scalar make_scalar) {
  for (const Kernels<T>* kernels : available_kernels<T>()) {
    Both_engines<T> both(task());
    both.net.use(*kernels);
    const auto batch = make_batch(both.net);
    const auto scalar = make_scalar(both.scalar.flat());
    const std::string where = std::string(kernels->name) + ", step ";
    for (std::uint64_t step = 1; step <= 3; ++step) {
      const std::vector<bp::test::Compared<T>> before = both.parameters();
      {
        bp::Graph::Scope scope(both.graph);
        both.run(step);
        std::string found = first_difference(both.gradients());
        if (!found.empty()) return where + std::to_string(step) + ", gradients: " + found;
        scalar->step();
      }
      batch->step();
      const std::vector<bp::test::Compared<T>> after = both.parameters();
      std::string found = first_difference(after);
      if (!found.empty()) return where + std::to_string(step) + ", parameters: " + found;
      for (std::size_t i = 0; i < after.size(); ++i) {
        if (after[i].got == before[i].got) return after[i].name + " has not moved";
      }
    }
  }
  return "";
}

/// The optimizers Batch and Scalar with these arguments, perhaps options of their own kind.
template <class T, class Batch, class Scalar, class... Arguments>
std::string with(const Arguments&... arguments) {
  return difference<T>([&](Network<T>& net) { return std::make_unique<Batch>(net, arguments...); },
                       [&](const std::vector<bp::Value>& parameters) {
                         return std::make_unique<Scalar>(parameters, arguments...);
                       });
}

}  // namespace

TEMPLATE_TEST_CASE("three steps of every optimizer lead where the scalar engine's lead", "[parity]", float,
                   double) {
  using T = TestType;

  CHECK((with<T, Sgd<T>, bp::Sgd>(0.3)) == "");
  CHECK((with<T, Momentum<T>, bp::Momentum>(0.1, 0.8)) == "");
  CHECK((with<T, Nesterov<T>, bp::Nesterov>(0.1, 0.8)) == "");
  CHECK((with<T, Adagrad<T>, bp::Adagrad>(bp::Adagrad_options{0.02, 1e-6})) == "");
  CHECK((with<T, Rmsprop<T>, bp::Rmsprop>(bp::Rmsprop_options{0.003, 0.9, 1e-6})) == "");
  CHECK((with<T, Adam<T>, bp::Adam>(bp::Adam_options{0.01, 0.8, 0.99, 1e-7})) == "");
  CHECK((with<T, Adamw<T>, bp::Adamw>(bp::Adamw_options{0.01, 0.8, 0.99, 1e-7, 0.1})) == "");
}
