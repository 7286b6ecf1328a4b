// Sites where a value with several uses loses some of them: see sites.h.
#include <algorithm>

#include "engine/worksheet/sites.h"

namespace bp::worksheet::sites {

std::vector<Edge> paths_from(const Situation& at, Node n) {
  std::vector<Edge> paths;
  for (const Edge e : at.roles.uses_of(n)) {
    const auto& penalties = at.roles.penalties;
    if (std::find(penalties.begin(), penalties.end(), e) == penalties.end()) paths.push_back(e);
  }
  return paths;
}

namespace {

bool is_meant(const Situation& at, const Slip& slip, Node n) {
  if (at.tape.op[n] == Op::leaf) return (slip.values & leaves) != 0;
  return (slip.values & (at.roles.is_activation(n) ? hidden_units : other_values)) != 0;
}

// keep(k, count) says whether path k stays.
template <class Keep>
Sites with_paths(const Situation& at, const Slip& slip, bool biases, Keep keep) {
  Sites found;
  for (Node n = 0; n < at.tape.size(); ++n) {
    if (biases && slip.flavour != 0 && at.roles.is_bias(at.tape, n))
      continue;  // a loop over samples leaves the last
    if (!is_meant(at, slip, n) || at.roles.uses_of(n).size() < 2 || at.roles.of_softmax[n] != 0) continue;
    if (!biases && at.roles.is_bias(at.tape, n)) continue;
    const std::vector<Edge> paths = paths_from(at, n);
    if (paths.size() < 2) continue;
    Site site{n, at.roles.layer[n], {}, {}};
    for (std::size_t k = 0; k < paths.size(); ++k) {
      if (!keep(k, paths.size())) site.changes.push_back({paths[k], 0.0});
    }
    if (!site.changes.empty() && site.changes.size() < paths.size()) found.push_back(std::move(site));
  }
  return found;
}

}  // namespace

Sites one_path(const Situation& at, const Slip& slip) {
  return with_paths(at, slip, false, [&](std::size_t k, std::size_t count) {
    if (slip.flavour == -1) return k + 1 == count;
    if (slip.flavour >= 0) return k == static_cast<std::size_t>(slip.flavour);
    const auto left_out = static_cast<std::size_t>(-slip.flavour - 2);
    return count < 3 || k != left_out;
  });
}

Sites overwritten(const Situation& at, const Slip& slip) {
  return with_paths(at, slip, true, [&](std::size_t k, std::size_t count) {
    return slip.flavour == 0 ? k + 1 == count : k == 0;
  });
}

}  // namespace bp::worksheet::sites
