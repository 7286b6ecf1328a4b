// Sites in the backward pass at large: signs, factors, activations, functions of functions. Several uses of a
// value stand in sites_paths.cpp, what has to do with layers of weights in sites_layer.cpp.
#include "engine/worksheet/sites.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace bp::worksheet::sites {
namespace {

// A node with new derivatives for some of its inputs.
Site site_of(const Situation& at, Node n) { return {n, at.roles.layer[n], {}, {}}; }

template <class Body>
Sites at_each_node(const Situation& at, Body body) {
  Sites found;
  for (Node n = 0; n < at.tape.size(); ++n) {
    if (at.roles.reaches_loss[n] == 0 || at.tape.input_count(n) == 0) continue;
    Site site = site_of(at, n);
    body(n, site);
    if (!site.changes.empty()) found.push_back(std::move(site));
  }
  return found;
}

bool varies(const Tape& tape, Node n) { return tape.op[n] != Op::constant; }

double x_of(const Tape& tape, Node n) { return tape.data[tape.input(n, 0)]; }
double y_of(const Tape& tape, Node n) { return tape.input_count(n) > 1 ? tape.data[tape.input(n, 1)] : 0.0; }

// Both edges of x*x, or the one of x^2; none where n is no square.
std::vector<Edge> square_edges(const Tape& tape, Node n) {
  const Edge first = tape.begin(n);
  if (tape.op[n] == Op::square) return {first};
  if (tape.op[n] == Op::mul && tape.inputs[first] == tape.inputs[first + 1]) return {first, first + 1};
  if (tape.op[n] == Op::pow && tape.op[tape.input(n, 1)] == Op::constant && y_of(tape, n) == 2.0)
    return {first};
  return {};
}

// How the derivative is written in terms of the output, with the input put in for it.
std::optional<double> output_formula_at_input(const Tape& tape, Node n) {
  const double x = x_of(tape, n);
  switch (tape.op[n]) {
    case Op::sigmoid: return x * (1.0 - x);
    case Op::tanh: return 1.0 - x * x;
    case Op::elu: return x > 0.0 ? 1.0 : x + 1.0;
    case Op::softplus:
      return 1.0 - std::exp(-x) == tape.local[tape.begin(n)] ? std::nullopt
                                                             : std::optional(1.0 - std::exp(-x));
    default: return std::nullopt;
  }
}

// A part of a penalty, which has mistakes of its own.
bool is_penalty(const Situation& at, Node n) {
  return !at.roles.penalties.empty() && at.roles.above_sum[n] == 0;
}

// A target less an output, or a weight: what a network squares.
bool is_miss_or_weight(const Situation& at, Node n) {
  const Tape& tape = at.tape;
  if (at.roles.parameter[n] != 0) return true;
  if (tape.op[n] != Op::sub) return false;
  return tape.op[tape.input(n, 0)] == Op::leaf || tape.op[tape.input(n, 1)] == Op::leaf;
}

bool is_function(Op op) {
  switch (op) {
    case Op::identity:
    case Op::neg:
    case Op::leaf:
    case Op::constant: return false;
    default: return info(op).arity == 1;
  }
}

}  // namespace

Sites turned_difference(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  return at_each_node(at, [&](Node n, Site& site) {
    const Edge first = at.tape.begin(n);
    if (flavour == 0 && at.tape.op[n] == Op::sub) site.changes = {{first, -1.0}, {first + 1, 1.0}};
    const bool negative = at.tape.op[n] == Op::cos || at.tape.op[n] == Op::acos || at.tape.op[n] == Op::neg;
    if (flavour == 1 && negative) site.changes = {{first, -at.tape.local[first]}};
    if (flavour == 1 && at.tape.op[n] == Op::sub) site.changes = {{first + 1, 1.0}};
  });
}

Sites square(const Situation& at, const Slip&) {
  return at_each_node(at, [&](Node n, Site& site) {
    // Without a network the 2 of a power is the exponent rule's.
    if (is_penalty(at, n) || (!at.roles.is_network && at.tape.op[n] != Op::mul)) return;
    for (const Edge e : square_edges(at.tape, n)) site.changes.push_back({e, at.tape.local[e] / 2.0});
  });
}

Sites factor(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  const auto is_mean = [](double by) { return by > 2.5 && std::abs(by - std::round(by)) < 1e-9 * by; };
  return at_each_node(at, [&](Node n, Site& site) {
    if (is_penalty(at, n)) return;
    const Tape& tape = at.tape;
    const Edge first = tape.begin(n);
    double by = 0.0;  // by what the node divides
    Edge edge = first;
    if (tape.op[n] == Op::mean) {
      by = static_cast<double>(tape.input_count(n));
    } else if (tape.op[n] == Op::div && !varies(tape, tape.input(n, 1))) {
      by = y_of(tape, n);
    } else if (tape.op[n] == Op::mul && varies(tape, tape.input(n, 0)) != varies(tape, tape.input(n, 1))) {
      edge = varies(tape, tape.input(n, 0)) ? first : first + 1;
      by = 1.0 / tape.local[edge];
    }
    if (by == 0.0 || by == 1.0) return;
    const Op divided = tape.op[tape.inputs[edge]];
    const bool of_sum = divided == Op::add || divided == Op::sub || divided == Op::sum;
    const bool half = tape.op[n] != Op::mean && (by == 2.0 || by == 0.5);
    const bool mean = tape.op[n] == Op::mean || is_mean(by) || (by == 2.0 && of_sum);
    if (flavour == 0 ? !half : !mean) return;
    const Edge end = tape.op[n] == Op::mean ? tape.end(n) : edge + 1;
    for (Edge e = edge; e < end; ++e) site.changes.push_back({e, flavour == 2 ? 1.0 / by / by : 1.0});
  });
}

namespace {

// One unit of a batch is as many nodes as there are samples: those whose weighted sums share their first
// weight.
Sites by_unit(const Situation& at, const Sites& sites) {
  std::map<Node, Node> weight_of;  // of a weighted sum
  for (const Weighted_sum& sum : at.roles.sums) weight_of[sum.node] = at.tape.inputs[sum.products[0].weight];
  std::map<Node, Site> units;
  bool any = false;
  for (const Site& site : sites) {
    const auto weight = weight_of.find(at.tape.input(site.node, 0));
    if (weight == weight_of.end()) continue;
    const auto [unit, is_new] = units.emplace(weight->second, site);
    if (is_new) continue;
    unit->second.changes.insert(unit->second.changes.end(), site.changes.begin(), site.changes.end());
    any = true;
  }
  Sites found;
  if (any) {
    for (auto& [weight, site] : units) found.push_back(std::move(site));
  }
  return found;
}

}  // namespace

Sites activation(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  const Sites found = at_each_node(at, [&](Node n, Site& site) {
    if (!at.roles.is_activation(n) || (slip.values == 2 && at.roles.is_output_activation(n))) return;
    const Edge e = at.tape.begin(n);
    const double out = at.tape.data[n], y = y_of(at.tape, n);
    const bool output = at.roles.is_output_activation(n);
    if (flavour == 0) {
      site.changes = {
          {e, local_derivative(at.tape.op[n], 0, out, y, operation_value(at.tape.op[n], out, y))}};
    } else if (flavour == 1) {
      if (const auto wrong = output_formula_at_input(at.tape, n)) site.changes = {{e, *wrong}};
    } else if (output == (flavour == 2)) {
      site.changes = {{e, 1.0}};
    }
  });
  return slip.values == 1 ? by_unit(at, found) : found;
}

Sites inner_point(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  return at_each_node(at, [&](Node n, Site& site) {
    const Tape& tape = at.tape;
    const bool power = tape.op[n] == Op::pow && !varies(tape, tape.input(n, 1));
    if (!is_function(tape.op[n]) && !power) return;
    const Node g = tape.input(n, 0);
    if (power && at.roles.is_network && is_miss_or_weight(at, g)) return;
    std::vector<Node> inner;
    for (Edge e = tape.begin(g); e < tape.end(g); ++e) {
      if (varies(tape, tape.inputs[e])) inner.push_back(tape.inputs[e]);
    }
    if (inner.size() != (flavour == 0 ? 1u : 2u)) return;
    if (at.roles.is_activation(n) && inner.size() > 1 && tape.op[g] != Op::mul) return;  // of a weighted sum
    const double x = tape.data[flavour == 2 ? inner.front() : inner.back()], y = y_of(tape, n);
    site.changes = {
        {tape.begin(n), local_derivative(tape.op[n], 0, x, y, operation_value(tape.op[n], x, y))}};
  });
}

Sites relu_mask(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  return at_each_node(at, [&](Node n, Site& site) {
    const Op op = at.tape.op[n];
    if (op != Op::relu && op != Op::leaky_relu) return;
    const Edge e = at.tape.begin(n);
    if (flavour == 0) site.changes = {{e, at.tape.local[e], true}};
    if (flavour == 1 && x_of(at.tape, n) == 0.0) site.changes = {{e, 1.0}};
    if (flavour == 2) site.changes = {{e, at.tape.data[n] * (1.0 - at.tape.data[n])}};
  });
}

Sites exponent(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  return at_each_node(at, [&](Node n, Site& site) {
    const Tape& tape = at.tape;
    const Edge e = tape.begin(n);
    if (flavour == 2) {
      if (tape.op[n] == Op::exp) site.changes = {{e, x_of(tape, n) * std::exp(x_of(tape, n) - 1.0)}};
      return;
    }
    const double x = x_of(tape, n), y = tape.op[n] == Op::square ? 2.0 : y_of(tape, n);
    if (tape.op[n] != Op::pow && (tape.op[n] != Op::square || flavour == 3)) return;
    // In a network the squared error without its 2 is factor-two, and the square of a weight is a penalty's.
    const Node base = tape.input(n, 0);
    if (y == 2.0 && at.roles.is_network &&
        (at.roles.parameter[base] != 0 || (flavour == 1 && is_miss_or_weight(at, base))))
      return;
    if (flavour == 0 && varies(tape, tape.input(n, 0))) site.changes = {{e, y * std::pow(x, y)}};
    if (flavour == 1 && varies(tape, tape.input(n, 0))) site.changes = {{e, std::pow(x, y - 1.0)}};
    if (flavour == 3 && varies(tape, tape.input(n, 1))) site.changes = {{e + 1, y * std::pow(x, y - 1.0)}};
    if (flavour == 4 && varies(tape, tape.input(n, 0)) && y > 2.0)
      site.changes = {{e, (y - 1.0) * std::pow(x, y - 1.0)}};
    if (flavour == 5 && varies(tape, tape.input(n, 0)))
      site.changes = {{e, std::pow(x, y + 1.0) / (y + 1.0)}};
  });
}

Sites quotient(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  return at_each_node(at, [&](Node n, Site& site) {
    if (at.tape.op[n] != Op::div || at.roles.of_softmax[n] != 0) return;
    const Edge e = at.tape.begin(n);
    const double x = x_of(at.tape, n), y = y_of(at.tape, n);
    const bool above = varies(at.tape, at.tape.input(n, 0)), below = varies(at.tape, at.tape.input(n, 1));
    if (flavour >= 3 && below) {
      site.changes = {{e + 1, flavour == 3 ? -x : x / y / y}};
      if (above) site.changes.push_back({e, flavour == 3 ? y : -1.0 / y});
    } else if (below) {
      site.changes = {{e + 1, flavour == 0 ? x / y / y : flavour == 1 ? -x / y : -1.0 / y / y}};
    }
  });
}

Sites left_out(const Situation& at, const Slip& slip) {
  Sites found;
  const Tape& tape = at.tape;
  const auto leave_out = [&](Node n, Edge e, double instead) {
    Site site = site_of(at, n);
    site.changes = {{e, instead}};
    found.push_back(std::move(site));
  };
  for (Node n = 0; n < tape.size(); ++n) {
    if (at.roles.reaches_loss[n] == 0 || tape.input_count(n) == 0 || at.roles.of_softmax[n] != 0) continue;
    const Edge first = tape.begin(n);
    const Op op = tape.op[n];
    const bool second_varies = tape.input_count(n) > 1 && varies(tape, tape.input(n, 1));
    if (slip.flavour == 0) {
      if (is_function(op) && !at.roles.is_activation(n)) leave_out(n, first, 1.0);
      const bool quotient = op == Op::div && second_varies;  // by a constant it is a factor
      if ((op == Op::pow || quotient) && varies(tape, tape.input(n, 0))) leave_out(n, first, 1.0);
    } else if (slip.flavour == 1 || slip.flavour == 2) {
      if (op == Op::div && second_varies) leave_out(n, first + 1, slip.flavour == 1 ? 1.0 : -1.0);
    } else if (op == Op::mul || op == Op::dot) {
      for (Edge e = first; e < tape.end(n); ++e) {
        const Node input = tape.inputs[e], other = tape.inputs[first + ((e - first) ^ 1)];
        if (!varies(tape, input) || !varies(tape, other)) continue;
        // In a network that is missing-input-factor.
        if (at.roles.is_network && at.roles.in_product[e] != 0 && at.roles.parameter[input] != 0) continue;
        const bool negative = tape.op[input] == Op::neg;
        if (slip.flavour == 3 || negative) leave_out(n, e, slip.flavour == 3 ? 1.0 : -1.0);
      }
    }
  }
  return found;
}

}  // namespace bp::worksheet::sites
