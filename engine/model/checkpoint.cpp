#include "engine/model/checkpoint.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "engine/model/bad_file.h"
#include "engine/model/network_file.h"
#include "engine/model/safetensors.h"

namespace bp {
namespace {

using batch::Kernels, batch::Network, batch::Optimizer, batch::Trainer, batch::Trainer_state;

// Of another version nothing is known but that it is another.
constexpr const char* version_key = "checkpoint";
constexpr const char* version = "1";
constexpr const char* optimizer_key = "optimizer";
constexpr const char* kernels_key = "kernels";

template <class T>
std::string optimizer_tensor(const batch::Named_tensor<T>& tensor) {
  return "optimizer." + tensor.name;
}

template <class T>
void check_finite(Network<T>& net) {
  for (const batch::Named_tensor<T>& tensor : net.state()) {
    for (const T number : tensor.data) {
      if (std::isfinite(number)) continue;
      throw batch::Diverged(
          fmt::format("backstep: training diverged: {} has a number that is {}. Try a "
                      "smaller learning rate",
                      tensor.name, std::isnan(number) ? "none" : "infinite"));
    }
  }
}

void add_state(Tensor_file& file, const Trainer_state& state, std::uint64_t steps) {
  file.add<std::uint32_t>("trainer.order", {state.order.size()}, state.order);
  file.add<std::uint32_t>("trainer.held_out", {state.held_out.size()}, state.held_out);
  file.add<std::uint64_t>("trainer.generator", {state.generator.size()}, state.generator);
  const std::array<std::uint64_t, 5> counts = {state.epoch, state.position, state.right,
                                               state.epochs_since_best, steps};
  const std::array<double, 3> sums = {state.loss_sum, state.seconds, state.best_loss};
  file.add<std::uint64_t>("trainer.counts", {counts.size()}, counts);
  file.add<double>("trainer.sums", {sums.size()}, sums);
}

/// The vector of that name, as long as the file has it.
std::vector<std::uint32_t> rows(const Tensor_file& file, const char* name) {
  const Tensor& tensor = file.at(name);
  return file.values<std::uint32_t>(name, {tensor.shape().empty() ? 1 : tensor.shape().front()});
}

Trainer_state state_of(const Tensor_file& file, std::uint64_t& steps) {
  Trainer_state state;
  state.order = rows(file, "trainer.order");
  state.held_out = rows(file, "trainer.held_out");
  file.copy<std::uint64_t>("trainer.generator", {state.generator.size()}, state.generator);
  std::array<std::uint64_t, 5> counts{};
  std::array<double, 3> sums{};
  file.copy<std::uint64_t>("trainer.counts", {counts.size()}, counts);
  file.copy<double>("trainer.sums", {sums.size()}, sums);
  state.epoch = counts[0];
  state.position = counts[1];
  state.right = counts[2];
  state.epochs_since_best = counts[3];
  steps = counts[4];
  state.loss_sum = sums[0];
  state.seconds = sums[1];
  state.best_loss = sums[2];
  return state;
}

template <class T>
const Kernels<T>& kernels_named(const std::string& name, const std::string& source) {
  std::string here;
  for (const Kernels<T>* kernels : batch::available_kernels<T>()) {
    if (kernels->name == name) return *kernels;
    here += fmt::format("{}{}", here.empty() ? "" : ", ", kernels->name);
  }
  refuse_file(source, fmt::format("it was trained with {} instructions, and this machine has {}",
                                  in_quotes(name), here));
}

}  // namespace

template <class T>
void write_checkpoint(const std::filesystem::path& path, Network<T>& net, Optimizer<T>& optimizer,
                      const Trainer<T>& trainer, const Tensor_file::Metadata& metadata) {
  check_finite(net);
  Tensor_file file;
  add_network(file, net);
  for (const batch::Named_tensor<T>& tensor : optimizer.state()) {
    file.add<T>(optimizer_tensor(tensor), tensor.shape, tensor.data);
  }
  add_state(file, trainer.state(), optimizer.steps());
  for (const auto& [key, text] : metadata) file.set_metadata(key, text);
  file.set_metadata(version_key, version);
  file.set_metadata(optimizer_key, optimizer.name());
  file.set_metadata(kernels_key, net.kernels().name);
  write_safetensors(path, file);
}

Tensor_file read_checkpoint(const std::filesystem::path& path) {
  Tensor_file file = read_safetensors(path);
  if (!file.metadata().contains(version_key)) {
    refuse_file(file.source(), "it is a model, but no checkpoint to go on from");
  }
  if (const std::string& found = file.metadata(version_key); found != version) {
    refuse_file(file.source(),
                fmt::format("expected a checkpoint of version {}, found {}", version, in_quotes(found)));
  }
  return file;
}

template <class T>
void restore_checkpoint(const Tensor_file& checkpoint, Network<T>& net, Optimizer<T>& optimizer,
                        Trainer<T>& trainer) {
  const std::string& source = checkpoint.source();
  if (const std::string& found = checkpoint.metadata(optimizer_key); found != optimizer.name()) {
    refuse_file(source, fmt::format("it was trained by {}, not {}", in_quotes(found), optimizer.name()));
  }
  net.use(kernels_named<T>(checkpoint.metadata(kernels_key), source));
  restore_network(checkpoint, net);
  for (const batch::Named_tensor<T>& tensor : optimizer.state()) {
    checkpoint.copy<T>(optimizer_tensor(tensor), tensor.shape, tensor.data);
  }
  std::uint64_t steps = 0;
  const Trainer_state state = state_of(checkpoint, steps);
  try {
    trainer.restore(state);
  } catch (const std::invalid_argument& error) { refuse_file(source, error.what()); }
  optimizer.restore_steps(steps);
}

#define INSTANTIATE(T)                                                                     \
  template void write_checkpoint(const std::filesystem::path&, Network<T>&, Optimizer<T>&, \
                                 const Trainer<T>&, const Tensor_file::Metadata&);         \
  template void restore_checkpoint(const Tensor_file&, Network<T>&, Optimizer<T>&, Trainer<T>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp
