// How a value reads, put together from how its inputs read: "w1 * i1 + w2 * i2 + b1".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/scalar/op.h"

namespace bp {

/// A piece of a formula. Without text it stands for what cannot be said: a leaf without a name, or too much.
struct Phrase {
  /// How tightly it holds together, which decides about parentheses.
  enum class Binding { loose, sum, product, atom };

  std::string text;
  Binding binding = Binding::loose;
  std::string opening = {};  ///< of a sum of two terms or more: the first two
  bool cut = false;          ///< whether terms of a sum were left out
};

/// A name as a phrase. One that looks like a calculation, such as "t - o", binds loosely.
Phrase phrase_of_name(std::string_view name);

/// A number as a phrase: "4.4e-5", and "-2", which binds loosely: a * (-2).
Phrase phrase_of_number(std::string_view number);

/// An operation in the table's words, with its inputs put in and no more parentheses than it takes. Beyond
/// `longest` characters a sum keeps its first two terms and its last: "w1 * x1 + w2 * x2 + … + b"; anything
/// else has no text.
///
/// Shapes:    one phrase for each input, in their order. The result has no text when one of them has none.
Phrase phrase_of(Op op, const std::vector<Phrase>& inputs, std::size_t longest = 36);

/// What a box says when its formula has no text: "+", "tanh", "dot".
std::string symbol_of(Op op);

/// What a value computes in terms of the named values before it, "target_o1 - out_o1"; where that cannot be
/// said or has more than `longest` characters, the operation's symbol. Empty for leaves and constants.
/// Constants have up to `digits` significant digits.
std::string formula_of(Value value, int digits, std::size_t longest = 36);

}  // namespace bp
