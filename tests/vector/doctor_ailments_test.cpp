// Every ailment provoked on purpose, at several seeds: the doctor must name it, with the numbers as evidence.
#include <cmath>
#include <limits>
#include <string>

#include "tests/support/catch2.h"
#include "tests/vector/clinic.h"

using namespace bp::batch;
using bp::Initializer, bp::Random;
using bp::test::adam, bp::test::Clinic_set, bp::test::contains_text, bp::test::Patient, bp::test::sgd,
    bp::test::Visit, bp::test::visit;

namespace {

const Activation relu{Curve::relu}, sigmoid{Curve::sigmoid};

/// The first finding of that kind, at each of five seeds; fails where there is none.
template <class Check>
void at_each_seed(const Patient& patient, Ailment ailment, const Check& check) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const Visit found = visit(patient, seed);

    INFO("seed " << seed << "\n" << found.text());
    REQUIRE(found.has(ailment));
    check(*found.find(ailment), found);
  }
}

void shuffle_labels(Clinic_set& set) {
  Random random(99);
  random.shuffle(std::span(set.labels));
}

}  // namespace

TEST_CASE("ReLUs that a first step too long has killed are counted, layer by layer", "[doctor]") {
  const Patient patient{.layers = {Dense{40}, relu, Dense{30}, relu, Dense{10}}, .optimizer = adam(1.0)};

  at_each_seed(patient, Ailment::dead_units, [](const Finding& found, const Visit&) {
    CHECK((found.layer == 1 || found.layer == 3));
    CHECK(found.layer_name == "relu");
    CHECK_THAT(found.says, contains_text(found.layer == 1 ? " of 40 units" : " of 30 units"));
    CHECK_THAT(found.says, contains_text("gave 0 for each of the last 500 examples"));
    CHECK_THAT(found.remedy, contains_text("smaller learning rate (now 1)"));
    CHECK(found.step >= 25);  // 25 batches of 20 are 500 examples: not before
  });
}

TEST_CASE("ReLUs whose biases keep them shut are found as soon as 500 examples are seen", "[doctor]") {
  const Dense shut{.outputs = 12, .biases = Initializer::uniform(-90.0, -80.0)};
  const Patient patient{.layers = {shut, relu, Dense{10}}, .optimizer = adam(1e-3), .options = {1, 50}};

  at_each_seed(patient, Ailment::dead_units, [](const Finding& found, const Visit& all) {
    CHECK(found.step == 10);  // of 50 examples
    CHECK(found.layer == 1);
    CHECK_THAT(found.says, contains_text("12 of 12 units (100 %)"));
    CHECK_FALSE(all.has(Ailment::vanishing_gradient));  // explained already
    CHECK_FALSE(all.has(Ailment::rate_too_low));
  });
}

TEST_CASE("sigmoids saturated by inputs that nobody scaled are found", "[doctor]") {
  const Patient patient{
      .layers = {Dense{30}, sigmoid, Dense{10}}, .optimizer = adam(1e-3), .spoil = [](Clinic_set& set) {
        for (float& number : set.numbers.span()) number *= 2550.0f;
      }};

  at_each_seed(patient, Ailment::saturated_units, [](const Finding& found, const Visit&) {
    CHECK(found.layer == 1);
    CHECK_THAT(found.says, contains_text("% of what its 30 units give"));
    CHECK_THAT(found.remedy, contains_text("size about 1"));
  });
}

TEST_CASE("outputs that are sure of the wrong are found where the error is squared", "[doctor]") {
  // All outputs begin at 1 and should be 0, but for one: 9 of 10.
  const Dense sure{.outputs = 10, .biases = Initializer::uniform(12.0, 14.0)};
  const Patient patient{.layers = {Dense{30}, sigmoid, sure, sigmoid},
                        .optimizer = sgd(0.1),
                        .loss = Loss_kind::half_squared_error};

  at_each_seed(patient, Ailment::saturated_units, [](const Finding& found, const Visit&) {
    CHECK(found.layer == 3);
    CHECK_THAT(found.says, contains_text("sure of the wrong"));
    CHECK_THAT(found.remedy, contains_text("cross-entropy"));
  });
}

TEST_CASE("a gradient that fades on its way through six layers of sigmoids is found", "[doctor]") {
  std::vector<Layer_description> deep;
  for (int i = 0; i < 6; ++i) {
    deep.push_back(Dense{20});
    deep.push_back(sigmoid);
  }
  deep.push_back(Dense{10});
  const Patient patient{.layers = deep, .optimizer = sgd(0.1)};

  at_each_seed(patient, Ailment::vanishing_gradient, [](const Finding& found, const Visit&) {
    CHECK(found.layer == 0);  // the last that the gradient comes to
    CHECK_THAT(found.says, contains_text("that of layer 12 is"));
  });
}

TEST_CASE("gradients that dwarf the weights are found", "[doctor]") {
  const Dense wild{.outputs = 40, .weights = Initializer::normal(0.0, 2.0)};
  const Patient patient{.layers = {wild, relu, wild, relu, wild, relu, Dense{10}}, .optimizer = adam(1e-4)};

  at_each_seed(patient, Ailment::exploding_gradient, [](const Finding& found, const Visit&) {
    CHECK(found.step <= 20);
    CHECK_THAT(found.says, contains_text("times as large as the weights"));
  });
}

namespace {

// A step of SGD takes 2 * 0.9 times the weights from the weights: it turns their signs.
const Patient shaken{.layers = {Dense{.outputs = 30, .l2 = 0.9}, relu, Dense{10}}, .optimizer = sgd(1.0)};

}  // namespace

TEST_CASE("steps that change the weights too much are found", "[doctor]") {
  at_each_seed(shaken, Ailment::large_update, [](const Finding& found, const Visit&) {
    CHECK(found.layer == 0);
    CHECK_THAT(found.says, contains_text("of their size; about 0.1 % is usual"));
    CHECK_THAT(found.remedy, contains_text("(now 1)"));
  });
}

TEST_CASE("what is over is said, once, and stays in the list", "[doctor]") {
  Patient patient = shaken;
  patient.options.epochs = 10;
  patient.options.learning_rate = [](std::size_t epoch) { return epoch < 3 ? 1.0 : 0.01; };

  const Visit found = visit(patient, 1);

  INFO(found.text());
  REQUIRE(found.over.size() == 1);
  CHECK(found.over[0].ailment == Ailment::large_update);
  CHECK(found.over[0].over > 300);  // steps: the third epoch ends there
  CHECK(found.over[0].over < 700);
  CHECK(found.find(Ailment::large_update)->over == found.over[0].over);
}

TEST_CASE("a layer whose weights hardly move while another's do is found", "[doctor]") {
  const Dense large{.outputs = 30, .weights = Initializer::normal(0.0, 10.0)};
  const Patient patient{.layers = {large, Batch_norm{}, relu, Dense{10}}, .optimizer = sgd(0.03)};

  at_each_seed(patient, Ailment::small_update, [](const Finding& found, const Visit& all) {
    CHECK(found.layer == 0);
    CHECK_THAT(found.says, contains_text("it hardly learns"));
    CHECK(all.findings.size() == 1);
  });
}

TEST_CASE("a softmax before a loss that takes the softmax is found, with the floor that the loss has",
          "[doctor]") {
  // The trainer refuses a softmax at the end; one that stands before a layer that changes nothing slips by.
  const Patient patient{.layers = {Dense{30}, relu, Dense{10}, Softmax{}, Activation{Curve::identity}},
                        .optimizer = adam(0.01),
                        .options = {.epochs = 10, .batch = 20}};

  at_each_seed(patient, Ailment::softmax_twice, [](const Finding& found, const Visit& all) {
    CHECK(found.step == 1);
    CHECK_THAT(found.says, contains_text("= 1.4612; it is 2."));
    CHECK(all.findings.size() == 1);
    CHECK(all.unseen.accuracy > 0.9);  // it learns all the same,
    CHECK(all.unseen.loss >= 1.4611);  // but the floor is true
    CHECK(all.unseen.loss < 1.6);
  });
}

TEST_CASE("logits that a bounded curve holds back are found, with the floor that the loss has", "[doctor]") {
  const auto floor_of = [](Curve curve) {
    return visit({.layers = {Dense{30}, relu, Dense{10}, Activation{curve}}, .optimizer = adam(0.01)}, 1);
  };

  const Visit squashed = floor_of(Curve::sigmoid), stretched = floor_of(Curve::tanh);

  REQUIRE((squashed.has(Ailment::bounded_logits) && stretched.has(Ailment::bounded_logits)));
  CHECK_THAT(squashed.find(Ailment::bounded_logits)->says,
             contains_text("between 0 and 1, so the loss cannot "
                           "fall below 1.4612"));
  // ln(1 + 9 e^-2) = 0.79659...
  CHECK_THAT(stretched.find(Ailment::bounded_logits)->says,
             contains_text("between -1 and 1, so the loss cannot "
                           "fall below 0.7966"));
  CHECK(squashed.unseen.loss >= 1.4611);
  CHECK((stretched.unseen.loss >= 0.7965 && stretched.unseen.loss < 1.4));
}

TEST_CASE("a learning rate too high is found by a loss that climbs", "[doctor]") {
  at_each_seed({.layers = {Dense{30}, Activation{Curve::leaky_relu}, Dense{10}}, .optimizer = sgd(8.0)},
               Ailment::rate_too_high, [](const Finding& found, const Visit& all) {
                 CHECK_THAT(found.says, contains_text("the loss began at 2."));
                 CHECK_THAT(found.remedy, contains_text("ten times smaller (now 8)"));
                 CHECK_FALSE(all.has(Ailment::rate_too_low));
               });
}

TEST_CASE("a learning rate too low is found, and not taken for labels without meaning", "[doctor]") {
  at_each_seed({.layers = {Dense{30}, relu, Dense{10}}, .optimizer = sgd(1e-6)}, Ailment::rate_too_low,
               [](const Finding& found, const Visit& all) {
                 CHECK_THAT(found.remedy, contains_text("larger (now 1e-06)"));
                 CHECK(all.findings.size() == 1);
               });
}

TEST_CASE("labels shuffled against the inputs are found, and not taken for a learning rate", "[doctor]") {
  at_each_seed({.layers = {Dense{8}, relu, Dense{10}}, .optimizer = sgd(0.01), .spoil = shuffle_labels},
               Ailment::labels_shuffled, [](const Finding& found, const Visit& all) {
                 CHECK_THAT(found.says, contains_text("stands at chance"));
                 CHECK(all.findings.size() == 1);
               });
}

TEST_CASE("labels shuffled against the inputs are found in a network that learns them by heart, too",
          "[doctor]") {
  const Patient patient{.layers = {Dense{100}, relu, Dense{10}},
                        .optimizer = adam(0.01),
                        .options = {.epochs = 25, .batch = 20, .validation = 0.2},
                        .examples = 400,
                        .spoil = shuffle_labels};

  at_each_seed(patient, Ailment::labels_shuffled, [](const Finding& found, const Visit& all) {
    CHECK_THAT(found.says,
               contains_text("On examples not trained on it does no better than without looking"));
    CHECK_FALSE(all.has(Ailment::over_fitting));
  });
}

TEST_CASE("a network that cannot see its inputs is found, though labels have a meaning", "[doctor]") {
  const Patient patient{.layers = {Dense{.outputs = 20, .weights = Initializer::zeros()}, relu, Dense{10}},
                        .optimizer = sgd(0.05),
                        .options = {.epochs = 10, .batch = 50}};

  at_each_seed(patient, Ailment::ignores_inputs, [](const Finding& found, const Visit& all) {
    CHECK_THAT(found.says, contains_text("for 300 steps the loss has stood at 2."));
    CHECK_THAT(found.says, contains_text("(ln 10 = 2.3026)"));
    CHECK_FALSE(all.has(Ailment::labels_shuffled));
  });
}

TEST_CASE("a network that learns its few examples by heart is found by the loss on others", "[doctor]") {
  const Patient patient{.layers = {Dense{100}, relu, Dense{10}},
                        .optimizer = adam(0.01),
                        .options = {.epochs = 40, .batch = 10, .validation = 0.5},
                        .examples = 200,
                        .spoil = [](Clinic_set& set) {  // a third of the labels is wrong
                          Random random(5);
                          for (std::size_t n = 0; n < set.labels.size(); n += 3) {
                            set.labels[n] = static_cast<std::uint32_t>(random.below(10));
                          }
                        }};

  at_each_seed(patient, Ailment::over_fitting, [](const Finding& found, const Visit&) {
    CHECK_THAT(found.says, contains_text("the validation loss has risen from"));
    CHECK(found.epoch >= 4);
  });
}
