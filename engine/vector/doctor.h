// The training doctor: looks on while a trainer works and names what goes wrong, with evidence and remedy.
//
//     Doctor<float> doctor(trainer);
//     doctor.on_finding = [](const Finding& finding) { print(to_string(finding)); };
//     trainer.run();
//
// What it measures stands in doctor_measures.h, by which rules it judges in doctor_rules.h. It changes
// nothing: with it the same seed gives the same bits as without. Two epochs of 784, 128 and 10 took 0.67 s of
// processor time with it and 0.61 s without; of 784, 512, 512 and 10 the difference was lost in the noise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/vector/doctor_rules.h"
#include "engine/vector/snapshot.h"

namespace bp::batch {

/// Something wrong, from when it was first seen.
struct Finding {
  Ailment ailment = {};
  std::optional<std::size_t> layer = {};   // nothing: of the whole run
  std::string layer_name = {};             // "relu"; "" of the whole run
  std::uint64_t step = 0;                  // after so many steps it was seen
  std::size_t epoch = 0;                   // in that epoch, counted from 1
  std::string says = {};                   // the evidence, with its numbers
  std::string remedy = {};                 // what to try
  std::optional<std::uint64_t> over = {};  // after so many steps it was no longer to be seen
};

/// "step 160, layer 1 (relu): dead-units: 72 of 128 units ... Try ..."
std::string to_string(const Finding& finding);

struct Doctor_options {
  /// After the first 20 steps, at each of which it looks, it looks every so many.
  std::size_t every = 20;
};

template <class T>
class Doctor : public Watcher<T> {
 public:
  /// Watches the trainer from now on; make it after anything has been restored. The trainer must outlive it.
  ///
  /// Throws:    std::invalid_argument when it is to look every 0 steps.
  explicit Doctor(Trainer<T>& trainer, Doctor_options options = {});
  ~Doctor() override;
  Doctor(const Doctor&) = delete;
  Doctor& operator=(const Doctor&) = delete;

  /// Called, if set, once for each ailment of each layer when it is first seen, and once when it is over.
  std::function<void(const Finding&)> on_finding, on_over;

  /// All so far, in the order in which they were found.
  const std::vector<Finding>& findings() const { return findings_; }

  /// After the trainer has thrown Diverged: the first operation that made a number which is none, as a
  /// finding as any other. The run is afterwards where that number was made.
  void explain_divergence();

  void after_backward(const Backward_report<T>& report) override;
  void after_step(const Step_report& report) override;
  void after_epoch(const Epoch_report& report) override;

 private:
  static constexpr std::uint64_t first_looks = 20;
  bool looks() const { return seen_ <= first_looks || seen_ % options_.every == 0; }
  void measure_units();
  void measure_outputs(const Backward_report<T>& report);
  void measure_gradients();
  void measure_updates();
  std::vector<Finding> judge();
  std::vector<Finding> judge_layers() const;
  std::vector<Finding> judge_outputs() const;
  void judge_losses(std::vector<Finding>& seen);
  void remember(const std::vector<Finding>& seen);
  void tell(Finding found);
  double label_signal_once();

  struct Place {
    std::size_t first, count;  // in the network's flat_parameters()
  };

  Trainer<T>& trainer_;
  Watcher<T>* watched_before_;
  Doctor_options options_;
  std::uint64_t seen_ = 0;  // steps
  std::size_t epoch_ = 1;

  std::vector<Unit_measure> units_;
  std::vector<std::vector<std::uint64_t>> silent_for_;  // examples, of each unit of units_
  std::vector<Weight_measure> weights_;
  std::vector<Place> places_;  // of each of weights_
  std::vector<T> before_;      // all parameters, before the step
  Output_measure output_;
  Loss_measure loss_;
  std::vector<Epoch_measure> epochs_;
  std::optional<double> label_signal_;
  Snapshot<T> snapshot_;

  std::vector<Finding> findings_;
  std::vector<std::size_t> looks_without_;  // since a finding was last seen
  std::vector<bool> told_over_;
};

}  // namespace bp::batch
