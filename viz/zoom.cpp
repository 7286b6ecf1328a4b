#include "viz/zoom.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>

#include "engine/scalar/math.h"
#include "viz/zoom_numbers.h"

namespace bp {

namespace {

using batch::Activation, batch::Batch_norm, batch::Curve, batch::Dense, batch::Loss_kind, batch::Softmax;

Value activated(Value z, Activation f) {
  switch (f.curve) {
    case Curve::identity: return z;
    case Curve::relu: return relu(z);
    case Curve::leaky_relu: return leaky_relu(z, f.slope);
    case Curve::hard_tanh: return hard_tanh(z);
    case Curve::relu6: return relu(z) - relu(z - 6.0);
    case Curve::sigmoid: return sigmoid(z);
    case Curve::tanh: return tanh(z);
    case Curve::elu: return elu(z);
    case Curve::selu: return selu(z);
    case Curve::gelu: return gelu(z);
    case Curve::gelu_tanh: return gelu_tanh(z);
    case Curve::silu: return silu(z);
    case Curve::softplus: return softplus(z);
    case Curve::mish: return z * tanh(softplus(z));
    case Curve::softsign: return softsign(z);
  }
  throw std::logic_error("an activation that the scalar engine does not know");
}

/// A straight line: its number now, and its slope by each of the values that stand alone.
struct Line {
  double now = 0.0;
  std::vector<double> slopes;  // as long as the values were when it was made; then 0

  double slope(std::size_t s) const { return s < slopes.size() ? slopes[s] : 0.0; }
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
       const Zoom_options& options, Zoom& zoom)
      : net_(net),
        place_(place),
        example_(example),
        options_(options),
        zoom_(zoom),
        graph_(*zoom.graph),
        numbers_(numbers_of(net, place, example)) {
    zoom_.by_vector_engine = numbers_.gradient;
    zoom_.loss_by_vector_engine = numbers_.loss;
    zoom_.outputs = numbers_.layers.back().out;
    for (std::size_t i = 0; i < net.description().size(); ++i) {
      if (std::holds_alternative<Dense>(net.description()[i])) last_dense_ = i;
    }
  }

  void operator()() {
    begin();
    for (std::size_t i = place_.layer + 1; i < net_.description().size(); ++i) {
      const auto& layer = net_.description()[i];
      if (std::holds_alternative<Dense>(layer)) dense(i);
      if (const auto* f = std::get_if<Activation>(&layer)) activate(i, *f);
      if (std::holds_alternative<Batch_norm>(layer)) normalise(i);
      if (std::holds_alternative<Softmax>(layer)) make_probabilities(i);
    }
    end();
  }

 private:
  // ---- The neuron with the weight ---------------------------------------------------------------------

  void begin();
  std::string input_name(std::size_t i) const;

  // ---- Layers behind it -------------------------------------------------------------------------------

  void dense(std::size_t layer);
  std::vector<std::size_t> choose(std::size_t layer) const;
  void activate(std::size_t layer, Activation f);
  void normalise(std::size_t layer);
  void make_probabilities(std::size_t layer);

  // ---- The loss ---------------------------------------------------------------------------------------

  void end();
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

std::string Walk::input_name(std::size_t i) const {
  if (place_.layer == 0 && example_.columns != 0) {
    return fmt::format("pixel {},{}", i / example_.columns, i % example_.columns);
  }
  return fmt::format("{}[{}]", place_.layer == 0 ? "x" : fmt::format("h{}", place_.layer - 1), i);
}

void Walk::begin() {
  const auto tensors = net_.layer(place_.layer).parameters();
  const std::vector<double>& x = numbers_.layers[place_.layer].in;
  const std::span<double> w = tensors[0].data.subspan(place_.unit * x.size(), x.size());
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto size = [&](std::size_t i) {  // the weight itself comes first
    const bool chosen = !place_.is_bias && i == place_.input;
    return chosen ? std::numeric_limits<double>::infinity() : std::abs(w[i] * x[i]);
  };
  const std::size_t count = std::min(std::max<std::size_t>(options_.products, 1), x.size());
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return size(a) > size(b); });
  std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));

  std::vector<Value> terms;  // with names, so that each keeps its box where sums are folded
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = order[k];
    const Value weight = graph_.leaf(w[i], fmt::format("{}.weight[{},{}]", place_.layer, place_.unit, i));
    if (!place_.is_bias && i == place_.input) zoom_.weight = weight;
    terms.push_back((weight * graph_.leaf(x[i], input_name(i))).named(fmt::format("product {}", i)));
  }
  if (count < x.size()) {
    double rest = 0.0;
    for (std::size_t k = count; k < x.size(); ++k) rest += w[order[k]] * x[order[k]];
    const std::string what = fmt::format("{} other products", x.size() - count);
    terms.push_back(graph_.leaf(rest, what));
    zoom_.folded.push_back(fmt::format("{} of unit {} of layer {}", what, place_.unit, place_.layer));
  }
  if (tensors.size() > 1) {
    terms.push_back(
        graph_.leaf(tensors[1].data[place_.unit], fmt::format("{}.bias[{}]", place_.layer, place_.unit)));
    if (place_.is_bias) zoom_.weight = terms.back();
  }
  const Value z = sum(std::span<const Value>(terms));
  z.named(sum_name(place_.layer, place_.unit));
  values_.push_back(z);
  by_weight_.push_back(place_.is_bias ? 1.0 : x[place_.input]);
  const std::vector<double>& out = numbers_.layers[place_.layer].out;
  for (std::size_t u = 0; u < out.size(); ++u) units_.push_back({{out[u], {}}, {}});
  units_[place_.unit] = {line_of(0), 0};
  alone_ = {place_.unit};
  if (!gives_outputs(place_.layer)) return;
  const bool is_right = place_.unit == example_.label || out.size() == 1;
  const std::size_t others = out.size() - (is_right ? 1 : 2);
  if (others > 0) zoom_.folded.push_back(fmt::format("{} of the {} outputs", others, out.size()));
  if (is_right) return;
  const std::size_t right = example_.label;
  units_[right].alone = add(graph_.leaf(out[right], sum_name(place_.layer, right)), {});
  units_[right].line = line_of(*units_[right].alone);
  alone_.insert(right < place_.unit ? alone_.begin() : alone_.end(), right);
}

Value Walk::value_of(const Line& line, const std::string& rest, std::size_t layer, std::size_t unit) {
  std::vector<Value> slopes, values;
  double left = line.now;
  for (std::size_t s = 0; s < line.slopes.size(); ++s) {
    if (line.slopes[s] == 0.0) continue;
    left -= line.slopes[s] * values_[s].data();
    std::string name = "other paths";
    for (const std::size_t u : alone_) {
      // The weight alone, where no folded unit leads there by another way.
      if (layer == std::size_t(-1) || units_[u].alone != s) continue;
      const double weight = net_.layer(layer).parameters()[0].data[unit * units_.size() + u];
      if (line.slopes[s] == weight) name = fmt::format("{}.weight[{},{}]", layer, unit, u);
    }
    slopes.push_back(graph_.leaf(line.slopes[s], name));
    values.push_back(values_[s]);
  }
  const Value number = graph_.leaf(left, rest);
  return slopes.empty() ? number
                        : dot(std::span<const Value>(slopes), std::span<const Value>(values)) + number;
}

// ---- Layers behind it -----------------------------------------------------------------------------------

/// Those units through which most of the gradient passes, by |dloss/dz * dz/dweight|; where none does, those
/// whose z hangs most on the weight's neuron. The right class always.
std::vector<std::size_t> Walk::choose(std::size_t layer) const {
  const std::vector<double>& dz = numbers_.layers[layer].dout;
  std::vector<double> by_weight(units_.size()), strength(units_.size());
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const std::vector<double>& slopes = units_[u].line.slopes;
    for (std::size_t s = 0; s < slopes.size(); ++s) {
      by_weight[u] += slopes[s] * by_weight_[s];
      strength[u] += std::abs(slopes[s]);
    }
  }
  std::vector<std::size_t> order(units_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    const bool right_a = gives_outputs(layer) && a == example_.label;
    const bool right_b = gives_outputs(layer) && b == example_.label;
    return std::tuple(right_a, std::abs(dz[a] * by_weight[a]), strength[a]) >
           std::tuple(right_b, std::abs(dz[b] * by_weight[b]), strength[b]);
  });
  order.resize(std::min(std::max<std::size_t>(options_.units, 1), order.size()));
  std::sort(order.begin(), order.end());
  return order;
}

void Walk::dense(std::size_t layer) {
  const auto tensors = net_.layer(layer).parameters();
  const std::vector<Unit> before = std::move(units_);
  const std::vector<double>& z = numbers_.layers[layer].out;
  units_.assign(z.size(), {});
  for (std::size_t o = 0; o < z.size(); ++o) {
    units_[o].line.now = z[o];
    for (std::size_t i = 0; i < before.size(); ++i) {
      units_[o].line.add(before[i].line, tensors[0].data[o * before.size() + i]);
    }
  }
  const std::vector<std::size_t> chosen = choose(layer);
  std::vector<Unit> now = std::exchange(units_, before);  // whose names value_of() wants to know
  for (const std::size_t o : chosen) {
    const std::string rest = tensors.size() > 1 ? "the rest, with the bias" : "the rest";
    Value value = value_of(now[o].line, rest, layer, o);
    value.named(sum_name(layer, o));
    now[o].alone = add(value, now[o].line);
    now[o].line = line_of(*now[o].alone);
  }
  if (chosen.size() < z.size()) {
    zoom_.folded.push_back(
        gives_outputs(layer)
            ? fmt::format("{} of the {} outputs", z.size() - chosen.size(), z.size())
            : fmt::format("{} of the {} units of layer {}", z.size() - chosen.size(), z.size(), layer));
  }
  units_ = std::move(now);
  alone_ = chosen;
}

void Walk::activate(std::size_t layer, Activation f) {
  const Layer_numbers& numbers = numbers_.layers[layer];
  for (std::size_t u = 0; u < units_.size(); ++u) {
    Line line{numbers.out[u], {}};
    line.add(units_[u].line, numbers.slope[u]);
    if (units_[u].alone && f.curve != Curve::identity) {
      const Value value = activated(values_[*units_[u].alone], f).named(fmt::format("h{}[{}]", layer, u));
      units_[u].alone = add(value, line);
      line = line_of(*units_[u].alone);
    }
    units_[u].line = line;
  }
}

void Walk::normalise(std::size_t layer) {
  const Affine affine = affine_of(net_, layer);
  for (std::size_t u = 0; u < units_.size(); ++u) {
    Line line{numbers_.layers[layer].out[u], {}};
    line.add(units_[u].line, affine.scale[u]);
    if (units_[u].alone) {
      const Value scale = graph_.leaf(affine.scale[u], fmt::format("scale of {}", layer));
      const Value shift = graph_.leaf(affine.shift[u], fmt::format("shift of {}", layer));
      const Value value = (scale * values_[*units_[u].alone] + shift).named(fmt::format("h{}[{}]", layer, u));
      units_[u].alone = add(value, line);
      line = line_of(*units_[u].alone);
    }
    units_[u].line = line;
  }
}

// p = e^z / sum e^z, dp_k = p_k (dz_k - sum_j p_j dz_j).
void Walk::make_probabilities(std::size_t layer) {
  const std::vector<double>& p = numbers_.layers[layer].out;
  Line mean, others;
  double sum = 0.0, greatest = 0.0;
  for (const Unit& unit : units_) greatest = std::max(greatest, unit.line.now);
  for (std::size_t k = 0; k < p.size(); ++k) {
    mean.add(units_[k].line, p[k]);
    if (!units_[k].alone) sum += p[k];
  }
  std::vector<Value> logits;
  for (const std::size_t k : alone_) logits.push_back(values_[*units_[k].alone]);
  if (sum > 0.0) {
    double exponentials = 0.0;
    for (std::size_t k = 0; k < p.size(); ++k) {
      if (units_[k].alone) continue;
      others.add(units_[k].line, p[k] / sum);
      exponentials += std::exp(units_[k].line.now - greatest);
    }
    others.now = greatest + std::log(exponentials);
    logits.push_back(value_of(others, "log of the others").named("the other outputs"));
  }
  const Value all = logsumexp(std::span<const Value>(logits));
  for (std::size_t k = 0; k < p.size(); ++k) {
    Line line{p[k], {}};
    line.add(units_[k].line, p[k]);
    line.add(mean, -p[k]);
    if (units_[k].alone) {
      const Value value = exp(values_[*units_[k].alone] - all).named(fmt::format("p {}", output_name(k)));
      units_[k].alone = add(value, line);
      line = line_of(*units_[k].alone);
    }
    units_[k].line = line;
  }
}

// ---- The loss -------------------------------------------------------------------------------------------

void Walk::end() {
  const Value loss = example_.loss == Loss_kind::softmax_cross_entropy ? cross_entropy() : squared_error();
  zoom_.loss = with_penalty(loss.named("loss"));
}

// log(sum e^y) - y of the right class. The sum over the others is one term, log of it as if one output more.
Value Walk::cross_entropy() {
  std::vector<Value> logits;
  double greatest = 0.0, sum = 0.0;
  for (const Unit& unit : units_) greatest = std::max(greatest, unit.line.now);
  for (const Unit& unit : units_) {
    if (unit.alone) {
      logits.push_back(values_[*unit.alone]);
    } else {
      sum += std::exp(unit.line.now - greatest);
    }
  }
  if (sum > 0.0) {
    Line others;
    for (const Unit& unit : units_) {
      if (!unit.alone) others.add(unit.line, std::exp(unit.line.now - greatest) / sum);
    }
    others.now = greatest + std::log(sum);
    logits.push_back(value_of(others, "log of the others").named("the other outputs"));
  }
  return logsumexp(std::span<const Value>(logits)) - values_[*units_[example_.label].alone];
}

// sum c (y - t)^2, c = 1/2 or 1/C.
Value Walk::squared_error() {
  const bool half = example_.loss == Loss_kind::half_squared_error;
  const double c = half ? 0.5 : 1.0 / static_cast<double>(units_.size());
  const auto target = [&](std::size_t k) {
    return units_.size() == 1 ? static_cast<double>(example_.label) : k == example_.label ? 1.0 : 0.0;
  };
  std::vector<Value> terms;
  Line others;
  for (std::size_t k = 0; k < units_.size(); ++k) {
    const Line& line = units_[k].line;
    const double error = line.now - target(k);
    if (units_[k].alone) {
      terms.push_back(square(values_[*units_[k].alone] - target(k)) * c);
    } else {
      others.now += c * error * error;
      others.add(line, 2.0 * c * error);
    }
  }
  if (terms.size() < units_.size()) {
    terms.push_back(value_of(others, "what is left of them").named("error of the others"));
  }
  return sum(std::span<const Value>(terms));
}

Value Walk::with_penalty(Value loss) {
  const Dense& dense = std::get<Dense>(net_.description()[place_.layer]);
  if (place_.is_bias || (dense.l1 == 0.0 && dense.l2 == 0.0)) return loss;
  Value sum = loss;
  if (dense.l1 != 0.0) sum = sum + abs(zoom_.weight) * dense.l1;
  if (dense.l2 != 0.0) sum = sum + square(zoom_.weight) * dense.l2;
  return sum.named("loss and penalty");
}

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
  Walk(net, place, example, options, zoom)();
  zoom.loss.backward();
  return zoom;
}

}  // namespace bp
