#include "engine/worksheet/plain_typesetter.h"

#include "engine/worksheet/text_width.h"

namespace bp::worksheet {

void Plain_typesetter::put_text(std::string_view text) { put(text, static_cast<double>(text_width(text))); }

void Plain_typesetter::write_number(std::string_view printed) {
  const std::size_t sign = printed.find('-');  // of an exponent
  put_text(printed.substr(0, sign));
  if (sign == std::string_view::npos) return;
  write_minus();
  put_text(printed.substr(sign + 1));
}

void Plain_typesetter::write_product(const Formula& product) {
  const bool leads = may_lead();
  for (std::size_t i = 0; i < product.inputs.size(); ++i) {
    const Formula& factor = product.inputs[i];
    if (i > 0) {
      may_break(true);
      put_text(" ");
      put_text(factor.inverse ? "/" : signs_.times);
      put_text(" ");
    }
    const bool power = factor.kind == Formula::Kind::power;
    write_at_least(i == 0 || power ? Binding::product : Binding::atom, factor, i == 0 && leads);
  }
}

void Plain_typesetter::write_power(const Formula& power) {
  write_at_least(Binding::atom, power.inputs[0]);
  put_text("^");
  write_at_least(Binding::atom, power.inputs[1]);
}

void Plain_typesetter::write_call(const Formula& call) {
  put_text(info(call.op).name);
  put_text("(");
  deeper();
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (i > 0) {
      put_text(",");
      may_break();
      put_text(" ");
    }
    write(call.inputs[i]);
  }
  shallower();
  put_text(")");
}

}  // namespace bp::worksheet
