// The first number that is none, made on purpose by each operation in turn.
#include "engine/vector/first_bad_number.h"

#include <limits>
#include <string>

#include "engine/vector/doctor.h"
#include "tests/support/catch2.h"

using namespace bp::batch;
using bp::Initializer, bp::Random, bp::test::contains_text;

namespace {

/// Twelve examples of three numbers; what each should give is its second number.
struct Simple_set {
  Simple_set() : x(12, 3), targets(12, 2) {
    Random random(4);
    for (float& number : x.span()) number = static_cast<float>(random.uniform());
    for (std::size_t n = 0; n < 12; ++n) targets(n, 0) = x(n, 1);
  }
  Examples<float> examples() const { return {.numbers = x, .targets = targets}; }
  Matrix<float> x, targets;
};

struct Run {
  Run(const Simple_set& set, Dense first, double learning_rate)
      : net(3, {first, Activation{Curve::relu}, Dense{2}}, random),
        sgd(net, learning_rate),
        trainer(net, sgd, Loss<float>(Loss_kind::half_squared_error), set.examples(),
                {.epochs = 50, .batch = 4}) {
    snapshot.take(trainer);
  }
  /// Trains until it diverges; then what the replay says.
  First_bad_number diagnosis() {
    CHECK_THROWS_AS(trainer.run(), Diverged);
    const auto first = first_bad_number(trainer, snapshot);
    REQUIRE(first);
    return *first;
  }

  Random random{2};
  Network<float> net;
  Sgd<float> sgd;
  Trainer<float> trainer;
  Snapshot<float> snapshot;
};

const Dense usual{.outputs = 5, .biases = Initializer::constant(0.1)};

}  // namespace

TEST_CASE("an input that is no number is the first", "[doctor]") {
  Simple_set set;
  set.x(7, 1) = std::numeric_limits<float>::quiet_NaN();

  const First_bad_number first = Run(set, usual, 0.01).diagnosis();

  CHECK_FALSE(first.layer);
  CHECK((first.epoch == 1 && first.step <= 3));  // the third of its batches at the latest
  CHECK_THAT(first.says, contains_text("in the inputs of the batch 1 of 12 numbers are not a number"));
}

TEST_CASE("the forward pass of the layer that overflows is the first", "[doctor]") {
  const Simple_set set;
  const Dense huge{.outputs = 5, .weights = Initializer::constant(3e38)};

  const First_bad_number first = Run(set, huge, 0.01).diagnosis();

  CHECK(first.layer == 0);
  CHECK(first.step == 1);
  CHECK_THAT(first.says, contains_text("its forward pass made them"));
  CHECK_THAT(first.says, contains_text("parameters of up to 3e+38"));
}

TEST_CASE("a loss that overflows where its outputs do not is the first", "[doctor]") {
  Simple_set set;
  set.targets(0, 0) = 1e30f;

  const First_bad_number first = Run(set, usual, 0.0).diagnosis();

  CHECK_FALSE(first.layer);
  CHECK_THAT(first.says, contains_text("the loss is the first: infinite, from outputs of up to"));
}

TEST_CASE("a gradient that overflows behind a loss that does not is the first, one step before it shows",
          "[doctor]") {
  Simple_set set;
  for (float& number : set.x.span()) number *= 1e22f;
  for (float& target : set.targets.span()) target = 1e18f;
  const Dense nothing{.outputs = 5, .weights = Initializer::constant(1e-22)};
  Run run(set, nothing, 0.01);

  CHECK_THROWS_AS(run.trainer.run(), Diverged);
  const std::uint64_t shown_in = run.sgd.steps() + 1;
  const auto first = first_bad_number(run.trainer, run.snapshot);

  REQUIRE(first);
  CHECK(shown_in == 2);
  CHECK(first->step == 1);
  CHECK_THAT(first->says, contains_text("the gradient of 0.weight is the first"));
}

TEST_CASE("a step that overflows is the first, one step before it shows", "[doctor]") {
  const Simple_set set;
  Run run(set, usual, 1e38);
  for (float& number : run.net.flat_parameters()) number *= 100.0f;
  run.snapshot.take(run.trainer);

  const First_bad_number first = run.diagnosis();

  CHECK(first.step == 1);
  CHECK_THAT(first.says, contains_text("the step of sgd made"));
  CHECK_THAT(first.says, contains_text("The learning rate is 1e+38"));
}

TEST_CASE("a run in which all numbers stay finite has no first bad one", "[doctor]") {
  const Simple_set set;
  Run run(set, usual, 0.01);

  CHECK_FALSE(first_bad_number(run.trainer, run.snapshot));
  CHECK(run.trainer.finished());
}

TEST_CASE("the doctor says which operation made it, hundreds of steps after its beginning", "[doctor]") {
  const Simple_set set;
  Random random(2);
  Network<float> net(3, {usual, Activation{Curve::relu}, Dense{2}}, random);
  Sgd<float> sgd(net, 0.01);
  // Step 1 to 300 as they should be, then much too long.
  Trainer<float> trainer(net, sgd, Loss<float>(Loss_kind::half_squared_error), set.examples(),
                         {.epochs = 200, .batch = 4, .learning_rate = [](std::size_t epoch) {
                            return epoch < 100 ? 0.01 : 1e25;
                          }});
  Doctor<float> doctor(trainer);

  CHECK_THROWS_AS(trainer.run(), Diverged);
  doctor.explain_divergence();

  const Finding& found = doctor.findings().back();
  INFO(to_string(found));
  CHECK(found.ailment == Ailment::not_a_number);
  CHECK((found.step >= 301 && found.step <= 304));
  CHECK(found.epoch >= 101);
  CHECK_THAT(found.remedy, contains_text("smaller learning rate"));
}
