#include "engine/worksheet/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/worksheet/names.h"

namespace bp::worksheet {
namespace {

// The search is bounded by the edges that it goes over, about 1e9 in a second: what is likely comes first.
constexpr double most_in_layers = 1e8, most_at_sites = 2e8, most_in_pairs = 1e8,
                 most_in_pairs_of_layers = 3e7;
constexpr std::size_t largest_searched = 50'000;  // nodes; beyond, only mistakes of the whole are looked for
constexpr double chance = 0.1;  // how often a number out of the blue may be explained by what is tried so far

// What is trained, and what is called like a parameter.
std::vector<std::uint8_t> parameters_of(Graph& graph, std::vector<std::uint8_t> flags) {
  for (const Value value : graph) {
    if (value.is_leaf() && is_parameter_name(value.name())) flags[value.index()] = 1;
  }
  return flags;
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

// ---- questions and what is known of them ----------------------------------------------------------------

void Search::group() {
  std::map<Node, std::size_t> places;
  groups_.clear();
  stepped_.clear();
  trained_for_.clear();
  const auto ask = [&](Node of, const Slope_question& question) {
    const auto [place, is_new] = places.emplace(of, groups_.size());
    // Of what leads to no weighted sum only a penalty's own mistakes can be said.
    const bool penalty = !roles_.penalties.empty() && roles_.above_sum[of] == 0;
    if (is_new) groups_.push_back({of, {}, grads_of(tape_, of), penalty});
    groups_[place->second].questions.push_back(question);
  };
  for (std::size_t q = 0; q < questions_.size(); ++q) {
    const Question& question = questions_[q];
    if (question.after == 0 && question.by) {
      ask(question.of, {q, *question.by});
    } else if (question.after == 1 && !question.by && trained_[question.of] != 0) {
      ask(loss_, {q, question.of, tape_.data[question.of], -*learning_rate_});
    } else if (question.after == 1 && !question.by && tape_.input_count(question.of) > 0) {
      stepped_.push_back(q);
    } else if (question.after > 0) {
      trained_for_.push_back(q);
    }
  }
}

// Whether a claim is wrong, and nothing explains it yet.
bool Search::is_open(std::size_t q) const {
  return questions_[q].verdict == Verdict::wrong && found_[q].empty();
}

// Takes down a prediction near the claim, within a factor e of it.
void Search::note(std::size_t q, Tier tier, double predicted) {
  const double ratio = predicted / questions_[q].accepted.value();
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

// How likely, on a scale of logarithms: everywhere before one layer before one place, one mistake before two.
double Search::prior_of(const Pass& pass) const {
  constexpr double reach[] = {0.0, -1.0, -2.0, -4.0, -5.0};  // by tier
  const double second = pass.second ? slips_[pass.second->slip].prior : 0.0;
  return slips_[pass.first.slip].prior + second + reach[tier_of(pass)];
}

// ---- single mistakes ------------------------------------------------------------------------------------

// body(question, predicted) for each that the pass would answer otherwise than it is right.
template <class Body>
void Search::for_each_prediction(const Pass& pass, Body body) {
  work_ += static_cast<double>(tape_.inputs.size() * std::max<std::size_t>(1, groups_.size()));
  const Wrong wrong = wrong_of(pass);
  const bool scales = slips_[pass.first.slip].way == Slip::Way::scale;
  std::vector<double> grads(tape_.size());
  for (const Group& group : groups_) {
    if (group.penalty && scales) continue;
    sweep(tape_, wrong, group.of, grads);
    for (const Slope_question& question : group.questions) {
      const double slope = question.by > group.of ? 0.0 : read(tape_, wrong, grads, question.by);
      if (slope != group.grads[question.by]) body(question.question, question.start + question.times * slope);
    }
  }
  if (wrong.value) return;  // no step is made with values
  for (const std::size_t q : stepped_) body(q, after_step(wrong, questions_[q].of));
}

void Search::try_pass(const Pass& pass) {
  std::vector<std::pair<std::size_t, double>> hits;
  std::size_t contradicts = 0;
  for_each_prediction(pass, [&](std::size_t q, double predicted) {
    const bool accepted = questions_[q].accepted(predicted);
    if (questions_[q].verdict != Verdict::wrong) {
      contradicts += accepted ? 0 : 1;
    } else {
      note(q, tier_of(pass), predicted);
      if (accepted) hits.emplace_back(q, predicted);
    }
  });
  for (const auto& [q, predicted] : hits) {
    found_[q].push_back({pass, predicted, prior_of(pass), hits.size(), contradicts});
  }
}

std::vector<std::int32_t> Search::layers_of(std::size_t slip) {
  std::set<std::int32_t> layers;
  for (const Site& site : sites(slip)) layers.insert(site.layer);
  return {layers.begin(), layers.end()};
}

// Each everywhere, and then layer by layer where there are several.
void Search::try_singles() {
  for (std::size_t s = 0; s < slips_.size(); ++s) {
    if (slips_[s].has_sites() && sites(s).empty()) continue;
    try_pass({{s}});
    const std::vector<std::int32_t> layers = layers_of(s);
    for (const std::int32_t one : layers) {
      if (layers.size() < 2 || work_ > most_in_layers) break;
      try_pass({{s, {Scope::Reach::layer, one, 0}}});
    }
  }
}

// A derivative is linear in each local derivative, so that one changed at node n changes d(of)/d(by) by
// d(of)/dn * change * d(input)/d(by), and no sweep is needed.
double Search::slope_at(const Site& site, const Group& group, Node by, std::span<const double> slopes) const {
  double slope = group.grads[by];
  for (const Change& change : site.changes) {
    const Node user = tape_.user[change.edge];
    const double below = slopes[tape_.inputs[change.edge]], grad = group.grads[user];
    if (below == 0.0 || user > group.of || (grad == 0.0 && !change.instead)) continue;
    const double right = grad * tape_.local[change.edge];
    slope += ((change.instead ? change.local : grad * change.local) - right) * below;
  }
  return slope;
}

// One site at a time.
void Search::try_sites() {
  std::vector<double> slopes(tape_.size());
  double work = 0.0;
  const auto try_at = [&](const Group& group, const Slope_question& asked, std::size_t s) {
    const std::vector<Site>& all = sites(s);
    if (all.size() < 2 || work > most_at_sites) return;
    work += static_cast<double>(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Pass pass{{s, {Scope::Reach::site, 0, i}}};
      const double slope = all[i].readings.empty() ? slope_at(all[i], group, asked.by, slopes)
                                                   : predict_all(pass, group.of)[asked.by];
      if (slope == group.grads[asked.by]) continue;
      const double predicted = asked.start + asked.times * slope;
      note(asked.question, site, predicted);
      if (questions_[asked.question].accepted(predicted)) {
        found_[asked.question].push_back({pass, predicted, prior_of(pass)});
      }
    }
  };
  for (const Group& group : groups_) {
    for (const Slope_question& asked : group.questions) {
      if (questions_[asked.question].verdict != Verdict::wrong || asked.by > group.of) continue;
      sweep_forward(tape_, tape_.local, asked.by, slopes);
      for (std::size_t s = 0; s < slips_.size(); ++s) try_at(group, asked, s);
    }
  }
}

// How many claims a mistake at one site explains, for the likeliest of them.
void Search::weigh_sites() {
  constexpr std::size_t weighed = 8;
  struct Evidence {
    std::size_t explains = 0, contradicts = 0;
  };
  std::map<std::pair<std::size_t, std::size_t>, Evidence> known;
  for (std::vector<Match>& matches : found_) {
    std::stable_sort(matches.begin(), matches.end(),
                     [](const Match& a, const Match& b) { return a.prior > b.prior; });
    std::size_t count = 0;
    for (Match& match : matches) {
      if (tier_of(match.pass) != site || ++count > weighed) continue;
      const Made& made = match.pass.first;
      const auto [place, is_new] = known.emplace(std::pair(made.slip, made.scope.site), Evidence());
      Evidence& evidence = place->second;
      if (is_new) {
        for_each_prediction(match.pass, [&](std::size_t q, double predicted) {
          const bool accepted = questions_[q].accepted(predicted);
          if (questions_[q].verdict == Verdict::wrong) evidence.explains += accepted ? 1 : 0;
          if (questions_[q].verdict != Verdict::wrong) evidence.contradicts += accepted ? 0 : 1;
        });
      }
      match.explains = std::max<std::size_t>(1, evidence.explains);
      match.contradicts = evidence.contradicts;
    }
  }
}

// ---- chance ---------------------------------------------------------------------------------------------

bool Search::is_chance(std::size_t q, const Match& match) const {
  if (match.explains > 1) return false;
  double per_unit = 0.0;  // predictions for each unit of the logarithm
  for (std::size_t tier = 0; tier <= tier_of(match.pass); ++tier) {
    per_unit += static_cast<double>(crowds_[q][tier].count()) / 2.0;
  }
  return per_unit * questions_[q].accepted.width() > chance;
}

void Search::drop_chance_hits() {
  for (const Group& group : groups_) {
    for (const Slope_question& asked : group.questions) {
      std::erase_if(found_[asked.question],
                    [&](const Match& match) { return is_chance(asked.question, match); });
    }
  }
}

// ---- two mistakes ---------------------------------------------------------------------------------------

// Both everywhere, or the second in one layer. Only where nothing single fits.
void Search::try_pairs() {
  std::vector<std::vector<Match>> singles(questions_.size());
  std::vector<std::size_t> open;
  for (std::size_t q = 0; q < questions_.size(); ++q) {
    if (is_open(q)) open.push_back(q);
  }
  if (open.empty() || (groups_.empty() && stepped_.empty())) return;
  const auto can_pair = [&](std::size_t s) {
    const Slip::Way way = slips_[s].way;
    return way != Slip::Way::value && way != Slip::Way::ascent &&
           !(slips_[s].has_sites() && sites(s).empty());
  };
  std::swap(singles, found_);
  std::vector<std::vector<std::int32_t>> layers;
  for (std::size_t slip = 0; slip < slips_.size(); ++slip) layers.push_back(layers_of(slip));
  double in_layers = 0.0;
  const double most = work_ + most_in_pairs;
  for (std::size_t a = 0; a < slips_.size(); ++a) {
    for (std::size_t b = 0; b < slips_.size(); ++b) {
      if (!can_pair(a) || !can_pair(b) || slips_[a].id == slips_[b].id) continue;
      if (a < b && work_ - in_layers < most) try_pass({{a}, Made{b}});
      const double before = work_;
      for (const std::int32_t one : layers[b]) {
        if (layers[b].size() < 2 || in_layers + work_ - before > most_in_pairs_of_layers) break;
        try_pass({{a}, Made{b, {Scope::Reach::layer, one, 0}}});
      }
      in_layers += work_ - before;
    }
  }
  for (const std::size_t q : open) singles[q] = std::move(found_[q]);
  found_ = std::move(singles);
}

std::vector<std::vector<Match>> Search::matches(std::span<const Question> questions) {
  questions_ = questions;
  found_.assign(questions.size(), {});
  crowds_.assign(questions.size(), {});
  work_ = 0.0;
  group();
  try_singles();
  try_sites();
  weigh_sites();
  drop_chance_hits();
  try_pairs();
  drop_chance_hits();
  try_values();
  try_steps();
  return std::move(found_);
}

}  // namespace bp::worksheet
