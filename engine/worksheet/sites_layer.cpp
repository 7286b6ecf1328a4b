// Sites in layers of weights, softmaxes and penalties: see sites.h.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/worksheet/sites.h"

namespace bp::worksheet::sites {

Sites transposed(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  Sites found;
  for (const Matrix_of_weights& matrix : at.roles.matrices) {
    const std::size_t size = matrix.rows.size();
    if (matrix.rows[0].products.size() != size) continue;  // only a square one hides the mistake
    Site site{matrix.rows[0].node, at.roles.layer[matrix.rows[0].node], {}, {}};
    for (std::size_t o = 0; o < size; ++o) {
      for (std::size_t i = 0; i < size; ++i) {
        const Weighted &own = matrix.rows[o].products[i], &other = matrix.rows[i].products[o];
        if (o == i) continue;
        const Node weight = at.tape.inputs[own.weight], turned = at.tape.inputs[other.weight];
        if (flavour == 0) site.changes.push_back({own.x, at.tape.data[turned]});
        if (flavour == 1) site.readings.push_back({weight, turned, 1.0});
      }
    }
    found.push_back(std::move(site));
  }
  return found;
}

Sites input_factor(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  Sites found;
  if (!at.roles.is_network) return found;  // no weight is one for sure: missing-local-derivative
  for (const Weighted_sum& sum : at.roles.sums) {
    const std::size_t count = sum.products.size();
    if (flavour > 0 && (count < 2 || (flavour == 2 && count < 3))) continue;
    for (std::size_t i = 0; i < count; ++i) {
      const Weighted& own = sum.products[i];
      const Weighted& neighbour = sum.products[(flavour == 1 ? i + 1 : i + count - 1) % count];
      const double instead = flavour == 0 ? 1.0 : at.tape.data[at.tape.inputs[neighbour.x]];
      found.push_back({own.node, at.roles.layer[own.node], {{own.weight, instead}}, {}});
    }
  }
  return found;
}

Sites bias(const Situation& at, const Slip& slip) {
  const int flavour = slip.flavour;
  Sites found;
  std::map<std::int32_t, std::vector<Node>> layers;
  for (Node n = 0; n < at.tape.size(); ++n) {
    if (at.roles.uses_of(n).empty() || !at.roles.is_bias(at.tape, n)) continue;
    const std::vector<Edge> uses = paths_from(at, n);
    if (uses.empty()) continue;
    const std::int32_t layer = at.roles.layer[at.tape.user[uses[0]]];
    if (flavour == 3) {
      layers[layer].push_back(n);
      continue;
    }
    if (uses.size() < 2) continue;
    Site site{n, layer, {}, {}};
    const std::size_t kept = flavour == 0 ? 0 : uses.size() - 1;
    for (std::size_t k = 0; k < uses.size(); ++k) {
      if (flavour == 2) {
        site.changes.push_back({uses[k], at.tape.local[uses[k]] / static_cast<double>(uses.size())});
      } else if (k != kept) {
        site.changes.push_back({uses[k], 0.0});
      }
    }
    found.push_back(std::move(site));
  }
  for (const auto& [layer, biases] : layers) {
    if (biases.size() < 2) continue;
    Site site{biases[0], layer, {}, {}};
    for (const Node own : biases) {
      for (const Node other : biases) site.readings.push_back({own, other, 1.0});
    }
    found.push_back(std::move(site));
  }
  return found;
}

// ds_i/dz_i = s_i (1 - s_i) alone: by the numerator (1 - s_i) / total, by the total nothing. For the whole in
// one node: s_k - 1 for the right class, nothing for the others.
Sites softmax_diagonal(const Situation& at, const Slip&) {
  Sites found;
  for (const Softmax& softmax : at.roles.softmaxes) {
    Site site{softmax.total, at.roles.layer[softmax.total], {}, {}};
    for (const Node s : softmax.quotients) {
      const Edge e = at.tape.begin(s);
      site.changes.push_back({e, (1.0 - at.tape.data[s]) * at.tape.local[e]});
      site.changes.push_back({e + 1, 0.0});
    }
    found.push_back(std::move(site));
  }
  for (Node n = 0; n < at.tape.size(); ++n) {
    if (at.tape.op[n] != Op::softmax_cross_entropy) continue;
    Site site{n, at.roles.layer[n], {}, {}};
    const auto right = static_cast<std::size_t>(at.tape.data[at.tape.input(n, 0)]) + 1;
    for (std::size_t k = 1; k < at.tape.input_count(n); ++k) {
      if (k != right) site.changes.push_back({at.tape.begin(n) + static_cast<Edge>(k), 0.0});
    }
    found.push_back(std::move(site));
  }
  return found;
}

namespace {

std::vector<double> softmax_of(std::vector<double> z) {
  const double largest = *std::max_element(z.begin(), z.end());
  double total = 0.0;
  for (double& each : z) total += each = std::exp(each - largest);
  for (double& each : z) each /= total;
  return z;
}

std::vector<double> logits_of(const Tape& tape, const Softmax& softmax) {
  std::vector<double> z;
  for (const Node e : softmax.exponentials) z.push_back(tape.data[tape.input(e, 0)]);
  return z;
}

std::size_t place_in(const Tape& tape, const Softmax& softmax, Node quotient) {
  const auto at =
      std::find(softmax.exponentials.begin(), softmax.exponentials.end(), tape.input(quotient, 0));
  return static_cast<std::size_t>(at - softmax.exponentials.begin());
}

// d/dz_j of f(softmax(s)), s = softmax(z), where df/dq_i is given and q = softmax(s).
std::vector<double> through_both(const std::vector<double>& s, const std::vector<double>& q,
                                 const std::vector<double>& dq) {
  const auto through = [](const std::vector<double>& p, const std::vector<double>& dp) {
    const double mean = std::inner_product(p.begin(), p.end(), dp.begin(), 0.0);
    std::vector<double> dz;
    for (std::size_t i = 0; i < p.size(); ++i) dz.push_back(p[i] * (dp[i] - mean));
    return dz;
  };
  return through(s, through(q, dq));
}

}  // namespace

// softmax(s) in the place of s: in one node that is another loss; written out, all that uses s_i sees q_i.
Tape with_second_softmax(const Situation& at) {
  Tape tape = at.tape;
  std::vector<std::uint8_t> fixed(tape.size());
  for (Node n = 0; n < tape.size(); ++n) {
    if (tape.op[n] != Op::softmax_cross_entropy) continue;
    std::vector<double> z;
    for (std::size_t k = 1; k < tape.input_count(n); ++k) z.push_back(tape.data[tape.input(n, k)]);
    const std::vector<double> q = softmax_of(softmax_of(z));
    tape.data[n] = -std::log(q[static_cast<std::size_t>(tape.data[tape.input(n, 0)])]);
    fixed[n] = 1;
  }
  for (const Softmax& softmax : at.roles.softmaxes) {
    const std::vector<double> q = softmax_of(softmax_of(logits_of(at.tape, softmax)));
    for (const Node quotient : softmax.quotients) {
      tape.data[quotient] = q[place_in(at.tape, softmax, quotient)];
      fixed[quotient] = 1;
    }
  }
  tape.replay(fixed);
  return tape;
}

// The way down leads through the second softmax first: dE/ds_i = sum_j dE/dq_j dq_j/ds_i, and then as it did.
Sites softmax_twice(const Situation& at, const Slip&) {
  if (at.roles.softmaxes.empty() &&
      std::find(at.tape.op.begin(), at.tape.op.end(), Op::softmax_cross_entropy) == at.tape.op.end()) {
    return {};
  }
  const Tape tape = with_second_softmax(at);
  Site site{0, at.roles.layers, {}, {}};
  for (Edge e = 0; e < tape.inputs.size(); ++e) {
    const Node user = tape.user[e];
    const bool of_softmax = tape.op[user] == Op::softmax_cross_entropy || at.roles.of_softmax[user] != 0;
    if (tape.local[e] != at.tape.local[e] && !of_softmax) { site.changes.push_back({e, tape.local[e]}); }
  }
  for (Node n = 0; n < tape.size(); ++n) {
    if (tape.op[n] != Op::softmax_cross_entropy) continue;
    std::vector<double> z;
    for (std::size_t k = 1; k < tape.input_count(n); ++k) z.push_back(tape.data[tape.input(n, k)]);
    const std::vector<double> s = softmax_of(z), q = softmax_of(s);
    std::vector<double> dq(q.size());
    const auto right = static_cast<std::size_t>(tape.data[tape.input(n, 0)]);
    dq[right] = -1.0 / q[right];
    const std::vector<double> dz = through_both(s, q, dq);
    for (std::size_t k = 0; k < dz.size(); ++k) {
      site.changes.push_back({tape.begin(n) + static_cast<Edge>(k + 1), dz[k]});
    }
    site.node = n;
  }
  for (const Softmax& softmax : at.roles.softmaxes) {
    const std::vector<double> q = softmax_of(softmax_of(logits_of(at.tape, softmax)));
    for (const Node own : softmax.quotients) {
      const std::size_t i = place_in(at.tape, softmax, own);
      for (const Node other : softmax.quotients) {
        const std::size_t j = place_in(at.tape, softmax, other);
        site.readings.push_back({own, other, q[j] * ((i == j ? 1.0 : 0.0) - q[i]), true});
      }
    }
    site.node = softmax.total;
  }
  return {std::move(site)};
}

Sites penalty(const Situation& at, const Slip& slip) {
  Sites found;
  for (const Edge e : at.roles.penalties) {
    const Node n = at.tape.user[e], leaf = at.tape.inputs[e];
    const double local = at.tape.local[e];
    Site site{n, 0, {}, {}};
    switch (slip.flavour) {
      case 0: site.changes = {{e, 0.0}}; break;
      case 1: site.changes = {{e, 2.0 * local}}; break;
      case 2: site.changes = {{e, 0.5 * local}}; break;
      case 3:
        if (at.loss_grads[n] != 0.0) site.changes = {{e, local / at.loss_grads[n]}};
        break;
      case 4:
        if (at.roles.is_bias(at.tape, leaf)) site.changes = {{e, 0.0}};
        break;
      case 6: site.changes = {{e, slip.scale * local}}; break;
      default: break;
    }
    if (!site.changes.empty()) found.push_back(std::move(site));
  }
  if (slip.flavour != 5 || at.roles.penalties.empty()) return found;
  // d(lambda b^2)/db = dE/d(w^2) * 2 b
  const Edge e = at.roles.penalties[0];
  const Node square = at.tape.user[e];
  if (at.tape.op[square] == Op::abs) return found;
  Site site{square, 0, {}, {}};
  for (Node n = 0; n < at.tape.size(); ++n) {
    if (!at.roles.is_bias(at.tape, n) || at.roles.uses_of(n).empty()) continue;
    const auto is_penalised = [&](Edge p) { return at.tape.inputs[p] == n; };
    if (std::any_of(at.roles.penalties.begin(), at.roles.penalties.end(), is_penalised)) continue;
    site.readings.push_back({n, n, 1.0});
    site.readings.push_back({n, square, 2.0 * at.tape.data[n]});
  }
  if (!site.readings.empty()) found.push_back(std::move(site));
  return found;
}

}  // namespace bp::worksheet::sites
