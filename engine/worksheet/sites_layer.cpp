// Sites in layers of weights, softmaxes and penalties: see sites.h.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/worksheet/sites.h"

namespace bp::worksheet::sites {

Sites transposed(const Situation& at, int flavour) {
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

Sites input_factor(const Situation& at, int flavour) {
  Sites found;
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

Sites bias(const Situation& at, int flavour) {
  Sites found;
  std::map<std::int32_t, std::vector<Node>> layers;
  for (Node n = 0; n < at.tape.size(); ++n) {
    const auto uses = at.roles.uses_of(n);
    if (uses.empty() || !at.roles.is_bias(at.tape, n)) continue;
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
Sites softmax_diagonal(const Situation& at, int) {
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

namespace {

// Written out, what uses s_i sees q_i = softmax(s)_i: each use is taken at q_i, and the way down leads through
// both softmaxes. The edges allow for that where one s_i alone is used, as in -log(s_i).
Site twice_written_out(const Situation& at, const Softmax& softmax) {
  const Tape& tape = at.tape;
  Site site{softmax.total, at.roles.layer[softmax.total], {}, {}};
  std::vector<Node> used;
  for (const Node quotient : softmax.quotients) {
    if (!at.roles.uses_of(quotient).empty()) used.push_back(quotient);
  }
  if (used.size() != 1) return site;
  std::vector<double> z;
  for (const Node e : softmax.exponentials) z.push_back(tape.data[tape.input(e, 0)]);
  const std::vector<double> s = softmax_of(z), q = softmax_of(s);
  const Node quotient = used[0];
  const auto chosen =
      std::find(softmax.exponentials.begin(), softmax.exponentials.end(), tape.input(quotient, 0));
  const auto i = static_cast<std::size_t>(chosen - softmax.exponentials.begin());
  for (const Edge use : at.roles.uses_of(quotient)) {
    const Op op = tape.op[tape.user[use]];
    if (info(op).arity == 1)
      site.changes.push_back({use, local_derivative(op, 0, q[i], 0.0, value_of(op, q[i], 0.0))});
  }
  std::vector<double> dq(q.size());
  dq[i] = 1.0;
  const std::vector<double> dz = through_both(s, q, dq);
  // By the numerator nothing, by the total 1, and by each exponent what both softmaxes make of it.
  site.changes.push_back({tape.begin(quotient), 0.0});
  site.changes.push_back({tape.begin(quotient) + 1, 1.0});
  for (std::size_t j = 0; j < dz.size(); ++j)
    site.changes.push_back({tape.begin(softmax.exponentials[j]), dz[j]});
  return site;
}

}  // namespace

// The loss of softmax(softmax(z)). In one node that is a matter of its own derivatives.
Sites softmax_twice(const Situation& at, int) {
  Sites found;
  const Tape& tape = at.tape;
  for (Node n = 0; n < tape.size(); ++n) {
    if (tape.op[n] != Op::softmax_cross_entropy) continue;
    std::vector<double> z;
    for (std::size_t k = 1; k < tape.input_count(n); ++k) z.push_back(tape.data[tape.input(n, k)]);
    const auto right = static_cast<std::size_t>(tape.data[tape.input(n, 0)]);
    const std::vector<double> s = softmax_of(z), q = softmax_of(s);
    std::vector<double> dq(q.size());
    dq[right] = -1.0 / q[right];
    const std::vector<double> dz = through_both(s, q, dq);
    Site site{n, at.roles.layer[n], {}, {}};
    for (std::size_t k = 0; k < dz.size(); ++k)
      site.changes.push_back({tape.begin(n) + static_cast<Edge>(k + 1), dz[k]});
    found.push_back(std::move(site));
  }
  for (const Softmax& softmax : at.roles.softmaxes) {
    Site site = twice_written_out(at, softmax);
    if (!site.changes.empty()) found.push_back(std::move(site));
  }
  return found;
}

Sites penalty(const Situation& at, int flavour) {
  Sites found;
  for (const Edge e : at.roles.penalties) {
    const Node n = at.tape.user[e];
    Site site{n, 0, {}, {}};
    if (flavour < 3) {
      const double times = flavour == 0 ? 0.0 : flavour == 1 ? 2.0 : 0.5;
      site.changes = {{e, times * at.tape.local[e]}};
    } else if (at.loss_grads[n] != 0.0) {
      site.changes = {{e, at.tape.local[e] / at.loss_grads[n]}};
    }
    if (!site.changes.empty()) found.push_back(std::move(site));
  }
  return found;
}

}  // namespace bp::worksheet::sites
