#include "viz/zoom.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "viz/zoom/walk.h"

namespace bp {

namespace {

using batch::Loss_kind;

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

void check(batch::Network<double>& net, const Zoom_example& example) {
  if (example.x.size() != net.inputs()) {
    refuse(fmt::format("a network of {} inputs was given an image of {} numbers", net.inputs(),
                       example.x.size()));
  }
  if (example.label >= std::max<std::size_t>(net.outputs(), 2)) {
    refuse(fmt::format("the label {} is no class of a network of {} outputs", example.label, net.outputs()));
  }
  if (example.loss != Loss_kind::softmax_cross_entropy && example.loss != Loss_kind::half_squared_error &&
      example.loss != Loss_kind::mean_squared_error) {
    refuse(fmt::format("a weight cannot be opened for the loss {}", name_of(example.loss)));
  }
  for (const auto& tensor : net.state()) {
    if (std::all_of(tensor.data.begin(), tensor.data.end(), [](double w) { return std::isfinite(w); }))
      continue;
    refuse(fmt::format("{} of the network has a number that is not finite", tensor.name));
  }
}

}  // namespace

double Zoom::difference() const {
  const double scalar = weight.grad(), vector = by_vector_engine;
  const double size = std::max(std::abs(scalar), std::abs(vector));
  return size == 0.0 ? 0.0 : std::abs(scalar - vector) / size;
}

Zoom zoom_into(batch::Network<double>& net, const Weight_place& place, const Zoom_example& example,
               const Zoom_options& options) {
  check(net, example);
  Zoom zoom;
  zoom.graph = std::make_unique<Graph>();
  zoom::Walk(net, place, example, options, zoom)();
  zoom.loss.backward();
  return zoom;
}

}  // namespace bp
