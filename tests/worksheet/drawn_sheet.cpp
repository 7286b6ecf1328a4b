#include "tests/worksheet/drawn_sheet.h"

#include <span>

#include "engine/worksheet/digits.h"
#include "engine/worksheet/functions.h"
#include "tests/support/operations.h"

namespace bp::test {

Drawn_sheet::Drawn_sheet(Random& random) : random_(random) {
  for (int i = 0; i < 3; ++i) define_leaf();
  for (std::uint64_t left = 3 + random_.below(6); left > 0; --left) define_computed();
}

// Some of the names are those of functions, or begin with the d of a derivative.
std::string Drawn_sheet::name() {
  constexpr const char* beginnings[] = {"w", "θ", "d", "exp", "claim", "_", "重"};
  const std::string beginning = beginnings[random_.below(std::size(beginnings))];
  return beginning + std::to_string(values_.size());
}

std::string Drawn_sheet::blank() {
  constexpr const char* blanks[] = {"", " ", "", " ", "  ", "\t", "\u00A0"};
  return blanks[random_.below(std::size(blanks))];
}

std::string Drawn_sheet::sign_of(char operation) {
  constexpr const char* products[] = {"*", "·", "×"};
  constexpr const char* minuses[] = {"-", "−"};
  if (operation == '*') return products[random_.below(std::size(products))];
  if (operation == '-') return minuses[random_.below(std::size(minuses))];
  return {operation};
}

// In parentheses where the grammar wants them, and sometimes for nothing.
std::string Drawn_sheet::in(Drawn& drawn, Rank wanted) {
  if (drawn.rank >= wanted && random_.below(8) > 0) return drawn.text;
  return "(" + blank() + drawn.text + blank() + ")";
}

void Drawn_sheet::define_leaf() {
  const std::string called = name();
  const double number = random_.uniform(-2.0, 2.0);
  const std::string sign = number < 0 ? sign_of('-') : "";
  text_ += called + blank() + "=" + blank() + sign + shortest(std::abs(number)) + blank() + "\n";
  values_.emplace_back(called, graph_->leaf(number));
}

void Drawn_sheet::define_computed() {
  const std::string called = name();
  Drawn drawn = expression(4);
  // A number alone, with or without a sign, would be a leaf.
  if (drawn.text.find_first_not_of("0123456789.+-−e \t\u00A0") == std::string::npos) {
    drawn.text = "(" + drawn.text + ")";
  }
  text_ += called + blank() + "=" + blank() + drawn.text + blank() + "# " + called + "\n";
  values_.emplace_back(called, drawn.is_known ? identity(drawn.value) : drawn.value);
}

Drawn_sheet::Drawn Drawn_sheet::expression(int depth) {
  if (depth == 0 || random_.below(6) == 0) return known();
  switch (random_.below(4)) {
    case 0: return call(depth - 1);
    case 1: return list(depth - 1);
    default: return operation(depth - 1);
  }
}

Drawn_sheet::Drawn Drawn_sheet::known() {
  if (random_.below(3) > 0) {
    const auto& [called, value] = values_[random_.below(values_.size())];
    return {called, atom, value, true};
  }
  const double number =
      random_.below(2) > 0 ? static_cast<double>(random_.below(4)) : random_.uniform(0.0, 2.0);
  return {shortest(number), atom, graph_->constant(number), true};
}

// Inputs are recorded from left to right, which C++ would not promise of f(a(), b()).
Drawn_sheet::Drawn Drawn_sheet::operation(int depth) {
  const char what = "+-*/^~"[random_.below(6)];
  Drawn x = expression(depth);
  if (what == '~') {
    if (random_.below(4) == 0) return {"+" + blank() + in(x, sign), sign, x.value, x.is_known};
    return {sign_of('-') + blank() + in(x, sign), sign, -x.value};
  }
  Drawn y = expression(depth);
  const bool is_sum = what == '+' || what == '-', is_power = what == '^';
  const Rank rank = is_sum ? sum : is_power ? power : product;
  const std::string left = in(x, is_power ? atom : rank);
  const std::string text = left + blank() + sign_of(what) + blank() + in(y, is_sum ? product : sign);
  switch (what) {
    case '+': return {text, rank, x.value + y.value};
    case '-': return {text, rank, x.value - y.value};
    case '*': return {text, rank, x.value * y.value};
    case '/': return {text, rank, x.value / y.value};
    default: return {text, rank, pow(x.value, y.value)};
  }
}

// Any function of one or two arguments.
Drawn_sheet::Drawn Drawn_sheet::call(int depth) {
  const auto all = worksheet::functions();
  const worksheet::Function* function = &all[0];
  do { function = &all[random_.below(all.size())]; } while (function->most == worksheet::any_count);
  Drawn x = expression(depth);
  std::string text = std::string(function->name) + blank() + "(" + blank() + in(x, sum);
  if (function->op == Op::leaky_relu && random_.below(2) > 0) {
    return {text + ")", atom, leaky_relu(x.value, 0.01)};
  }
  if (function->most == 1) return {text + blank() + ")", atom, apply(function->op, x.value, x.value)};
  Drawn y = expression(depth);
  text += blank() + "," + blank() + in(y, sum) + ")";
  return {text, atom, apply(function->op, x.value, y.value)};
}

// A function of any number of arguments.
Drawn_sheet::Drawn Drawn_sheet::list(int depth) {
  const std::uint64_t count = 1 + random_.below(4), right = random_.below(count);
  std::vector<Value> values;
  std::string texts;
  for (std::uint64_t i = 0; i < count; ++i) {
    Drawn drawn = expression(depth);
    values.push_back(drawn.value);
    texts += (i > 0 ? blank() + "," : "") + blank() + in(drawn, sum);
  }
  switch (random_.below(4)) {
    case 0: return {"sum(" + texts + ")", atom, bp::sum(values)};
    case 1: return {"mean(" + texts + ")", atom, mean(values)};
    case 2: return {"logsumexp(" + texts + ")", atom, logsumexp(values)};
    default:
      return {"softmax_cross_entropy(" + std::to_string(right) + "," + texts + ")", atom,
              softmax_cross_entropy(right, std::span<const Value>(values))};
  }
}

}  // namespace bp::test
