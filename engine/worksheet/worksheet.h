// A worksheet: a calculation the way it stands on paper, with the numbers that somebody worked out by hand.
//
//     w1 = 0.15                     a leaf: exactly a name and a number
//     net = w1*i1 + b               a computed value
//     loss E                        the root of the backward pass; else the last computed value
//     train w*                      the leaves that a step changes; else those called w... and b...
//     learning_rate 0.5             the step of gradient descent
//     claim dE/dw1 = 0.000438568    a number of the writer's, judged by the digits that it is written with
//     claim w1' = 0.149780716       after one step
//     after 100: claim E = 0.0012   after so many
//
// One statement a line; # begins a comment. Everything that is computed becomes nodes of a Graph.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/scalar/graph.h"
#include "engine/worksheet/digits.h"
#include "engine/worksheet/name_table.h"

namespace bp {

/// A worksheet that cannot be read: `FILE:LINE:COL: what is wrong, and the mend`, the line, and a caret below
/// it.
struct Bad_worksheet : Bad_file {
  using Bad_file::Bad_file;
};

/// One line `NAME = expression`.
struct Definition {
  std::string name;
  Value value;
  std::size_t line = 0;  ///< from 1
};

/// One line `claim TARGET = NUMBER`.
struct Claim {
  std::size_t line = 0;
  std::string target;       ///< as the language spells it: "net", "E'", "dE/dw1"
  Value of;                 ///< the value, or what is derived
  std::optional<Value> by;  ///< by what it is derived; nothing for a value
  std::size_t after = 0;    ///< how many steps of training come first; 1 for a prime
  std::string written;      ///< the number as it stands there: "0.000438568"
  Written_number number{"0"};
};

struct Worksheet {
  std::string file;                     ///< how messages call it
  std::unique_ptr<Graph> graph;         ///< never null
  std::vector<Definition> definitions;  ///< in their order, which is that of the tape
  Value loss;
  std::vector<Value> train;  ///< leaves, in the order of the tape
  std::optional<double> learning_rate;
  std::vector<Claim> claims;  ///< in their order

  /// The value of that name, if there is one. Names are unique here.
  std::optional<Value> find(std::string_view name) const;
  /// Throws std::invalid_argument for a name that there is not, with the nearest one that there is.
  Value at(std::string_view name) const;
  /// "; did you mean `out_h1`?" for a name that there is not, or nothing.
  std::string did_you_mean(std::string_view name) const;
  /// How an operation is called in worksheets and JSON: leaf, identity, neg, +, -, *, /, ^, or its function's
  /// name (pow for a power that was written so).
  std::string_view operation(Value value) const;

  /// Appends a definition whose name is not there yet.
  void define(std::string_view name, Value value, std::size_t line);

  worksheet::Name_table places;  ///< of the definitions, by their names
  std::unordered_set<std::size_t>
      pow_calls;  ///< nodes that were written pow(x, y), by their place on the tape
};

/// What `name` is in messages and in JSON: its own name, "$2" for the second node without one (constants do
/// not count), the number for a constant.
class Node_names {
 public:
  explicit Node_names(const Worksheet& worksheet);
  std::string operator()(Value value) const;

 private:
  std::vector<std::size_t> numbers_;  // of each node without a name, by its place on the tape
};

/// Reads a worksheet and records its calculation.
///
/// Limits:    a line has up to 10,000 characters, a name and a number up to 1,000, an expression is nested up
///            to 1,000 deep; there are up to 1,000,000 nodes, where an argument of a function that takes any
///            number of them counts as one, 1,000,000 patterns of leaves to train and 100,000 claims;
///            steps * nodes is up to 10^9.
/// Throws:    Bad_worksheet for the first thing that is wrong; `file` is how it calls the text.
Worksheet parse_worksheet(std::string_view text, std::string_view file);

/// The same of a file, or of standard input for "-", which is called <stdin>.
///
/// Limits:    the text has up to 200,000,000 bytes.
/// Throws:    also std::runtime_error when it cannot be opened or read, Bad_file when it is longer.
Worksheet read_worksheet(const std::string& path);

}  // namespace bp
