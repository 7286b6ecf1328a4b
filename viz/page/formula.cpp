#include "viz/page/formula.h"

#include <string>
#include <vector>

#include "engine/model/json_text.h"
#include "engine/worksheet/plain_typesetter.h"
#include "viz/json.h"

namespace bp {
namespace {

using Kind = Formula::Kind;

const char* word(Kind kind) {
  switch (kind) {
    case Kind::sum: return "+";
    case Kind::product: return "*";
    case Kind::power: return "^";
    case Kind::negative: return "neg";
    case Kind::greater: return ">";
    case Kind::less: return "<";
    default: return "call";
  }
}

std::string symbol_as_json(const Symbol& symbol) {
  const char* kind = symbol.kind == Symbol::Kind::value ? "v" : symbol.kind == Symbol::Kind::next ? "n" : "d";
  return std::string("[\"") + kind + "\"," + std::to_string(symbol.name) + "]";
}

class Line_typesetter final : public worksheet::Plain_typesetter {
 public:
  Line_typesetter(const std::vector<std::string>& names, int digits)
      : Plain_typesetter(digits, {.times = "\u00d7", .minus = "\u2212", .pi = "\u03c0"}), names_(names) {}

 private:
  void write_symbol(const Symbol& symbol) override { put_text(names_[symbol.name]); }

  const std::vector<std::string>& names_;
};

}  // namespace

std::string formula_as_json(const Formula& formula) {
  if (formula.kind == Kind::number) return json_number(formula.number);
  if (formula.kind == Kind::pi) return "\"pi\"";
  if (formula.kind == Kind::symbol) return symbol_as_json(formula.symbol);
  std::string text = std::string("[\"") + word(formula.kind) + "\"";
  if (formula.kind == Kind::call) text += "," + json_text(info(formula.op).name);
  const bool flat = formula.kind == Kind::sum || formula.kind == Kind::product;
  for (const Formula& input : formula.inputs) {
    const bool inverse = flat && input.inverse;
    text += (inverse ? ",[\"inv\"," : ",") + formula_as_json(input) + (inverse ? "]" : "");
  }
  if (formula.kind == Kind::greater || formula.kind == Kind::less) text += "," + json_number(formula.number);
  return text + "]";
}

std::string formula_as_line(const Formula& formula, const std::vector<std::string>& names, int digits) {
  return worksheet::joined(Line_typesetter(names, digits).pieces(formula, worksheet::Show::names));
}

}  // namespace bp
