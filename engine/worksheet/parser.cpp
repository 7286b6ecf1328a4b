// Statements of a worksheet: see worksheet.h for the language. What names values that may stand further down
// (loss, train and the claims) is kept and looked up at the end.
#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "engine/worksheet/expression.h"
#include "engine/worksheet/lexer.h"
#include "engine/worksheet/names.h"
#include "engine/worksheet/source.h"
#include "engine/worksheet/worksheet.h"

namespace bp {

namespace worksheet {
namespace {

// A name that is looked up at the end.
struct Wanted {
  Line line;
  Token token;            // where to point
  std::string_view name;  // of a value, or the beginning of one
};

struct Wanted_claim {
  Wanted of;
  std::optional<Wanted> by;
  bool prime = false;
  std::optional<Token> steps;  // after how many
  std::string written;
  Written_number number{"0"};
};

class Parser {
 public:
  Parser(std::string_view text, std::string_view file) : source_(text, file) {
    sheet_.file = std::string(file);
    sheet_.graph = std::make_unique<Graph>();
  }

  Worksheet parse() {
    while (const auto line = source_.next()) {
      line_ = *line;
      tokens_ = tokens_of(line_);
      at_ = 0;
      if (tokens_.size() > 1) statement();
    }
    finish();
    return std::move(sheet_);
  }

 private:
  // ---- where we are ----
  const Token& now() const { return tokens_[at_]; }
  const Token& peek(std::size_t k) const { return tokens_[std::min(at_ + k, tokens_.size() - 1)]; }
  Token take() { return tokens_[at_++]; }
  [[noreturn]] void fail(const Token& token, const std::string& what) const {
    source_.fail({line_, token.at}, token.kind == Token::Kind::bad ? trouble_with(token) : what);
  }
  [[noreturn]] void expected(const std::string& wanted) const {
    fail(now(), "expected " + wanted + ", found " + named(now()));
  }
  Token take_name(const std::string& wanted) {
    if (!now().is_name()) expected(wanted);
    return take();
  }
  void take_sign(char sign, const std::string& wanted) {
    if (!now().is(sign)) expected(wanted);
    take();
  }
  void end_of_line() const {
    if (now().kind != Token::Kind::end) expected("the end of the line");
  }
  std::string_view take_signed_number();

  // ---- statements ----
  void statement();
  void definition();
  void loss();
  void train();
  void learning_rate();
  void claim(std::optional<Token> steps);
  void after();
  Wanted differential(const std::string& wanted);

  // ---- what is looked up at the end ----
  void finish();
  Value value_of(const Wanted& wanted) const;
  Value loss_value() const;
  std::vector<Value> trained() const;
  Claim resolved(const Wanted_claim& claim) const;
  std::size_t steps_of(const Wanted_claim& claim) const;
  [[noreturn]] void fail(const Wanted& wanted, const std::string& what) const {
    source_.fail({wanted.line, wanted.token.at}, what);
  }

  Source source_;
  Worksheet sheet_;
  Line line_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;

  std::optional<Wanted> loss_;
  std::vector<Wanted> train_;  // a pattern's name ends with * where it is the beginning of one
  std::vector<Wanted_claim> claims_;
};

void Parser::statement() {
  if (now().is_name() && peek(1).is('=')) return definition();
  if (now().is_name()) {
    const std::string_view word = now().text;
    if (word == "loss") return loss();
    if (word == "train") return train();
    if (word == "learning_rate") return learning_rate();
    if (word == "claim") return take(), claim(std::nullopt);
    if (word == "after") return after();
  }
  if (now().is_name() && peek(1).is('\''))
    fail(now(), "a number after a step is claimed: claim " + std::string(now().text) + "' = ...");
  if (now().is_name()) {
    fail(peek(1),
         "expected '=' after " + named(now()) + ", found " + named(peek(1)) +
             "; a line is NAME = expression, or begins with loss, train, learning_rate, claim or after");
  }
  expected("a name; a line is NAME = expression, or begins with loss, train, learning_rate, claim or after");
}

// The text of [sign] NUM, which is the rest of the line.
std::string_view Parser::take_signed_number() {
  const Token first = now();
  if (now().is('+') || now().is('-')) take();
  if (!now().is_number()) expected("a number");
  const Token number = take();
  number_of(source_, line_, {number.kind, number.text, number.at, 0});
  end_of_line();
  return line_.text.substr(first.at, number.at + number.text.size() - first.at);
}

void Parser::definition() {
  const Token name = take();
  take();  // =
  if (sheet_.find(name.text)) {
    const auto first = std::find_if(sheet_.definitions.begin(), sheet_.definitions.end(),
                                    [&](const Definition& d) { return d.name == name.text; });
    fail(name, named(name) + " is defined already, in line " + std::to_string(first->line) +
                   "; give one of the two another name");
  }
  if (now().kind == Token::Kind::end) expected("an expression");
  const std::size_t signs = now().is('+') || now().is('-') ? 1 : 0;
  Value value;
  if (peek(signs).is_number() && peek(signs + 1).kind == Token::Kind::end) {
    const double number = number_of(source_, line_, peek(signs));
    value = sheet_.graph->leaf(now().is('-') ? -number : number);
  } else {
    const std::span<const Token> rest = std::span<const Token>(tokens_).subspan(at_);
    value = Expression(source_, line_, rest, sheet_).record(name.text);
  }
  if (sheet_.graph->size() > most_nodes) fail(name, "a worksheet has up to 1,000,000 nodes");
  value.named(name.text);
  sheet_.names.emplace(name.text, value);
  sheet_.definitions.push_back({std::string(name.text), value, line_.number});
}

void Parser::loss() {
  const Token word = take();
  const Token name = take_name("the name of the loss");
  end_of_line();
  if (loss_) fail(word, "there is a loss already, in line " + std::to_string(loss_->line.number));
  loss_ = Wanted{line_, name, name.text};
}

void Parser::train() {
  take();
  if (now().kind == Token::Kind::end) expected("the names of leaves, or w* for all that begin with w");
  while (now().kind != Token::Kind::end) {
    const Token name = now().is('*') ? now() : take_name("the name of a leaf");
    std::string_view pattern = name.is('*') ? name.text.substr(0, 0) : name.text;
    const bool star = now().is('*') && (name.is('*') || name.touches(now()));
    if (star) {
      const Token sign = take();
      if (now().kind != Token::Kind::end && sign.touches(now()))
        fail(sign, "* stands only at the end of a pattern");
    } else if (now().is('*')) {
      fail(now(), "* stands only at the end of a pattern, with no space before it");
    }
    train_.push_back({line_, name, pattern});
    train_.back().token.sign = star ? '*' : '\0';
  }
}

void Parser::learning_rate() {
  const Token word = take();
  const Token first = now();
  const std::string_view text = take_signed_number();
  if (sheet_.learning_rate) fail(word, "there is a learning rate already; keep one of the two");
  const double size = number_of(source_, line_, tokens_[tokens_.size() - 2]);
  sheet_.learning_rate = first.is('-') ? -size : size;
  (void)text;
}

void Parser::after() {
  take();
  const Token steps = now();
  const bool whole =
      steps.is_number() && steps.text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!whole) expected("a whole number of steps");
  take();
  take_sign(':', "':' after the number of steps");
  if (!now().is_name() || now().text != "claim") expected("claim");
  take();
  claim(steps);
}

// d NAME, the d being the letter (with or without a space) or the sign of a partial derivative.
Wanted Parser::differential(const std::string& wanted) {
  const Token first = now();
  if (first.is('d') || (first.is_name() && first.text == "d")) {
    take();
    const Token name = take_name(wanted);
    return {line_, name, name.text};
  }
  if (!first.is_name() || first.text.front() != 'd') expected(wanted);
  Token name = take();
  name.text.remove_prefix(1);
  ++name.at;
  return {line_, name, name.text};
}

void Parser::claim(std::optional<Token> steps) {
  Wanted_claim claim;
  claim.steps = steps;
  const bool spaced = now().is('d') || (now().is_name() && now().text == "d" && peek(1).is_name());
  if (spaced || peek(1).is('/')) {
    claim.of = differential("a derivative, dA/dB");
    take_sign('/', "'/' and what it is derived by, dA/dB");
    claim.by = differential("what it is derived by, dA/dB");
    if (now().is('\'')) fail(now(), "a derivative has no prime; write after 1: claim dA/dB = ...");
  } else {
    const Token name = take_name("a name, or a derivative dA/dB");
    claim.of = {line_, name, name.text};
    if (now().is('\'')) {
      if (steps) fail(now(), "no prime after `after`: the number of steps stands there");
      take();
      claim.prime = true;
    }
  }
  take_sign('=', "'=' and the number claimed");
  const Token first = now();
  if (now().is('+') || now().is('-')) take();
  if (!now().is_number()) expected("a number");
  const Token number = take();
  if (now().kind != Token::Kind::end) {
    fail(now(), "expected the end of the line, found " + named(now()) + "; a claim is one number");
  }
  claim.written = std::string(line_.text.substr(first.at, number.at + number.text.size() - first.at));
  std::erase_if(claim.written, [](char c) { return c == ' ' || c == '\t'; });
  try {
    claim.number = Written_number((first.is('-') ? "-" : "") + std::string(number.text));
  } catch (const std::invalid_argument&) {
    fail(number, "this number is too large: a double holds up to about 1.8e308, in at most 1,000 characters");
  }
  claims_.push_back(std::move(claim));
}

// ---- at the end -----------------------------------------------------------------------------------------

Value Parser::value_of(const Wanted& wanted) const {
  if (const auto value = sheet_.find(wanted.name)) return *value;
  Nearest_name nearest(wanted.name);
  for (const Definition& definition : sheet_.definitions) nearest.consider(definition.name);
  fail(wanted, "there is no '" + std::string(wanted.name) + "'" + nearest.hint());
}

Value Parser::loss_value() const {
  if (loss_) {
    const Value value = value_of(*loss_);
    if (value.is_leaf())
      fail(*loss_, "'" + std::string(loss_->name) + "' is a leaf, and a loss is computed from others");
    return value;
  }
  const auto last = std::find_if(sheet_.definitions.rbegin(), sheet_.definitions.rend(),
                                 [](const Definition& d) { return !d.value.is_leaf(); });
  if (last != sheet_.definitions.rend()) return last->value;
  const Line end{line_.number == 0 ? Line{"", 1} : line_};
  source_.fail({end, 0}, sheet_.definitions.empty()
                             ? "the worksheet is empty; begin with a line such as x = 2"
                             : "nothing is computed here; add a line such as y = 2*x");
}

std::vector<Value> Parser::trained() const {
  std::vector<bool> chosen(sheet_.definitions.size());
  const auto choose = [&](auto accept) {
    bool any = false;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (!sheet_.definitions[i].value.is_leaf() || !accept(sheet_.definitions[i].name)) continue;
      any = chosen[i] = true;
    }
    return any;
  };
  for (const Wanted& pattern : train_) {
    if (pattern.token.sign == '*') {
      if (!choose([&](const std::string& name) { return name.starts_with(pattern.name); })) {
        fail(pattern, "no leaf has a name that begins with '" + std::string(pattern.name) + "'");
      }
    } else {
      if (!value_of(pattern).is_leaf()) {
        fail(pattern, "'" + std::string(pattern.name) + "' is computed; only leaves are trained");
      }
      choose([&](const std::string& name) { return name == pattern.name; });
    }
  }
  if (train_.empty())
    choose([](const std::string& name) { return name.front() == 'w' || name.front() == 'b'; });
  std::vector<Value> leaves;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) leaves.push_back(sheet_.definitions[i].value);
  }
  return leaves;
}

std::size_t Parser::steps_of(const Wanted_claim& claim) const {
  if (!claim.steps) return claim.prime ? 1 : 0;
  const std::string_view text = claim.steps->text;
  std::size_t steps = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (read.ec != std::errc() || steps > most_work / sheet_.graph->size()) {
    source_.fail({claim.of.line, claim.steps->at}, "too many steps: steps times nodes, here " +
                                                       std::to_string(sheet_.graph->size()) +
                                                       ", is at most 1,000,000,000");
  }
  return steps;
}

Claim Parser::resolved(const Wanted_claim& wanted) const {
  Claim claim;
  claim.line = wanted.of.line.number;
  claim.of = value_of(wanted.of);
  claim.target = std::string(wanted.of.name) + (wanted.prime ? "'" : "");
  if (wanted.by) {
    claim.by = value_of(*wanted.by);
    claim.target = "d" + claim.target + "/d" + std::string(wanted.by->name);
    if (claim.of.is_leaf()) {
      fail(wanted.of, "'" + std::string(wanted.of.name) + "' is a leaf, and a leaf has no derivative");
    }
  }
  claim.after = steps_of(wanted);
  if (claim.after > 0 && !sheet_.learning_rate) {
    fail(wanted.of, "a number after a step needs a line such as learning_rate 0.5");
  }
  claim.written = wanted.written;
  claim.number = wanted.number;
  return claim;
}

void Parser::finish() {
  sheet_.loss = loss_value();
  sheet_.train = trained();
  sheet_.claims.reserve(claims_.size());
  for (const Wanted_claim& claim : claims_) sheet_.claims.push_back(resolved(claim));
}

}  // namespace
}  // namespace worksheet

Worksheet parse_worksheet(std::string_view text, std::string_view file) {
  return worksheet::Parser(text, file).parse();
}

}  // namespace bp
