#include "viz/formula.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "engine/worksheet/digits.h"
#include "viz/text.h"

namespace bp {

namespace {

using Binding = Phrase::Binding;

constexpr std::size_t longest_name = 40;  // characters
constexpr std::size_t most_parts = 64;    // of the formula for one value

std::string in_parentheses(const std::string& text) { return "(" + text + ")"; }

std::string at_least(Binding binding, const Phrase& phrase) {
  return phrase.binding >= binding ? phrase.text : in_parentheses(phrase.text);
}

// "net", "w[1,2]", "tanh(a + b)": nothing that binds stands outside brackets, and these close at the end at
// last.
bool is_atom(std::string_view text) {
  int depth = 0;
  for (char c : text) {
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (depth < 0) return false;
    if (depth == 0 && std::string_view(" +-*/^").find(c) != std::string_view::npos) return false;
  }
  return depth == 0;
}

Phrase unless_too_long(Phrase phrase, std::size_t longest) {
  if (character_count(phrase.text) > longest) return {};
  return phrase;
}

Phrase sum_of(const Phrase& left, const Phrase& right, std::size_t longest) {
  const std::string last = at_least(Binding::sum, right);
  Phrase sum;
  sum.text = at_least(Binding::sum, left) + " + " + last;
  sum.binding = Binding::sum;
  sum.opening = left.opening.empty() ? sum.text : left.opening;
  sum.cut = left.cut || (!left.opening.empty() && character_count(sum.text) > longest);
  if (sum.cut) sum.text = sum.opening + " + \u2026 + " + last;
  return unless_too_long(sum, longest);
}

Phrase product_of(const Phrase& left, const Phrase& right, std::size_t longest) {
  return unless_too_long({at_least(Binding::product, left) + " * " + at_least(Binding::product, right),
                          Binding::product,
                          {},
                          false},
                         longest);
}

Phrase sum_of(const std::vector<Phrase>& terms, std::size_t longest) {
  Phrase sum = terms[0];
  for (std::size_t i = 1; i < terms.size() && !sum.text.empty(); ++i) sum = sum_of(sum, terms[i], longest);
  return sum;
}

Phrase dot_of(const std::vector<Phrase>& factors, std::size_t longest) {
  std::vector<Phrase> products;
  for (std::size_t i = 0; i + 1 < factors.size(); i += 2) {
    products.push_back(product_of(factors[i], factors[i + 1], longest));
    if (products.back().text.empty()) return {};
  }
  return sum_of(products, longest);
}

Phrase logsumexp_of(const std::vector<Phrase>& inputs, std::size_t longest) {
  std::vector<Phrase> terms;
  terms.reserve(inputs.size());
  for (const Phrase& input : inputs) terms.push_back({"exp" + in_parentheses(input.text), Binding::atom});
  const Phrase sum = sum_of(terms, longest);
  return sum.text.empty() ? Phrase()
                          : unless_too_long({"log" + in_parentheses(sum.text), Binding::atom}, longest);
}

// mean(a, b), by its name.
Phrase call_of(Op op, const std::vector<Phrase>& inputs, std::size_t longest) {
  std::string arguments;
  for (const Phrase& input : inputs) arguments += (arguments.empty() ? "" : ", ") + input.text;
  return unless_too_long({std::string(info(op).name) + in_parentheses(arguments), Binding::atom}, longest);
}

// tanh(a + b), and by the table's words where these are no call: log(1 + a). Where they are long,
// gelu_tanh(a).
Phrase function_of(Op op, const std::vector<Phrase>& inputs, std::size_t longest) {
  std::string arguments = inputs[0].text;
  if (inputs.size() > 1) arguments += ", " + inputs[1].text;
  const std::string name(info(op).name);
  const Phrase call{name + in_parentheses(arguments), Binding::atom};
  if (info(op).reads.substr(0, name.size() + 1) == name + "(") return unless_too_long(call, longest);
  const std::string text = say(info(op).reads, inputs[0].text, inputs.size() > 1 ? inputs[1].text : "");
  if (character_count(text) > longest) return unless_too_long(call, longest);
  return {text, is_atom(text) ? Binding::atom : Binding::loose};
}

// The values without a name that a formula for `value` goes through, and what it is made of, in the order of
// the tape; nothing when they are too many. The name of `value` itself says nothing here.
std::map<std::size_t, Phrase> parts_of(Value value) {
  std::map<std::size_t, Phrase> parts;
  std::vector<Value> waiting = {value};
  while (!waiting.empty()) {
    const Value part = waiting.back();
    waiting.pop_back();
    if (!parts.emplace(part.index(), Phrase()).second) continue;
    if (parts.size() > most_parts || part.input_count() > most_parts) return {};
    if (!part.name().empty() && part.index() != value.index()) continue;
    for (std::size_t k = 0; k < part.input_count(); ++k) waiting.push_back(part.input(k));
  }
  return parts;
}

// A name, a number, or a formula of what was put into words before; of the whole its name says nothing.
Phrase phrase_of_part(Value part, bool is_whole, const std::map<std::size_t, Phrase>& parts, int digits,
                      std::size_t longest) {
  const std::string name = is_whole ? "" : shown_name(part.name(), longest_name);
  if (!name.empty()) return phrase_of_name(name);
  if (part.is_constant()) return phrase_of_number(shown_number(part.data(), digits));
  if (part.is_leaf()) return {};
  std::vector<Phrase> inputs;
  for (std::size_t k = 0; k < part.input_count(); ++k) inputs.push_back(parts.at(part.input(k).index()));
  return phrase_of(part.op(), inputs, longest);
}

}  // namespace

Phrase phrase_of_name(std::string_view name) {
  return {std::string(name), is_atom(name) ? Binding::atom : Binding::loose};
}

Phrase phrase_of_number(std::string_view number) {
  return {std::string(number), number.substr(0, 1) == "-" ? Binding::loose : Binding::atom};
}

Phrase phrase_of(Op op, const std::vector<Phrase>& inputs, std::size_t longest) {
  for (const Phrase& input : inputs) {
    if (input.text.empty()) return {};
  }
  const auto infix = [&](Binding left, std::string_view sign, Binding right, Binding whole) {
    return unless_too_long(
        {at_least(left, inputs[0]) + std::string(sign) + at_least(right, inputs[1]), whole}, longest);
  };
  switch (op) {
    case Op::add: return sum_of(inputs[0], inputs[1], longest);
    case Op::sub: return infix(Binding::sum, " - ", Binding::product, Binding::sum);
    case Op::mul: return product_of(inputs[0], inputs[1], longest);
    case Op::div: return infix(Binding::product, " / ", Binding::atom, Binding::product);
    case Op::pow: return infix(Binding::atom, "^", Binding::atom, Binding::product);
    case Op::square:
      return unless_too_long({at_least(Binding::atom, inputs[0]) + "^2", Binding::product}, longest);
    case Op::neg:
      return unless_too_long({"-" + at_least(Binding::product, inputs[0]), Binding::loose}, longest);
    case Op::identity: return inputs[0];
    case Op::sum: return sum_of(inputs, longest);
    case Op::dot: return dot_of(inputs, longest);
    case Op::logsumexp: return logsumexp_of(inputs, longest);
    case Op::mean:
    case Op::softmax_cross_entropy: return call_of(op, inputs, longest);
    default: return function_of(op, inputs, longest);
  }
}

std::string symbol_of(Op op) {
  switch (op) {
    case Op::add: return "+";
    case Op::sub: return "-";
    case Op::mul: return "*";
    case Op::div: return "/";
    default: return std::string(info(op).name);
  }
}

std::string formula_of(Value value, int digits, std::size_t longest) {
  if (value.input_count() == 0) return "";
  std::map<std::size_t, Phrase> parts = parts_of(value);
  // A sum keeps all of its terms as long as it can; but what it is a part of may need some of the room.
  constexpr std::size_t step = 8;
  for (std::size_t room = longest; room >= longest / 2 && room >= step; room -= step) {
    for (auto& [index, phrase] : parts) {
      phrase = phrase_of_part(value.graph()[index], index == value.index(), parts, digits, room);
    }
    if (!parts.empty() && !parts.at(value.index()).text.empty()) return parts.at(value.index()).text;
  }
  return symbol_of(value.op());
}

}  // namespace bp
