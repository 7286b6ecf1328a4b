// Formulas as a line of plain text: "0.5 * (t - y)^2", "exp(-x) / 2".
#pragma once

#include <string_view>

#include "engine/worksheet/typeset.h"

namespace bp::worksheet {

struct Plain_signs {
  std::string_view times = "*", minus = "-", pi = "pi";
};

class Plain_typesetter : public Typesetter {
 protected:
  explicit Plain_typesetter(int digits, Plain_signs signs = {}) : Typesetter(digits), signs_(signs) {}
  void put_text(std::string_view text);

 private:
  void write_number(std::string_view printed) override;
  void write_minus() override { put_text(signs_.minus); }
  void write_pi() override { put_text(signs_.pi); }
  void write_relation(bool greater) override { put_text(greater ? " > " : " < "); }
  void write_product(const Formula& product) override;
  void write_power(const Formula& power) override;
  void write_call(const Formula& call) override;

  Plain_signs signs_;
};

}  // namespace bp::worksheet
