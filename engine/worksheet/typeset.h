// From formulas to lines: a formula becomes pieces between which a line may end, and pieces become lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/worksheet/formula.h"

namespace bp::worksheet {

/// A part of a formula that stands on one line.
struct Piece {
  std::string text;
  double width = 0.0;     ///< in columns, or what comes near it in print
  std::size_t level = 0;  ///< how deep within the formula it begins: lines rather end where this is small
};

/// A formula is shown in names, or with the numbers put in for them.
enum class Show { names, numbers };

/// Writes formulas in some notation.
class Typesetter {
 public:
  virtual ~Typesetter() = default;
  std::vector<Piece> pieces(const Formula& formula, Show show);
  /// The same in one piece.
  Piece one_piece(const Formula& formula, Show show);

 protected:
  explicit Typesetter(int digits) : digits_(digits) {}

  // How a notation writes what notations differ in.
  virtual void write_symbol(const Symbol& symbol) = 0;
  virtual void write_number(std::string_view printed) = 0;  // one that is not negative
  virtual void write_minus() { put("-", 1.0); }
  virtual void write_pi() = 0;
  virtual void write_product(const Formula& product) = 0;
  virtual void write_power(const Formula& power) = 0;
  virtual void write_call(const Formula& call) = 0;
  virtual void write_in_parentheses(const Formula& formula);
  virtual void write_relation(bool greater) = 0;  // with a space around

  void write(const Formula& formula);
  /// In parentheses, unless it holds together as tightly as asked for.
  enum class Binding { sum, product, atom };
  void write_at_least(Binding binding, const Formula& formula, bool leads = false);
  void put(std::string_view text, double width);
  /// A line may end here; `later` makes that less welcome.
  void may_break(bool later = false);
  /// The same where there was no chance for long: in a row of closing brackets.
  void may_break_at_last();
  /// Within brackets.
  void deeper() { depth_ += 2; }
  void shallower() { depth_ -= 2; }
  /// Whether the first factor of the product that is about to be written may have a minus in front: not
  /// behind the sign of a sum.
  bool may_lead() { return !std::exchange(follows_sign_, false); }
  bool numbers() const { return show_ == Show::numbers; }
  /// Whether it is shown with a minus in front.
  bool is_negative(const Formula& formula) const;
  Piece aside(const Formula& formula);  // in one piece, without writing it

 private:
  void write_sum(const Formula& sum);
  Binding binding_of(const Formula& formula) const;
  std::string printed(double number) const;

  int digits_;
  Show show_ = Show::names;
  std::size_t depth_ = 0;
  bool follows_sign_ = false;
  std::vector<Piece> pieces_;
};

/// The pieces as lines, broken where it disturbs the formula least: the first line is at most `first` wide,
/// the others `next`. A piece that is wider than that has a line for itself.
std::vector<std::string> broken(const std::vector<Piece>& pieces, double first, double next);

double width_of(const std::vector<Piece>& pieces);
std::string joined(const std::vector<Piece>& pieces);

}  // namespace bp::worksheet
