// The words of the table of operations as formulas: "1 - tanh(x)^2" with a name, or more, put in for x.
#pragma once

#include <cstddef>

#include "engine/worksheet/formula.h"

namespace bp::worksheet {

/// What an operation's formulas are made of, and which of it a derivative reads.
struct Placeholders {
  bool x = false, y = false, out = false;
};

/// The local derivative by input 0 or 1 in the table's words, read once. Where the operation's own formula
/// occurs in it, `out` is said instead: sigmoid(x) * (1 - sigmoid(x)) is out * (1 - out).
class Derivative_words {
 public:
  /// Of a unary or binary operation.
  Derivative_words(Op op, std::size_t input);
  const Placeholders& reads() const { return reads_; }
  /// Whether they are so long that one wants to write them once: those of gelu.
  bool are_long() const { return heavier_than(words_, longest); }
  /// With these put in, and simplified.
  Formula with(const Formula& x, const Formula& y, const Formula& out) const;

 private:
  static constexpr std::size_t longest = 12;

  Formula words_;
  Placeholders reads_;
};

/// The words of that derivative, read when they are first needed.
const Derivative_words& derivative_words(Op op, std::size_t input);

}  // namespace bp::worksheet
