// Reading which weight is meant: "0.weight[37,405]".
#include <fmt/core.h>

#include <charconv>
#include <stdexcept>
#include <variant>

#include "viz/zoom.h"

namespace bp {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("backstep: " + what); }

/// The whole numbers between the brackets; nothing when they are none.
std::vector<std::size_t> numbers_in(std::string_view text) {
  std::vector<std::size_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (!numbers.empty() && *at++ != ',') return {};
    while (at != end && *at == ' ') ++at;
    std::size_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return {};
    numbers.push_back(number);
    at = next;
  }
  return numbers;
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t length : shape) text += fmt::format("{}{}", text.empty() ? "" : " x ", length);
  return text;
}

}  // namespace

Weight_place place_of(std::string_view text, batch::Network<double>& net) {
  const std::size_t bracket = text.find('[');
  const std::vector<std::size_t> at = bracket == text.npos || text.back() != ']'
                                          ? std::vector<std::size_t>()
                                          : numbers_in(text.substr(bracket + 1, text.size() - bracket - 2));
  if (at.empty()) refuse(fmt::format("expected a weight such as 0.weight[37,405], found {}", text));
  const std::string name(text.substr(0, bracket));

  std::string others;
  for (std::size_t layer = 0; layer < net.description().size(); ++layer) {
    if (!std::holds_alternative<batch::Dense>(net.description()[layer])) continue;
    for (const auto& tensor : net.layer(layer).parameters()) {
      const std::string full = fmt::format("{}.{}", layer, tensor.name);
      others += fmt::format("{}{} ({})", others.empty() ? "" : ", ", full, shape_text(tensor.shape));
      if (full != name) continue;
      bool inside = at.size() == tensor.shape.size();
      for (std::size_t d = 0; inside && d < at.size(); ++d) inside = at[d] < tensor.shape[d];
      if (!inside) {
        refuse(
            fmt::format("{}: {} is {}, and places are counted from 0", text, full, shape_text(tensor.shape)));
      }
      return {.tensor = name,
              .layer = layer,
              .is_bias = at.size() == 1,
              .unit = at[0],
              .input = at.size() == 1 ? 0 : at[1]};
    }
  }
  refuse(fmt::format("{}: the network has no such tensor of a dense layer; it has {}", text, others));
}

}  // namespace bp
