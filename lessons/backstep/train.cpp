// backstep train: a network of dense layers, on a data set of the MNIST family.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/file_error.h"
#include "engine/model/checkpoint.h"
#include "engine/model/network_file.h"
#include "engine/model/safetensors.h"
#include "lessons/backstep/command.h"
#include "lessons/backstep/train_options.h"
#include "lessons/backstep/train_progress.h"

namespace backstep {
namespace {

using bp::Dataset, bp::Labelled_images, bp::Tensor_file;
namespace batch = bp::batch;

using Clock = std::chrono::steady_clock;
const Clock::time_point program_start = Clock::now();

// ---- Ctrl-C ---------------------------------------------------------------------------------------------

volatile std::sig_atomic_t asked_to_stop = 0;

/// While it lives, the first Ctrl-C is only noted; the second ends the program. Where interruptions are
/// ignored, as in the background, they stay so.
class Interruptible {
 public:
  Interruptible() {
    struct sigaction action {};
    action.sa_handler = [](int) { asked_to_stop = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, nullptr, &before_);
    if (before_.sa_handler != SIG_IGN) sigaction(SIGINT, &action, nullptr);
  }
  ~Interruptible() { sigaction(SIGINT, &before_, nullptr); }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  struct sigaction before_ {};
};

// ---- Data -----------------------------------------------------------------------------------------------

/// The images as a batch trainer wants them; the labels are copied, since a class may be any number there.
template <class T>
class Image_examples {
 public:
  explicit Image_examples(const Labelled_images& images)
      : bytes_(images.images.bytes), labels_(images.labels.bytes.begin(), images.labels.bytes.end()) {}

  batch::Examples<T> view() const { return {.bytes = bytes_, .labels = labels_}; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::vector<std::uint32_t> labels_;
};

/// What a model file calls the data: by it `predict` knows how pictures were prepared.
std::string name_of_data(const std::filesystem::path& folder, const std::vector<std::string>& classes) {
  if (classes == bp::fashion_class_names()) return "fashion-mnist";
  return folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string();
}

/// ["T-shirt/top","Trouser"]; no name that we give a class has a character that JSON would want escaped.
std::string json_list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += fmt::format("{}\"{}\"", text.empty() ? "" : ",", name);
  return "[" + text + "]";
}

void check_fit(const bp::Architecture& architecture, const Dataset& data, const std::string& folder) {
  const bp::Images& images = data.train.images;
  if (architecture.inputs == images.pixels()) return;
  throw Failure(
      bad_input,
      fmt::format("the images in {} have {} x {} = {} pixels, and the network {} inputs: "
                  "let --layers begin with {}",
                  folder, images.rows, images.cols, images.pixels(), architecture.inputs, images.pixels()));
}

// ---- Before training ------------------------------------------------------------------------------------

/// The layers: of the file where there is one, else of the options.
bp::Architecture choose_architecture(const CLI::App& command, const Train_options& options,
                                     const std::optional<Tensor_file>& file) {
  if (!file) return architecture_of(options);
  bp::Architecture found = bp::parse_architecture(file->metadata("architecture"), file->source());
  if (options.resume.empty() && layers_given(command) &&
      architecture_text(architecture_of(options)) != architecture_text(found)) {
    throw Failure(bad_input, fmt::format("{} has other layers than the options say; leave them out, and the "
                                         "model's are used",
                                         file->source()));
  }
  return found;
}

void check_size(const bp::Architecture& architecture, std::size_t bytes_a_number) {
  std::size_t most = bp::max_model_bytes / bytes_a_number, count = most + 1;
  try {
    count = number_count(architecture);
  } catch (const std::length_error&) {
    // Even more than that.
  }
  if (count <= most) return;
  throw Failure(bad_input,
                fmt::format("--layers: such a network has more than {} numbers, which is more than "
                            "a model file may hold",
                            most));
}

template <class T>
batch::Network<T> make_network(bp::Architecture architecture, const Train_options& options,
                               const std::optional<Tensor_file>& file) {
  if (file) return bp::load_network<T>(*file);
  bp::Random random(bp::splitmix64(options.seed));  // not the numbers that the trainer draws from the seed
  return batch::Network<T>(architecture.inputs, std::move(architecture.layers), random);
}

/// The same options for whoever stands in another folder.
Train_options from_anywhere(Train_options options) {
  options.data = std::filesystem::absolute(options.data).string();
  if (!options.save.empty()) options.save = std::filesystem::absolute(options.save).string();
  return options;
}

// ---- Training -------------------------------------------------------------------------------------------

/// One run, from the data to the result.
template <class T>
class Run {
 public:
  Run(const Train_options& options, const Dataset& data, std::vector<std::string> classes,
      batch::Network<T> net)
      : options_(options),
        options_text_(text_of(from_anywhere(options))),
        data_(data),
        classes_(std::move(classes)),
        train_(data.train),
        pool_(options.threads != 0 ? options.threads : batch::Thread_pool::processors()),
        net_(std::move(net)),
        optimizer_(optimizer_of<T>(options, net_)),
        trainer_(net_, *optimizer_, batch::Loss<T>(loss_of(options)), train_.view(),
                 {.epochs = options.epochs,
                  .batch = options.batch,
                  .seed = options.seed,
                  .validation = options.validation}),
        progress_(options.json, options.epochs, trainer_.state().order.size(), options.batch) {
    net_.use(pool_);
    trainer_.on_step = [this](const batch::Step_report& report) { return after_step(report); };
    trainer_.on_epoch = [this](const batch::Epoch_report& report) { return after_epoch(report); };
  }

  void resume(const Tensor_file& checkpoint) {
    restore_checkpoint(checkpoint, net_, *optimizer_, trainer_);
    saved_at_ = optimizer_->steps();
  }

  int operator()();

 private:
  void introduce();
  bool after_step(const batch::Step_report& report);
  bool after_epoch(const batch::Epoch_report& report);
  void write_checkpoint();
  int interrupted_here();
  void save();
  void finish();
  Tensor_file::Metadata about_the_data() const;

  const Train_options& options_;
  const std::string options_text_;
  const Dataset& data_;
  std::vector<std::string> classes_;
  Image_examples<T> train_;
  batch::Thread_pool pool_;
  batch::Network<T> net_;
  std::unique_ptr<batch::Optimizer<T>> optimizer_;
  batch::Trainer<T> trainer_;
  Train_progress progress_;
  std::optional<std::uint64_t> saved_at_;  // the step of the last checkpoint
  std::optional<double> start_to_first_step_;
};

template <class T>
int Run<T>::operator()() {
  introduce();
  const Interruptible interruptible;
  batch::Outcome outcome{};
  try {
    outcome = trainer_.run();
  } catch (const batch::Diverged& trouble) {
    progress_.clear();
    std::string what = trouble.what();
    if (saved_at_) what += fmt::format("; {} is as it was after step {}", options_.checkpoint, *saved_at_);
    throw batch::Diverged(what);
  }
  if (outcome == batch::Outcome::stopped_by_callback) return interrupted_here();
  write_checkpoint();
  if (!options_.save.empty()) save();
  finish();
  return done;
}

template <class T>
void Run<T>::introduce() {
  const batch::Trainer_state& state = trainer_.state();
  progress_.say(fmt::format("Data: {}, {} images to train on, {} to validate with, {} to test with",
                            options_.data, state.order.size(), state.held_out.size(), data_.test.size()));
  progress_.say("\n" + net_.summary());
  if (!options_.resume.empty()) {
    progress_.say(fmt::format("Going on from {}, after step {}", options_.resume, optimizer_->steps()));
  }
}

template <class T>
bool Run<T>::after_step(const batch::Step_report& report) {
  if (!start_to_first_step_) {
    start_to_first_step_ = std::chrono::duration<double>(Clock::now() - program_start).count();
  }
  progress_.after_step(report);
  if (options_.checkpoint_every != 0 && optimizer_->steps() % options_.checkpoint_every == 0) {
    write_checkpoint();
  }
  return asked_to_stop == 0;
}

template <class T>
bool Run<T>::after_epoch(const batch::Epoch_report& report) {
  progress_.after_epoch(report);
  if (options_.checkpoint_every == 0) write_checkpoint();
  return asked_to_stop == 0;
}

template <class T>
void Run<T>::write_checkpoint() {
  const std::uint64_t step = optimizer_->steps();
  if (options_.checkpoint.empty() || saved_at_ == step) return;
  Tensor_file::Metadata metadata = about_the_data();
  metadata["options"] = options_text_;
  bp::write_checkpoint(options_.checkpoint, net_, *optimizer_, trainer_, metadata);
  saved_at_ = step;
}

template <class T>
int Run<T>::interrupted_here() {
  progress_.clear();
  write_checkpoint();
  const std::string next = options_.checkpoint.empty()
                               ? "without --checkpoint nothing of it is kept"
                               : fmt::format("go on with `backstep train --resume {}`", options_.checkpoint);
  fmt::print(stderr, "backstep: interrupted after step {}; {}\n", optimizer_->steps(), next);
  return interrupted;
}

template <class T>
Tensor_file::Metadata Run<T>::about_the_data() const {
  const bp::Images& images = data_.train.images;
  return {{"classes", json_list(classes_)},
          {"data", name_of_data(options_.data, classes_)},
          {"image", fmt::format("{}x{}", images.rows, images.cols)},
          {"loss", options_.loss}};
}

template <class T>
void Run<T>::save() {
  Tensor_file file;
  add_network(file, net_);
  for (const auto& [key, text] : about_the_data()) file.set_metadata(key, text);
  write_safetensors(options_.save, file);
  progress_.say(fmt::format("Saved: {}", options_.save));
}

template <class T>
void Run<T>::finish() {
  const Image_examples<T> test(data_.test);
  progress_.at_the_end({.test = evaluate(net_, batch::Loss<T>(loss_of(options_)), test.view()),
                        .parameters = net_.parameter_count(),
                        .trainable = net_.trainable_count(),
                        .threads = pool_.threads(),
                        .simd = net_.kernels().name,
                        .operations_per_example = net_.operations_per_example(),
                        .start_to_first_step_s = start_to_first_step_});
}

/// Says now, and not after an hour of training, that a file cannot be written.
void check_writable(const std::string& path) {
  if (path.empty()) return;
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  if (access(folder.c_str(), W_OK | X_OK) != 0) bp::throw_cannot(path, "be written", errno);
}

template <class T>
int train(const CLI::App& command, Train_options options, const std::optional<Tensor_file>& file) {
  bp::Architecture architecture = choose_architecture(command, options, file);
  check_size(architecture, sizeof(T));
  check_writable(options.save);
  check_writable(options.checkpoint);
  if (options.data.empty()) options.data = bp::find_dataset().string();
  const std::size_t outputs = output_count(architecture);
  const Dataset data = bp::load_dataset(options.data, outputs);
  check_fit(architecture, data, options.data);
  Run<T> run(options, data, bp::class_names(options.data, outputs),
             make_network<T>(std::move(architecture), options, file));
  if (!options.resume.empty()) run.resume(*file);
  return run();
}

int train(const CLI::App& command, Train_options options) {
  std::optional<Tensor_file> file;
  if (!options.resume.empty()) {
    file = bp::read_checkpoint(options.resume);
    options = resumed(command, options, file->metadata("options"), options.resume);
  } else if (!options.load.empty()) {
    file = bp::read_safetensors(options.load);
    const auto loss = file->metadata().find("loss");
    if (loss != file->metadata().end() && command.get_option("--loss")->count() == 0) {
      options.loss = loss->second;
    }
  }
  return options.precision == "double" ? train<double>(command, std::move(options), file)
                                       : train<float>(command, std::move(options), file);
}

}  // namespace

void add_train_command(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("train", "Train a network on images");
  const auto options = std::make_shared<Train_options>();
  add_options(*command, *options);
  command->callback([command, options, &status] {
#ifndef NDEBUG
    fmt::print(stderr, "backstep: this is a debug build, many times slower than a release build\n");
#endif
    status = train(*command, *options);
  });
}

}  // namespace backstep
