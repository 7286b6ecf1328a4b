#include "lessons/backstep/train_run.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "engine/data/with_commas.h"
#include "engine/model/checkpoint.h"
#include "engine/model/model_notes.h"
#include "engine/model/network_file.h"
#include "engine/model/safetensors.h"
#include "lessons/backstep/failure.h"
#include "lessons/backstep/interruptible.h"
#include "lessons/backstep/loss_name.h"

namespace backstep {
namespace {

using bp::Tensor_file;
namespace batch = bp::batch;

using Clock = std::chrono::steady_clock;
const Clock::time_point program_start = Clock::now();

// ---- What files are told ---------------------------------------------------------------------------------

/// What a model file calls the data: by it `predict` knows how pictures were prepared.
std::string name_of_data(const std::filesystem::path& folder, const std::vector<std::string>& classes) {
  if (classes == bp::fashion_class_names()) return "fashion-mnist";
  return folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string();
}

/// The same options for whoever stands in another folder.
Train_options from_anywhere(Train_options options) {
  options.data = std::filesystem::absolute(options.data).string();
  if (!options.save.empty()) options.save = std::filesystem::absolute(options.save).string();
  return options;
}

}  // namespace

// ---- The run --------------------------------------------------------------------------------------------

template <class T>
Train_run<T>::Train_run(const Train_options& options, const bp::Dataset& data,
                        std::vector<std::string> classes, batch::Network<T> net)
    : options_(options),
      options_text_(text_of(from_anywhere(options))),
      data_(data),
      classes_(std::move(classes)),
      train_(data.train),
      pool_(options.threads != 0 ? options.threads : batch::Thread_pool::processors()),
      net_(std::move(net)),
      optimizer_(optimizer_of<T>(options, net_)),
      trainer_(net_, *optimizer_, batch::Loss<T>(loss_named(options.loss, options.load)), train_.examples(),
               {.epochs = options.epochs,
                .batch = options.batch,
                .seed = options.seed,
                .validation = options.validation,
                .learning_rate = schedule_of(options)}),
      progress_(options.json, options.epochs, trainer_.state().order.size(), options.batch) {
  net_.use(pool_);
  trainer_.on_step = [this](const batch::Step_report& report) { return after_step(report); };
  trainer_.on_epoch = [this](const batch::Epoch_report& report) { return after_epoch(report); };
}

template <class T>
void Train_run<T>::resume(const Tensor_file& checkpoint) {
  restore_checkpoint(checkpoint, net_, *optimizer_, trainer_);
  saved_at_ = optimizer_->steps();
}

template <class T>
int Train_run<T>::operator()() {
  introduce();
  if (options_.doctor) call_the_doctor();
  const Interruptible interruptible;
  batch::Outcome outcome{};
  try {
    outcome = trainer_.run();
  } catch (const batch::Diverged& trouble) {
    progress_.clear();
    std::string what = trouble.what();
    if (doctor_) doctor_->explain_divergence();
    if (saved_at_) what += fmt::format("; {} is as it was after step {}", options_.checkpoint, *saved_at_);
    throw batch::Diverged(what);
  }
  if (outcome == batch::Outcome::stopped_by_callback) return interrupted_here();
  write_checkpoint();
  if (!options_.save.empty()) save();
  if (doctor_) progress_.after_visit(doctor_->findings());
  finish();
  return done;
}

template <class T>
void Train_run<T>::introduce() {
  const batch::Trainer_state& state = trainer_.state();
  progress_.say(fmt::format("Data: {}, {} images to train on, {} to validate with, {} to test with",
                            options_.data, bp::with_commas(state.order.size()),
                            bp::with_commas(state.held_out.size()), bp::with_commas(data_.test.size())));
  progress_.say("\n" + net_.summary());
  if (!options_.resume.empty()) {
    progress_.say(fmt::format("Going on from {}, after step {}", options_.resume, optimizer_->steps()));
  }
}

template <class T>
void Train_run<T>::call_the_doctor() {
  doctor_ = std::make_unique<batch::Doctor<T>>(trainer_);
  doctor_->on_finding = [this](const batch::Finding& finding) { progress_.after_finding(finding); };
  doctor_->on_over = [this](const batch::Finding& finding) { progress_.after_recovery(finding); };
}

template <class T>
bool Train_run<T>::after_step(const batch::Step_report& report) {
  if (!start_to_first_step_) {
    start_to_first_step_ = std::chrono::duration<double>(Clock::now() - program_start).count();
  }
  progress_.after_step(report);
  if (options_.checkpoint_every != 0 && optimizer_->steps() % options_.checkpoint_every == 0) {
    write_checkpoint();
  }
  return !asked_to_stop();
}

template <class T>
bool Train_run<T>::after_epoch(const batch::Epoch_report& report) {
  progress_.after_epoch(report);
  if (options_.checkpoint_every == 0) write_checkpoint();
  return !asked_to_stop();
}

template <class T>
void Train_run<T>::write_checkpoint() {
  const std::uint64_t step = optimizer_->steps();
  if (options_.checkpoint.empty() || saved_at_ == step) return;
  Tensor_file::Metadata metadata = about_the_data();
  metadata["options"] = options_text_;
  bp::write_checkpoint(options_.checkpoint, net_, *optimizer_, trainer_, metadata);
  saved_at_ = step;
}

template <class T>
int Train_run<T>::interrupted_here() {
  progress_.clear();
  write_checkpoint();
  const std::string next = options_.checkpoint.empty()
                               ? "without --checkpoint nothing of it is kept"
                               : fmt::format("go on with `backstep train --resume {}`", options_.checkpoint);
  fmt::print(stderr, "backstep: interrupted after step {}; {}\n", optimizer_->steps(), next);
  return interrupted;
}

template <class T>
Tensor_file::Metadata Train_run<T>::about_the_data() const {
  const bp::Images& images = data_.train.images;
  return bp::notes_metadata({.loss = options_.loss,
                             .data = name_of_data(options_.data, classes_),
                             .rows = images.rows,
                             .cols = images.cols,
                             .classes = classes_});
}

template <class T>
void Train_run<T>::save() {
  Tensor_file file;
  add_network(file, net_);
  for (const auto& [key, text] : about_the_data()) file.set_metadata(key, text);
  write_safetensors(options_.save, file);
  progress_.say(fmt::format("Saved: {}", options_.save));
}

template <class T>
void Train_run<T>::finish() {
  const batch::Image_examples<T> test(data_.test);
  progress_.at_the_end(
      {.test = evaluate(net_, batch::Loss<T>(loss_named(options_.loss, options_.load)), test.examples()),
       .parameters = net_.parameter_count(),
       .trainable = net_.trainable_count(),
       .threads = pool_.threads(),
       .simd = net_.kernels().name,
       .operations_per_example = net_.operations_per_example(),
       .start_to_first_step_s = start_to_first_step_});
}

template class Train_run<float>;
template class Train_run<double>;

}  // namespace backstep
