#include "engine/worksheet/typeset.h"

#include <utility>

#include "engine/worksheet/digits.h"

namespace bp::worksheet {

using Kind = Formula::Kind;

std::vector<Piece> Typesetter::pieces(const Formula& formula, Show show) {
  show_ = show;
  depth_ = 0;
  pieces_.assign(1, Piece());
  write(formula);
  return std::exchange(pieces_, {});
}

Piece Typesetter::one_piece(const Formula& formula, Show show) {
  show_ = show;
  return aside(formula);
}

Piece Typesetter::aside(const Formula& formula) {
  std::vector<Piece> before = std::exchange(pieces_, {Piece()});
  const std::size_t depth = std::exchange(depth_, 0);
  write(formula);
  depth_ = depth;
  std::swap(before, pieces_);
  return {joined(before), width_of(before)};
}

void Typesetter::put(std::string_view text, double width) {
  pieces_.back().text += text;
  pieces_.back().width += width;
}

void Typesetter::may_break(bool later) { pieces_.push_back({"", 0.0, depth_ + (later ? 1 : 0)}); }

void Typesetter::may_break_at_last() {
  constexpr double long_since = 40.0;
  if (pieces_.back().width > long_since) may_break(true);
}

std::string Typesetter::printed(double number) const { return shown_number(number, digits_); }

bool Typesetter::is_negative(const Formula& formula) const {
  if (formula.kind == Kind::negative) return true;
  if (formula.kind == Kind::number) return printed(formula.number).starts_with('-');
  return formula.kind == Kind::symbol && numbers() && printed(formula.symbol.number).starts_with('-');
}

Typesetter::Binding Typesetter::binding_of(const Formula& formula) const {
  if (formula.kind == Kind::sum || is_negative(formula)) return Binding::sum;
  return formula.kind == Kind::product || formula.kind == Kind::power ? Binding::product : Binding::atom;
}

void Typesetter::write_in_parentheses(const Formula& formula) {
  put("(", 1.0);
  deeper();
  may_break(true);
  write(formula);
  may_break_at_last();
  shallower();
  put(")", 1.0);
}

// A minus may stand at the beginning, as in -2 * x.
void Typesetter::write_at_least(Binding binding, const Formula& formula, bool leads) {
  const bool fits =
      binding_of(formula) >= binding || (leads && binding != Binding::atom && formula.kind != Kind::sum);
  if (fits) {
    write(formula);
  } else {
    write_in_parentheses(formula);
  }
}

void Typesetter::write_sum(const Formula& sum) {
  write_at_least(Binding::product, sum.inputs[0], true);
  for (std::size_t i = 1; i < sum.inputs.size(); ++i) {
    may_break();
    put(" ", 1.0);
    if (sum.inputs[i].inverse) {
      write_minus();
    } else {
      put("+", 1.0);
    }
    put(" ", 1.0);
    follows_sign_ = sum.inputs[i].kind == Kind::product;
    write_at_least(Binding::product, sum.inputs[i]);
  }
}

void Typesetter::write(const Formula& formula) {
  const auto number = [&](double value) {
    std::string text = printed(value);
    if (text.starts_with('-')) {
      write_minus();
      text.erase(0, 1);
    }
    write_number(text);
  };
  switch (formula.kind) {
    case Kind::number: return number(formula.number);
    case Kind::pi: return write_pi();
    case Kind::symbol: return numbers() ? number(formula.symbol.number) : write_symbol(formula.symbol);
    case Kind::sum: return write_sum(formula);
    case Kind::product: return write_product(formula);
    case Kind::power: return write_power(formula);
    case Kind::negative:
      write_minus();
      follows_sign_ = formula.inputs[0].kind == Kind::product;
      return write_at_least(Binding::product, formula.inputs[0]);
    case Kind::call: return write_call(formula);
    case Kind::greater:
    case Kind::less:
      put("[", 1.0);
      deeper();
      write(formula.inputs[0]);
      write_relation(formula.kind == Kind::greater);
      write(formula.inputs[1]);
      shallower();
      return put("]", 1.0);
  }
}

namespace {

std::string without_outer_spaces(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

// The first piece that goes to the next line: the shallowest of those that the line could end before, the
// last of equals; but no line ends early for it unless it has to.
std::size_t end_of_line(const std::vector<Piece>& pieces, std::size_t begin, double width) {
  constexpr double well_filled = 0.4;  // of the width: a line that ends before looks lost
  double filled = pieces[begin].width;
  std::size_t best = begin + 1;
  bool best_is_filled = false;
  for (std::size_t next = begin + 1; next < pieces.size(); ++next) {
    if (filled > width) return best;
    const bool is_filled = filled >= well_filled * width;
    if (is_filled != best_is_filled ? is_filled : pieces[next].level <= pieces[best].level) {
      best = next;
      best_is_filled = is_filled;
    }
    filled += pieces[next].width;
  }
  return filled > width ? best : pieces.size();
}

}  // namespace

std::vector<std::string> broken(const std::vector<Piece>& pieces, double first, double next) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < pieces.size();) {
    const std::size_t end = end_of_line(pieces, begin, lines.empty() ? first : next);
    std::string line;
    for (std::size_t i = begin; i < end; ++i) line += pieces[i].text;
    lines.push_back(without_outer_spaces(std::move(line)));
    begin = end;
  }
  return lines;
}

double width_of(const std::vector<Piece>& pieces) {
  double width = 0.0;
  for (const Piece& piece : pieces) width += piece.width;
  return width;
}

std::string joined(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.text;
  return text;
}

}  // namespace bp::worksheet
