#include "engine/worksheet/explain.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace bp::worksheet {
namespace {

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

std::string factor(double number) { return number < 0.0 ? "(" + spoken(number) + ")" : spoken(number); }

}  // namespace

std::string spoken(double number) {
  if (!std::isfinite(number)) return shortest(number);
  return fmt::format("{:.6g}", number);
}

std::string Explainer::name(Node n) const {
  const Roles& roles = search_.roles();
  for (Node at = n;;) {
    const std::string_view own = graph_[at].name();
    if (!own.empty()) return std::string(own);
    const auto uses = roles.uses_of(at);
    if (uses.empty()) return "node " + std::to_string(n);
    at = search_.tape().user[uses.front()];
  }
}

std::string Explainer::derivative(Node of, Node by) const { return "d" + name(of) + "/d" + name(by); }

// Each named value that uses `by`, directly or through parts without a name, adds dE/d(user) * d(user)/d(by).
std::string Explainer::corrected(Node of, Node by) const {
  const Tape& tape = search_.tape();
  std::vector<double> grads(tape.size()), slopes(tape.size());
  sweep(tape, tape.local, of, grads);
  std::map<Node, double> users;  // d(user)/d(by) through unnamed nodes alone
  slopes[by] = 1.0;
  for (Node n = by + 1; n <= of; ++n) {
    double slope = 0.0;
    for (Edge e = tape.begin(n); e < tape.end(n); ++e) {
      const Node x = tape.inputs[e];
      if (slopes[x] != 0.0 && !users.contains(x)) slope += slopes[x] * tape.local[e];
    }
    slopes[n] = slope;
    if (slope != 0.0 && (n == of || !graph_[n].name().empty())) users[n] = slope;
  }
  std::erase_if(users, [&](const auto& user) { return grads[user.first] == 0.0; });
  const std::string whole = derivative(of, by) + " = ", result = spoken(by > of ? 0.0 : grads[by]);
  if (users.empty() || users.size() > 4) return whole + result;
  std::string symbols, numbers;
  for (const auto& [user, slope] : users) {
    if (!symbols.empty()) symbols += " + ", numbers += " + ";
    if (user != of) {
      symbols += derivative(of, user) + " * ";
      numbers += factor(grads[user]) + " * ";
    }
    symbols += derivative(user, by);
    numbers += factor(slope);
  }
  const bool trivial = users.size() == 1 && users.begin()->first == of;
  return trivial ? whole + result : whole + symbols + " = " + numbers + " = " + result;
}

// "of out_h1: the one through net_o1 alone" or "... all but the one through net_o2".
std::string Explainer::paths(const Site& site, bool kept_one) const {
  const Tape& tape = search_.tape();
  std::vector<std::string> kept, left_out;
  for (const Edge use : search_.roles().uses_of(site.node)) {
    const bool gone = std::any_of(site.changes.begin(), site.changes.end(),
                                  [&](const Change& change) { return change.edge == use; });
    std::vector<std::string>& names = gone ? left_out : kept;
    std::string through = name(tape.user[use]);
    if (std::find(names.begin(), names.end(), through) == names.end()) names.push_back(std::move(through));
  }
  const std::string of = name(site.node);
  if (kept_one) {
    return fmt::format("followed only the path from {} through {} and left out the one through {}", of,
                       list_of(kept), list_of(left_out));
  }
  return fmt::format("left out the path from {} through {}", of, list_of(left_out));
}

std::string Explainer::where(const Made& made) const {
  const std::vector<Site>& sites = search_.sites(made.slip);
  switch (made.scope.reach) {
    case Scope::Reach::layer: return fmt::format(" in layer {}", made.scope.layer);
    case Scope::Reach::site: return " at " + name(sites[made.scope.site].node);
    default: return sites.size() == 1 ? " at " + name(sites[0].node) : "";
  }
}

std::string Explainer::done(const Made& made) const {
  const Slip& slip = search_.slip(made.slip);
  const std::vector<Site>& sites = search_.sites(made.slip);
  if (slip.id == "one-path") {
    if (made.scope.reach == Scope::Reach::site) return paths(sites[made.scope.site], slip.flavour >= 0);
    std::vector<const Site*> chosen;
    for (const Site& site : sites) {
      if (made.scope.reach == Scope::Reach::everywhere || site.layer == made.scope.layer)
        chosen.push_back(&site);
    }
    std::string text = paths(*chosen.front(), slip.flavour >= 0);
    if (chosen.size() > 1)
      text +=
          fmt::format(", and likewise for {} other value{}", chosen.size() - 1, chosen.size() > 2 ? "s" : "");
    return text;
  }
  return std::string(slip.words) + where(made);
}

// What stands in the place of what, or what is missing.
std::string Explainer::detail(const Question& question, const Match& match) const {
  const Tape& tape = search_.tape();
  const Slip& slip = search_.slip(match.pass.first.slip);
  if (match.pass.second || question.after > 0 || !question.by) return "";
  std::vector<double> grads(tape.size());
  sweep(tape, tape.local, question.of, grads);
  const double truth = *question.by > question.of ? 0.0 : grads[*question.by];
  if (slip.id == "one-path" || slip.id == "overwritten-accumulation" || slip.id == "bias-not-summed") {
    return fmt::format(" That gives {}; what was left out adds {}.", spoken(match.predicted),
                       spoken(truth - match.predicted));
  }
  if (slip.sites != nullptr) {
    const std::vector<Site>& sites = search_.sites(match.pass.first.slip);
    for (std::size_t i = 0; i < sites.size(); ++i) {
      const Scope& scope = match.pass.first.scope;
      if (scope.reach == Scope::Reach::layer && sites[i].layer != scope.layer) continue;
      if (scope.reach == Scope::Reach::site && i != scope.site) continue;
      for (const Change& change : sites[i].changes) {
        if (tape.user[change.edge] > question.of || grads[tape.user[change.edge]] == 0.0) continue;
        const Node user = tape.user[change.edge], input = tape.inputs[change.edge];
        if (change.instead) return "";
        std::string which =
            name(user) == name(input) ? "the derivative within " + name(user) : derivative(user, input);
        return fmt::format(" There {} is {}, and {} was put in its place.", which,
                           spoken(tape.local[change.edge]), spoken(change.local));
      }
    }
  }
  return "";
}

Mistake Explainer::mistake(const Question& question, const Match& match, const std::string& written) {
  Mistake mistake;
  mistake.predicted = match.predicted;
  mistake.explains = match.explains;
  mistake.contradicts = match.contradicts;
  const std::string_view first = search_.slip(match.pass.first.slip).id;
  if (match.pass.second) {
    const std::string_view second = search_.slip(match.pass.second->slip).id;
    mistake.id = "two-mistakes";
    mistake.hint = fmt::format("Two mistakes at once, {} and {}: you {}; and you {}.", first, second,
                               done(match.pass.first), done(*match.pass.second));
  } else {
    mistake.id = first;
    mistake.hint = fmt::format("You {}.", done(match.pass.first));
  }
  mistake.says = mistake.hint + detail(question, match);
  if (question.by && question.after == 0) {
    mistake.says += " Right: " + corrected(question.of, *question.by) + ".";
  } else {
    mistake.says += fmt::format(" That makes it {} (you wrote {}).", shortest(match.predicted), written);
  }
  return mistake;
}

}  // namespace bp::worksheet
