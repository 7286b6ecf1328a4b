// Matchers for the tests of people who use Backstep, on top of Catch2 2.13 or 3.x. Installed as
// <backstep/catch.h>.
//
//     #include <backstep/catch.h>
//     #include "engine/scalar/math.h"
//
//     using bp::Graph, bp::Value, bp::HasData, bp::HasGrad;
//
//     TEST_CASE("the gradients of my worksheet") {
//       Graph graph;
//       Value w = graph.leaf(0.15, "w"), x = graph.leaf(0.05, "x");
//       Value h = sigmoid(w * x).named("h");
//       h.backward();
//
//       CHECK_THAT(h, HasData("0.501875"));
//       CHECK_THAT(w, HasGrad("0.0124998"));
//       CHECK_GRADIENTS([](Value a, Value b) { return sigmoid(a * b); }, 0.15, 0.05);
//     }
//
// A number in quotes claims the digits that it is written with, and no more: "0.50" accepts 0.497. A number
// that was cut off instead of rounded passes, and the description says so.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "engine/scalar/gradcheck.h"
#include "engine/scalar/graph.h"
#include "engine/worksheet/digits.h"
#include "engine/worksheet/hint.h"
#include "engine/worksheet/wrong_number.h"
#include "tests/support/catch2.h"

namespace bp {

/// Compares the number or the gradient of a Value with one that somebody wrote down.
class Digits_matcher : public test::Matcher_base<Value> {
 public:
  /// Throws:    std::invalid_argument when `written` is not a decimal number.
  Digits_matcher(std::string written, Quantity quantity)
      : written_(std::move(written)), claimed_(written_), quantity_(quantity) {}

  bool match(const Value& value) const override {
    this->m_cachedToString.clear();  // a matcher may be used again, for another Value
    try {
      const double truth = quantity_ == Quantity::gradient ? value.grad() : value.data();
      const Verdict verdict = compare_digits(claimed_, truth);
      finding_ = verdict == Verdict::truncated ? ", cut off from " + shortest(truth)
                 : verdict == Verdict::wrong   ? difference(value, truth)
                                               : "";
      return verdict != Verdict::wrong;
    } catch (const std::exception& error) {  // no gradient, or a handle that has no node any more
      finding_ = "\n  but " + without_prefix(error.what());
      return false;
    }
  }

  std::string describe() const override {
    return (quantity_ == Quantity::gradient ? "has the gradient " : "has the value ") + written_ + finding_;
  }

 private:
  std::string difference(const Value& value, double truth) const {
    const double said = claimed_.value();
    const std::string text = "\n  claimed     " + written_ + "\n  true        " + shortest(truth) +
                             "\n  difference  " + shortest(said - truth) + "\n  ratio       " +
                             shortest(said / truth);
    const std::string why = explain_wrong_number(value, written_, quantity_);
    return why.empty() ? text : text + "\n  " + why;
  }

  static std::string without_prefix(std::string message) {
    const std::string prefix = "backstep: ";
    return message.rfind(prefix, 0) == 0 ? message.substr(prefix.size()) : message;
  }

  std::string written_;
  Written_number claimed_;
  Quantity quantity_;
  mutable std::string finding_;
};

/// Matches a Value whose gradient rounds to the digits written: CHECK_THAT(w5, HasGrad("0.082167041")).
inline Digits_matcher HasGrad(std::string written) { return {std::move(written), Quantity::gradient}; }

/// Matches a Value whose number rounds to the digits written.
inline Digits_matcher HasData(std::string written) { return {std::move(written), Quantity::value}; }

/// Matches a gradient check that passed.
class Gradients_agree : public test::Matcher_base<Gradcheck_report> {
 public:
  bool match(const Gradcheck_report& report) const override { return report.passed(); }
  std::string describe() const override { return "(must pass)"; }
};

}  // namespace bp

/// How Catch2 prints them: a Value by its name, a gradient check as its table.
template <>
struct Catch::StringMaker<bp::Value> {
  static std::string convert(const bp::Value& value) try {
    return value.name().empty() ? "node " + std::to_string(value.index()) : std::string(value.name());
  } catch (const std::exception&) { return "a Value without a node"; }
};
template <>
struct Catch::StringMaker<bp::Gradcheck_report> {
  static std::string convert(const bp::Gradcheck_report& report) { return to_string(report); }
};

// CHECK_GRADIENTS(f, x...) checks the gradients of f at the numbers x, as bp::gradcheck does: f takes as many
// Values, or one std::span<const Value> and the numbers in a list. CHECK_GRADIENTS(root, {x, y}) checks what
// is recorded already. On a failure the table is printed. REQUIRE_GRADIENTS ends the test case there.
#ifdef CATCH_CONFIG_PREFIX_ALL
#define CATCH_CHECK_GRADIENTS(...) CATCH_CHECK_THAT(::bp::gradcheck(__VA_ARGS__), ::bp::Gradients_agree())
#define CATCH_REQUIRE_GRADIENTS(...) CATCH_REQUIRE_THAT(::bp::gradcheck(__VA_ARGS__), ::bp::Gradients_agree())
#else
#define CHECK_GRADIENTS(...) CHECK_THAT(::bp::gradcheck(__VA_ARGS__), ::bp::Gradients_agree())
#define REQUIRE_GRADIENTS(...) REQUIRE_THAT(::bp::gradcheck(__VA_ARGS__), ::bp::Gradients_agree())
#endif
