#include "lessons/backstep/chain.h"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <span>

#include "viz/formula.h"
#include "viz/text.h"

namespace backstep {
namespace {

using bp::Graph, bp::Path, bp::Path_step, bp::Phrase, bp::Value;

constexpr std::size_t longest_name = 40;   // characters
constexpr std::size_t longest_chain = 40;  // links: three lines of short names
constexpr std::size_t most_parts = 64;     // of the formula for a value without a name

enum class Detail { names, formulas, inputs };

// A link before it has a name.
struct Stop {
  Value value;
  std::span<const Path_step> steps;  // those that lead here from the stop before
  std::size_t stops_cut = 0;         // of the link in the middle: how many links it stands for
};

std::string name_of(Value value) { return bp::shown_name(value.name(), longest_name); }

// The values without a name that a formula for `value` goes through, and what it is made of, in the order of
// the tape; nothing when they are too many.
std::map<std::size_t, Phrase> parts_of(Value value) {
  std::map<std::size_t, Phrase> parts;
  std::vector<Value> waiting = {value};
  while (!waiting.empty()) {
    const Value part = waiting.back();
    waiting.pop_back();
    if (!parts.emplace(part.index(), Phrase()).second) continue;
    if (parts.size() > most_parts || part.input_count() > most_parts) return {};
    if (!part.name().empty()) continue;
    for (std::size_t k = 0; k < part.input_count(); ++k) waiting.push_back(part.input(k));
  }
  return parts;
}

// What it computes, such as `target_o1 - out_o1`; where that is too long, the operation's sign or name.
std::string formula_of(Value value) {
  std::map<std::size_t, Phrase> parts = parts_of(value);
  for (auto& [index, phrase] : parts) {
    const Value part = value.graph()[index];
    if (!part.name().empty()) {
      phrase = bp::phrase_of_name(name_of(part));
    } else if (part.input_count() == 0) {
      phrase = bp::phrase_of_number(bp::shown_number(part.data(), 6));
    } else {
      std::vector<Phrase> inputs;
      for (std::size_t k = 0; k < part.input_count(); ++k) inputs.push_back(parts.at(part.input(k).index()));
      phrase = bp::phrase_of(part.op(), inputs);
    }
  }
  if (parts.empty() || parts.at(value.index()).text.empty()) return bp::symbol_of(value.op());
  return parts.at(value.index()).text;
}

bool is_used_again(Graph& graph, Path_step step) {
  const Value user = graph[step.user];
  std::size_t uses = 0;
  for (std::size_t k = 0; k < user.input_count(); ++k) {
    uses += user.input(k).index() == user.input(step.input).index() ? 1 : 0;
  }
  return uses > 1;
}

// Where the chain stops: at the root, at every name (or at every value) and at the end.
std::vector<Stop> stops_of(Value root, const Path& path, Detail detail) {
  Graph& graph = root.graph();
  std::vector<Stop> stops = {{root, {}}};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const Path_step step = path.steps[i];
    const Value value = graph[step.user].input(step.input);
    if (detail == Detail::names && value.name().empty() && i + 1 < path.steps.size()) continue;
    stops.push_back({value, std::span(path.steps).subspan(begin, i + 1 - begin)});
    begin = i + 1;
  }
  return stops;
}

void cut_the_middle(std::vector<Stop>& stops) {
  if (stops.size() <= longest_chain) return;
  const auto begin = stops.begin() + longest_chain / 2, end = stops.end() - longest_chain / 2;
  begin->steps = {begin->steps.begin(), std::prev(end)->steps.end()};
  begin->stops_cut = static_cast<std::size_t>(end - begin);
  stops.erase(begin + 1, end);
}

std::vector<Link> chain_of(Value root, const Path& path, Detail detail) {
  std::vector<Stop> stops = stops_of(root, path, detail);
  cut_the_middle(stops);
  std::vector<Link> chain;
  for (const Stop& stop : stops) {
    Link link{name_of(stop.value), bp::product_along(root.graph(), stop.steps)};
    if (stop.stops_cut > 0) {
      link.name = fmt::format("... {} more ...", stop.stops_cut);
    } else if (link.name.empty()) {
      link.name = formula_of(stop.value);
    }
    if (detail == Detail::inputs && stop.stops_cut == 0 && !stop.steps.empty() &&
        is_used_again(root.graph(), stop.steps.back())) {
      link.name += fmt::format(" (input {})", stop.steps.back().input + 1);
    }
    chain.push_back(std::move(link));
  }
  return chain;
}

}  // namespace

std::string arrows(const std::vector<Link>& chain) {
  std::string text;
  for (const Link& link : chain) text += (text.empty() ? "" : " -> ") + link.name;
  return text;
}

std::vector<std::vector<Link>> chains_of(Value root, const std::vector<Path>& paths) {
  std::vector<std::vector<Link>> chains;
  for (const Path& path : paths) chains.push_back(chain_of(root, path, Detail::names));
  for (const Detail detail : {Detail::formulas, Detail::inputs}) {
    std::map<std::string, std::vector<std::size_t>> alike;
    for (std::size_t i = 0; i < chains.size(); ++i) alike[arrows(chains[i])].push_back(i);
    for (const auto& [text, which] : alike) {
      if (which.size() < 2) continue;
      for (const std::size_t i : which) chains[i] = chain_of(root, paths[i], detail);
    }
  }
  return chains;
}

}  // namespace backstep
