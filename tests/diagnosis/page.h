// A learner's page: the lines of a calculation, and beside them the numbers, first forward, then backward.
//
// A calculation is a function that fills a page. It goes on from the numbers that the page gives back, and so
// the page can put another number in the place of one: a slip of the pen, or the nudge of a check by
// differences.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bp::test {

/// What is claimed, as a worksheet spells it ("out_h1", "dE/dw5", "w5'"), and its number; in the order of
/// work.
using Numbers = std::vector<std::pair<std::string, double>>;

class Page {
 public:
  /// A number that is given: `w1 = 0.15`.
  double leaf(const std::string& name, double number);

  /// A number that is worked out: `net_h1 = w1*i1 + b1`.
  double line(const std::string& name, const std::string& formula, double number);

  /// A line of the worksheet that is no definition, as `loss E`; loss() also names the root.
  void statement(const std::string& text) { text_ += text + "\n"; }
  void loss(const std::string& name);

  /// The derivative of the loss by that name, worked out in the backward pass.
  double grad(const std::string& name, double number);

  /// A number after one step of gradient descent.
  double stepped(const std::string& name, double number);

  /// Puts `number` in the place of what is worked out for that target. Before the page is filled.
  void put(const std::string& target, double number) { put_[target] = number; }

  const std::string& text() const { return text_; }
  const std::string& root() const { return loss_; }
  const Numbers& values() const { return values_; }        ///< leaves and lines
  const Numbers& gradients() const { return gradients_; }  ///< targets "dE/dw5"
  const Numbers& steps() const { return steps_; }          ///< targets "w5'"
  const std::vector<std::string>& leaves() const { return leaves_; }

  /// Nothing when no such target has been worked out.
  std::optional<double> find(const std::string& target) const;

 private:
  double note(Numbers& where, const std::string& target, double number);

  std::string text_, loss_;
  Numbers values_, gradients_, steps_;
  std::vector<std::string> leaves_;
  std::map<std::string, double> put_, known_;
};

}  // namespace bp::test
