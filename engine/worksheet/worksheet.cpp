#include "engine/worksheet/worksheet.h"

#include <stdexcept>

#include "engine/data/file.h"
#include "engine/worksheet/names.h"

namespace bp {

std::optional<Value> Worksheet::find(std::string_view name) const {
  const auto found = names.find(name);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

Value Worksheet::at(std::string_view name) const {
  if (const auto value = find(name)) return *value;
  worksheet::Nearest_name nearest(name);
  for (const Definition& definition : definitions) nearest.consider(definition.name);
  throw std::invalid_argument(file + ": there is no '" + on_one_line(std::string(name)) + "'" +
                              nearest.hint());
}

std::string_view Worksheet::operation(Value value) const {
  switch (value.op()) {
    case Op::add: return "+";
    case Op::sub: return "-";
    case Op::mul: return "*";
    case Op::div: return "/";
    case Op::pow: return pow_calls.contains(value.index()) ? "pow" : "^";
    default: return info(value.op()).name;
  }
}

Node_names::Node_names(const Worksheet& worksheet) : numbers_(worksheet.graph->size()) {
  std::size_t count = 0;
  for (const Value value : *worksheet.graph) {
    if (!value.is_constant() && value.name().empty()) numbers_[value.index()] = ++count;
  }
}

std::string Node_names::operator()(Value value) const {
  if (value.is_constant()) return shortest(value.data());
  return value.name().empty() ? "$" + std::to_string(numbers_[value.index()]) : std::string(value.name());
}

Worksheet read_worksheet(const std::string& path) {
  constexpr std::size_t most_bytes = 400'000'000;
  const bool standard_input = path == "-";
  const std::string text = read_file(standard_input ? "/dev/stdin" : path, most_bytes);
  return parse_worksheet(text, standard_input ? "<stdin>" : path);
}

}  // namespace bp
