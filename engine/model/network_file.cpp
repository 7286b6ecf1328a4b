#include "engine/model/network_file.h"

#include <algorithm>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/random.h"
#include "engine/model/bad_file.h"

namespace bp {
namespace {

constexpr const char* architecture_key = "architecture";

/// Whether a name is of the form "3.weight": that of a layer's tensor.
bool is_of_a_layer(const std::string& name) {
  const std::size_t digits = name.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string::npos && name[digits] == '.';
}

/// How many numbers the layers' tensors in the file hold, whatever they are.
std::size_t numbers_in(const Tensor_file& file) {
  std::size_t count = 0;
  for (const Tensor& tensor : file.tensors()) {
    if (is_of_a_layer(tensor.name())) count += tensor.bytes().size() / names(tensor.dtype()).size;
  }
  return count;
}

}  // namespace

template <class T>
void add_network(Tensor_file& file, batch::Network<T>& net) {
  std::vector<batch::Named_count> counters = net.counters();
  for (const batch::Named_tensor<T>& tensor : net.state()) {
    file.add<T>(tensor.name, tensor.shape, tensor.data);
    // PyTorch lists a layer's counter after its running variance.
    if (!counters.empty() && tensor.name.ends_with(".running_var")) {
      file.add<std::int64_t>(counters.front().name, {},
                             std::span<const std::int64_t>(counters.front().count, 1));
      counters.erase(counters.begin());
    }
  }
  file.set_metadata(architecture_key, architecture_text({net.inputs(), net.description()}));
}

template <class T>
void restore_network(const Tensor_file& file, batch::Network<T>& net) {
  std::set<std::string> known;
  for (const batch::Named_tensor<T>& tensor : net.state()) {
    file.copy<T>(tensor.name, tensor.shape, tensor.data);
    known.insert(tensor.name);
  }
  for (const batch::Named_count& counter : net.counters()) {
    file.copy<std::int64_t>(counter.name, {}, std::span(counter.count, 1));
    known.insert(counter.name);
  }
  for (const Tensor& tensor : file.tensors()) {
    if (is_of_a_layer(tensor.name()) && !known.contains(tensor.name())) {
      refuse_file(file.source(), "tensor " + in_quotes(tensor.name()) + " belongs to none of the layers");
    }
  }
}

template <class T>
batch::Network<T> load_network(const Tensor_file& file) {
  Architecture architecture = parse_architecture(file.metadata(architecture_key), file.source());
  std::size_t needed = 0;
  try {
    needed = number_count(architecture);
  } catch (const std::length_error& error) {
    refuse_file(file.source(), std::string("architecture: ") + error.what());
  }
  const std::size_t found = numbers_in(file);
  if (found < needed) {
    refuse_file(file.source(), "its layers have " + std::to_string(needed) + " numbers, and its tensors " +
                                   std::to_string(found));
  }
  Random unused(0);  // what it draws is overwritten
  batch::Network<T> net(architecture.inputs, std::move(architecture.layers), unused);
  restore_network(file, net);
  return net;
}

Dtype network_dtype(const Tensor_file& file) {
  const auto first = std::find_if(file.tensors().begin(), file.tensors().end(),
                                  [](const Tensor& tensor) { return is_of_a_layer(tensor.name()); });
  if (first == file.tensors().end()) refuse_file(file.source(), "there are no layers' tensors in it");
  if (first->dtype() != Dtype::f32 && first->dtype() != Dtype::f64) {
    refuse_file(file.source(), "tensor " + in_quotes(first->name()) + ": expected f32 or f64, found " +
                                   describe(first->dtype(), first->shape()));
  }
  return first->dtype();
}

#define INSTANTIATE(T)                                         \
  template void add_network(Tensor_file&, batch::Network<T>&); \
  template batch::Network<T> load_network(const Tensor_file&); \
  template void restore_network(const Tensor_file&, batch::Network<T>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace bp
