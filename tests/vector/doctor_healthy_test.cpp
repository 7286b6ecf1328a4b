// Healthy runs of many kinds: the doctor must say nothing, or nobody will listen to it.
#include <string>

#include "tests/support/catch2.h"
#include "tests/vector/clinic.h"

using namespace bp::batch;
using bp::Initializer;
using bp::test::adam, bp::test::make, bp::test::Patient, bp::test::sgd, bp::test::Visit, bp::test::visit;

namespace {

const Activation relu{Curve::relu}, sigmoid{Curve::sigmoid}, tanh_curve{Curve::tanh};

struct Healthy {
  std::string name;
  Patient patient;
};

std::vector<Healthy> healthy() {
  const Dense normal_30{
      .outputs = 30, .weights = Initializer::normal(0.0, 1.0), .biases = Initializer::normal(0.0, 1.0)};
  Dense normal_10 = normal_30;
  normal_10.outputs = 10;
  const Dense he{.outputs = 32, .weights = Initializer::he_normal()};
  return {
      {"ReLUs with Adam", {{Dense{32}, relu, Dense{10}}, adam(1e-3)}},
      {"ReLUs with SGD", {{he, relu, Dense{10}}, sgd(0.1)}},
      {"dropout, batch normalisation and a penalty, in batches of 100",
       {{Dense{64}, relu, Dropout_rate{0.2}, Dense{.outputs = 64, .l2 = 1e-3}, Batch_norm{}, relu,
         Dropout_rate{0.2}, Dense{10}},
        adam(1e-3),
        {.epochs = 20, .batch = 100, .validation = 0.1}}},
      {"sigmoids with weights of N(0, 1), a squared error, SGD at 3",
       {{normal_30, sigmoid, normal_10, sigmoid},
        sgd(3.0),
        {.epochs = 10, .batch = 10},
        Loss_kind::half_squared_error}},
      {"no hidden layer", {{Dense{10}}, sgd(0.5)}},
      {"very small", {{Dense{6}, relu, Dense{10}}, adam(0.01), {.epochs = 12, .batch = 20}}},
      {"four layers of tanh, with momentum",
       {{Dense{24}, tanh_curve, Dense{24}, tanh_curve, Dense{24}, tanh_curve, Dense{24}, tanh_curve,
         Dense{10}},
        make<Momentum<float>>(0.01)}},
      {"RMSprop", {{Dense{32}, relu, Dense{10}}, make<Rmsprop<float>>(bp::Rmsprop_options{1e-3})}},
      {"Adagrad", {{Dense{32}, relu, Dense{10}}, make<Adagrad<float>>(bp::Adagrad_options{0.05})}},
      {"until all is learnt, with validation",
       {{Dense{32}, relu, Dense{10}}, sgd(0.2), {.epochs = 40, .batch = 20, .validation = 0.2}}},
      {"slow, and learning", {{Dense{32}, relu, Dense{10}}, sgd(3e-3), {.epochs = 40, .batch = 20}}},
      {"one sigmoid layer with a cross-entropy",
       {{Dense{32}, sigmoid, Dense{10}}, sgd(0.5), {.epochs = 15, .batch = 20}}},
      {"batches of one", {{Dense{32}, relu, Dense{10}}, sgd(0.01), {.epochs = 3, .batch = 1}}},
      {"softmax and a mean squared error",
       {{Dense{32}, relu, Dense{10}, Softmax{}},
        adam(3e-3),
        {.epochs = 10, .batch = 20},
        Loss_kind::mean_squared_error}},
  };
}

}  // namespace

TEST_CASE("of a healthy training run the doctor says nothing, whatever its kind and seed", "[doctor]") {
  for (const Healthy& run : healthy()) {
    for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
      const Visit found = visit(run.patient, seed);

      INFO(run.name << ", seed " << seed << ", accuracy on others " << found.unseen.accuracy << "\n"
                    << found.text());
      CHECK(found.findings.empty());
      CHECK(found.unseen.accuracy > 0.85);  // it is healthy
    }
  }
}
