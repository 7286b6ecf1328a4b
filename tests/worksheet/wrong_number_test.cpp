#include "engine/worksheet/wrong_number.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"

using bp::Graph, bp::Quantity, bp::Value, bp::explain_wrong_number;
using bp::test::contains_text;

namespace {

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

std::string of_gradient(Value value, const std::string& written) {
  return explain_wrong_number(value, written, Quantity::gradient);
}

// E = (a b - 1)^2 / 2 with a = 3, b = 0.5: E = 0.125, dE/da = (a b - 1) b = 0.25, dE/db = 1.5.
struct Example {
  Graph graph;
  Value a = graph.leaf(3.0, "a"), b = graph.leaf(0.5, "b");
  Value E = (0.5 * square(a * b - 1.0)).named("E");
};

}  // namespace

TEST_CASE("a wrong gradient is explained by the mistake that makes it", "[wrong_number]") {
  bp::test::Worked_example example;
  example.E_total.backward();

  // Through o1 alone: 0.138498562 * 0.40 * 0.241300709 * 0.05.
  const std::string one_path = of_gradient(example.w1, "0.000668396"),
                    sign = of_gradient(example.w5, "-0.0821670");

  CHECK(begins(one_path, "one-path: "));
  CHECK_THAT(one_path, contains_text("0.000438568"));  // the corrected line
  CHECK(begins(sign, "sign: "));
}

TEST_CASE("a wrong value is explained by the mistake that makes it, before any backward pass",
          "[wrong_number]") {
  Example example;

  const std::string twice = explain_wrong_number(example.E, "0.2500", Quantity::value);

  CHECK(begins(twice, "factor-two: "));
  CHECK_FALSE(example.E.has_grad());
}

TEST_CASE("the gradients stay as they are", "[wrong_number]") {
  Example example;
  example.E.backward();

  of_gradient(example.a, "0.500");

  CHECK(example.a.grad() == 0.25);
  CHECK(example.b.grad() == 1.5);
  CHECK(example.E.data() == 0.125);
  CHECK(example.graph.size() == Example().graph.size());
}

TEST_CASE("where no mistake makes the number the ratio is looked at", "[wrong_number]") {
  Example example;
  example.E.backward();

  CHECK(of_gradient(example.a, "0.3719").empty());
  CHECK_THAT(explain_wrong_number(example.a, "6.00", Quantity::value), contains_text("Twice the truth"));
}

TEST_CASE("only the ratio is looked at where the gradient is not the derivative by the value",
          "[wrong_number]") {
  Example twice, seeded, several, changed;
  twice.E.backward();
  twice.E.backward();
  seeded.E.backward(2.0);
  const std::vector<bp::Seed> roots = {{several.E, 1.0}, {(several.a * several.b).named("ab"), 1.0}};
  several.graph.backward(roots);
  changed.E.backward();
  changed.a.set_data(5.0);

  CHECK_THAT(of_gradient(twice.a, "0.2500"), contains_text("did backward() run twice"));
  CHECK_THAT(of_gradient(twice.a, "-0.5000"), contains_text("The sign is wrong"));
  CHECK_THAT(of_gradient(seeded.b, "-3.000"), contains_text("The sign is wrong"));
  CHECK_THAT(of_gradient(several.b, "-4.500"), contains_text("The sign is wrong"));
  CHECK_THAT(of_gradient(changed.b, "-1.500"), contains_text("The sign is wrong"));
}

TEST_CASE("a leaf as the root has no mistakes, and no gradient is refused", "[wrong_number]") {
  Example example;
  CHECK_THROWS_AS(of_gradient(example.a, "0.5"), std::logic_error);
  example.a.backward();

  CHECK_THAT(of_gradient(example.a, "-1.00"), contains_text("The sign is wrong"));
  CHECK_THROWS_AS(of_gradient(example.a, "1.2.3"), std::invalid_argument);
  CHECK_THROWS_AS(of_gradient(Value(), "1"), std::invalid_argument);
}

TEST_CASE("in a large graph only the ratio is looked at", "[wrong_number]") {
  Graph graph;
  const Value x = graph.leaf(0.5, "x");
  Value y = x;
  for (int i = 0; i < 2'000; ++i) y = y * 1.0;
  y.named("y").backward();

  CHECK_THAT(of_gradient(x, "-1.000"), contains_text("The sign is wrong"));
}
