#include "viz/page/worksheet.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "engine/scalar/math.h"
#include "viz/selection.h"
#include "viz/text.h"

namespace bp {
namespace {

// Whether a computed value can be a box: it is not a part of a weighted sum, nor calculated from constants
// alone.
bool can_be_box(Value value, const Selection& selection) {
  return !value.is_leaf() && !selection.is_hidden(value) && !selection.is_fixed(value);
}

bool most_have_names(const Selection& selection) {
  std::size_t with = 0, without = 0;
  selection.for_each([&](Value value) {
    if (can_be_box(value, selection)) ++(value.name().empty() ? without : with);
  });
  return with >= without;
}

// A name, or the place on the tape for what is a box and has none.
std::string name_for(Value value, const Selection& selection, bool only_names) {
  constexpr std::size_t any_length = 1000;
  std::string name = shown_name(value.name(), any_length);
  const bool is_box =
      value.is_leaf() || selection.is_root(value) || (!only_names && can_be_box(value, selection));
  return name.empty() && is_box ? fmt::format("v{}", value.index()) : name;
}

Value copied(Graph& graph, Value value, const std::vector<Value>& copies) {
  if (value.is_leaf()) return graph.leaf(value.data());
  if (value.is_constant()) return graph.constant(value.data());
  std::vector<Value> inputs;
  for (std::size_t k = 0; k < value.input_count(); ++k) inputs.push_back(copies[value.input(k).index()]);
  return record(value.op(), inputs);
}

}  // namespace

Worksheet worksheet_from(Value root, const Page_options& options) {
  root.graph().check(root);
  if (root.is_leaf() || root.is_constant()) {
    throw std::invalid_argument("backstep: a page leads to a computed value, and this one is not");
  }
  Selection selection(root);
  selection.fold_constants();
  selection.fold_weighted_sums();
  Worksheet worksheet;
  worksheet.file = options.title.empty() ? std::string(root.name()) : options.title;
  worksheet.graph = std::make_unique<Graph>();
  std::vector<Value> copies(root.index() + 1);
  const bool only_names = most_have_names(selection);
  selection.for_each([&](Value value) {
    const Value copy = copied(*worksheet.graph, value, copies);
    copies[value.index()] = copy;
    const std::string name = name_for(value, selection, only_names);
    if (!name.empty()) copy.named(name);
  });
  worksheet.loss = copies[root.index()];
  worksheet.learning_rate = options.learning_rate;
  for (const Value leaf : options.train) {
    root.graph().check(leaf);
    if (!leaf.is_leaf()) throw std::invalid_argument("backstep: only leaves are trained");
    if (leaf.index() < copies.size() && copies[leaf.index()]) worksheet.train.push_back(copies[leaf.index()]);
  }
  return worksheet;
}

}  // namespace bp
