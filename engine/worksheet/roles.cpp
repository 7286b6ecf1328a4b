#include "engine/worksheet/roles.h"

#include <algorithm>
#include <map>

namespace bp::worksheet {

bool is_activation(Op op) {
  switch (op) {
    case Op::sigmoid:
    case Op::tanh:
    case Op::relu:
    case Op::leaky_relu:
    case Op::elu:
    case Op::selu:
    case Op::softplus:
    case Op::gelu:
    case Op::gelu_tanh:
    case Op::silu:
    case Op::softsign:
    case Op::hard_tanh: return true;
    default: return false;
  }
}

namespace {

bool is_sum(Op op) { return op == Op::add || op == Op::sum; }

bool is_square(const Tape& tape, Node n) {
  if (tape.op[n] == Op::square || tape.op[n] == Op::abs) return true;
  if (tape.op[n] == Op::mul) return tape.input(n, 0) == tape.input(n, 1);
  if (tape.op[n] != Op::pow) return false;
  const Node exponent = tape.input(n, 1);
  return tape.op[exponent] == Op::constant && tape.data[exponent] == 2.0;
}

}  // namespace

Roles::Roles(const Tape& tape, Node loss, std::span<const std::uint8_t> parameters)
    : parameter(parameters.begin(), parameters.end()) {
  find_layers(tape, loss);
  find_uses(tape);
  find_products(tape);
  find_sums(tape);
  find_matrices(tape);
  find_softmaxes(tape);
}

// Whether n multiplies by a weight: then what is below is hidden, even where the output has no activation.
bool Roles::weighs(const Tape& tape, Node n) const {
  if (tape.op[n] != Op::mul && tape.op[n] != Op::dot) return false;
  return std::any_of(tape.inputs.begin() + tape.begin(n), tape.inputs.begin() + tape.end(n),
                     [&](Node x) { return parameter[x] != 0; });
}

void Roles::find_layers(const Tape& tape, Node loss) {
  const std::size_t nodes = tape.size();
  activation.resize(nodes);
  below_activation.resize(nodes);
  reaches_loss.resize(nodes);
  layer.assign(nodes, 1);
  for (Node n = 0; n < nodes; ++n) {
    activation[n] = worksheet::is_activation(tape.op[n]);
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) {
      const Node x = tape.inputs[e];
      layer[n] = std::max(layer[n], layer[x] + activation[x]);
    }
    layers = std::max(layers, layer[n]);
  }
  reaches_loss[loss] = 1;
  for (Node n = loss + 1; n-- > 0;) {
    if (reaches_loss[n] == 0) continue;
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) {
      const Node x = tape.inputs[e];
      reaches_loss[x] = 1;
      if (below_activation[n] != 0 || activation[n] != 0 || weighs(tape, n)) below_activation[x] = 1;
    }
  }
}

void Roles::find_uses(const Tape& tape) {
  first_use.assign(tape.size() + 1, 0);
  const auto counts = [&](Edge e) {
    return reaches_loss[tape.user[e]] != 0 && tape.op[tape.inputs[e]] != Op::constant;
  };
  for (Edge e = 0; e < tape.inputs.size(); ++e) first_use[tape.inputs[e] + 1] += counts(e);
  for (std::size_t n = 1; n < first_use.size(); ++n) first_use[n] += first_use[n - 1];
  uses.resize(first_use.back());
  std::vector<Edge> next = first_use;
  for (Edge e = 0; e < tape.inputs.size(); ++e) {
    if (counts(e)) uses[next[tape.inputs[e]]++] = e;
  }
}

void Roles::find_products(const Tape& tape) {
  in_product.resize(tape.inputs.size());
  const auto consider = [&](Node n, Edge a, Edge b) {
    const Node x = tape.inputs[a], y = tape.inputs[b];
    if (parameter[x] == parameter[y]) return;  // none is a weight, or both are
    products.push_back(parameter[x] != 0 ? Weighted{n, a, b} : Weighted{n, b, a});
    in_product[a] = in_product[b] = 1;
  };
  for (Node n = 0; n < tape.size(); ++n) {
    if (tape.op[n] == Op::mul) consider(n, tape.begin(n), tape.begin(n) + 1);
    if (tape.op[n] == Op::dot) {
      for (Edge e = tape.begin(n); e < tape.end(n); e += 2) consider(n, e, e + 1);
    }
    if (!is_square(tape, n)) continue;
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) {
      if (parameter[tape.inputs[e]] != 0) penalties.push_back(e);
    }
  }
}

std::vector<Edge> terms_of(const Tape& tape, const Roles& roles, Node sum) {
  std::vector<Edge> terms, waiting;
  const auto wait = [&](Node n) {
    for (Edge e = tape.end(n); e-- > tape.begin(n);) waiting.push_back(e);
  };
  wait(sum);
  while (!waiting.empty()) {
    const Edge e = waiting.back();
    waiting.pop_back();
    const Node term = tape.inputs[e];
    if (is_sum(tape.op[term]) && roles.uses_of(term).size() == 1) {
      wait(term);
    } else {
      terms.push_back(e);
    }
  }
  return terms;
}

void Roles::find_sums(const Tape& tape) {
  std::map<Node, std::vector<Weighted>> by_node;
  for (const Weighted& product : products) by_node[product.node].push_back(product);
  const auto is_part = [&](Node n) {
    const auto users = uses_of(n);
    return users.size() == 1 && is_sum(tape.op[tape.user[users[0]]]);
  };
  for (Node n = 0; n < tape.size(); ++n) {
    const bool alone = by_node.contains(n) && !is_part(n);
    if (!alone && (!is_sum(tape.op[n]) || is_part(n))) continue;
    Weighted_sum sum{n, {}};
    if (alone) {
      sum.products = by_node[n];
    } else {
      for (const Edge e : terms_of(tape, *this, n)) {
        const Node term = tape.inputs[e];
        const auto found = by_node.find(term);
        if (found != by_node.end()) {
          sum.products.insert(sum.products.end(), found->second.begin(), found->second.end());
        }
      }
    }
    if (!sum.products.empty()) sums.push_back(std::move(sum));
  }
  above_sum.resize(tape.size());
  for (const Weighted_sum& sum : sums) above_sum[sum.node] = 1;
  for (Node n = 0; n < tape.size(); ++n) {
    if (is_activation(n) && above_sum[tape.input(n, 0)] != 0) is_network = true;
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) above_sum[n] |= above_sum[tape.inputs[e]];
  }
}

void Roles::find_matrices(const Tape& tape) {
  std::map<std::vector<Node>, std::vector<std::size_t>> by_inputs;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    std::vector<Node> key;
    for (const Weighted& product : sums[i].products) key.push_back(tape.inputs[product.x]);
    by_inputs[key].push_back(i);
  }
  for (const auto& [key, members] : by_inputs) {
    if (members.size() < 2) continue;
    Matrix_of_weights matrix;
    for (const std::size_t i : members) matrix.rows.push_back(sums[i]);
    matrices.push_back(std::move(matrix));
  }
}

void Roles::find_softmaxes(const Tape& tape) {
  std::map<Node, std::vector<Node>> by_total;
  for (Node n = 0; n < tape.size(); ++n) {
    if (tape.op[n] == Op::div && tape.op[tape.input(n, 0)] == Op::exp && is_sum(tape.op[tape.input(n, 1)])) {
      by_total[tape.input(n, 1)].push_back(n);
    }
  }
  of_softmax.resize(tape.size());
  for (const auto& [total, quotients] : by_total) {
    Softmax softmax{total, {}, quotients};
    for (const Edge e : terms_of(tape, *this, total)) softmax.exponentials.push_back(tape.inputs[e]);
    const auto is_term = [&](Node n) {
      return std::find(softmax.exponentials.begin(), softmax.exponentials.end(), n) !=
             softmax.exponentials.end();
    };
    const bool all_exp = std::all_of(softmax.exponentials.begin(), softmax.exponentials.end(),
                                     [&](Node n) { return tape.op[n] == Op::exp; });
    const bool all_terms =
        std::all_of(quotients.begin(), quotients.end(), [&](Node n) { return is_term(tape.input(n, 0)); });
    if (all_exp && all_terms && softmax.exponentials.size() > 1) {
      of_softmax[total] = 1;
      for (const Node n : softmax.exponentials) of_softmax[n] = 1;
      for (const Node n : softmax.quotients) of_softmax[n] = 1;
      softmaxes.push_back(std::move(softmax));
    }
  }
}

bool Roles::is_bias(const Tape& tape, Node n) const {
  if (parameter[n] == 0) return false;
  const auto users = uses_of(n);
  return std::all_of(users.begin(), users.end(), [&](Edge e) {
    return is_sum(tape.op[tape.user[e]]) ||
           std::find(penalties.begin(), penalties.end(), e) != penalties.end();
  });
}

}  // namespace bp::worksheet
