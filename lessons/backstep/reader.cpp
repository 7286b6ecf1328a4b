#include "lessons/backstep/reader.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/data/file_error.h"
#include "engine/model/network_file.h"
#include "engine/model/safetensors.h"

namespace backstep {
namespace {

namespace batch = bp::batch;
using Either_network = std::variant<batch::Network<float>, batch::Network<double>>;

Either_network load(const bp::Tensor_file& file) {
  if (bp::network_dtype(file) == bp::Dtype::f64) return bp::load_network<double>(file);
  return bp::load_network<float>(file);
}

/// The outputs for pictures, 256 at a time, so that memory stays small.
template <class T>
void run(batch::Network<T>& net, bool softmax_behind, std::span<const std::uint8_t> pixels,
         std::vector<double>& found) {
  constexpr std::size_t at_once = 256;
  const std::size_t count = pixels.size() / net.inputs();
  batch::Matrix<T> x, p;
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t n = std::min(at_once, count - first);
    std::vector<std::uint32_t> rows(n);
    std::iota(rows.begin(), rows.end(), std::uint32_t{0});
    x.resize(n, net.inputs());
    const std::uint8_t* bytes = pixels.data() + first * net.inputs();
    net.kernels().gather_bytes(bytes, rows.data(), 1.0 / 255.0, 0.0, x, {});  // as in training
    batch::View<const T> y = net.forward(x);
    if (softmax_behind) {
      p.resize(n, net.outputs());
      net.kernels().softmax_forward(y, p);
      y = p;
    }
    for (std::size_t i = 0; i < n; ++i) found.insert(found.end(), y.row(i), y.row(i) + y.cols);
  }
}

}  // namespace

Reader::Reader(const std::filesystem::path& model) : Reader(bp::read_safetensors(model)) {}

Reader::Reader(const bp::Tensor_file& file) : network_(load(file)), source_(bp::quoted(file.source())) {
  std::visit(
      [&](const auto& net) {
        notes_ = bp::read_notes(file, net.inputs(), net.outputs());
        ends_in_softmax_ = std::holds_alternative<batch::Softmax>(net.description().back());
        classes_ = notes_.classes;
        for (std::size_t i = classes_.size(); i < net.outputs(); ++i) classes_.push_back(std::to_string(i));
      },
      network_);
  softmax_behind_ = !ends_in_softmax_ && notes_.loss == "cross-entropy";
}

std::size_t Reader::inputs() const {
  return std::visit([](const auto& net) { return net.inputs(); }, network_);
}

std::vector<double> Reader::operator()(std::span<const std::uint8_t> pixels) {
  std::vector<double> found;
  std::visit([&](auto& net) { run(net, softmax_behind_, pixels, found); }, network_);
  return found;
}

}  // namespace backstep
