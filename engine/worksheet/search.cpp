#include "engine/worksheet/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/worksheet/sites.h"

namespace bp::worksheet {
namespace {

constexpr std::size_t largest_searched = 50'000;  // nodes; beyond, only mistakes of the whole are looked for
constexpr double chance = 0.1;  // how often a number out of the blue may be explained by what is tried so far

std::vector<std::uint8_t> flags_of(std::size_t nodes, std::span<const Value> values) {
  std::vector<std::uint8_t> flags(nodes);
  for (const Value value : values) flags[value.index()] = 1;
  return flags;
}

// What is trained, and what is called like a parameter.
std::vector<std::uint8_t> parameters_of(Graph& graph, std::vector<std::uint8_t> flags) {
  for (const Value value : graph) {
    const std::string_view name = value.is_leaf() ? value.name() : "";
    if (!name.empty() && (name[0] == 'w' || name[0] == 'b' || name[0] == 'W' || name[0] == 'B'))
      flags[value.index()] = 1;
  }
  return flags;
}

std::vector<double> grads_of(const Tape& tape, Node root) {
  std::vector<double> grads(tape.size());
  worksheet::sweep(tape, tape.local, root, grads);
  return grads;
}

bool is_substitution(const Slip& slip) {
  return slip.way == Slip::Way::updated || slip.way == Slip::Way::gradient;
}

}  // namespace

Accepted::Accepted(Written_number number) : number_(std::move(number)) {
  const double unit = std::pow(10.0, number_.unit_exponent()), value = number_.value();
  const double slack = unit * 1e-6 + std::abs(value) * 1e-14;
  low_ = value - (number_.negative() ? unit : unit / 2.0) - slack;
  high_ = value + (number_.negative() ? unit / 2.0 : unit) + slack;
  width_ = value == 0.0 ? 0.0 : 1.5 * unit / std::abs(value);
}

Search::Search(Graph& graph, Value loss, const Descent& descent)
    : tape_(graph),
      loss_(static_cast<Node>(loss.index())),
      trained_(flags_of(tape_.size(), descent.train)),
      learning_rate_(descent.learning_rate),
      roles_(tape_, loss_, parameters_of(graph, trained_)),
      loss_grads_(grads_of(tape_, loss_)),
      slips_(slips_for(tape_, roles_)) {
  if (tape_.size() > largest_searched) {
    std::erase_if(slips_, [](const Slip& slip) { return slip.sites != nullptr; });
  }
  sites_.resize(slips_.size());
}

// ---- what a pass makes of the tape ----------------------------------------------------------------------

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
  if (which.way == Slip::Way::updated || which.way == Slip::Way::gradient)
    return substituted(which, tape, {tape.local, {}, 1.0, 1.0, false, false, {}});
  if (which.sites == nullptr) return {};
  return which.sites({tape, roles_, loss_grads, learning_rate_}, which);
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
  Wrong wrong{tape_.local, {}, 1.0, 1.0, false, false, {}};
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
    if (reading.passed_on && reading.from <= root) passed_on.push_back(reading);
  }
  std::stable_sort(passed_on.begin(), passed_on.end(),
                   [](const Reading& a, const Reading& b) { return a.node > b.node; });
  std::vector<double> came(wrong.passes_on ? tape.size() : 0);  // before it was replaced
  std::vector<std::uint8_t> reached(tape.size());
  reached[root] = 1;
  std::fill(grads.begin(), grads.begin() + root, 0.0);
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

// ---- the search -----------------------------------------------------------------------------------------

void Search::group(std::vector<Question>& questions) {
  std::map<Node, std::size_t> places;
  groups_.clear();
  stepped_.clear();
  for (std::size_t q = 0; q < questions.size(); ++q) {
    Question& question = questions[q];
    Node of = question.of;
    if (question.after == 1 && !question.by && trained_[of] != 0) {
      question.start = tape_.data[of];
      question.times = -*learning_rate_;
      question.by = of;
      question.of = of = loss_;
    } else if (question.after == 1 && !question.by && tape_.input_count(of) > 0) {
      stepped_.push_back(q);
      continue;
    } else if (!question.by || question.after > 0) {
      continue;
    }
    question.of_slope = true;
    const auto [place, is_new] = places.emplace(of, groups_.size());
    if (is_new) groups_.push_back({of, {}, grads_of(tape_, of)});
    groups_[place->second].questions.push_back(q);
  }
  if (roles_.penalties.empty()) return;
  // Of what leads to no weighted sum only the penalty's own mistakes can be said.
  for (Group& group : groups_) group.penalty = roles_.above_sum[group.of] == 0;
}

// A computed value after one step along wrong gradients.
double Search::after_step(const Wrong& wrong, bool uphill, Node of) {
  std::vector<double> grads(tape_.size());
  sweep(tape_, wrong, loss_, grads);
  const double rate = uphill ? -*learning_rate_ : *learning_rate_;
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

// Takes down a prediction near the claim, within a factor e of it.
void Search::note(std::size_t q, Tier tier, double ratio) {
  if (!(ratio > 0.37 && ratio < 2.71)) return;
  const double at = (std::log(ratio) + 1.0) * 511.0;
  crowds_[q][tier].set(static_cast<std::size_t>(std::clamp(at, 0.0, 1023.0)));
}

Search::Tier Search::tier_of(const Pass& pass) const {
  if (pass.second) return pass.second->scope.reach == Scope::Reach::everywhere ? pair : pair_in_layer;
  switch (pass.first.scope.reach) {
    case Scope::Reach::everywhere: return everywhere;
    case Scope::Reach::layer: return layer;
    default: return site;
  }
}

void Search::try_pass(std::span<const Question> questions, const Pass& pass, Tier tier, double prior) {
  const Wrong wrong = wrong_of(pass);
  std::vector<double> grads(tape_.size());
  std::vector<std::pair<std::size_t, double>> hits;
  std::size_t contradicts = 0;
  const auto judge = [&](std::size_t q, double predicted) {
    const bool accepted = questions[q].accepted(predicted);
    if (questions[q].verdict != Verdict::wrong) {
      contradicts += accepted ? 0 : 1;
      return;
    }
    note(q, tier, predicted / questions[q].accepted.value());
    if (accepted) hits.emplace_back(q, predicted);
  };
  const bool scales = slips_[pass.first.slip].way == Slip::Way::scale;
  for (const Group& group : groups_) {
    if (group.penalty && scales) continue;
    sweep(tape_, wrong, group.of, grads);
    for (const std::size_t q : group.questions) {
      const Node by = *questions[q].by;
      const double predicted = by > group.of ? 0.0 : read(tape_, wrong, grads, by);
      const double right = by > group.of ? 0.0 : group.grads[by];
      if (predicted != right) judge(q, questions[q].start + questions[q].times * predicted);
    }
  }
  for (const std::size_t q : stepped_) {
    if (wrong.value) break;
    judge(q, after_step(wrong, slips_[pass.first.slip].way == Slip::Way::ascent, questions[q].of));
  }
  for (const auto& [q, predicted] : hits) {
    found_[q].push_back({pass, predicted, prior, hits.size(), contradicts});
  }
}

std::vector<std::int32_t> Search::layers_of(std::size_t slip) {
  std::set<std::int32_t> layers;
  for (const Site& site : sites(slip)) layers.insert(site.layer);
  return {layers.begin(), layers.end()};
}

// One site at a time. A derivative is linear in each local derivative, so that one changed at node n changes
// d(of)/d(by) by d(of)/dn * change * d(input)/d(by), and no sweep is needed.
void Search::try_sites(std::span<const Question> questions) {
  std::vector<double> slopes(tape_.size());
  for (const Group& group : groups_) {
    for (const std::size_t q : group.questions) {
      if (questions[q].verdict != Verdict::wrong || *questions[q].by > group.of) continue;
      const Node by = *questions[q].by;
      sweep_forward(tape_, tape_.local, by, slopes);
      for (std::size_t s = 0; s < slips_.size(); ++s) {
        const std::vector<Site>& all = sites(s);
        if (all.size() < 2) continue;
        for (std::size_t i = 0; i < all.size(); ++i) {
          double moved = 0.0;
          for (const Change& change : all[i].changes) {
            const double grad =
                tape_.user[change.edge] > group.of ? 0.0 : group.grads[tape_.user[change.edge]];
            const double slope = slopes[tape_.inputs[change.edge]];
            if (slope == 0.0 || tape_.user[change.edge] > group.of || (grad == 0.0 && !change.instead))
              continue;
            moved +=
                ((change.instead ? change.local : grad * change.local) - grad * tape_.local[change.edge]) *
                slope;
          }
          double wrong_slope = group.grads[by] + moved;
          if (!all[i].readings.empty()) {
            const Pass pass{{s, {Scope::Reach::site, 0, i}}};
            wrong_slope = predict_all(pass, group.of)[by];
          }
          if (wrong_slope == group.grads[by]) continue;
          const double predicted = questions[q].start + questions[q].times * wrong_slope;
          note(q, site, predicted / questions[q].accepted.value());
          if (questions[q].accepted(predicted)) {
            const Pass pass{{s, {Scope::Reach::site, 0, i}}};
            found_[q].push_back({pass, predicted, slips_[s].prior - 2.0, 1, 0});
          }
        }
      }
    }
  }
}

// How many claims a mistake at one site explains, for the likeliest of them.
void Search::weigh_sites(std::span<const Question> questions) {
  constexpr std::size_t weighed = 8;
  std::map<std::pair<std::size_t, std::size_t>, std::pair<std::size_t, std::size_t>> known;
  std::vector<double> grads(tape_.size());
  for (std::vector<Match>& matches : found_) {
    std::stable_sort(matches.begin(), matches.end(),
                     [](const Match& a, const Match& b) { return a.prior > b.prior; });
    std::size_t count = 0;
    for (Match& match : matches) {
      if (match.pass.second || match.pass.first.scope.reach != Scope::Reach::site || ++count > weighed)
        continue;
      const auto key = std::pair(match.pass.first.slip, match.pass.first.scope.site);
      const auto [place, is_new] = known.emplace(key, std::pair<std::size_t, std::size_t>(0, 0));
      if (is_new) {
        const Wrong wrong = wrong_of(match.pass);
        for (const Group& group : groups_) {
          sweep(tape_, wrong, group.of, grads);
          for (const std::size_t q : group.questions) {
            const Node by = *questions[q].by;
            if (by > group.of) continue;
            const double predicted = read(tape_, wrong, grads, by);
            if (predicted == group.grads[by]) continue;
            const bool accepted = questions[q].accepted(questions[q].start + questions[q].times * predicted);
            if (questions[q].verdict == Verdict::wrong) place->second.first += accepted ? 1 : 0;
            if (questions[q].verdict != Verdict::wrong) place->second.second += accepted ? 0 : 1;
          }
        }
      }
      match.explains = std::max<std::size_t>(1, place->second.first);
      match.contradicts = place->second.second;
    }
  }
}

bool Search::is_chance(const Question& question, std::size_t q, const Match& match, Tier tier) const {
  if (match.explains > 1) return false;
  double per_unit = 0.0;  // predictions for each unit of the logarithm
  for (std::size_t t = 0; t <= tier; ++t) per_unit += static_cast<double>(crowds_[q][t].count()) / 2.0;
  return per_unit * question.accepted.width() > chance;
}

void Search::drop_chance_hits(std::span<const Question> questions) {
  for (std::size_t q = 0; q < questions.size(); ++q) {
    if (!questions[q].is_slope()) continue;
    std::erase_if(found_[q],
                  [&](const Match& match) { return is_chance(questions[q], q, match, tier_of(match.pass)); });
  }
}

void Search::try_pairs(std::span<const Question> questions) {
  std::vector<std::uint8_t> open(questions.size());
  bool any = false;
  for (const Group& group : groups_) {
    for (const std::size_t q : group.questions) {
      open[q] = questions[q].verdict == Verdict::wrong && found_[q].empty();
      any = any || open[q] != 0;
    }
  }
  for (const std::size_t q : stepped_) {
    open[q] = questions[q].verdict == Verdict::wrong && found_[q].empty();
    any = any || open[q] != 0;
  }
  if (!any) return;
  const auto can_pair = [&](std::size_t s) {
    const Slip::Way way = slips_[s].way;
    return way != Slip::Way::value && way != Slip::Way::ascent &&
           (way == Slip::Way::scale || !sites(s).empty());
  };
  std::vector<std::vector<Match>> singles(questions.size());
  std::swap(singles, found_);
  constexpr double most_work = 4e7;  // edges that the sweeps of pairs in one layer go over
  const double each = static_cast<double>(tape_.inputs.size() * std::max<std::size_t>(1, groups_.size()));
  double work = 0.0;
  for (std::size_t a = 0; a < slips_.size(); ++a) {
    if (!can_pair(a)) continue;
    for (std::size_t b = 0; b < slips_.size(); ++b) {
      if (!can_pair(b) || slips_[a].id == slips_[b].id) continue;
      const double prior = slips_[a].prior + slips_[b].prior - 4.0;
      if (a < b) try_pass(questions, {{a}, Made{b}}, pair, prior);
      const std::vector<std::int32_t> layers = layers_of(b);
      for (const std::int32_t one : layers) {
        if (layers.size() < 2 || work > most_work) break;
        work += each;
        try_pass(questions, {{a}, Made{b, {Scope::Reach::layer, one, 0}}}, pair_in_layer, prior - 1.0);
      }
    }
  }
  for (std::size_t q = 0; q < questions.size(); ++q) {
    if (open[q] == 0) found_[q] = std::move(singles[q]);
  }
}

// A value that is wrong by a factor, or by a second softmax.
void Search::try_values(std::span<const Question> questions) {
  std::optional<Tape> twice;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    const Question& question = questions[q];
    if (question.by || question.after > 0 || question.verdict != Verdict::wrong) continue;
    if (tape_.input_count(question.of) == 0) continue;
    for (std::size_t s = 0; s < slips_.size(); ++s) {
      double predicted = tape_.data[question.of];
      if (slips_[s].id == "softmax-twice" && !sites(s).empty()) {
        if (!twice) twice = sites::with_second_softmax({tape_, roles_, loss_grads_, learning_rate_});
        predicted = twice->data[question.of];
      } else if (slips_[s].way == Slip::Way::scale && !slips_[s].parameters && !slips_[s].but_penalty) {
        predicted *= slips_[s].scale;
      }
      if (predicted != tape_.data[question.of] && question.accepted(predicted)) {
        found_[q].push_back({{{s}}, predicted, slips_[s].prior, 1, 0});
      }
    }
  }
}

// Numbers after steps: the whole training is run again with the mistake made in every step.
void Search::try_steps(std::span<const Question> questions) {
  std::vector<std::size_t> order;
  bool any = false;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    if (questions[q].after == 0 || questions[q].is_slope()) continue;
    if (std::find(stepped_.begin(), stepped_.end(), q) != stepped_.end()) continue;
    order.push_back(q);
    any = any || questions[q].verdict == Verdict::wrong;
  }
  if (!any || !learning_rate_) return;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return questions[a].after < questions[b].after; });
  constexpr double most_work = 6e7;  // steps times nodes, all mistakes together
  const double each = static_cast<double>(questions[order.back()].after) * static_cast<double>(tape_.size());
  double work = 0.0;
  std::vector<double> grads(tape_.size());
  for (std::size_t s = 0; s < slips_.size() && work + each <= most_work; ++s) {
    const Slip& slip = slips_[s];
    if (slip.way == Slip::Way::value || (slip.sites != nullptr && sites(s).empty())) continue;
    work += each;
    Tape tape = tape_;
    std::vector<std::pair<std::size_t, double>> hits;
    std::size_t contradicts = 0, done = 0;
    const auto wrong_pass = [&] {
      std::vector<double> right(tape.size());
      worksheet::sweep(tape, tape.local, loss_, right);
      Wrong wrong{tape.local, {}, 1.0, 1.0, false, false, {}};
      change(wrong, tape, slip, {}, sites_at(s, tape, right));
      return wrong;
    };
    for (const std::size_t q : order) {
      for (; done < questions[q].after; ++done) {
        const Wrong wrong = wrong_pass();
        std::fill(grads.begin(), grads.end(), 0.0);
        sweep(tape, wrong, loss_, grads);
        std::vector<double> taken = grads;
        for (Node n = 0; n < tape.size(); ++n) {
          if (trained_[n] != 0) taken[n] = read(tape, wrong, grads, n);
        }
        descend(tape, trained_, taken, slip.way == Slip::Way::ascent ? -*learning_rate_ : *learning_rate_);
      }
      double predicted = tape.data[questions[q].of];
      if (questions[q].by) {
        const Wrong wrong = wrong_pass();
        std::fill(grads.begin(), grads.end(), 0.0);
        sweep(tape, wrong, questions[q].of, grads);
        predicted = read(tape, wrong, grads, *questions[q].by);
      }
      const bool accepted = questions[q].accepted(predicted);
      if (questions[q].verdict != Verdict::wrong)
        contradicts += accepted ? 0 : 1;
      else if (accepted)
        hits.emplace_back(q, predicted);
    }
    for (const auto& [q, predicted] : hits) {
      found_[q].push_back({{{s}}, predicted, slip.prior, hits.size(), contradicts});
    }
  }
}

std::vector<std::vector<Match>> Search::matches(std::vector<Question> questions) {
  found_.assign(questions.size(), {});
  crowds_.assign(questions.size(), {});
  group(questions);
  for (std::size_t s = 0; s < slips_.size(); ++s) {
    const Slip::Way way = slips_[s].way;
    const bool whole = way == Slip::Way::scale || way == Slip::Way::value || way == Slip::Way::ascent;
    if (!whole && sites(s).empty()) continue;
    try_pass(questions, {{s}}, everywhere, slips_[s].prior);
    const std::vector<std::int32_t> layers = layers_of(s);
    for (const std::int32_t each : layers) {
      if (layers.size() > 1)
        try_pass(questions, {{s, {Scope::Reach::layer, each, 0}}}, layer, slips_[s].prior - 1.0);
    }
  }
  try_sites(questions);
  weigh_sites(questions);
  drop_chance_hits(questions);
  try_pairs(questions);
  drop_chance_hits(questions);
  try_values(questions);
  try_steps(questions);
  return std::move(found_);
}

}  // namespace bp::worksheet
