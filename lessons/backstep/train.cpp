// backstep train: a network of dense layers, on a data set of the MNIST family.
#include <fmt/core.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/data/dataset.h"
#include "engine/data/file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/network_file.h"
#include "engine/model/safetensors.h"
#include "lessons/backstep/command.h"
#include "lessons/backstep/train_options.h"
#include "lessons/backstep/train_run.h"

namespace backstep {
namespace {

using bp::Dataset, bp::Tensor_file;
namespace batch = bp::batch;

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
  const std::size_t most = bp::max_model_bytes / bytes_a_number;
  try {
    if (number_count(architecture) <= most) return;
  } catch (const std::length_error&) {
    // More than can be counted.
  }
  throw Failure(bad_input,
                fmt::format("--layers: such a network has more than {} numbers, which is more than "
                            "a model file may hold",
                            most));
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

template <class T>
batch::Network<T> make_network(bp::Architecture architecture, const Train_options& options,
                               const std::optional<Tensor_file>& file) {
  if (file) return bp::load_network<T>(*file);
  bp::Random random(bp::splitmix64(options.seed));  // not the numbers that the trainer draws from the seed
  return batch::Network<T>(architecture.inputs, std::move(architecture.layers), random);
}

template <class T>
int train(const CLI::App& command, Train_options options, const std::optional<Tensor_file>& file) {
  bp::Architecture architecture = choose_architecture(command, options, file);
  check_size(architecture, sizeof(T));
  for (const std::string& path : {options.save, options.checkpoint}) {
    if (!path.empty()) bp::check_writable(path);  // now, and not after an hour of training
  }
  if (options.data.empty()) options.data = bp::find_dataset().string();
  const std::size_t outputs = output_count(architecture);
  const Dataset data = bp::load_dataset(options.data, outputs);
  check_fit(architecture, data, options.data);
  Train_run<T> run(options, data, bp::class_names(options.data, outputs),
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
    if (loss != file->metadata().end() && !is_given(command, "--loss")) { options.loss = loss->second; }
  }
  return options.precision == "double" ? train<double>(command, std::move(options), file)
                                       : train<float>(command, std::move(options), file);
}

}  // namespace

void add_train_command(CLI::App& app, int& status) {
  Command command(app, "train", "Train a network on images");
  const auto options = std::make_shared<Train_options>();
  add_options(command.app(), *options);
  command.runs([&parsed = command.app(), options, &status] {
#ifndef NDEBUG
    fmt::print(stderr, "backstep: this is a debug build, many times slower than a release build\n");
#endif
    status = train(parsed, *options);
  });
}

}  // namespace backstep
