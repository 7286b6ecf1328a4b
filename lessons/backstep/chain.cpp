#include "lessons/backstep/chain.h"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <span>

#include "viz/formula.h"
#include "viz/text.h"

namespace backstep {
namespace {

using bp::Graph, bp::Path, bp::Path_step, bp::Value;

constexpr std::size_t longest_name = 40;   // characters
constexpr std::size_t longest_chain = 40;  // links: three lines of short names

enum class Detail { names, formulas, inputs };

// A link before it has a name.
struct Stop {
  Value value;
  std::span<const Path_step> steps;  // those that lead here from the stop before
  std::size_t stops_cut = 0;         // of the link in the middle: how many links it stands for
};

std::string name_of(Value value) { return bp::shown_name(value.name(), longest_name); }

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
      link.name = bp::formula_of(stop.value, 6);
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
