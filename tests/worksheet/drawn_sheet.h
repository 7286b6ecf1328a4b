// Random worksheets, each as text and as the same calculation recorded with Graph and Value.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/random.h"
#include "engine/scalar/graph.h"

namespace bp::test {

/// A worksheet of some leaves and definitions, of which the last is the loss.
class Drawn_sheet {
 public:
  explicit Drawn_sheet(Random& random);

  const std::string& text() const { return text_; }
  /// What the text defines, recorded by the operators and functions of math.h.
  const std::vector<std::pair<std::string, Value>>& values() const { return values_; }
  Value loss() const { return values_.back().second; }

 private:
  // How tightly an expression holds together, as the grammar has it.
  enum Rank { sum, product, sign, power, atom };
  struct Drawn {
    std::string text;
    Rank rank;
    Value value;
    bool is_known = false;  // a name or a number: it records nothing
  };

  Drawn expression(int depth);
  Drawn known();
  Drawn operation(int depth);
  Drawn call(int depth);
  Drawn list(int depth);
  std::string in(Drawn& drawn, Rank wanted);
  std::string blank();
  std::string sign_of(char operation);
  std::string name();
  void define_leaf();
  void define_computed();

  Random& random_;
  std::unique_ptr<Graph> graph_ = std::make_unique<Graph>();
  std::string text_;
  std::vector<std::pair<std::string, Value>> values_;
};

}  // namespace bp::test
