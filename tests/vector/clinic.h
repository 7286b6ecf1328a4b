// For tests of the training doctor: small training runs, healthy or ill on purpose, and what the doctor says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/vector/doctor.h"

namespace bp::test {

/// 36 numbers from 0 to 1 in ten classes: of each class other four are bright, in noise.
struct Clinic_set {
  explicit Clinic_set(std::size_t count, std::uint64_t seed = 1) : numbers(count, 36) {
    Random random(seed);
    for (std::size_t n = 0; n < count; ++n) {
      labels.push_back(static_cast<std::uint32_t>(random.below(10)));
      for (std::size_t i = 0; i < 36; ++i) {
        const bool bright = i % 10 == labels.back();
        numbers(n, i) = static_cast<float>((bright ? 0.6 : 0.0) + 0.4 * random.uniform());
      }
    }
  }
  batch::Examples<float> examples() const { return {.numbers = numbers, .labels = labels}; }

  batch::Matrix<float> numbers;
  std::vector<std::uint32_t> labels;
};

using Make_optimizer = std::function<std::unique_ptr<batch::Optimizer<float>>(batch::Network<float>&)>;

template <class Optimizer, class... Arguments>
Make_optimizer make(Arguments... arguments) {
  return [=](batch::Network<float>& net) { return std::make_unique<Optimizer>(net, arguments...); };
}
inline Make_optimizer adam(double learning_rate) {
  return make<batch::Adam<float>>(Adam_options{.learning_rate = learning_rate});
}
inline Make_optimizer sgd(double learning_rate) { return make<batch::Sgd<float>>(learning_rate); }

/// A training run and the doctor beside it.
struct Patient {
  std::vector<batch::Layer_description> layers;
  Make_optimizer optimizer;
  batch::Trainer_options options{.epochs = 6, .batch = 20};
  batch::Loss_kind loss = batch::Loss_kind::softmax_cross_entropy;
  std::size_t examples = 2000;
  std::function<void(Clinic_set&)> spoil = [](Clinic_set&) {};
};

/// What became of it.
struct Visit {
  std::vector<batch::Finding> findings, over;
  batch::Evaluation unseen{0.0, 0.0, batch::Confusion_matrix(10)};
  bool diverged = false;

  bool has(batch::Ailment ailment) const { return find(ailment) != nullptr; }
  const batch::Finding* find(batch::Ailment ailment) const {
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [&](const batch::Finding& f) { return f.ailment == ailment; });
    return found == findings.end() ? nullptr : &*found;
  }
  std::string text() const {
    std::string all;
    for (const batch::Finding& finding : findings) all += to_string(finding) + "\n";
    return all;
  }
};

/// Weights and data of that seed.
inline Visit visit(const Patient& patient, std::uint64_t seed) {
  Clinic_set set(patient.examples, seed), unseen(500, seed + 1000);
  patient.spoil(set);
  Random random(seed);
  batch::Network<float> net(36, patient.layers, random);
  const auto optimizer = patient.optimizer(net);
  batch::Trainer<float> trainer(net, *optimizer, batch::Loss<float>(patient.loss), set.examples(),
                                patient.options);
  batch::Doctor<float> doctor(trainer);
  Visit result;
  doctor.on_over = [&](const batch::Finding& finding) { result.over.push_back(finding); };
  try {
    trainer.run();
    result.unseen = evaluate(net, batch::Loss<float>(patient.loss), unseen.examples());
  } catch (const batch::Diverged&) {
    result.diverged = true;
    doctor.explain_divergence();
  }
  result.findings = doctor.findings();
  return result;
}

}  // namespace bp::test
