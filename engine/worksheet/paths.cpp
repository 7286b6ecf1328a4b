// The best path is found by going down from the root, at each node along the best of its edges. What makes an
// edge the best is known beforehand: `best_` of a node is the largest product of a path from there to the
// value, found in one pass from the value to the root.
//
// The next best are found as Lawler did (Management Science 18, 1972): all paths but the best fall into
// classes, one for each edge where they leave the best path for the first time. The best path of a class is
// known by its first edge: it goes on greedily. The best class gives the next path, and is split in turn.
// Only as many classes are kept as there are paths to be found.
#include "engine/worksheet/paths.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "engine/worksheet/between.h"
#include "engine/worksheet/scaled.h"

namespace bp {

namespace {

using Edge = Between::Edge;

constexpr std::uint32_t nothing = ~std::uint32_t{0};

// A class of paths: they follow path `parent` for `steps` steps and leave it there by edge `edge`.
struct Branch {
  std::size_t parent = 0, steps = 0;
  std::uint32_t edge = nothing;  // of the node that `steps` steps lead to; nothing: all paths there are

  friend auto operator<=>(const Branch&, const Branch&) = default;
};

struct By_size {
  bool operator()(Scaled a, Scaled b) const { return is_smaller(b, a); }
};

class Search {
 public:
  explicit Search(const Between& between);

  void run(std::size_t top);
  std::vector<Path> listed() const;
  double sum() const;
  double sum_of_rest() const;

 private:
  // A path as the edges it takes, each a number within edges(node).
  struct Found {
    Branch branch;
    std::vector<std::uint32_t> edges;
    Scaled product{1.0};
  };

  std::uint32_t root() const { return static_cast<std::uint32_t>(between_.size() - 1); }
  Scaled suffix(const Edge& edge) const;
  Scaled through(Scaled prefix, const Edge& edge) const;
  std::uint32_t best_edge(std::uint32_t node, Scaled prefix) const;
  Found follow(const Branch& branch) const;
  template <class Body>
  void for_each_branch(std::size_t path, Body body) const;

  const Between& between_;
  std::vector<Scaled> best_;          // the largest |product| of a path from the node to the value
  std::vector<std::uint8_t> breaks_;  // whether a path from the node makes NaN of an infinity: by 0 or by NaN
  std::vector<Found> found_;
};

bool makes_nan(double derivative) { return derivative == 0.0 || std::isnan(derivative); }

Search::Search(const Between& between)
    : between_(between), best_(between.size(), Scaled(1.0)), breaks_(between.size()) {
  for (std::size_t node = 1; node < between.size(); ++node) {
    Scaled best(0.0);
    for (const Edge& edge : between.edges(node)) {
      if (const Scaled size = suffix(edge); is_smaller(best, size)) best = size;
      if (makes_nan(edge.derivative) || breaks_[edge.to] != 0) breaks_[node] = 1;
    }
    best_[node] = best;
  }
}

// The largest |product| of a path that begins with this edge.
Scaled Search::suffix(const Edge& edge) const {
  const Scaled derivative = Scaled(edge.derivative).size();
  if (derivative.is_infinite()) return breaks_[edge.to] != 0 ? Scaled(std::nan("")) : derivative;
  return derivative * best_[edge.to];
}

// The same of a path that has already multiplied up to `prefix`.
Scaled Search::through(Scaled prefix, const Edge& edge) const {
  if (!prefix.is_infinite()) return prefix.size() * suffix(edge);
  const bool breaks = makes_nan(edge.derivative) || breaks_[edge.to] != 0;
  return breaks ? Scaled(std::nan("")) : prefix.size();
}

std::uint32_t Search::best_edge(std::uint32_t node, Scaled prefix) const {
  const auto edges = between_.edges(node);
  std::uint32_t best = 0;
  for (std::uint32_t k = 1; k < edges.size(); ++k) {
    if (is_smaller(through(prefix, edges[best]), through(prefix, edges[k]))) best = k;
  }
  return best;
}

// The best path of a class.
Search::Found Search::follow(const Branch& branch) const {
  Found path{branch, {}};
  std::uint32_t node = root();
  const auto go = [&](std::uint32_t k) {
    const Edge& edge = between_.edges(node)[k];
    path.edges.push_back(k);
    path.product = path.product * Scaled(edge.derivative);
    node = edge.to;
  };
  if (branch.edge != nothing) {
    for (std::size_t i = 0; i < branch.steps; ++i) go(found_[branch.parent].edges[i]);
    go(branch.edge);
  }
  while (node != 0) go(best_edge(node, path.product));
  return path;
}

// The classes into which the other paths of a found path's class fall: body(branch, prefix, edge).
template <class Body>
void Search::for_each_branch(std::size_t path, Body body) const {
  const Found& found = found_[path];
  const std::size_t begin = found.branch.edge == nothing ? 0 : found.branch.steps + 1;
  Scaled prefix(1.0);
  std::uint32_t node = root();
  for (std::size_t i = 0; i < found.edges.size(); ++i) {
    const auto edges = between_.edges(node);
    for (std::uint32_t k = 0; i >= begin && k < edges.size(); ++k) {
      if (k != found.edges[i]) body(Branch{path, i, k}, prefix, edges[k]);
    }
    const Edge& taken = edges[found.edges[i]];
    prefix = prefix * Scaled(taken.derivative);
    node = taken.to;
  }
}

void Search::run(std::size_t top) {
  std::multimap<Scaled, Branch, By_size> waiting;  // those of equal size in the order in which they were met
  if (between_.size() > 0) waiting.emplace(best_.back(), Branch{});
  while (found_.size() < top && !waiting.empty()) {
    found_.push_back(follow(waiting.begin()->second));
    waiting.erase(waiting.begin());
    const std::size_t wanted = top - found_.size();
    for_each_branch(found_.size() - 1, [&](const Branch& branch, Scaled prefix, const Edge& edge) {
      const Scaled size = through(prefix, edge);
      if (waiting.size() == wanted) {
        if (wanted == 0 || !is_smaller(std::prev(waiting.end())->first, size)) return;
        waiting.erase(std::prev(waiting.end()));
      }
      waiting.emplace(size, branch);
    });
  }
}

std::vector<Path> Search::listed() const {
  std::vector<const Found*> order;
  for (const Found& found : found_) order.push_back(&found);
  std::stable_sort(order.begin(), order.end(),
                   [](const Found* a, const Found* b) { return is_smaller(b->product, a->product); });
  std::vector<Path> paths;
  for (const Found* found : order) {
    Path path{{}, found->product.number()};
    path.steps.reserve(found->edges.size());
    std::uint32_t node = root();
    for (const std::uint32_t k : found->edges) {
      const Edge& edge = between_.edges(node)[k];
      path.steps.push_back({between_.place(node), edge.input});
      node = edge.to;
    }
    paths.push_back(std::move(path));
  }
  return paths;
}

// In the order of backward(), so that the bits are the same.
double Search::sum() const {
  if (between_.size() == 0) return 0.0;
  std::vector<double> grads(between_.size(), 0.0);
  grads.back() = 1.0;
  for (std::size_t node = between_.size(); node-- > 1;) {
    if (grads[node] == 0.0) continue;
    for (const Edge& edge : between_.edges(node)) grads[edge.to] += grads[node] * edge.derivative;
  }
  return grads[0];
}

// Every path that was not found is in one class that was met and not followed.
double Search::sum_of_rest() const {
  if (between_.size() == 0) return 0.0;
  if (found_.empty()) return sum();
  std::vector<double> sums(between_.size(), 0.0);  // of the products of all paths from the node to the value
  sums[0] = 1.0;
  const auto pass_on = [&](double prefix, const Edge& edge) {
    return prefix == 0.0 || (edge.derivative == 0.0 && std::isfinite(prefix))
               ? 0.0
               : prefix * edge.derivative * sums[edge.to];
  };
  for (std::size_t node = 1; node < between_.size(); ++node) {
    for (const Edge& edge : between_.edges(node)) sums[node] += pass_on(1.0, edge);
  }
  std::set<Branch> followed;
  for (const Found& found : found_) followed.insert(found.branch);
  double rest = 0.0;
  for (std::size_t path = 0; path < found_.size(); ++path) {
    for_each_branch(path, [&](const Branch& branch, Scaled prefix, const Edge& edge) {
      if (!followed.contains(branch)) rest += pass_on(prefix.number(), edge);
    });
  }
  return rest;
}

}  // namespace

Paths find_paths(Value root, Value value, std::size_t top) {
  const Between between(root, value);
  Search search(between);
  search.run(top);
  Paths paths;
  paths.largest = search.listed();
  if (const std::optional<Natural> count = count_paths(between)) {
    paths.count = count->digits();
    paths.rest_count = (*count - Natural(paths.largest.size())).digits();
  } else {
    paths.count = paths.rest_count = rough_count(between);
    paths.is_exact = false;
  }
  paths.rest_sum = search.sum_of_rest();
  paths.sum = search.sum();
  return paths;
}

double product_along(Graph& graph, std::span<const Path_step> steps) {
  Scaled product(1.0);
  for (const Path_step step : steps) {
    product = product * Scaled(graph[step.user].local_derivative(step.input));
  }
  return product.number();
}

}  // namespace bp
