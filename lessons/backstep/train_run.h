// One training run of `backstep train`, from images and a network to a result: what it says, which files it
// writes and when, and how it ends when it is interrupted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/model/tensor.h"
#include "engine/vector/trainer.h"
#include "lessons/backstep/train_options.h"
#include "lessons/backstep/train_progress.h"

namespace backstep {

/// One run, from the data to the result. Options and data must outlive it.
template <class T>
class Train_run {
 public:
  Train_run(const Train_options& options, const bp::Dataset& data, std::vector<std::string> classes,
            bp::batch::Network<T> net);

  /// Goes on where the checkpoint was written.
  ///
  /// Throws:    bp::Bad_file when it is one of other data.
  void resume(const bp::Tensor_file& checkpoint);

  /// Trains and returns the exit status.
  ///
  /// Throws:    bp::batch::Diverged; std::runtime_error when a file cannot be written.
  int operator()();

 private:
  void introduce();
  void call_the_doctor();
  bool after_step(const bp::batch::Step_report& report);
  bool after_epoch(const bp::batch::Epoch_report& report);
  void write_checkpoint();
  int interrupted_here();
  void save();
  void finish();
  bp::Tensor_file::Metadata about_the_data() const;

  const Train_options& options_;
  const std::string options_text_;
  const bp::Dataset& data_;
  std::vector<std::string> classes_;
  bp::batch::Image_examples<T> train_;
  bp::batch::Thread_pool pool_;
  bp::batch::Network<T> net_;
  std::unique_ptr<bp::batch::Optimizer<T>> optimizer_;
  bp::batch::Trainer<T> trainer_;
  std::unique_ptr<bp::batch::Doctor<T>> doctor_;
  Train_progress progress_;
  std::optional<std::uint64_t> saved_at_;  // the step of the last checkpoint
  std::optional<double> start_to_first_step_;
};

}  // namespace backstep
