// What a wrong pass makes of a tape: see search.h.
#include <algorithm>

#include "engine/worksheet/search.h"

namespace bp::worksheet {
namespace {

bool is_substitution(const Slip& slip) {
  return slip.way == Slip::Way::updated || slip.way == Slip::Way::gradient;
}

}  // namespace

// Weights replaced in the gradients of what they multiply. The gradients of a lower layer's weights depend on
// what stands for the weights above, so passes are repeated until nothing changes: as often as there are
// layers.
std::vector<Site> Search::substituted(const Slip& slip, const Tape& tape, const Wrong& made) const {
  std::vector<Site> sites;
  const bool updated = slip.way == Slip::Way::updated;
  if (updated && !learning_rate_) return sites;
  Wrong wrong = made;
  std::vector<double> grads(tape.size());
  for (std::int32_t pass = 0; pass <= roles_.layers; ++pass) {
    sweep(tape, wrong, loss_, grads);
    bool changed = false;
    for (const Weighted& product : roles_.products) {
      const Node w = tape.inputs[product.weight];
      if (updated && trained_[w] == 0) continue;
      const double grad = read(tape, wrong, grads, w);
      const double stands = updated ? tape.data[w] - *learning_rate_ * grad : grad;
      changed = changed || stands != wrong.local[product.x];
      wrong.local[product.x] = stands;
    }
    if (!changed) break;
  }
  for (const Weighted& product : roles_.products) {
    const double stands = wrong.local[product.x];
    if (roles_.reaches_loss[product.node] == 0 || stands == tape.local[product.x]) continue;
    sites.push_back({product.node, roles_.layer[product.node], {{product.x, stands}}, {}});
  }
  return sites;
}

std::vector<Site> Search::sites_at(std::size_t slip, const Tape& tape,
                                   std::span<const double> loss_grads) const {
  const Slip& which = slips_[slip];
  if (is_substitution(which)) return substituted(which, tape, {.local = tape.local});
  if (which.sites == nullptr) return {};
  return which.sites({tape, roles_, loss_grads}, which);
}

const std::vector<Site>& Search::sites(std::size_t slip) {
  if (!sites_[slip]) sites_[slip] = sites_at(slip, tape_, loss_grads_);
  return *sites_[slip];
}

void Search::change(Wrong& wrong, const Tape& tape, const Slip& slip, const Scope& scope,
                    const std::vector<Site>& sites) const {
  if (slip.way == Slip::Way::scale) (slip.parameters ? wrong.parameters : wrong.scale) *= slip.scale;
  if (slip.but_penalty) {
    for (const Edge e : roles_.penalties) wrong.local[e] /= slip.scale;
  }
  if (slip.way == Slip::Way::value) wrong.value = true;
  if (slip.way == Slip::Way::ascent) wrong.uphill = true;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (scope.reach == Scope::Reach::layer && sites[i].layer != scope.layer) continue;
    if (scope.reach == Scope::Reach::site && i != scope.site) continue;
    for (const Change& change : sites[i].changes) {
      double& local = wrong.local[change.edge];
      // A path that was left out stays left out, whatever the other mistake makes of it; two factors
      // multiply.
      if (local == tape.local[change.edge] || change.local == 0.0) {
        local = change.local;
      } else if (local != 0.0 && tape.local[change.edge] != 0.0) {
        local *= change.local / tape.local[change.edge];
      }
      if (change.instead) {
        wrong.instead.resize(tape.inputs.size());
        wrong.instead[change.edge] = 1;
      }
    }
    for (const Reading& reading : sites[i].readings) {
      wrong.readings.push_back(reading);
      wrong.passes_on = wrong.passes_on || reading.passed_on;
    }
  }
}

Search::Wrong Search::wrong_of(const Pass& pass) {
  Wrong wrong{.local = tape_.local};
  const auto make = [&](const Made& made) {
    const Slip& slip = slips_[made.slip];
    const bool again = pass.second && is_substitution(slip);  // with the other mistake made
    change(wrong, tape_, slip, made.scope, again ? substituted(slip, tape_, wrong) : sites(made.slip));
  };
  const bool turned = pass.second && is_substitution(slips_[pass.first.slip]);
  if (turned) make(*pass.second);
  make(pass.first);
  if (pass.second && !turned) make(*pass.second);
  return wrong;
}

void Search::sweep(const Tape& tape, const Wrong& wrong, Node root, std::span<double> grads) {
  if (wrong.instead.empty() && !wrong.passes_on) return worksheet::sweep(tape, wrong.local, root, grads);
  sweep_unusual(tape, wrong, root, grads);
}

// Gradients that are put in place of what comes from above, and those that are read off elsewhere and passed
// on.
void Search::sweep_unusual(const Tape& tape, const Wrong& wrong, Node root, std::span<double> grads) {
  std::vector<Reading> passed_on;  // in the order of the sweep
  for (const Reading& reading : wrong.readings) {
    if (reading.passed_on && reading.node < root) passed_on.push_back(reading);
  }
  std::stable_sort(passed_on.begin(), passed_on.end(),
                   [](const Reading& a, const Reading& b) { return a.node > b.node; });
  std::vector<double> came(wrong.passes_on ? tape.size() : 0);  // before it was replaced
  std::vector<std::uint8_t> reached(tape.size());
  reached[root] = 1;
  std::fill(grads.begin(), grads.end(), 0.0);
  grads[root] = 1.0;
  std::size_t next = 0;
  for (Node n = root + 1; n-- > 0;) {
    if (next < passed_on.size() && passed_on[next].node == n) {
      came[n] = grads[n];
      reached[n] = 1;
      grads[n] = 0.0;
      for (; next < passed_on.size() && passed_on[next].node == n; ++next) {
        const Node from = passed_on[next].from;
        grads[n] += passed_on[next].times * (from < n ? grads[from] : came[from]);
      }
    }
    if (reached[n] == 0) continue;
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) {
      reached[tape.inputs[e]] = 1;
      if (!wrong.instead.empty() && wrong.instead[e] != 0) {
        grads[tape.inputs[e]] += wrong.local[e];
      } else if (grads[n] != 0.0) {
        grads[tape.inputs[e]] += grads[n] * wrong.local[e];
      }
    }
  }
}

// What penalties add to the gradient of a leaf: each to its own, whatever is read off elsewhere.
double Search::penalty_part(const Tape& tape, const Wrong& wrong, std::span<const double> grads,
                            Node leaf) const {
  double part = 0.0;
  for (const Edge e : roles_.penalties) {
    if (tape.inputs[e] == leaf && grads[tape.user[e]] != 0.0) part += grads[tape.user[e]] * wrong.local[e];
  }
  return part;
}

double Search::read(const Tape& tape, const Wrong& wrong, std::span<const double> grads, Node by) const {
  const double scale = trained_[by] != 0 ? wrong.scale * wrong.parameters : wrong.scale;
  if (wrong.value) return scale * tape.data[by];
  double total = 0.0;
  bool elsewhere = false;
  for (const Reading& reading : wrong.readings) {
    if (reading.node != by || reading.passed_on) continue;
    total += reading.times * (grads[reading.from] - penalty_part(tape, wrong, grads, reading.from));
    elsewhere = true;
  }
  return scale * (elsewhere ? total + penalty_part(tape, wrong, grads, by) : grads[by]);
}

std::vector<double> Search::predict_all(const Pass& pass, Node of) {
  const Wrong wrong = wrong_of(pass);
  std::vector<double> grads(tape_.size()), predicted(tape_.size());
  sweep(tape_, wrong, of, grads);
  for (Node n = 0; n <= of; ++n) predicted[n] = read(tape_, wrong, grads, n);
  return predicted;
}

// A computed value after one step along wrong gradients.
double Search::after_step(const Wrong& wrong, Node of) {
  std::vector<double> grads(tape_.size());
  sweep(tape_, wrong, loss_, grads);
  const double rate = wrong.uphill ? -*learning_rate_ : *learning_rate_;
  std::vector<double> numbers = tape_.data;
  for (Node n = 0; n < tape_.size(); ++n) {
    if (trained_[n] != 0) numbers[n] -= rate * read(tape_, wrong, grads, n);
  }
  std::swap(numbers, tape_.data);
  for (Node n = 0; n <= of; ++n) {
    if (tape_.input_count(n) > 0) tape_.data[n] = tape_.value(n);
  }
  std::swap(numbers, tape_.data);
  return numbers[of];
}

}  // namespace bp::worksheet
