#include "viz/page/formula.h"

#include <string_view>

#include "engine/model/json_text.h"
#include "engine/worksheet/text_width.h"
#include "engine/worksheet/typeset.h"
#include "viz/json_number.h"

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

class Line_typesetter final : public worksheet::Typesetter {
 public:
  Line_typesetter(const std::vector<std::string>& names, int digits) : Typesetter(digits), names_(names) {}

 private:
  void write_symbol(const Symbol& symbol) override { put_text(names_[symbol.name]); }
  void write_number(std::string_view printed) override { put_text(printed); }
  void write_pi() override { put_text("\u03c0"); }
  void write_relation(bool greater) override { put_text(greater ? " > " : " < "); }
  void write_product(const Formula& product) override {
    const bool leads = may_lead();
    for (std::size_t i = 0; i < product.inputs.size(); ++i) {
      const Formula& factor = product.inputs[i];
      if (i > 0) put_text(factor.inverse ? " / " : " \u00d7 ");
      const bool power = factor.kind == Kind::power;
      write_at_least(i == 0 || power ? Binding::product : Binding::atom, factor, i == 0 && leads);
    }
  }
  void write_power(const Formula& power) override {
    write_at_least(Binding::atom, power.inputs[0]);
    put_text("^");
    write_at_least(Binding::atom, power.inputs[1]);
  }
  void write_call(const Formula& call) override {
    put_text(info(call.op).name);
    put_text("(");
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      if (i > 0) put_text(", ");
      write(call.inputs[i]);
    }
    put_text(")");
  }
  void put_text(std::string_view text) { put(text, static_cast<double>(worksheet::text_width(text))); }

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
  const std::string line =
      worksheet::joined(Line_typesetter(names, digits).pieces(formula, worksheet::Show::names));
  std::string typeset;
  for (const char c : line) {
    if (c == '-') {
      typeset += "\u2212";
    } else {
      typeset += c;
    }
  }
  return typeset;
}

}  // namespace bp
