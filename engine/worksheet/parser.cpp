// The statements of a worksheet, line by line: see worksheet.h for the language. What names values that may
// stand further down (loss, train and the claims) is kept, and looked up at the end.
#include <algorithm>
#include <array>

#include "engine/worksheet/expression.h"
#include "engine/worksheet/lexer.h"
#include "engine/worksheet/names.h"
#include "engine/worksheet/source.h"
#include "engine/worksheet/statements.h"
#include "engine/worksheet/worksheet.h"

namespace bp {

namespace worksheet {
namespace {

class Parser {
 public:
  Parser(std::string_view text, std::string_view file) : source_(text, file) {
    sheet_.file = on_one_line(std::string(file));
    sheet_.graph = std::make_unique<Graph>();
  }

  Worksheet parse() {
    while (const auto line = source_.next()) {
      line_ = *line;
      if (line_.text.empty()) continue;  // there may be 200 million of them
      read_tokens(line_, tokens_);
      at_ = 0;
      if (tokens_.size() > 1) statement();
    }
    kept_.last = line_;
    kept_.nodes = nodes();
    look_up(source_, kept_, sheet_);
    return std::move(sheet_);
  }

 private:
  // ---- where we are ----
  const Token& now() const { return tokens_[at_]; }
  const Token& peek(std::size_t k) const { return tokens_[std::min(at_ + k, tokens_.size() - 1)]; }
  Token take() { return tokens_[at_++]; }
  Reference reference(const Token& name) const { return {{line_, name.at}, name.text}; }
  std::size_t nodes() const { return sheet_.graph->size() + listed_; }
  [[noreturn]] void fail(const Token& token, const std::string& what) const;
  [[noreturn]] void expected(const std::string& wanted, const std::string& mend = "") const;
  Token take_name(const std::string& wanted);
  void take_sign(char sign, const std::string& wanted);
  void end_of_line() const;
  void end_of_number() const;

  // ---- statements ----
  void statement();
  [[noreturn]] void no_statement() const;
  void definition();
  void loss();
  void train();
  void learning_rate();
  void after();
  void claim(std::optional<Token> steps);
  void target(Claim_line& claim);
  Reference differential(const std::string& wanted);
  void no_prime() const;

  Source source_;
  Worksheet sheet_;
  Statements kept_;
  Line line_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t listed_ = 0;         // arguments of functions of any number of them
  std::size_t learning_rate_ = 0;  // the line of that name
};

// ---- where we are ---------------------------------------------------------------------------------------

void Parser::fail(const Token& token, const std::string& what) const {
  source_.fail({line_, token.at}, token.kind == Token::Kind::bad ? trouble_with(token) : what);
}

void Parser::expected(const std::string& wanted, const std::string& mend) const {
  fail(now(), "expected " + wanted + ", found " + named(now()) + mend);
}

Token Parser::take_name(const std::string& wanted) {
  if (!now().is_name()) expected(wanted);
  return take();
}

void Parser::take_sign(char sign, const std::string& wanted) {
  if (!now().is(sign)) expected(wanted);
  take();
}

void Parser::end_of_line() const {
  if (now().kind != Token::Kind::end) expected("the end of the line");
}

// The end of a line on which a number stands last.
void Parser::end_of_number() const {
  if (now().kind == Token::Kind::end) return;
  const bool second_point = now().is_number() && now().text.front() == '.';
  expected("the end of the line", now().is(',')  ? "; a decimal point is written ."
                                  : second_point ? "; a number has one point"
                                                 : "; here stands one number");
}

// ---- statements -----------------------------------------------------------------------------------------

void Parser::statement() {
  if (now().is_name() && peek(1).is('=')) return definition();
  const std::string_view word = now().is_name() ? now().text : std::string_view();
  if (word == "loss") return loss();
  if (word == "train") return train();
  if (word == "learning_rate") return learning_rate();
  if (word == "claim") return take(), claim(std::nullopt);
  if (word == "after") return after();
  no_statement();
}

void Parser::no_statement() const {
  const std::string forms =
      "; a line is NAME = expression, or begins with loss, train, learning_rate, claim or after";
  const bool d = now().is('d') || (now().is_name() && now().text.front() == 'd' && peek(1).is('/'));
  if (d) fail(now(), "a derivative is claimed: claim dA/dB = ...");
  if (!now().is_name()) expected("a name", forms);
  if (peek(1).is('\''))
    fail(now(), "a number after a step is claimed: claim " + std::string(now().text) + "' = ...");
  if (peek(1).is_name() || peek(1).is_number() || peek(1).is('d')) {
    constexpr std::array keywords = {"loss", "train", "learning_rate", "claim", "after"};
    Nearest_name nearest(now().text);
    for (const char* keyword : keywords) nearest.consider(keyword);
    if (!nearest.hint().empty()) fail(now(), "there is no statement " + named(now()) + nearest.hint());
  }
  fail(peek(1), "expected '=' after " + named(now()) + ", found " + named(peek(1)) + forms);
}

void Parser::definition() {
  const Token name = take();
  take();  // =
  std::size_t characters = 0;
  for (const char byte : name.text) characters += (byte & 0xC0) != 0x80 ? 1 : 0;
  if (characters > longest_name) fail(name, too_long_a_name);
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
    Expression expression(source_, line_, std::span<const Token>(tokens_).subspan(at_), sheet_);
    value = expression.record(name.text);
    listed_ += expression.listed();
  }
  if (nodes() > most_nodes) fail(name, "with this line the worksheet has more than 1,000,000 nodes");
  value.named(name.text);
  sheet_.define(name.text, value, line_.number);
}

void Parser::loss() {
  const Token word = take();
  const Token name = take_name("the name of the loss");
  end_of_line();
  if (kept_.loss) {
    fail(word, "there is a loss already, in line " + std::to_string(kept_.loss->place.line.number) +
                   "; keep one of the two");
  }
  kept_.loss = reference(name);
}

void Parser::train() {
  take();
  if (now().kind == Token::Kind::end) expected("the names of leaves, or w* for all that begin with w");
  while (now().kind != Token::Kind::end) {
    if (now().is(',')) expected("the name of a leaf", "; names are parted by spaces");
    const Token name = now().is('*') ? now() : take_name("the name of a leaf");
    if (kept_.train.size() == most_patterns)
      fail(name, "a worksheet has up to 1,000,000 names and patterns of leaves to train");
    const bool all = name.is('*');
    const bool star = now().is('*') && (all || name.touches(now()));
    if (now().is('*') && !star) fail(now(), "* stands only at the end of a pattern, with no space before it");
    if (star) {
      const Token sign = take();
      if (now().kind != Token::Kind::end && sign.touches(now()) && !now().is(','))
        fail(sign, "* stands only at the end of a pattern");
    }
    kept_.train.push_back({{{line_, name.at}, all ? name.text.substr(0, 0) : name.text}, star});
  }
}

void Parser::learning_rate() {
  const Token word = take();
  const bool negative = now().is('-');
  if (negative || now().is('+')) take();
  if (!now().is_number()) expected("a number");
  const double size = number_of(source_, line_, take());
  end_of_number();
  if (sheet_.learning_rate) {
    fail(word, "there is a learning rate already, in line " + std::to_string(learning_rate_) +
                   "; keep one of the two");
  }
  sheet_.learning_rate = negative ? -size : size;
  learning_rate_ = line_.number;
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

void Parser::claim(std::optional<Token> steps) {
  if (kept_.claims.size() == most_claims) fail(tokens_.front(), "a worksheet has up to 100,000 claims");
  Claim_line claim;
  claim.steps = steps;
  target(claim);
  take_sign('=', "'=' and the number claimed");
  if (now().is('+') || now().is('-')) claim.sign = take().text;
  if (!now().is_number()) expected("a number");
  claim.number = take();
  written_number(source_, line_, claim.number);  // fails here where it is too large
  end_of_number();
  kept_.claims.push_back(claim);
}

// NAME ['] | d NAME / d NAME
void Parser::target(Claim_line& claim) {
  const bool spaced = now().is('d') || (now().is_name() && now().text == "d" && peek(1).is_name());
  const bool quotient = peek(1).is('/') || (peek(1).is('\'') && peek(2).is('/'));
  if (spaced || quotient) {
    claim.of = differential("a derivative, dA/dB");
    no_prime();
    take_sign('/', "'/' and what it is derived by, dA/dB");
    claim.by = differential("what it is derived by, dA/dB");
    return no_prime();
  }
  claim.of = reference(take_name("a name, or a derivative dA/dB"));
  if (!now().is('\'')) return;
  if (claim.steps) fail(now(), "no prime after `after`: the number of steps stands there");
  take();
  claim.prime = true;
}

// d NAME, the d being the letter (with or without a space) or the sign of a partial derivative.
Reference Parser::differential(const std::string& wanted) {
  const Token first = now();
  if (first.is('d') || (first.is_name() && first.text == "d")) {
    take();
    return reference(take_name(wanted));
  }
  if (!first.is_name() || first.text.front() != 'd') expected(wanted);
  take();
  return {{line_, first.at + 1}, first.text.substr(1)};
}

void Parser::no_prime() const {
  if (now().is('\'')) fail(now(), "a derivative has no prime; write after 1: claim dA/dB = ...");
}

}  // namespace
}  // namespace worksheet

Worksheet parse_worksheet(std::string_view text, std::string_view file) {
  return worksheet::Parser(text, file).parse();
}

}  // namespace bp
