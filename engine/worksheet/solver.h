// How solution.cpp takes a worksheet apart. Not for others to include.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/solution.h"

namespace bp::worksheet {

class Solver {
 public:
  Solver(const Worksheet& worksheet, const Solve_options& options);
  Solution solve() &&;

 private:
  // What is known of a node. Nodes that are no step are folded into the one that uses them.
  struct Node {
    Formula formula;             // a symbol for a step, a number for a constant; the user's own when folded
    bool is_step = false;        // or a leaf
    bool is_live = false;        // has a name, or depends on what has: else nobody asks for its gradient
    std::uint32_t uses = 0;      // as an input
    std::size_t chain = 0;       // how many factors a path through it down to the next steps has
    std::vector<Formula> local;  // of a computed node, by each input
    // In the backward pass:
    std::vector<Formula> path;         // of a folded node: the factors from the step above down to it
    std::size_t generation = 0;        // how many steps lie between it and the loss, at most
    std::vector<Solution_part> parts;  // of a step: its uses
  };

  Node& node(Value value) { return nodes_[value.index()]; }
  std::uint32_t add_name(std::string_view name);
  std::string next_helper();
  void choose_helper_prefix();

  void count_uses();
  void forward();
  void compute(Value value);
  bool make_helpers_of_inputs(Value value);
  void make_step(Value value, std::string_view name);
  Formula formula_of(Value value);
  Formula local_of(Value value, std::size_t input);
  Formula local_of_any_number(Value value, std::size_t input);

  void backward();
  void pass_on(Value value);
  void collect_gradients();
  void update();
  bool is_shown(Value leaf) const;
  Symbol derivative_symbol(Value value);
  void note_if_not_finite(const Symbol& within, const Formula& formula, double number);

  const Worksheet& worksheet_;
  const Solve_options options_;
  Graph& graph_;
  Solution solution_;
  std::vector<Node> nodes_;
  std::vector<std::uint8_t> trained_, asked_;  // by place on the tape: leaves
  std::string helper_prefix_;
  std::size_t helpers_ = 0;
  bool trouble_unplaced_ = false;  // whether the step around not_finite is still to come
};

}  // namespace bp::worksheet
