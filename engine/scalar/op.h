// What an operation is: its name, its value, its local derivatives, and how they read. The rows themselves
// stand in op_table.def; this file turns them into types and functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/scalar/elementary.h"

#ifdef BACKSTEP_MUTANTS
#include "tests/mutants/mutants.h"
#endif

namespace bp {

/// The operation that made a node. `leaf` is a number that somebody chose, `constant` one in a formula.
enum class Op : std::uint8_t {
  leaf,
  constant,
#define UNARY(name, ...) name,
#define BINARY(name, ...) name,
#define N_ARY(name, ...) name,
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
#undef N_ARY
};

/// How many operations there are: every Op is below this.
inline constexpr std::size_t op_count = static_cast<std::size_t>(Op::softmax_cross_entropy) + 1;

/// The row of one operation: `value` for numbers and dual numbers, `dx` and `dy` for numbers and Values.
template <Op op>
struct Rule;

// Not every formula uses each of x, y and out.
#define UNARY(name, formula, reads, derivative, ...)                             \
  template <>                                                                    \
  struct Rule<Op::name> {                                                        \
    template <class T>                                                           \
    static T value(const T& x) {                                                 \
      using namespace elementary;                                                \
      return formula;                                                            \
    }                                                                            \
    template <class T>                                                           \
    static auto dx([[maybe_unused]] const T& x, [[maybe_unused]] const T& out) { \
      using namespace elementary;                                                \
      return derivative;                                                         \
    }                                                                            \
  };
#define BINARY(name, formula, reads, derivative_x, reads_x, derivative_y, reads_y) \
  template <>                                                                      \
  struct Rule<Op::name> {                                                          \
    template <class T>                                                             \
    static T value(const T& x, const T& y) {                                       \
      using namespace elementary;                                                  \
      return formula;                                                              \
    }                                                                              \
    template <class T>                                                             \
    static auto dx([[maybe_unused]] const T& x, [[maybe_unused]] const T& y,       \
                   [[maybe_unused]] const T& out) {                                \
      using namespace elementary;                                                  \
      return derivative_x;                                                         \
    }                                                                              \
    template <class T>                                                             \
    static auto dy([[maybe_unused]] const T& x, [[maybe_unused]] const T& y,       \
                   [[maybe_unused]] const T& out) {                                \
      using namespace elementary;                                                  \
      return derivative_y;                                                         \
    }                                                                              \
  };
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY

/// term(0) + term(1) + ... of `count` terms. Up to 7 are added from the first to the last. From 8 on four
/// sums run side by side, of every fourth term each, so that an addition need not wait for the one before
/// it:
///
///     ((t0 + t4 + ...) + (t1 + t5 + ...)) + ((t2 + t6 + ...) + (t3 + t7 + ...))
template <class T, class Term>
T sum_of_terms(std::ptrdiff_t count, Term term) {
  constexpr std::ptrdiff_t lanes = 4;
  T first = term(0);
  if (count < 2 * lanes) {
    for (std::ptrdiff_t k = 1; k < count; ++k) first = first + term(k);
    return first;
  }
  T second = term(1), third = term(2), fourth = term(3);
  std::ptrdiff_t k = lanes;
  for (; k + lanes <= count; k += lanes) {
    first = first + term(k);
    second = second + term(k + 1);
    third = third + term(k + 2);
    fourth = fourth + term(k + 3);
  }
  if (k < count) first = first + term(k);
  if (k + 1 < count) second = second + term(k + 1);
  if (k + 2 < count) third = third + term(k + 2);
  return (first + second) + (third + fourth);
}

/// Which input of a softmax_cross_entropy is the logit of the right class k; 0 when there is no such class.
inline std::ptrdiff_t right_logit(double k, std::ptrdiff_t count) {
  const bool is_class = k >= 0.0 && k < static_cast<double>(count - 1) && k == std::floor(k);
  return is_class ? 1 + static_cast<std::ptrdiff_t>(k) : 0;
}

/// log(exp(z_0) + exp(z_1) + ...) - z_k, where input(0) is k and input(1 + i) is z_i.
template <class T, class Input>
T cross_entropy_value(std::ptrdiff_t count, Input input) {
  using namespace elementary;
  const std::ptrdiff_t right = right_logit(plain_number(input(0)), count);
  if (right == 0) return std::numeric_limits<double>::quiet_NaN();
  std::ptrdiff_t top = right;
  for (std::ptrdiff_t i = 1; i < count; ++i) {
    if (input(i) > input(top)) top = i;
  }
  T others = 0.0;  // beside the exp(0) = 1 of the largest
  for (std::ptrdiff_t i = 1; i < count; ++i) {
    if (i != top) others = others + exp(input(i) - input(top));
  }
  return input(top) - input(right) + log1p(others);
}

/// The value of an n-ary operation of `count` inputs, input(i) being the i-th.
///
/// Shapes:    count >= 1; for dot count is even and the factors alternate: x1, y1, x2, y2, ...; for
///            softmax_cross_entropy count >= 2, and the value is NaN when k is not the number of a class.
/// Accuracy:  a sum runs from the first term to the last, a mean divides that sum, a dot product adds as
///            sum_of_terms(). logsumexp and softmax_cross_entropy are shifted by the largest input, so that
///            they overflow only where the true value does; the latter keeps the digits of a loss near 0.
template <Op op, class T, class Input>
T n_ary_value(std::ptrdiff_t count, Input input) {
  using namespace elementary;
  if constexpr (op == Op::sum) {
    T total = input(0);
    for (std::ptrdiff_t i = 1; i < count; ++i) total = total + input(i);
    return total;
  } else if constexpr (op == Op::mean) {
    return n_ary_value<Op::sum, T>(count, input) / static_cast<double>(count);
  } else if constexpr (op == Op::softmax_cross_entropy) {
    return cross_entropy_value<T>(count, input);
  } else if constexpr (op == Op::dot) {
    return sum_of_terms<T>(count / 2, [&](std::ptrdiff_t k) { return input(2 * k) * input(2 * k + 1); });
  } else {
    static_assert(op == Op::logsumexp);
    T largest = input(0);
    for (std::ptrdiff_t i = 1; i < count; ++i) largest = max(largest, input(i));
    if (largest == HUGE_VAL || largest == -HUGE_VAL) return largest;  // inf - inf below would be NaN
    const double shift =
        plain_number(largest);  // it cancels out, so it has no part in the slope of a dual number
    T total = exp(input(0) - shift);
    for (std::ptrdiff_t i = 1; i < count; ++i) total = total + exp(input(i) - shift);
    return shift + log(total);
  }
}

/// The derivative of that value by its i-th input.
///
/// Accuracy:  of softmax_cross_entropy, both forms keep the digits of a small probability: where the right
///            class is all but certain, softmax - 1 would have lost them.
template <Op op, class T, class Input>
auto n_ary_derivative(std::ptrdiff_t i, [[maybe_unused]] std::ptrdiff_t count, Input input,
                      [[maybe_unused]] const T& out) {
  using namespace elementary;
  if constexpr (op == Op::sum) {
    return 1.0;
  } else if constexpr (op == Op::mean) {
    return 1.0 / static_cast<double>(count);
  } else if constexpr (op == Op::softmax_cross_entropy) {
    if (i == 0) return no_slope(input(0));
    const std::ptrdiff_t right = right_logit(plain_number(input(0)), count);
    return i == right ? expm1(-out) : exp(input(i) - input(right) - out);
  } else if constexpr (op == Op::dot) {
    return input(i ^ 1);
  } else {
    static_assert(op == Op::logsumexp);
    return exp(input(i) - out);
  }
}

/// The local derivative that the backward sweep uses. With BACKSTEP_MUTANTS it is falsified here on request.
template <Op op>
double derivative_x(double x, double out) {
#ifdef BACKSTEP_MUTANTS
  return mutants::apply(op, 0, x, 0.0, out, Rule<op>::dx(x, out));
#else
  return Rule<op>::dx(x, out);
#endif
}
template <Op op>
double derivative_x(double x, double y, double out) {
#ifdef BACKSTEP_MUTANTS
  return mutants::apply(op, 0, x, y, out, Rule<op>::dx(x, y, out));
#else
  return Rule<op>::dx(x, y, out);
#endif
}
template <Op op>
double derivative_y(double x, double y, double out) {
#ifdef BACKSTEP_MUTANTS
  return mutants::apply(op, 1, x, y, out, Rule<op>::dy(x, y, out));
#else
  return Rule<op>::dy(x, y, out);
#endif
}
template <Op op, class Input>
double derivative_n_ary(std::ptrdiff_t i, std::ptrdiff_t count, Input input, double out) {
#ifdef BACKSTEP_MUTANTS
  return mutants::apply_n_ary(op, input(i), input(op == Op::dot ? i ^ 1 : 0),
                              n_ary_derivative<op>(i, count, input, out));
#else
  return n_ary_derivative<op>(i, count, input, out);
#endif
}

/// How an operation is called and how it reads, as plain formulas in x and y (x1, x2, ... for any number).
struct Op_info {
  std::string_view name;     ///< "tanh"
  int arity;                 ///< 0, 1 or 2; any_number for the n-ary ones
  std::string_view reads;    ///< "tanh(x)"
  std::string_view reads_x;  ///< "1 - tanh(x)^2", the derivative by the first input (of any input when n-ary)
  std::string_view reads_y;  ///< the derivative by the second input; empty unless the arity is 2
};
inline constexpr int any_number = -1;

/// The row of `op` for readers.
const Op_info& info(Op op);

/// The local derivative of a unary or binary operation by input 0 or 1, as the backward sweep computes it.
///
/// Throws:    std::invalid_argument for another input, a leaf, a constant or an n-ary operation.
double local_derivative(Op op, int input, double x, double y, double out);

/// The value of a unary or binary operation.
///
/// Throws:    std::invalid_argument for a leaf, a constant or an n-ary operation.
double operation_value(Op op, double x, double y);

/// body.template operator()<op>() for the n-ary operation of that code.
///
/// Throws:    std::invalid_argument for any other.
template <class Body>
auto with_n_ary(Op op, Body body) {
  switch (op) {
#define N_ARY(name, ...)                         \
  case Op::name: {                               \
    return body.template operator()<Op::name>(); \
  }
#include "engine/scalar/op_table.def"
#undef N_ARY
    default:
      throw std::invalid_argument("backstep: " + std::string(info(op).name) +
                                  " has no number of inputs of its own");
  }
}

/// On which piece of the function (x, y) lies, for an operation with a corner or a jump; 0 for a smooth one.
/// Two points with different answers have a kink between them, or one of them stands on it.
double kink_side(Op op, double x, double y);

/// A formula of the table with names put in for x and y: say("1 - tanh(x)^2", "net") is "1 - tanh(net)^2".
/// A name that is more than one word or number is put in parentheses.
std::string say(std::string_view formula, std::string_view x, std::string_view y = {});

}  // namespace bp
