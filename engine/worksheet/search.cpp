#include "engine/worksheet/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/worksheet/sites.h"

namespace bp::worksheet {
namespace {

// The search is bounded by the edges that it goes over, about 1e9 in a second: what is likely comes first.
constexpr double most_in_layers = 1e8, most_at_sites = 2e8, most_in_pairs = 1e8,
                 most_in_pairs_of_layers = 3e7;
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
  work_ += static_cast<double>(tape_.inputs.size() * std::max<std::size_t>(1, groups_.size()));
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
  double work = 0.0;
  for (const Group& group : groups_) {
    for (const std::size_t q : group.questions) {
      if (questions[q].verdict != Verdict::wrong || *questions[q].by > group.of) continue;
      const Node by = *questions[q].by;
      sweep_forward(tape_, tape_.local, by, slopes);
      for (std::size_t s = 0; s < slips_.size(); ++s) {
        const std::vector<Site>& all = sites(s);
        if (all.size() < 2 || work > most_at_sites) continue;
        work += static_cast<double>(all.size());
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
  std::vector<std::vector<std::int32_t>> layers;
  for (std::size_t slip = 0; slip < slips_.size(); ++slip) layers.push_back(layers_of(slip));
  double in_layers = 0.0;
  const double most = work_ + most_in_pairs;
  for (std::size_t a = 0; a < slips_.size(); ++a) {
    if (!can_pair(a)) continue;
    for (std::size_t b = 0; b < slips_.size(); ++b) {
      if (!can_pair(b) || slips_[a].id == slips_[b].id) continue;
      const double prior = slips_[a].prior + slips_[b].prior - 4.0;
      if (a < b && work_ - in_layers < most) try_pass(questions, {{a}, Made{b}}, pair, prior);
      if (layers[b].size() < 2) continue;
      const double before = work_;
      for (const std::int32_t one : layers[b]) {
        if (in_layers + work_ - before > most_in_pairs_of_layers) break;
        try_pass(questions, {{a}, Made{b, {Scope::Reach::layer, one, 0}}}, pair_in_layer, prior - 1.0);
      }
      in_layers += work_ - before;
    }
  }
  for (std::size_t q = 0; q < questions.size(); ++q) {
    if (open[q] == 0) found_[q] = std::move(singles[q]);
  }
}

std::vector<std::vector<Match>> Search::matches(std::vector<Question> questions) {
  found_.assign(questions.size(), {});
  crowds_.assign(questions.size(), {});
  work_ = 0.0;
  group(questions);
  for (std::size_t s = 0; s < slips_.size(); ++s) {
    const Slip::Way way = slips_[s].way;
    const bool whole = way == Slip::Way::scale || way == Slip::Way::value || way == Slip::Way::ascent;
    if (!whole && sites(s).empty()) continue;
    try_pass(questions, {{s}}, everywhere, slips_[s].prior);
    const std::vector<std::int32_t> layers = layers_of(s);
    for (const std::int32_t each : layers) {
      if (layers.size() < 2 || work_ > most_in_layers) break;
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
