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

// A leaf after one step asks for its derivative; whatever else comes later, or is a value, for none.
Explainer::Asked Explainer::asked_by(const Question& question) const {
  if (question.by && question.after == 0) return {question.of, question.by};
  const bool leaf_after_step = question.after == 1 && !question.by && search_.trained()[question.of] != 0;
  return {search_.loss(), leaf_after_step ? std::optional(question.of) : std::nullopt};
}

std::string Explainer::done(const Made& made, Asked asked) const {
  const Slip& slip = search_.slip(made.slip);
  std::vector<const Site*> behind;
  if (slip.id == "one-path" && asked.by) behind = sites_behind(made, asked.of, *asked.by);
  if (behind.empty()) return std::string(slip.words) + where(made);
  return paths(*behind.front(), slip.flavour >= -1) + (behind.size() > 1 ? ", and likewise elsewhere" : "");
}

// What the paths that were left out would have added.
std::string Explainer::what_is_missing(const Made& made, Node of, Node by, double predicted) const {
  std::string text = fmt::format(" That gives {}; what was left out adds {}.", spoken(predicted),
                                 spoken(grads_of(search_.tape(), of)[by] - predicted));
  const std::vector<const Site*> behind = sites_behind(made, of, by);
  if (!behind.empty() && behind.front()->node != by) {
    text += " Both together: " + corrected(of, behind.front()->node) + ".";
  }
  return text;
}

// What stands in the place of what: where it shows most, whatever the order of the calculation.
std::string Explainer::what_is_replaced(const Made& made, Asked asked) const {
  const Tape& tape = search_.tape();
  std::vector<const Site*> behind;
  std::vector<double> slopes(tape.size(), 1.0);
  if (asked.by) {
    behind = sites_behind(made, asked.of, *asked.by);
    sweep_forward(tape, tape.local, *asked.by, slopes);
  } else {
    for (const Site& site : search_.sites(made.slip)) behind.push_back(&site);
  }
  const auto difference = [&](const Change& change) {
    return std::abs(change.local - tape.local[change.edge]);
  };
  const Change* most = nullptr;
  for (const Site* site : behind) {
    for (const Change& change : site->changes) {
      if (slopes[tape.inputs[change.edge]] == 0.0) continue;
      if (most == nullptr || difference(change) > difference(*most)) most = &change;
    }
  }
  if (most == nullptr || most->instead) return "";
  const Node user = tape.user[most->edge], input = tape.inputs[most->edge];
  const bool within = name(user) == name(input);
  const std::string which = within ? "a derivative within " + name(user) : derivative(user, input);
  return fmt::format(" There {} is {}, and {} was put in its place.", which, spoken(tape.local[most->edge]),
                     spoken(most->local));
}

std::string Explainer::detail(const Question& question, Asked asked, const Match& match) const {
  const Made& made = match.pass.first;
  const std::string_view id = search_.slip(made.slip).id;
  if (match.pass.second) return "";
  const bool leaves_out = id == "one-path" || id == "overwritten-accumulation" || id == "bias-not-summed";
  if (leaves_out && question.by && question.after == 0) {
    return what_is_missing(made, asked.of, *asked.by, match.predicted);
  }
  for (const Site& site : search_.sites(made.slip)) {
    for (const Reading& reading : site.readings) {
      if (reading.node == asked.by && reading.from != asked.by && !reading.passed_on) {
        return fmt::format(" It is {}.", derivative(asked.of, reading.from));
      }
    }
  }
  return what_is_replaced(made, asked);
}

// The line as it should be, and what came out.
std::string Explainer::result(const Question& question, Asked asked, double predicted,
                              const std::string& written) const {
  const int digits = std::min<int>(17, static_cast<int>(Written_number(written).digits().size()) + 2);
  if (!asked.by) return " That makes it " + shown_number(predicted, digits) + ".";
  std::string text = " Right: " + corrected(asked.of, *asked.by);
  if (question.after == 1) {
    const double next =
        search_.tape().data[*asked.by] - *search_.learning_rate() * search_.loss_grads()[*asked.by];
    text += ", so that " + name(*asked.by) + "' = " + shown_number(next, digits);
  }
  return text + ".";
}

Mistake Explainer::mistake(const Question& question, const Match& match, const std::string& written) {
  Mistake mistake;
  mistake.predicted = match.predicted;
  mistake.explains = match.explains;
  mistake.contradicts = match.contradicts;
  const Asked asked = asked_by(question);
  const std::string_view first = search_.slip(match.pass.first.slip).id;
  if (match.pass.second) {
    const std::string_view second = search_.slip(match.pass.second->slip).id;
    mistake.id = "two-mistakes";
    mistake.hint = fmt::format("Two mistakes at once, {} and {}: you {}; and you {}.", first, second,
                               done(match.pass.first, asked), done(*match.pass.second, asked));
  } else {
    mistake.id = first;
    mistake.hint = fmt::format("You {}.", done(match.pass.first, asked));
    // The words of a factor are those of gradients.
    constexpr std::string_view gradient = "the gradient";
    const std::size_t place = mistake.hint.find(gradient);
    if (place != std::string::npos && !question.by && question.after == 0) {
      mistake.hint.replace(place, gradient.size(), "the value");
    }
  }
  mistake.says =
      mistake.hint + detail(question, asked, match) + result(question, asked, match.predicted, written);
  return mistake;
}

}  // namespace bp::worksheet
