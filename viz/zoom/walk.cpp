#include "viz/zoom/walk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>

#include "engine/scalar/math.h"

namespace bp::zoom {

using batch::Activation, batch::Batch_norm, batch::Curve, batch::Dense, batch::Softmax;

namespace {

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

}  // namespace

Walk::Walk(batch::Network<double>& net, const Weight_place& place, const Zoom_example& example,
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

void Walk::operator()() {
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

// ---- The neuron with the weight -------------------------------------------------------------------------

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
    const std::string rest = tensors.size() > 1 ? "the rest + bias" : "the rest";
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

}  // namespace bp::zoom
