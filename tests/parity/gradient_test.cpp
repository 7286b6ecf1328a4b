// The project's promise: a network in the batch engine has the gradients that the same network has in scalar
// Values. Every activation, every loss, dropout, batch normalisation, penalties; double and float; every
// implementation of the kernels that this machine can run.
#include <fmt/core.h>

#include "engine/vector/thread_pool.h"
#include "tests/parity/both_engines.h"
#include "tests/support/catch2.h"
#include "tests/support/every_curve.h"

using namespace bp::batch;
using bp::test::Both_engines, bp::test::Task, bp::test::every_curve, bp::test::first_difference;

namespace {

constexpr Loss_kind losses[] = {Loss_kind::softmax_cross_entropy,
                                Loss_kind::half_squared_error,
                                Loss_kind::mean_squared_error,
                                Loss_kind::mean_absolute_error,
                                Loss_kind::huber_loss,
                                Loss_kind::binary_cross_entropy_with_logits,
                                Loss_kind::hinge_loss};

/// Empty when loss and gradients agree, whatever kernels compute them.
template <class T>
std::string difference(const Task& task, std::size_t threads = 1) {
  Thread_pool pool(threads, 0);  // shares all, however small
  for (const Kernels<T>* kernels : available_kernels<T>()) {
    Both_engines<T> both(task);
    both.net.use(*kernels);
    both.net.use(pool);
    both.run(0x5eed);
    if (!both.losses_agree()) {
      return fmt::format("{}: the loss is {} and should be {}", kernels->name, both.batch_loss,
                         both.scalar_loss);
    }
    const std::string found = first_difference(both.gradients());
    if (!found.empty()) return std::string(kernels->name) + ": " + found;
  }
  return "";
}

}  // namespace

TEMPLATE_TEST_CASE("dense layers have the scalar engine's gradients with every activation and every loss",
                   "[parity]", float, double) {
  for (const Curve curve : every_curve()) {
    const Activation f{curve, 0.2};
    CHECK(difference<TestType>({5, {Dense{7}, f, Dense{6}, f, Dense{3}}}) == "");
    for (const Loss_kind loss : losses) {
      INFO(name_of(curve) << ", " << name_of(loss));
      CHECK(difference<TestType>({5, {Dense{7}, f, Dense{4}, f}, loss, 0.75}) == "");
    }
  }
}

TEMPLATE_TEST_CASE("square layers have the scalar engine's gradients: there transposed weights would fit too",
                   "[parity]", float, double) {
  const Activation f{Curve::tanh};

  CHECK(difference<TestType>({6, {Dense{6}, f, Dense{6}, f, Dense{6}}}) == "");
}

TEMPLATE_TEST_CASE("an activation that stands alone has the scalar engine's gradients", "[parity]", float,
                   double) {
  for (const Curve curve : every_curve()) {
    const Activation f{curve, 0.2};
    INFO(name_of(curve));

    // After the inputs, twice in a row, behind dropout and before it: nowhere may a dense layer take it over
    // twice.
    CHECK(difference<TestType>(
              {5, {Dense{6}, f, f, Dense{4}, Dropout_rate{0.3}, f, Dropout_rate{0.2}, Dense{3}}}) == "");
  }
}

TEMPLATE_TEST_CASE("every loss has the scalar engine's value and gradients", "[parity]", float, double) {
  for (const Loss_kind loss : losses) {
    INFO(name_of(loss));

    CHECK(difference<TestType>({4, {Dense{5}, Activation{Curve::tanh}, Dense{3}}, loss, 0.75}) == "");
    CHECK(difference<TestType>({4, {Dense{5}, Activation{Curve::tanh}, Dense{2}}, loss, 0.75, 1}) == "");
  }
}

TEMPLATE_TEST_CASE("a softmax inside a network has the scalar engine's gradients", "[parity]", float,
                   double) {
  CHECK(difference<TestType>(
            {4, {Dense{5}, Softmax{}, Dense{4}, Softmax{}}, Loss_kind::mean_squared_error}) == "");
}

TEMPLATE_TEST_CASE("dropout drops the same elements forward and backward as the scalar engine is told to",
                   "[parity]", float, double) {
  const Activation relu{Curve::relu};

  CHECK(difference<TestType>({6,
                              {Dropout_rate{0.2}, Dense{9}, relu, Dropout_rate{0.5}, Dense{8},
                               Dropout_rate{0.3}, relu, Dense{3}}}) == "");
}

TEMPLATE_TEST_CASE("batch normalisation has the gradients of its formula written out in Values", "[parity]",
                   float, double) {
  const Activation gelu{Curve::gelu};

  CHECK(difference<TestType>({5, {Dense{6}, Batch_norm{}, gelu, Dense{3}}}) == "");
  CHECK(difference<TestType>(
            {5, {Batch_norm{1e-5}, Dense{6}, gelu, Batch_norm{0.1}, Dense{3}, Batch_norm{}}}) == "");
}

TEMPLATE_TEST_CASE("penalties have the scalar engine's value and gradients", "[parity]", float, double) {
  const Dense both{.outputs = 6, .l1 = 0.01, .l2 = 0.02}, l2{.outputs = 3, .bias = false, .l2 = 0.3};

  CHECK(difference<TestType>({5, {both, Activation{Curve::elu}, l2}}) == "");
}

TEMPLATE_TEST_CASE("a regularised network has the scalar engine's gradients, with one thread and with three",
                   "[parity]", float, double) {
  const Activation relu{Curve::relu};
  const Dense penalised{.outputs = 24, .l2 = 0.001};
  const Task task{
      40,
      {Dense{32}, relu, Dropout_rate{0.2}, penalised, Batch_norm{}, relu, Dropout_rate{0.2}, Dense{10}},
      Loss_kind::softmax_cross_entropy,
      1.0,
      37};

  CHECK(difference<TestType>(task, 1) == "");
  CHECK(difference<TestType>(task, 3) == "");
}
