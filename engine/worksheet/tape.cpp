#include "engine/worksheet/tape.h"

#include <algorithm>

namespace bp::worksheet {

Tape::Tape(Graph& graph) {
  const std::size_t nodes = graph.size();
  op.reserve(nodes);
  data.reserve(nodes);
  first.reserve(nodes + 1);
  first.push_back(0);
  for (const Value value : graph) {
    op.push_back(value.op());
    data.push_back(value.data());
    for (std::size_t k = 0; k < value.input_count(); ++k) {
      inputs.push_back(static_cast<Node>(value.input(k).index()));
      user.push_back(static_cast<Node>(value.index()));
    }
    first.push_back(static_cast<Edge>(inputs.size()));
  }
  derive();
}

double Tape::value(Node n) const {
  if (info(op[n]).arity != any_number) {
    return operation_value(op[n], data[input(n, 0)], input_count(n) > 1 ? data[input(n, 1)] : 0.0);
  }
  const auto count = static_cast<std::ptrdiff_t>(input_count(n));
  const auto number = [&](std::ptrdiff_t i) { return data[input(n, static_cast<std::size_t>(i))]; };
  return with_n_ary(op[n], [&]<Op which>() { return n_ary_value<which, double>(count, number); });
}

double Tape::derivative(Node n, std::size_t k) const {
  if (info(op[n]).arity != any_number) {
    return local_derivative(op[n], static_cast<int>(k), data[input(n, 0)],
                            input_count(n) > 1 ? data[input(n, 1)] : 0.0, data[n]);
  }
  const auto count = static_cast<std::ptrdiff_t>(input_count(n)),
             which_input = static_cast<std::ptrdiff_t>(k);
  const auto number = [&](std::ptrdiff_t i) { return data[input(n, static_cast<std::size_t>(i))]; };
  return with_n_ary(op[n],
                    [&]<Op which>() { return n_ary_derivative<which>(which_input, count, number, data[n]); });
}

void Tape::replay(std::span<const std::uint8_t> fixed) {
  for (Node n = 0; n < size(); ++n) {
    if (input_count(n) > 0 && (fixed.empty() || fixed[n] == 0)) data[n] = value(n);
  }
  derive();
}

void Tape::derive() {
  local.resize(inputs.size());
  for (Node n = 0; n < size(); ++n) {
    for (std::size_t k = 0; k < input_count(n); ++k) local[begin(n) + k] = derivative(n, k);
  }
}

void sweep(const Tape& tape, std::span<const double> local, Node root, std::span<double> grads) {
  std::fill(grads.begin(), grads.end(), 0.0);
  grads[root] = 1.0;
  for (Node n = root + 1; n-- > 0;) {
    const double grad = grads[n];
    if (grad == 0.0) continue;
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) grads[tape.inputs[e]] += grad * local[e];
  }
}

void sweep_forward(const Tape& tape, std::span<const double> local, Node leaf, std::span<double> slopes) {
  std::fill(slopes.begin(), slopes.end(), 0.0);
  slopes[leaf] = 1.0;
  for (Node n = leaf + 1; n < tape.size(); ++n) {
    double slope = 0.0;
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) {
      if (slopes[tape.inputs[e]] != 0.0) slope += slopes[tape.inputs[e]] * local[e];
    }
    slopes[n] = slope;
  }
}

std::vector<std::uint8_t> flags_of(std::size_t nodes, std::span<const Value> values) {
  std::vector<std::uint8_t> flags(nodes);
  for (const Value value : values) flags[value.index()] = 1;
  return flags;
}

std::vector<double> grads_of(const Tape& tape, Node root) {
  std::vector<double> grads(tape.size());
  sweep(tape, tape.local, root, grads);
  return grads;
}

void descend(Tape& tape, std::span<const std::uint8_t> trained, std::span<const double> grads,
             double learning_rate) {
  for (Node n = 0; n < tape.size(); ++n) {
    if (trained[n] != 0) tape.data[n] -= learning_rate * grads[n];
  }
  tape.replay();
}

}  // namespace bp::worksheet
