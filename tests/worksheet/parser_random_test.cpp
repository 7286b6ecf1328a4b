// A thousand random worksheets against the same calculations recorded with Graph and Value.
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "engine/worksheet/check.h"
#include "engine/worksheet/worksheet.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/drawn_sheet.h"
#include "tests/worksheet/read.h"

using namespace bp;
using namespace bp::test;

namespace {

// The sign of a NaN depends on the order in which a compiler puts the factors of a product.
bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

void require_same(Value read, Value recorded) {
  REQUIRE(same_bits(read.data(), recorded.data()));
  REQUIRE(read.has_grad() == recorded.has_grad());
  if (read.has_grad()) REQUIRE(same_bits(read.grad(), recorded.grad()));
}

// The expression of a node with every operation in parentheses, made from what was recorded.
std::string plain(const Worksheet& sheet, Value value, bool by_name) {
  if (value.is_constant()) return shortest(value.data());
  if (by_name && !value.name().empty()) return std::string(value.name());
  const std::string operation(sheet.operation(value));
  const auto input = [&](std::size_t i) { return plain(sheet, value.input(i), true); };
  if (operation == "leaf") return shortest(value.data());
  if (operation == "identity") return "(" + input(0) + ")";
  if (operation == "neg") return "(-" + input(0) + ")";
  if (operation.size() == 1) return "(" + input(0) + " " + operation + " " + input(1) + ")";
  std::string text = operation + "(" + input(0);
  for (std::size_t i = 1; i < value.input_count(); ++i) text += ", " + input(i);
  return text + ")";
}

std::string plain(const Worksheet& sheet) {
  std::string text;
  for (const Definition& definition : sheet.definitions) {
    text += definition.name + " = " + plain(sheet, definition.value, false) + "\n";
  }
  return text;
}

// A claim of every number that there is, to all its digits.
std::string true_claims(const Drawn_sheet& drawn) {
  const std::string loss = drawn.values().back().first;
  std::string text;
  for (const auto& [name, value] : drawn.values()) {
    if (std::isfinite(value.data())) text += "claim " + name + " = " + shortest(value.data()) + "\n";
    if (value.has_grad() && std::isfinite(value.grad()))
      text += "claim d" + loss + "/d" + name + " = " + shortest(value.grad()) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a thousand random worksheets have the values and gradients of the C++ API, bit by bit",
          "[parser]") {
  Random random(20260);
  std::size_t finite = 0, gradients = 0;
  for (int round = 0; round < 1'000; ++round) {
    const Drawn_sheet drawn(random);
    INFO(drawn.text());

    const Worksheet sheet = read_sheet(drawn.text() + "loss " + drawn.values().back().first + "\n");
    sheet.graph->backward(sheet.loss);
    drawn.loss().backward();

    REQUIRE(sheet.definitions.size() == drawn.values().size());
    for (const auto& [name, value] : drawn.values()) {
      require_same(sheet.at(name), value);
      if (value.has_grad() && std::isfinite(value.grad()) && value.grad() != 0.0) ++gradients;
    }
    finite += std::isfinite(drawn.loss().data()) ? 1 : 0;
  }
  CHECK(finite > 400);  // else the numbers would say little
  CHECK(gradients > 2'000);
}

TEST_CASE("what was read of a random worksheet, written out plainly, is read as the same", "[parser]") {
  Random random(20261);
  for (int round = 0; round < 1'000; ++round) {
    const Drawn_sheet drawn(random);
    const Worksheet sheet = read_sheet(drawn.text());
    const std::string text = plain(sheet);
    INFO(drawn.text() << text);

    const Worksheet again = read_sheet(text);
    sheet.graph->backward(sheet.loss);
    again.graph->backward(again.loss);

    REQUIRE(plain(again) == text);
    for (const Definition& definition : sheet.definitions) {
      require_same(again.at(definition.name), definition.value);
    }
  }
}

TEST_CASE("true numbers that are claimed to all their digits are right", "[parser]") {
  Random random(20262);
  std::size_t claims = 0;
  for (int round = 0; round < 300; ++round) {
    const Drawn_sheet drawn(random);
    drawn.loss().backward();
    const std::string text = drawn.text() + true_claims(drawn);
    INFO(text);

    const Check check = check_worksheet(read_sheet(text));

    REQUIRE(check.right == check.claims.size());
    claims += check.right;
  }
  CHECK(claims > 2'000);
}
