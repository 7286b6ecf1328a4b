#include "engine/worksheet/from_graph.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "engine/scalar/copy.h"

namespace bp {

Worksheet worksheet_of(Value root, std::string file) {
  Worksheet sheet;
  sheet.file = std::move(file);
  sheet.graph = std::make_unique<Graph>();
  const std::vector<Value> copies = copy_into(*sheet.graph, root);
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const Value value = copies[i];
    if (!value || value.is_constant()) continue;
    std::string name(value.name());
    if (name.empty() && (value.is_leaf() || i + 1 == copies.size())) name = "v" + std::to_string(i);
    if (name.empty()) continue;
    while (sheet.find(name)) name += "#" + std::to_string(i);
    if (name != value.name()) value.named(name);
    sheet.define(name, value, sheet.definitions.size() + 1);
  }
  sheet.loss = copies.back();
  return sheet;
}

}  // namespace bp
