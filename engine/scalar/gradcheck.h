// The gradient check: is what backward() says the derivative?
//
// Each gradient is held to two opinions that know nothing of the backward pass:
//   - forward mode: one pass with dual numbers (dual.h), exact but for rounding;
//   - a central difference (L(x+h) - L(x-h)) / 2h (difference.h), coarse, but it knows nothing of calculus.
//
//     Gradcheck_report report = gradcheck(L, {w, b});
//     if (!report.passed()) fmt::print("{}", to_string(report));
//
//     gradcheck([](Value x, Value y) { return sin(x) * y; }, 0.5, -2.0).passed();   // in a graph of its own
//
// A check that could not have failed is not passed. Where all gradients are 0, a backward pass that does
// nothing looks right. Where the gradient from above is 1 everywhere, so does a rule that forgets to multiply
// by it: therefore the backward pass starts from a seed other than 1. On a kink there is no derivative to
// compare with.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

struct Gradcheck_options {
  /// The largest step of the central differences, for an input near 1; it grows with |x|. The default is the
  /// cube root of the double's epsilon, where the two errors of a curve of ordinary bend are alike (Press et
  /// al., Numerical Recipes, 3rd ed., section 5.7). Smaller steps are tried where they are better.
  double step = 6.055454452393343e-06;
  /// What the backward pass starts from; the gradients are divided by it again. Not 1, for the reason above:
  /// the default is the number that is its own cosine.
  double seed = 0.7390851332151607;
};

enum class Gradcheck_verdict {
  passed,         ///< every gradient agrees with both opinions
  failed,         ///< one does not, or something is NaN or infinite
  kink_crossed,   ///< nothing disagrees, but by some input the point stands on a kink or too close to one
  proved_nothing  ///< nothing disagrees, and nothing could have
};

/// What was found out about one input.
struct Gradcheck_entry {
  /// What the central difference is worth.
  enum class Evidence {
    good,
    noise,      ///< its error is larger than a hundredth of what it should measure
    kink,       ///< every step crosses a kink: there is no difference
    not_finite  ///< every step leaves the domain of an operation: there is no difference
  };

  std::string input;  ///< the input's name, or "node 12"
  double at = 0.0;    ///< its number

  double backward = 0.0;  ///< the gradient that is judged

  double forward = 0.0;            ///< by dual numbers; at a kink by the same convention as backward()
  double forward_tolerance = 0.0;  ///< how far the two may differ: by the rounding of all paths' products

  Evidence evidence = Evidence::good;
  double central = 0.0;            ///< the central difference; NaN where there is none
  double central_tolerance = 0.0;  ///< how far the two may differ: by the central difference's own error
  double step = 0.0;               ///< h as it was really taken
  std::string obstacle;            ///< the node behind `kink` or `not_finite`: "relu at node 12 (h1)"

  /// How far backward and forward are apart, in units of the tolerance: at most 1 when all is well.
  double forward_badness() const;
  /// The same of backward and central; 0 where there is no difference.
  double central_badness() const;
  double badness() const;  ///< the larger of the two
  bool agrees() const { return badness() <= 1.0; }
};

struct Gradcheck_report {
  Gradcheck_verdict verdict = Gradcheck_verdict::proved_nothing;
  std::string reason;                    ///< the verdict in words; where it is not `passed`, with the mend
  std::vector<Gradcheck_entry> entries;  ///< one for each input, in the order given
  std::size_t worst = 0;                 ///< which entry has the largest badness

  bool passed() const { return verdict == Gradcheck_verdict::passed; }
};

/// Checks the gradients of `root` by the inputs, at the leaves' present numbers.
///
/// The check works on a copy of the calculation: numbers, gradients and nodes of the graph stay as they are.
///
/// Accuracy:  a gradient passes within 1e-10 of the sum of |product of local derivatives| over all paths
///            (what rounding can do to it), and within twice the estimated error of the central difference.
/// Cost:      for each input an evaluation with dual numbers and four or more with numbers.
/// Throws:    std::invalid_argument for an input that is no leaf or belongs to another graph, for a step that
///            is not positive, a seed that is 0, or either not finite; std::out_of_range for a stale handle.
Gradcheck_report gradcheck(Value root, std::span<const Value> inputs, const Gradcheck_options& options = {});
Gradcheck_report gradcheck(Value root, std::initializer_list<Value> inputs,
                           const Gradcheck_options& options = {});

/// Judges gradients that come from elsewhere, such as numbers worked out by hand: claimed[i] is held to
/// d(root)/d(inputs[i]), as above. The seed plays no part.
///
/// Throws:    also std::invalid_argument unless there is one claim for each input.
Gradcheck_report gradcheck_claims(Value root, std::span<const Value> inputs, std::span<const double> claimed,
                                  const Gradcheck_options& options = {});

/// A table of the report for a terminal, at most 77 columns wide: every input, or the 20 worst of more.
std::string to_string(const Gradcheck_report& report);
const char* to_string(Gradcheck_verdict verdict);

/// Leaves named x1, x2, ... with these numbers.
std::vector<Value> gradcheck_inputs(Graph& graph, std::span<const double> x);

namespace detail {
template <class F>
concept Function_of_values = std::is_invocable_r_v<Value, F, std::span<const Value>>;
template <class T>
concept Numbers = std::is_convertible_v<T, std::span<const double>>;
template <class T>
concept Number = std::is_arithmetic_v<T>;
}  // namespace detail

/// Checks a function at a point: f takes a std::span<const Value> and returns the Value to differentiate. It
/// is called once, with leaves x1, x2, ... of a graph of its own.
///
/// Throws:    what f throws, and as above.
template <detail::Numbers X, detail::Function_of_values F>
Gradcheck_report gradcheck(F&& f, const X& x, const Gradcheck_options& options = {}) {
  Graph graph;
  const std::vector<Value> inputs = gradcheck_inputs(graph, x);
  return gradcheck(f(std::span<const Value>(inputs)), inputs, options);
}
template <std::size_t count, detail::Function_of_values F>
Gradcheck_report gradcheck(F&& f, const double (&x)[count], const Gradcheck_options& options = {}) {
  return gradcheck(f, std::span<const double>(x), options);
}

/// The same for a function of so many Values: gradcheck([](Value x, Value y) { return x * y; }, 2.0, 3.0).
template <class F, detail::Number First, detail::Number... More>
Gradcheck_report gradcheck(F&& f, First first, More... more) {
  constexpr std::size_t count = 1 + sizeof...(More);
  const std::array<double, count> numbers = {static_cast<double>(first), static_cast<double>(more)...};
  Graph graph;
  const std::vector<Value> x = gradcheck_inputs(graph, numbers);
  const auto call = [&]<std::size_t... i>(std::index_sequence<i...>) { return Value(f(x[i]...)); };
  return gradcheck(call(std::make_index_sequence<count>()), x);
}

}  // namespace bp
