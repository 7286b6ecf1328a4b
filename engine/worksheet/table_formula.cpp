#include "engine/worksheet/table_formula.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace bp::worksheet {
namespace {

using Kind = Formula::Kind;

enum Placeholder : std::uint32_t { x_place, y_place, out_place };

Formula placeholder(Placeholder which) { return symbol_formula({Symbol::Kind::value, which, 0.0}); }

Op find_op(std::string_view name) {
  for (std::size_t i = 0; i < op_count; ++i) {
    if (info(static_cast<Op>(i)).name == name) return static_cast<Op>(i);
  }
  throw std::logic_error("backstep: the table of operations says " + std::string(name));
}

// Reads a formula of the table from left to right. `at_` is the first character not yet taken. The table is
// ours, so its formulas are short and well formed; a test reads every one.
class Reader {
 public:
  Reader(std::string_view text, double tie) : text_(text), tie_(tie) {}

  Formula all() {
    Formula formula = expression();
    if (at_ != text_.size()) fail();
    return formula;
  }

 private:
  Formula expression() {
    Formula left = term();
    while (true) {
      const bool plus = take('+');
      if (!plus && !take('-')) return left;
      left = sum_formula(std::move(left), term(), !plus);
    }
  }

  Formula term() {
    Formula left = unary();
    while (true) {
      const bool times = take('*');
      if (!times && !take('/')) return left;
      left = product_formula(std::move(left), unary(), !times);
    }
  }

  Formula unary() { return take('-') ? negative_formula(unary()) : power(); }

  Formula power() {
    Formula base = atom();
    return take('^') ? power_formula(std::move(base), unary()) : base;
  }

  Formula atom() {
    if (take('(')) return closed(expression(), ')');
    if (take('[')) return comparison();
    const std::string_view word = take_word();
    if (word.empty()) fail();
    if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) return number(word);
    if (word == "x") return placeholder(x_place);
    if (word == "y") return placeholder(y_place);
    if (word == "pi") return pi();
    if (word == "selu_scale") return number_formula(elementary::selu_scale);
    if (word == "selu_alpha") return number_formula(elementary::selu_alpha);
    std::vector<Formula> arguments;
    if (!take('(')) fail();
    do arguments.push_back(expression());
    while (take(','));
    return closed(call_formula(find_op(word), std::move(arguments)), ')');
  }

  Formula comparison() {
    Formula formula;
    formula.inputs.push_back(expression());
    formula.kind = take('>') ? Kind::greater : Kind::less;
    if (formula.kind == Kind::less && !take('<')) fail();
    formula.inputs.push_back(expression());
    formula.number = tie_;
    return closed(std::move(formula), ']');
  }

  static Formula number(std::string_view word) {
    double value = 0.0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return number_formula(value);
  }

  static Formula pi() {
    Formula formula;
    formula.kind = Kind::pi;
    return formula;
  }

  Formula closed(Formula formula, char bracket) {
    if (!take(bracket)) fail();
    return formula;
  }

  std::string_view take_word() {
    skip_spaces();
    const std::size_t begin = at_;
    const auto in_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    };
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool take(char wanted) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  [[noreturn]] void fail() const {
    throw std::logic_error("backstep: cannot read `" + std::string(text_) + "` in the table of operations");
  }

  std::string_view text_;
  double tie_;
  std::size_t at_ = 0;
};

bool same(const Formula& a, const Formula& b) {
  if (a.kind != b.kind || a.op != b.op || a.number != b.number || a.symbol.name != b.symbol.name ||
      a.inputs.size() != b.inputs.size())
    return false;
  for (std::size_t i = 0; i < a.inputs.size(); ++i) {
    if (a.inputs[i].inverse != b.inputs[i].inverse || !same(a.inputs[i], b.inputs[i])) return false;
  }
  return true;
}

void say_out(Formula& formula, const Formula& own) {
  if (same(formula, own)) {
    const bool inverse = formula.inverse;
    formula = placeholder(out_place);
    formula.inverse = inverse;
  }
  for (Formula& input : formula.inputs) say_out(input, own);
}

void note_reads(const Formula& formula, Placeholders& reads) {
  if (formula.kind == Kind::symbol) {
    (formula.symbol.name == x_place ? reads.x : formula.symbol.name == y_place ? reads.y : reads.out) = true;
  }
  for (const Formula& input : formula.inputs) note_reads(input, reads);
}

void put_in(Formula& formula, const Formula& x, const Formula& y, const Formula& out) {
  if (formula.kind == Kind::symbol) {
    const bool inverse = formula.inverse;
    formula = formula.symbol.name == x_place ? x : formula.symbol.name == y_place ? y : out;
    formula.inverse = inverse;
    return;
  }
  for (Formula& input : formula.inputs) put_in(input, x, y, out);
}

// 1/2 where min and max are equal, 0 at the kink of relu and its kin: as the backward pass has it.
double tie_of(Op op) { return op == Op::min || op == Op::max ? 0.5 : 0.0; }

}  // namespace

Derivative_words::Derivative_words(Op op, std::size_t input) {
  const std::string_view said = input == 0 ? info(op).reads_x : info(op).reads_y;
  words_ = Reader(said, tie_of(op)).all();
  const Formula own = Reader(info(op).reads, 0.0).all();
  if (own.kind == Kind::call || own.kind == Kind::power) say_out(words_, own);
  note_reads(words_, reads_);
}

Formula Derivative_words::with(const Formula& x, const Formula& y, const Formula& out) const {
  Formula formula = words_;
  put_in(formula, x, y, out);
  return simplified(std::move(formula));
}

const Derivative_words& derivative_words(Op op, std::size_t input) {
  static const auto all = [] {
    std::map<std::pair<Op, std::size_t>, Derivative_words> read;
    for (std::size_t i = 0; i < op_count; ++i) {
      const Op each = static_cast<Op>(i);
      const auto arity = static_cast<std::size_t>(std::max(0, info(each).arity));
      for (std::size_t k = 0; k < arity; ++k) { read.try_emplace({each, k}, each, k); }
    }
    return read;
  }();
  return all.at({op, input});
}

}  // namespace bp::worksheet
