#include "engine/worksheet/explain.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "engine/worksheet/digits.h"

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

std::string spoken(double number) { return shown_number(number, 6); }

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
  const std::vector<double> grads = grads_of(tape, of);
  std::vector<double> slopes(tape.size());
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
  const std::string whole = derivative(of, by) + " = ", result = spoken(grads[by]);
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

// The sites that a mistake was made at and that have a part in d(of)/d(by).
std::vector<const Site*> Explainer::sites_behind(const Made& made, Node of, Node by) const {
  const Tape& tape = search_.tape();
  const std::vector<double> grads = grads_of(tape, of);
  std::vector<double> slopes(tape.size());
  sweep_forward(tape, tape.local, by, slopes);
  std::vector<const Site*> behind;
  const std::vector<Site>& sites = search_.sites(made.slip);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (made.scope.reach == Scope::Reach::layer && sites[i].layer != made.scope.layer) continue;
    if (made.scope.reach == Scope::Reach::site && i != made.scope.site) continue;
    const bool has_part =
        std::any_of(sites[i].changes.begin(), sites[i].changes.end(), [&](const Change& change) {
          const Node user = tape.user[change.edge];
          return grads[user] != 0.0 && slopes[tape.inputs[change.edge]] != 0.0;
        });
    if (has_part) behind.push_back(&sites[i]);
  }
  return behind;
}

std::string Explainer::done(const Made& made, Node of, Node by) const {
  const Slip& slip = search_.slip(made.slip);
  if (slip.id != "one-path") return std::string(slip.words) + where(made);
  const std::vector<const Site*> behind = sites_behind(made, of, by);
  if (behind.empty()) return std::string(slip.words) + where(made);
  std::string text = paths(*behind.front(), slip.flavour >= -1);
  if (behind.size() > 1) text += ", and likewise elsewhere";
  return text;
}

// What stands in the place of what, or what is missing.
std::string Explainer::detail(const Question& question, const Match& match) const {
  const Tape& tape = search_.tape();
  const Made& made = match.pass.first;
  const Slip& slip = search_.slip(made.slip);
  const bool slope = question.by && question.after == 0;
  if (match.pass.second || (!slope && slip.way == Slip::Way::local)) return "";
  const Node of = slope ? question.of : search_.loss(), by = slope ? *question.by : 0;
  if (slope &&
      (slip.id == "one-path" || slip.id == "overwritten-accumulation" || slip.id == "bias-not-summed")) {
    std::string text = fmt::format(" That gives {}; what was left out adds {}.", spoken(match.predicted),
                                   spoken(grads_of(tape, of)[by] - match.predicted));
    const std::vector<const Site*> behind = sites_behind(made, of, by);
    if (!behind.empty() && behind.front()->node != by)
      text += " Both together: " + corrected(of, behind.front()->node) + ".";
    return text;
  }
  for (const Site& site : search_.sites(made.slip)) {
    for (const Reading& reading : site.readings) {
      if (slope && reading.node == by && reading.from != by && !reading.passed_on) {
        return fmt::format(" It is {}.", derivative(of, reading.from));
      }
    }
  }
  std::vector<const Site*> behind;
  if (slope) behind = sites_behind(made, of, by);
  if (!slope) {
    for (const Site& site : search_.sites(made.slip)) behind.push_back(&site);
  }
  std::vector<double> slopes(tape.size());
  if (slope) sweep_forward(tape, tape.local, by, slopes);
  // The one where it shows most, whatever the order of the calculation.
  const Change* most = nullptr;
  const auto difference = [&](const Change& change) {
    return std::abs(change.local - tape.local[change.edge]);
  };
  for (const Site* site : behind) {
    for (const Change& change : site->changes) {
      if (slope && slopes[tape.inputs[change.edge]] == 0.0) continue;
      if (most == nullptr || difference(change) > difference(*most)) most = &change;
    }
  }
  if (most == nullptr) return "";
  const Change& change = *most;
  const Node user = tape.user[change.edge], input = tape.inputs[change.edge];
  if (change.instead) return "";
  const bool within = name(user) == name(input);
  const std::string which = within ? "a derivative within " + name(user) : derivative(user, input);
  return fmt::format(" There {} is {}, and {} was put in its place.", which, spoken(tape.local[change.edge]),
                     spoken(change.local));
}

Mistake Explainer::mistake(const Question& question, const Match& match, const std::string& written) {
  Mistake mistake;
  mistake.predicted = match.predicted;
  mistake.explains = match.explains;
  mistake.contradicts = match.contradicts;
  const bool slope = question.by && question.after == 0;
  const Node of = slope ? question.of : search_.loss(), by = slope ? *question.by : 0;
  const std::string_view first = search_.slip(match.pass.first.slip).id;
  if (match.pass.second) {
    const std::string_view second = search_.slip(match.pass.second->slip).id;
    mistake.id = "two-mistakes";
    mistake.hint = fmt::format("Two mistakes at once, {} and {}: you {}; and you {}.", first, second,
                               done(match.pass.first, of, by), done(*match.pass.second, of, by));
  } else {
    mistake.id = first;
    mistake.hint = fmt::format("You {}.", done(match.pass.first, of, by));
    // The words of a factor are those of gradients.
    const std::size_t place =
        question.by || question.after > 0 ? std::string::npos : mistake.hint.find("the gradient");
    if (place != std::string::npos)
      mistake.hint.replace(place, std::string_view("the gradient").size(), "the value");
  }
  mistake.says = mistake.hint + detail(question, match);
  if (question.by && question.after == 0) {
    mistake.says += " Right: " + corrected(question.of, *question.by) + ".";
  } else {
    const int digits = std::min<int>(17, static_cast<int>(Written_number(written).digits().size()) + 2);
    mistake.says += " That makes it " + shown_number(match.predicted, digits) + ".";
  }
  return mistake;
}

}  // namespace bp::worksheet
