#include "engine/scalar/op.h"

#include <array>
#include <cctype>
#include <stdexcept>

namespace bp {

namespace {

constexpr std::array<Op_info, op_count> rows = {{
    {"leaf", 0, "", "", ""},
    {"constant", 0, "", "", ""},
#define UNARY(name, formula, reads, derivative, reads_x) {#name, 1, reads, reads_x, ""},
#define BINARY(name, formula, reads, derivative_x, reads_x, derivative_y, reads_y) \
  {#name, 2, reads, reads_x, reads_y},
#define N_ARY(name, reads, reads_x) {#name, any_number, reads, reads_x, ""},
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
#undef N_ARY
}};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

std::string in_parentheses_unless_word(std::string_view text) {
  for (char c : text) {
    if (!is_word(c)) return "(" + std::string(text) + ")";
  }
  return std::string(text);
}

}  // namespace

const Op_info& info(Op op) { return rows.at(static_cast<std::size_t>(op)); }

double local_derivative(Op op, int input, double x, double y, double out) {
  switch (op) {
#define UNARY(name, ...)   \
  case Op::name:           \
    if (input != 0) break; \
    return derivative_x<Op::name>(x, out);
#define BINARY(name, ...)                                     \
  case Op::name:                                              \
    if (input == 0) return derivative_x<Op::name>(x, y, out); \
    if (input == 1) return derivative_y<Op::name>(x, y, out); \
    break;
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
    default: break;
  }
  throw std::invalid_argument("backstep: " + std::string(info(op).name) +
                              " has no local derivative by input " + std::to_string(input));
}

double operation_value(Op op, double x, double y) {
  switch (op) {
#define UNARY(name, ...)             \
  case Op::name: {                   \
    return Rule<Op::name>::value(x); \
  }
#define BINARY(name, ...)               \
  case Op::name: {                      \
    return Rule<Op::name>::value(x, y); \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
    default: break;
  }
  throw std::invalid_argument("backstep: " + std::string(info(op).name) +
                              " is no operation of one or two inputs");
}

double kink_side(Op op, [[maybe_unused]] double x, [[maybe_unused]] double y) {
  using namespace elementary;
  switch (op) {
#define KINK(name, side) \
  case Op::name:         \
    return side;
#include "engine/scalar/op_table.def"
#undef KINK
    default: return 0.0;
  }
}

std::string say(std::string_view formula, std::string_view x, std::string_view y) {
  std::string said;
  for (std::size_t i = 0; i < formula.size();) {
    std::size_t end = i;
    while (end < formula.size() && is_word(formula[end])) ++end;
    const std::string_view word = formula.substr(i, end - i);
    const bool wrapped = i > 0 && formula[i - 1] == '(' && end < formula.size() && formula[end] == ')';
    if (word == "x" || word == "y") {
      const std::string_view name = word == "x" ? x : y;
      said += wrapped ? std::string(name) : in_parentheses_unless_word(name);
    } else if (word.empty()) {
      said += formula[end++];
    } else {
      said += word;
    }
    i = end;
  }
  return said;
}

}  // namespace bp
