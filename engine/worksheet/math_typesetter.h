// Formulas as TeX writes them, for Markdown and for LaTeX.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/worksheet/math_names.h"
#include "engine/worksheet/solution.h"
#include "engine/worksheet/typeset.h"

namespace bp::worksheet {

class Math_typesetter final : public Typesetter {
 public:
  Math_typesetter(const Solution& solution, Dialect dialect)
      : Typesetter(solution.digits),
        dialect_(dialect),
        loss_(solution.loss.name),
        names_(solution.names, dialect) {}

  Math_name symbol(const Symbol& symbol) const;
  const Math_names& names() const { return names_; }

 private:
  void write_symbol(const Symbol& symbol) override;
  void write_number(std::string_view printed) override;
  void write_pi() override { put(R"(\pi )", 1.0); }
  void write_product(const Formula& product) override;
  void write_power(const Formula& power) override;
  void write_call(const Formula& call) override;
  void write_relation(bool greater) override;
  void write_in_parentheses(const Formula& formula) override;
  void open_bracket(char bracket, bool tall);
  void close_bracket(char bracket, bool tall);
  bool fits_in_fraction(const Formula& formula);
  bool write_fraction(const Formula& above, const Formula& below);

  Dialect dialect_;
  std::uint32_t loss_;
  Math_names names_;
};

}  // namespace bp::worksheet
