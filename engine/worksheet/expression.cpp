#include "engine/worksheet/expression.h"

#include "engine/scalar/math.h"
#include "engine/worksheet/functions.h"
#include "engine/worksheet/names.h"

namespace bp::worksheet {

void Expression::fail(const Token& token, const std::string& what) const {
  source_.fail({line_, token.at}, token.kind == Token::Kind::bad ? trouble_with(token) : what);
}

// What somebody who wrote this may have meant.
std::string Expression::mend() const {
  const Token& token = now();
  const Token before = at_ > 0 ? tokens_[at_ - 1] : Token{};
  const bool behind_value = before.is_name() || before.is_number() || before.is(')');
  if (before.is_number() && token.is_number() && token.text.front() == '.') return "; a number has one point";
  if (behind_value && (token.is_name() || token.is_number() || token.is('(')))
    return "; a product is written with *";
  if (before.is_number() && token.is(',')) return "; a decimal point is written .";
  if (before.is('*') && token.is('*')) return "; a power is written with ^";
  if (token.is('=')) return "; one line defines one name";
  if (token.is(':')) return "; a quotient is written with /";
  if (token.is('\'')) return "; after a step only claims can ask";
  return "";
}

// Says what stands there in place of what should.
void Expression::unexpected(const std::string& wanted) const {
  if (now().is(')') && wanted == "an operator")
    fail(now(), "this ) closes nothing; take it away, or open it with (");
  fail(now(), "expected " + wanted + ", found " + named(now()) + mend());
}

void Expression::unknown(const Token& name) const {
  if (name.text == defines_) fail(name, named(name) + " cannot stand in its own definition");
  if (const auto line = source_.defined_later(name.text)) {
    fail(name, named(name) + " is used before its definition in line " + std::to_string(*line) +
                   "; move that line up");
  }
  const bool function = find_function(name.text) != nullptr;
  fail(name, function ? named(name) + " is a function; its argument stands in parentheses"
                      : "there is no " + named(name) + worksheet_.did_you_mean(name.text));
}

Value Expression::record(std::string_view defines) {
  defines_ = defines;
  const std::size_t before = worksheet_.graph->size();
  Value value = sum();
  if (now().kind != Token::Kind::end) unexpected("an operator");
  // A name for what has one already, or for a constant, is a value of its own.
  if (value.is_constant() || value.index() < before) value = identity(value);
  return value;
}

Value Expression::sum() {
  Value left = product();
  while (now().is('+') || now().is('-')) {
    const bool adds = take().is('+');
    const Value right = product();
    left = adds ? left + right : left - right;
  }
  return left;
}

Value Expression::product() {
  Value left = unary();
  while (now().is('*') || now().is('/')) {
    const bool multiplies = take().is('*');
    const Value right = unary();
    left = multiplies ? left * right : left / right;
  }
  return left;
}

// Every way to nest leads through here: parentheses, calls, signs and powers.
Value Expression::unary() {
  if (depth_ > deepest)
    fail(now(), "an expression is nested up to 1,000 deep; give its parts names of their own");
  ++depth_;
  Value value;
  if (now().is('-')) {
    take();
    value = -unary();
  } else if (now().is('+')) {
    take();
    value = unary();
  } else {
    value = power();
  }
  --depth_;
  return value;
}

Value Expression::power() {
  const Value base = atom();
  if (!now().is('^')) return base;
  take();
  const Value exponent = unary();
  return pow(base, exponent);
}

Value Expression::atom() {
  const Token token = now();
  if (token.is_number()) {
    take();
    return worksheet_.graph->constant(number_of(source_, line_, token));
  }
  if (token.is_name()) {
    take();
    if (now().is('(')) return call(token);
    if (const auto value = worksheet_.find(token.text)) return *value;
    unknown(token);
  }
  if (!token.is('(')) unexpected("a number, a name or (");
  take();
  const Value inside = sum();
  close(token, "an operator or )");
  return inside;
}

void Expression::close(const Token& parenthesis, const std::string& wanted) {
  if (now().kind == Token::Kind::end) fail(parenthesis, "this ( is not closed; add ) where it should end");
  if (!now().is(')')) unexpected(wanted);
  take();
}

Value Expression::call(const Token& name) {
  const Function& function = function_called(name);
  const Token parenthesis = take();
  const Token first = now();
  const bool one_token = at_ + 1 < tokens_.size() && (tokens_[at_ + 1].is(',') || tokens_[at_ + 1].is(')'));
  std::vector<Value> arguments;
  if (!now().is(')')) {
    arguments.push_back(sum());
    while (now().is(',')) {
      take();
      arguments.push_back(sum());
    }
  }
  close(parenthesis, "an operator, a comma or )");
  check_count(name, function, arguments.size());
  if (function.op == Op::softmax_cross_entropy) check_class(name, one_token ? first : Token{}, arguments);
  if (function.most == any_count) listed_ += arguments.size();
  const Value value = record_call(function, arguments);
  if (function.op == Op::pow) worksheet_.pow_calls.insert(value.index());
  return value;
}

const Function& Expression::function_called(const Token& name) const {
  if (const Function* const function = find_function(name.text)) return *function;
  Nearest_name nearest(name.text);
  for (const Function& each : functions()) nearest.consider(each.name);
  const std::string_view ours = our_name_of(name.text);
  const bool is_value = worksheet_.find(name.text).has_value();
  fail(name, "there is no function " + named(name) +
                 (is_value        ? "; a product is written with *"
                  : !ours.empty() ? "; here it is called `" + std::string(ours) + "`"
                                  : nearest.hint()));
}

void Expression::check_count(const Token& name, const Function& function, std::size_t count) const {
  if (count >= function.least && count <= function.most) return;
  std::string wanted = std::to_string(function.least);
  if (function.most == any_count) {
    wanted += " or more";
  } else if (function.most > function.least) {
    wanted += " or " + std::to_string(function.most);
  }
  fail(name, std::string(function.name) + " takes " + wanted + (wanted == "1" ? " argument" : " arguments") +
                 ", found " + std::to_string(count));
}

// The first argument of softmax_cross_entropy is a whole number written there: which logit is the right one.
void Expression::check_class(const Token& name, const Token& first, std::span<const Value> arguments) const {
  const bool literal =
      first.is_number() && first.text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!literal) {
    fail(first.is_number() ? first : name,
         "the first argument of softmax_cross_entropy is the number of the right class, a whole number from "
         "0");
  }
  if (arguments[0].data() >= static_cast<double>(arguments.size() - 1)) {
    fail(first, "there is no class " + std::string(first.text) + " among " +
                    std::to_string(arguments.size() - 1) + "; classes are counted from 0");
  }
}

}  // namespace bp::worksheet
