#include "engine/worksheet/wrong_number.h"

#include <cmath>
#include <optional>

#include "engine/worksheet/diagnose.h"
#include "engine/worksheet/tape.h"

namespace bp {

namespace {

constexpr std::size_t largest_graph = 2'000;  // nodes: 0.8 s for a chain of tanh, and growing with the square

// Whether the gradient that backward() left is d(root)/d(value) of the numbers as they are now: 1e-9 is far
// more than the two ways to compute it differ by, and far less than any mistake.
bool is_derivative(Value root, Value value) {
  const std::vector<double> grads =
      worksheet::grads_of(worksheet::Tape(root.graph()), static_cast<worksheet::Node>(root.index()));
  const double derivative = grads[value.index()];
  return std::abs(derivative - value.grad()) <= 1e-9 * std::abs(derivative);
}

std::string lines_of(const Diagnosis& diagnosis) {
  std::string text;
  for (const Mistake& mistake : diagnosis.mistakes) {
    text += (text.empty() ? "" : "\n  ") + mistake.id + ": " + mistake.says;
  }
  if (!diagnosis.ask.empty()) text += "\n  What would tell these apart is " + diagnosis.ask + ".";
  return text;
}

// Nothing, where the number is no question for diagnose().
std::string named_mistakes(Value value, const std::string& written, Quantity quantity) {
  Graph& graph = value.graph();
  if (graph.size() > largest_graph) return "";
  Value root = graph.backward_root().value_or(value);
  Hand_number number{value, std::nullopt, written};
  if (quantity == Quantity::value) {
    if (value.input_count() == 0) return "";  // a leaf's number is not computed
    if (root.input_count() == 0) root = value;
  } else {
    if (!graph.backward_root() || root.input_count() == 0 || !is_derivative(root, value)) return "";
    number.of = root;
    number.by = value;
  }
  return lines_of(diagnose(graph, root, {&number, 1})[0]);
}

}  // namespace

std::string explain_wrong_number(Value value, const std::string& written, Quantity quantity) {
  const double truth = quantity == Quantity::gradient ? value.grad() : value.data();
  const Written_number claimed(written);
  const std::string mistakes = named_mistakes(value, written, quantity);
  return mistakes.empty() ? ratio_hint(claimed, truth, quantity) : mistakes;
}

}  // namespace bp
