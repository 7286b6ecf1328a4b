// Sites in the backward pass at large: signs, factors, activations, several uses, functions of functions.
// What has to do with layers of weights stands in sites_layer.cpp.
#include "engine/worksheet/sites.h"

#include <algorithm>
#include <cmath>

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

Sites turned_difference(const Situation& at, int flavour) {
  return at_each_node(at, [&](Node n, Site& site) {
    const Edge first = at.tape.begin(n);
    if (flavour == 0 && at.tape.op[n] == Op::sub) site.changes = {{first, -1.0}, {first + 1, 1.0}};
    const bool negative = at.tape.op[n] == Op::cos || at.tape.op[n] == Op::acos || at.tape.op[n] == Op::neg;
    if (flavour == 1 && negative) site.changes = {{first, -at.tape.local[first]}};
    if (flavour == 1 && at.tape.op[n] == Op::sub) site.changes = {{first + 1, 1.0}};
  });
}

Sites square(const Situation& at, int) {
  return at_each_node(at, [&](Node n, Site& site) {
    for (const Edge e : square_edges(at.tape, n)) site.changes.push_back({e, at.tape.local[e] / 2.0});
  });
}

Sites factor(const Situation& at, int flavour) {
  const auto is_mean = [](double by) { return by > 2.5 && std::abs(by - std::round(by)) < 1e-9 * by; };
  return at_each_node(at, [&](Node n, Site& site) {
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
    const bool mean = tape.op[n] == Op::mean || is_mean(by), half = by == 2.0 || by == 0.5;
    if (flavour == 0 ? tape.op[n] == Op::mean || !half : !mean) return;
    const Edge end = tape.op[n] == Op::mean ? tape.end(n) : edge + 1;
    for (Edge e = edge; e < end; ++e) site.changes.push_back({e, flavour == 2 ? 1.0 / by / by : 1.0});
  });
}

Sites activation(const Situation& at, int flavour) {
  return at_each_node(at, [&](Node n, Site& site) {
    if (!at.roles.is_activation(n)) return;
    const Edge e = at.tape.begin(n);
    const double out = at.tape.data[n], y = y_of(at.tape, n);
    const bool output = at.roles.is_output_activation(n);
    if (flavour == 0) {
      site.changes = {{e, local_derivative(at.tape.op[n], 0, out, y, value_of(at.tape.op[n], out, y))}};
    } else if (flavour == 1) {
      if (const auto wrong = output_formula_at_input(at.tape, n)) site.changes = {{e, *wrong}};
    } else if (output == (flavour == 2)) {
      site.changes = {{e, 1.0}};
    }
  });
}

Sites one_path(const Situation& at, int flavour) {
  Sites found;
  const auto kept = static_cast<std::size_t>(flavour >= 0 ? flavour : -flavour - 1);
  for (Node n = 0; n < at.tape.size(); ++n) {
    const auto uses = at.roles.uses_of(n);
    if (uses.size() < 2 || kept >= uses.size() || at.roles.is_bias(at.tape, n)) continue;
    if (flavour < 0 && uses.size() < 3) continue;
    Site site = site_of(at, n);
    for (std::size_t k = 0; k < uses.size(); ++k) {
      if ((k == kept) != (flavour >= 0)) site.changes.push_back({uses[k], 0.0});
    }
    found.push_back(std::move(site));
  }
  return found;
}

Sites overwritten(const Situation& at, int flavour) {
  Sites found;
  for (Node n = 0; n < at.tape.size(); ++n) {
    const auto uses = at.roles.uses_of(n);
    if (uses.size() < 2) continue;
    Site site = site_of(at, n);
    const std::size_t kept = flavour == 0 ? uses.size() - 1 : 0;
    for (std::size_t k = 0; k < uses.size(); ++k) {
      if (k != kept) site.changes.push_back({uses[k], 0.0});
    }
    found.push_back(std::move(site));
  }
  return found;
}

Sites inner_point(const Situation& at, int flavour) {
  return at_each_node(at, [&](Node n, Site& site) {
    const Tape& tape = at.tape;
    const bool power = tape.op[n] == Op::pow && !varies(tape, tape.input(n, 1));
    if (!is_function(tape.op[n]) && !power) return;
    const Node g = tape.input(n, 0);
    std::vector<Node> inner;
    for (Edge e = tape.begin(g); e < tape.end(g); ++e) {
      if (varies(tape, tape.inputs[e])) inner.push_back(tape.inputs[e]);
    }
    if (inner.empty() || inner.size() > 2 || (flavour == 1 && inner.size() < 2)) return;
    if (at.roles.is_activation(n) && inner.size() > 1 && tape.op[g] != Op::mul) return;  // of a weighted sum
    const double x = tape.data[flavour == 0 ? inner.front() : inner.back()], y = y_of(tape, n);
    site.changes = {{tape.begin(n), local_derivative(tape.op[n], 0, x, y, value_of(tape.op[n], x, y))}};
  });
}

Sites relu_mask(const Situation& at, int flavour) {
  return at_each_node(at, [&](Node n, Site& site) {
    const Op op = at.tape.op[n];
    if (op != Op::relu && op != Op::leaky_relu) return;
    const Edge e = at.tape.begin(n);
    if (flavour == 0) site.changes = {{e, at.tape.local[e], true}};
    if (flavour == 1 && x_of(at.tape, n) == 0.0) site.changes = {{e, 1.0}};
  });
}

Sites exponent(const Situation& at, int flavour) {
  return at_each_node(at, [&](Node n, Site& site) {
    const Tape& tape = at.tape;
    const Edge e = tape.begin(n);
    if (flavour == 2) {
      if (tape.op[n] == Op::exp) site.changes = {{e, x_of(tape, n) * std::exp(x_of(tape, n) - 1.0)}};
      return;
    }
    const double x = x_of(tape, n), y = tape.op[n] == Op::square ? 2.0 : y_of(tape, n);
    if (tape.op[n] != Op::pow && (tape.op[n] != Op::square || flavour == 3)) return;
    if (flavour == 0 && varies(tape, tape.input(n, 0))) site.changes = {{e, y * std::pow(x, y)}};
    if (flavour == 1 && varies(tape, tape.input(n, 0))) site.changes = {{e, std::pow(x, y - 1.0)}};
    if (flavour == 3 && varies(tape, tape.input(n, 1))) site.changes = {{e + 1, y * std::pow(x, y - 1.0)}};
  });
}

Sites quotient(const Situation& at, int flavour) {
  return at_each_node(at, [&](Node n, Site& site) {
    if (at.tape.op[n] != Op::div) return;
    const Edge e = at.tape.begin(n);
    const double x = x_of(at.tape, n), y = y_of(at.tape, n);
    const bool above = varies(at.tape, at.tape.input(n, 0)), below = varies(at.tape, at.tape.input(n, 1));
    if (flavour == 3) {
      if (above) site.changes = {{e, y}};
    } else if (below) {
      site.changes = {{e + 1, flavour == 0 ? x / y / y : flavour == 1 ? -x / y : -1.0 / y / y}};
    }
  });
}

Sites left_out(const Situation& at, int flavour) {
  return at_each_node(at, [&](Node n, Site& site) {
    const Tape& tape = at.tape;
    const Edge e = tape.begin(n);
    const Op op = tape.op[n];
    if (flavour == 0) {
      if (is_function(op) && !at.roles.is_activation(n)) site.changes = {{e, 1.0}};
      if ((op == Op::pow || op == Op::div) && varies(tape, tape.input(n, 0))) site.changes = {{e, 1.0}};
      if (op == Op::div && varies(tape, tape.input(n, 1))) site.changes.push_back({e + 1, -1.0});
      return;
    }
    if (op != Op::mul && op != Op::dot) return;
    for (Edge k = e; k < tape.end(n); ++k) {
      const Node other = tape.inputs[e + ((k - e) ^ 1)];
      if (!varies(tape, tape.inputs[k]) || !varies(tape, other)) continue;
      if (at.roles.in_product[k] != 0 && at.roles.trained[tape.inputs[k]] != 0)
        continue;  // missing-input-factor
      site.changes.push_back({k, 1.0});
    }
  });
}

}  // namespace bp::worksheet::sites
