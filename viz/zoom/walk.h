// How a weight is opened: from its neuron to the loss, layer by layer, what matters number by number and the
// rest as straight lines.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "viz/zoom.h"
#include "viz/zoom/numbers.h"

namespace bp::zoom {

/// A straight line: its number now, and its slope by each of the values that stand alone.
struct Line {
  double now = 0.0;
  std::vector<double> slopes;  // as long as the values were when it was made; then 0

  void add(const Line& other, double factor) {
    if (other.slopes.size() > slopes.size()) slopes.resize(other.slopes.size());
    for (std::size_t s = 0; s < other.slopes.size(); ++s) slopes[s] += factor * other.slopes[s];
  }
};

/// A unit of the layer that the walk has come to: a line, or a value that stands alone.
struct Unit {
  Line line;
  std::optional<std::size_t> alone;  // which of the values
};

/// From the neuron with the weight to the loss, layer by layer.
class Walk {
 public:
  Walk(batch::Network<double>& net, const Weight_place& place, const Zoom_example& example,
       const Zoom_options& options, Zoom& zoom);

  /// Fills in the zoom.
  void operator()();

 private:
  // ---- The neuron with the weight ---------------------------------------------------------------------

  void begin();
  std::string input_name(std::size_t i) const;

  // ---- Layers behind it -------------------------------------------------------------------------------

  void dense(std::size_t layer);
  std::vector<std::size_t> choose(std::size_t layer) const;
  void activate(std::size_t layer, batch::Activation f);
  void normalise(std::size_t layer);
  void make_probabilities(std::size_t layer);

  // ---- The loss ---------------------------------------------------------------------------------------

  void end();
  /// Logits that stand alone, and one more for all others: log of the sum of their exponentials.
  std::vector<Value> logits();
  Value cross_entropy();
  Value squared_error();
  Value with_penalty(Value loss);

  /// A value that stands alone from now on.
  std::size_t add(Value value, const Line& line) {
    double by_weight = 0.0;
    for (std::size_t s = 0; s < line.slopes.size(); ++s) by_weight += line.slopes[s] * by_weight_[s];
    values_.push_back(value);
    by_weight_.push_back(by_weight);
    return values_.size() - 1;
  }
  Line line_of(std::size_t value) const {
    Line line{values_[value].data(), std::vector<double>(value + 1)};
    line.slopes[value] = 1.0;
    return line;
  }
  /// The line as values: slope * value + ... + a number. Slopes that are weights have their names.
  Value value_of(const Line& line, const std::string& rest, std::size_t layer = std::size_t(-1),
                 std::size_t unit = 0);
  std::string output_name(std::size_t k) const {
    return k < example_.classes.size() ? example_.classes[k] : std::to_string(k);
  }

  /// Whether the layer is the last of the dense ones.
  bool gives_outputs(std::size_t layer) const { return layer == last_dense_; }
  std::string sum_name(std::size_t layer, std::size_t unit) const {
    const std::string name = fmt::format("z{}[{}]", layer, unit);
    return gives_outputs(layer) && unit < example_.classes.size() ? name + " " + output_name(unit) : name;
  }

  batch::Network<double>& net_;
  const Weight_place& place_;
  const Zoom_example& example_;
  const Zoom_options& options_;
  Zoom& zoom_;
  Graph& graph_;
  const Zoom_numbers numbers_;
  std::size_t last_dense_ = 0;

  std::vector<Value> values_;       // that stand alone
  std::vector<double> by_weight_;   // d value / d weight
  std::vector<Unit> units_;         // of the layer come to
  std::vector<std::size_t> alone_;  // which of them stand alone, in their order
};

}  // namespace bp::zoom
