// The grammar of expressions: what binds closer, what goes to the left, and what each spelling records.
#include "engine/worksheet/expression.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/worksheet/functions.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/read.h"

using namespace bp;
using bp::test::read_sheet;

namespace {

// An expression over a = 2, b = 3 and c = 5.
Worksheet sheet_of(const std::string& expression) {
  return read_sheet("a = 2\nb = 3\nc = 5\ny = " + expression + "\n");
}
double value_of(const std::string& expression) { return sheet_of(expression).at("y").data(); }

// What was recorded, each operation in parentheses of its own.
std::string structure(const Worksheet& worksheet, Value value, bool by_name = true) {
  if (value.is_constant()) return shortest(value.data());
  if (by_name && !value.name().empty()) return std::string(value.name());
  const std::string operation(worksheet.operation(value));
  std::string inputs;
  for (std::size_t i = 0; i < value.input_count(); ++i) {
    inputs += (i > 0 ? " " : "") + structure(worksheet, value.input(i));
  }
  return "(" + operation + " " + inputs + ")";
}
std::string structure_of(const std::string& expression) {
  const Worksheet sheet = sheet_of(expression);
  return structure(sheet, sheet.at("y"), false);
}

}  // namespace

TEST_CASE("a power binds closer than a sign, a sign closer than a product, a product closer than a sum",
          "[expression]") {
  for (const auto& [text, wanted] : std::vector<std::pair<std::string, std::string>>{
           {"-a^2", "(neg (^ a 2))"},
           {"-a*b", "(* (neg a) b)"},
           {"a + b*c", "(+ a (* b c))"},
           {"a*b + c", "(+ (* a b) c)"},
           {"a - b/c", "(- a (/ b c))"},
           {"a*b^c", "(* a (^ b c))"},
           {"a^-b", "(^ a (neg b))"},
           {"a^-b*c", "(* (^ a (neg b)) c)"},
           {"a^-b^c", "(^ a (neg (^ b c)))"},
           {"a*-b", "(* a (neg b))"},
           {"a - -b", "(- a (neg b))"},
           {"(a + b)*c", "(* (+ a b) c)"},
           {"(-a)^2", "(^ (neg a) 2)"},
       }) {
    CAPTURE(text);

    const std::string recorded = structure_of(text);

    CHECK(recorded == wanted);
  }
}

TEST_CASE("sums and products go from left to right, powers from right to left", "[expression]") {
  for (const auto& [text, wanted] : std::vector<std::pair<std::string, std::string>>{
           {"a - b - c", "(- (- a b) c)"},
           {"a - b + c", "(+ (- a b) c)"},
           {"a / b / c", "(/ (/ a b) c)"},
           {"a / b * c", "(* (/ a b) c)"},
           {"a ^ b ^ c", "(^ a (^ b c))"},
       }) {
    CAPTURE(text);

    const std::string recorded = structure_of(text);

    CHECK(recorded == wanted);
  }
}

TEST_CASE("expressions of numbers come out as on paper", "[expression]") {
  CHECK(value_of("2^3^2") == 512);
  CHECK(value_of("2^-1") == 0.5);
  CHECK(value_of("-2^2") == -4);
  CHECK(value_of("10 - 4 - 3") == 3);
  CHECK(value_of("100/10/5") == 2);
  CHECK(value_of(".5 + 5. + 1e-1 + 2E+1 + 3e2") == 0.5 + 5 + 0.1 + 20 + 300);
  CHECK(value_of("--a") == 2);
  CHECK(value_of("-+-+a") == 2);
  CHECK(value_of("((((a))))*1") == 2);
}

TEST_CASE("a plus before a value records nothing", "[expression]") {
  CHECK(structure_of("+a*+b") == "(* a b)");
  CHECK(structure_of("+a") == "(identity a)");
  CHECK(structure_of("a - +b") == "(- a b)");
}

TEST_CASE("the signs of typesetting stand for those of a keyboard, and spaces are free", "[expression]") {
  CHECK(structure_of("a·b") == "(* a b)");
  CHECK(structure_of("a × b") == "(* a b)");
  CHECK(structure_of("a − b") == "(- a b)");
  CHECK(structure_of("−a") == "(neg a)");
  CHECK(value_of("2e−1*1") == 0.2);
  CHECK(structure_of("  a*b\t+   ( c )  ") == "(+ (* a b) c)");
  CHECK(structure_of("a\u00A0+\u00A0b") == "(+ a b)");
}

TEST_CASE("every function is called by its name and records its operation", "[expression]") {
  for (const worksheet::Function& function : worksheet::functions()) {
    if (function.op == Op::softmax_cross_entropy) continue;  // its first argument is of another kind
    for (std::size_t count = function.least; count <= std::min(function.most, function.least + 2); ++count) {
      std::string arguments = "a", wanted = "a";
      for (std::size_t i = 1; i < count; ++i) arguments += ", b", wanted += " b";
      if (function.op == Op::leaky_relu && count == 1) wanted += " 0.01";
      CAPTURE(function.name, count);

      const std::string recorded = structure_of(std::string(function.name) + "(" + arguments + ")");

      CHECK(recorded == "(" + std::string(function.name) + " " + wanted + ")");
    }
  }
}

TEST_CASE("functions of several arguments give what their names say", "[expression]") {
  CHECK(value_of("leaky_relu(-a)") == -0.02);
  CHECK(value_of("leaky_relu(-a, 0.5)") == -1);
  CHECK(value_of("min(a, b) + 10*max(a, b)") == 32);
  CHECK(value_of("pow(a, b)") == 8);
  CHECK(value_of("sum(a, b, c, 1)") == 11);
  CHECK(value_of("mean(a, b, c, 2)") == 3);
  // log(e^2 + e^3 + e^5) - 5 = log(1 + e^-2 + e^-3), within a few roundings.
  const double above = std::log(1 + std::exp(-2.0) + std::exp(-3.0));
  CHECK(std::abs(value_of("logsumexp(a, b, c) - c") - above) < 1e-14);
  CHECK(std::abs(value_of("softmax_cross_entropy(2, a, b, c)") - above) < 1e-14);
  CHECK(std::abs(value_of("softmax_cross_entropy(0, a, b, c)") - (3 + above)) < 1e-14);
}

TEST_CASE("a power is called as it was written: ^ or pow", "[expression]") {
  const Worksheet sheet = read_sheet("x = 3\np = pow(x, 2)\nq = x^2\nr = pow(x, 2) + x^3\n");

  CHECK(sheet.operation(sheet.at("p")) == "pow");
  CHECK(sheet.operation(sheet.at("q")) == "^");
  CHECK(structure(sheet, sheet.at("r"), false) == "(+ (pow x 2) (^ x 3))");
}

TEST_CASE("a name for what has one already, or for a constant, is a value of its own", "[expression]") {
  const Worksheet sheet = read_sheet("x = 3\nsame = x\nnumber = (2)\nthird = 1/3\nlast = same*number\n");

  CHECK(structure(sheet, sheet.at("same"), false) == "(identity x)");
  CHECK(structure(sheet, sheet.at("number"), false) == "(identity 2)");
  CHECK(structure(sheet, sheet.at("third"), false) == "(/ 1 3)");
  sheet.graph->backward(sheet.loss);
  CHECK(sheet.at("same").grad() == 2);
  CHECK(sheet.at("x").grad() == 2);
}
