#include "viz/page/model.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "viz/page/formula.h"
#include "viz/text.h"

namespace bp {
namespace {

constexpr std::size_t longest_name = 40;  // characters
constexpr std::uint32_t no_box = ~std::uint32_t{0};

using Places = std::vector<std::uint32_t>;  // a box for each place on the tape, or no_box

// Names as one line each; where two look the same after that, their place on the tape tells them apart.
std::vector<std::string> shown_names(const Solution& solution) {
  std::vector<std::string> names;
  std::map<std::string, int> count;
  for (const std::string& name : solution.names) {
    names.push_back(shown_name(name, longest_name));
    ++count[names.back()];
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (count[names[i]] > 1 || names[i].empty()) names[i] += fmt::format("#{}", solution.places[i]);
  }
  return names;
}

// The box whose calculation a node is a part of: a node without a box has one user.
Places owners_of(Graph& graph, const Places& box_at) {
  Places owner = box_at;
  for (std::size_t i = graph.size(); i-- > 0;) {
    for (std::size_t k = 0; k < graph[i].input_count(); ++k) {
      const std::size_t input = graph[i].input(k).index();
      if (box_at[input] == no_box) owner[input] = owner[i];
    }
  }
  return owner;
}

std::map<std::pair<std::size_t, std::size_t>, const Formula*> formulas_of_uses(const Solution& solution) {
  std::map<std::pair<std::size_t, std::size_t>, const Formula*> formulas;
  for (const Solution_step& step : solution.backward) {
    for (const Solution_part& part : step.parts) formulas[{part.user, part.input}] = &part.formula;
  }
  return formulas;
}

std::vector<Page_model::Use> uses_in(Graph& graph, const Solution& solution, const Places& box_at) {
  const Places owner = owners_of(graph, box_at);
  const auto formulas = formulas_of_uses(solution);
  std::vector<Page_model::Use> uses;
  for (std::size_t i = graph.size(); i-- > 0;) {
    for (std::size_t k = 0; k < graph[i].input_count(); ++k) {
      const std::size_t input = graph[i].input(k).index();
      if (box_at[input] == no_box || owner[i] == no_box) continue;
      Page_model::Use use{box_at[input], owner[i], i, k, {}};
      const auto found = formulas.find({i, k});
      if (found != formulas.end()) use.formula = *found->second;
      uses.push_back(std::move(use));
    }
  }
  return uses;
}

}  // namespace

Page_model page_model_of(const Worksheet& worksheet, const Check& check, int digits) {
  const Solution solution = solve(worksheet, {.digits = digits, .every_leaf = true});
  Graph& graph = *worksheet.graph;
  Page_model model;
  const std::vector<std::string> names = shown_names(solution);
  Places box_at(graph.size(), no_box);
  for (std::size_t i = 0; i < names.size(); ++i) {
    box_at[solution.places[i]] = static_cast<std::uint32_t>(i);
    model.boxes.push_back({names[i], solution.places[i], graph[solution.places[i]].is_leaf(), {}, {}, 0});
  }
  for (const Solution_step& step : solution.forward) {
    Page_model::Box& box = model.boxes[step.subject.name];
    box.formula = step.parts[0].formula;
    box.line = formula_as_line(box.formula, names, digits);
  }
  model.uses = uses_in(graph, solution, box_at);
  model.loss = solution.loss.name;
  for (const Symbol& leaf : solution.trained) model.train.push_back(leaf.name);
  for (std::size_t i = 0; i < check.claims.size(); ++i) {
    const Claim& claim = worksheet.claims[i];
    const std::uint32_t box = box_at[claim.by.value_or(claim.of).index()];
    if (box != no_box && check.claims[i].verdict == Verdict::wrong) ++model.boxes[box].wrong_claims;
  }
  return model;
}

}  // namespace bp
