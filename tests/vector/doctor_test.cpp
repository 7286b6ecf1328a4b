// The doctor beside a trainer: that it changes nothing, looks when it should, and says what it found.
#include "engine/vector/doctor.h"

#include "tests/support/catch2.h"
#include "tests/vector/clinic.h"

using namespace bp::batch;
using bp::Random, bp::test::Clinic_set, bp::test::contains_text;

namespace {

const std::vector<Layer_description> layers = {Dense{20}, Batch_norm{}, Activation{Curve::relu},
                                               Dropout_rate{0.2}, Dense{10}};

}  // namespace

TEST_CASE("with the doctor the same seed gives the same bits as without", "[doctor]") {
  const Clinic_set set(300);
  const auto train = [&](bool visited) {
    Random random(1);
    Network<float> net(36, layers, random);
    Adam<float> adam(net);
    Trainer<float> trainer(net, adam, Loss<float>(Loss_kind::softmax_cross_entropy), set.examples(),
                           {.epochs = 5, .batch = 10, .validation = 0.1});
    std::optional<Doctor<float>> doctor;
    if (visited) doctor.emplace(trainer, Doctor_options{.every = 3});
    trainer.run();
    return std::vector<float>(net.flat_parameters().begin(), net.flat_parameters().end());
  };

  CHECK(train(true) == train(false));
}

TEST_CASE("a doctor takes the place of who watched before, and gives it back", "[doctor]") {
  const Clinic_set set(50);
  Random random(1);
  Network<float> net(36, layers, random);
  Adam<float> adam(net);
  Trainer<float> trainer(net, adam, Loss<float>(Loss_kind::softmax_cross_entropy), set.examples(),
                         {.epochs = 5, .batch = 10});
  Watcher<float> before;
  trainer.watch(&before);

  { const Doctor<float> doctor(trainer); }

  CHECK(trainer.watch(nullptr) == &before);
  CHECK_THROWS_AS(Doctor<float>(trainer, {.every = 0}), std::invalid_argument);
}

TEST_CASE("a finding reads as a sentence, with its place", "[doctor]") {
  Finding finding{.ailment = Ailment::dead_units,
                  .layer = 1,
                  .layer_name = "relu",
                  .step = 20,
                  .says = "7 of 8 units gave 0",
                  .remedy = "a leaky ReLU"};

  CHECK(to_string(finding) == "step 20, layer 1 (relu): dead-units: 7 of 8 units gave 0. Try: a leaky ReLU");
  finding.layer.reset();
  CHECK(to_string(finding) == "step 20: dead-units: 7 of 8 units gave 0. Try: a leaky ReLU");
}

TEST_CASE("a finding is told when it is made, once, and is the same as in the list", "[doctor]") {
  const Clinic_set set(200);
  Random random(1);
  Network<float> net(36, {Dense{20}, Activation{Curve::relu}, Dense{10}, Activation{Curve::tanh}}, random);
  Adam<float> adam(net);
  Trainer<float> trainer(net, adam, Loss<float>(Loss_kind::softmax_cross_entropy), set.examples(),
                         {.epochs = 3, .batch = 10});
  Doctor<float> doctor(trainer);
  std::vector<std::string> told;
  std::uint64_t told_in = 0;
  doctor.on_finding = [&](const Finding& finding) {
    told.push_back(to_string(finding));
    told_in = adam.steps();
  };

  trainer.run();

  REQUIRE(told.size() == 1);
  REQUIRE(doctor.findings().size() == 1);
  CHECK(told[0] == to_string(doctor.findings()[0]));
  CHECK(told_in == doctor.findings()[0].step);
  CHECK_THAT(told[0], contains_text("step 1: bounded-logits"));
}
