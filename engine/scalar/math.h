// The operators and functions on Values. Each records one node, except those that say otherwise.
//
// One for every row of op_table.def, under its name:
//     identity neg exp expm1 log log1p sqrt square abs sign step sin cos tan asin acos atan sinh cosh tanh
//     erf erfc sigmoid softplus relu elu selu gelu gelu_tanh silu softsign hard_tanh
//     add sub mul div pow min max atan2 hypot leaky_relu
// A number beside a Value is recorded as a constant: 2.0 * a, pow(a, 3.0), max(a, 0.0).
//
// There is no ^ (it binds weaker than + in C++: use pow), and no == or < (compare data()).
//
// Throws:    std::invalid_argument when the Values belong to different graphs or to none, std::out_of_range
//            for a stale one. A point outside the domain (log of -1) is no error: it gives NaN, as numbers
//            do, and Graph::first_non_finite() finds it.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

#define UNARY(name, ...) \
  inline Value name(Value x) { return Graph::record<Op::name>(x); }
#define BINARY(name, ...)                                                                            \
  inline Value name(Value x, Value y) { return Graph::record<Op::name>(x, y); }                      \
  inline Value name(Value x, double y) { return Graph::record<Op::name>(x, x.graph().constant(y)); } \
  inline Value name(double x, Value y) { return Graph::record<Op::name>(y.graph().constant(x), y); }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY

/// The operation of that code; the factors of a dot alternate: x1, y1, x2, y2, ...
///
/// Throws:    also std::invalid_argument for a leaf or a constant, and where it does not take so many inputs.
Value record(Op op, std::span<const Value> inputs);

inline Value operator-(Value x) { return neg(x); }
inline Value operator+(Value x) { return x; }  // records nothing

inline Value operator+(Value x, Value y) { return add(x, y); }
inline Value operator+(Value x, double y) { return add(x, y); }
inline Value operator+(double x, Value y) { return add(x, y); }
inline Value operator-(Value x, Value y) { return sub(x, y); }
inline Value operator-(Value x, double y) { return sub(x, y); }
inline Value operator-(double x, Value y) { return sub(x, y); }
inline Value operator*(Value x, Value y) { return mul(x, y); }
inline Value operator*(Value x, double y) { return mul(x, y); }
inline Value operator*(double x, Value y) { return mul(x, y); }
inline Value operator/(Value x, Value y) { return div(x, y); }
inline Value operator/(Value x, double y) { return div(x, y); }
inline Value operator/(double x, Value y) { return div(x, y); }

// The name on the left moves on to a new node; the old node stays where it is.
inline Value& operator+=(Value& x, Value y) { return x = x + y; }
inline Value& operator+=(Value& x, double y) { return x = x + y; }
inline Value& operator-=(Value& x, Value y) { return x = x - y; }
inline Value& operator-=(Value& x, double y) { return x = x - y; }
inline Value& operator*=(Value& x, Value y) { return x = x * y; }
inline Value& operator*=(Value& x, double y) { return x = x * y; }
inline Value& operator/=(Value& x, Value y) { return x = x / y; }
inline Value& operator/=(Value& x, double y) { return x = x / y; }

/// x1 + x2 + ..., one node, added up from the first to the last.
///
/// Shapes:    one value or more.
/// Throws:    also std::invalid_argument when there is no value.
inline Value sum(std::span<const Value> x) { return Graph::record<Op::sum>(x); }
inline Value sum(std::initializer_list<Value> x) { return sum(std::span(x.begin(), x.size())); }

/// x1 * y1 + x2 * y2 + ..., one node: the weighted sum of a neuron.
///
/// Shapes:    x and y have the same number of elements, one or more.
/// Accuracy:  up to 7 products are added from the first to the last, 8 and more in four sums side by side:
///            see sum_of_terms() in op.h.
/// Throws:    also std::invalid_argument when the lengths differ or are 0.
inline Value dot(std::span<const Value> x, std::span<const Value> y) { return Graph::record_dot(x, y); }
inline Value dot(std::span<const Value> x, std::span<const double> y) { return Graph::record_dot(x, y); }

/// log(exp(x1) + exp(x2) + ...), one node, without overflow for inputs of any size.
///
/// Shapes:    one value or more.
/// Throws:    also std::invalid_argument when there is no value.
inline Value logsumexp(std::span<const Value> x) { return Graph::record<Op::logsumexp>(x); }
inline Value logsumexp(std::initializer_list<Value> x) { return logsumexp(std::span(x.begin(), x.size())); }

/// (x1 + ... + xn) / n, one node: the sum() of them, divided.
///
/// Shapes:    one value or more.
/// Throws:    also std::invalid_argument when there is no value.
inline Value mean(std::span<const Value> x) { return Graph::record<Op::mean>(x); }
inline Value mean(std::initializer_list<Value> x) { return mean(std::span(x.begin(), x.size())); }

/// p_i = exp(z_i) / sum_j exp(z_j) = exp(z_i - logsumexp(z)): two nodes for each i and one for all.
///
/// Shapes:    z has one logit for each class, one or more; so has the result.
/// Throws:    also std::invalid_argument when there is no logit.
std::vector<Value> softmax(std::span<const Value> logits);

/// -log softmax(z)[label] = logsumexp(z) - z[label]: two nodes, each of which can be drawn. Its gradient by
/// z_i is p_i, less 1 for the label.
///
/// Shapes:    logits as for softmax; label counts from 0.
/// Throws:    also std::invalid_argument when there is no logit, std::out_of_range when label is not below
///            their number.
Value softmax_cross_entropy(std::span<const Value> logits, std::size_t label);

/// The same with the right class k first, as one node, and k a constant among its inputs.
///
/// Shapes:    logits as for softmax; k counts from 0.
/// Accuracy:  it keeps the digits of a loss near 0, where logsumexp(z) - z[k] loses them.
/// Throws:    as the other.
Value softmax_cross_entropy(std::size_t k, std::span<const Value> logits);
inline Value softmax_cross_entropy(std::size_t k, std::initializer_list<Value> logits) {
  return softmax_cross_entropy(k, std::span(logits.begin(), logits.size()));
}

}  // namespace bp
