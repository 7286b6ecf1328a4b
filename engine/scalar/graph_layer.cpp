// How a Graph records a whole layer of neurons: the nodes that its operations one by one would record, but
// in three short loops (numbers, activations, links) that keep what they need in registers.
//
// That is worth it for the weighted sums. Recorded one by one, each looks at every weight's handle and
// every input's; here a row of them is checked in one comparison. A step of a small network took 99 us and
// takes 38 (W1d in tests/bench/NOTES.md).
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "engine/scalar/row.h"

namespace bp {

std::optional<Graph::Row> Graph::row(std::span<const Value> values) {
  if (values.empty() || !values[0]) return std::nullopt;
  const Value first = values[0];
  const std::uint64_t stride = values.size() == 1 ? 1 : values[1].place_ - first.place_;
  std::uint64_t place = first.place_;
  for (const Value& value : values) {
    if (value.graph_ != first.graph_ || value.place_ != place) return std::nullopt;
    place += stride;
  }
  // One generation from the first to the last, and not one value again and again.
  if (stride == 0 || (first.place_ ^ values.back().place_) > Value::max_index) return std::nullopt;
  return Row(first, values.back(), static_cast<std::uint32_t>(stride), values.size());
}

std::optional<Graph::Units> Graph::units(std::span<const std::span<const Value>> weights,
                                         std::span<const Value> biases, Op activation) {
  if (weights.empty() || info(activation).arity != 1) return std::nullopt;
  if (!biases.empty() && biases.size() != weights.size()) return std::nullopt;
  Units units;
  units.inputs_ = weights[0].size();
  units.activation_ = activation;
  const auto is_one_of_them = [&last = units.last_on_tape_](Value value) {
    if (!last) last = value;
    if (value.graph_ != last.graph_ || (value.place_ ^ last.place_) > Value::max_index) return false;
    last.place_ = std::max(last.place_, value.place_);
    return true;
  };
  for (const std::span<const Value> neuron : weights) {
    const std::optional<Row> row = Graph::row(neuron);
    if (!row || row->size() != units.inputs_ || !is_one_of_them(row->last_on_tape_)) return std::nullopt;
    units.weights_.push_back(row->series());
  }
  for (const Value& bias : biases) {
    if (!is_one_of_them(bias)) return std::nullopt;
    units.biases_.push_back(static_cast<std::uint32_t>(bias.index()));
  }
  return units;
}

namespace {

// x[1] = f(x[0]), for `count` pairs that begin `step` numbers apart.
void activate(Op activation, double* x, std::size_t count, std::size_t step) {
  switch (activation) {
#define UNARY(name, ...)                                                                   \
  case Op::name:                                                                           \
    for (std::size_t k = 0; k < count; ++k, x += step) x[1] = Rule<Op::name>::value(x[0]); \
    break;
#include "engine/scalar/op_table.def"
#undef UNARY
    default: break;
  }
}

}  // namespace

Graph::Row Graph::record_layer(const Units& units, const Row& x) {
  if (units.inputs_ != x.size()) {
    throw std::invalid_argument("backstep: layer of " + std::to_string(units.inputs_) + " inputs was given " +
                                std::to_string(x.size()));
  }
  const std::size_t count = units.weights_.size();
  Graph& graph = *x.first_.graph_;
  graph.check(x.last_on_tape_);
  graph.check(units.last_on_tape_);

  const Op activation = units.activation_;
  const bool biased = !units.biases_.empty();
  const bool activated = activation != Op::identity;
  const std::size_t nodes = 1 + (biased ? 1 : 0) + (activated ? 1 : 0);  // of a neuron
  if (graph.capacity_ - graph.size_ < nodes * count) graph.grow(graph.size_ + nodes * count);
  const std::size_t first_edge = graph.edges_size_;
  std::uint32_t* words = graph.append_edges(4 * count);
  const std::size_t begin = graph.size_;

  // Locals, so that a compiler need not fear that storing a number changes them.
  double* const data = graph.data_.get();
  const Series* const weights = units.weights_.data();
  const std::uint32_t* const biases = units.biases_.data();
  const Series inputs = x.series();
  const auto terms = static_cast<std::ptrdiff_t>(x.size());
  const double* const in = data + inputs.first;
  const std::ptrdiff_t in_step = inputs.step();
  double* number = data + begin;
  for (std::size_t o = 0; o < count; ++o, number += nodes) {
    const double* const w = data + weights[o].first;
    const std::ptrdiff_t w_step = weights[o].step();
    number[0] =
        sum_of_terms<double>(terms, [=](std::ptrdiff_t k) { return w[w_step * k] * in[in_step * k]; });
    if (biased) number[1] = Rule<Op::add>::value(number[0], data[biases[o]]);
  }
  activate(activation, data + begin + nodes - 2, activated ? count : 0, nodes);

  Link* link = graph.links() + begin;
  std::size_t index = begin;
  for (std::size_t o = 0; o < count; ++o, ++index) {
    *link++ = Link(Op::dot, first_edge + 4 * o, static_cast<std::size_t>(terms));
    if (biased) *link++ = Link(Op::add, index++, biases[o]);
    if (activated) *link++ = Link(activation, index++, 0);
    std::memcpy(words, &weights[o], sizeof(Series));
    std::memcpy(words + 2, &inputs, sizeof(Series));
    words += 4;
  }
  graph.size_ = index;
  return Row(graph.handle(begin + nodes - 1), graph.handle(index - 1), static_cast<std::uint32_t>(nodes),
             count);
}

std::vector<Value> Graph::Row::values() const {
  std::vector<Value> all;
  all.reserve(size_);
  const auto first = static_cast<std::ptrdiff_t>(first_.place_);
  for (std::size_t k = 0; k < size_; ++k) {
    all.push_back({first_.graph_,
                   static_cast<std::uint64_t>(first + series().step() * static_cast<std::ptrdiff_t>(k))});
  }
  return all;
}

}  // namespace bp
