// What a picture of a graph shows: its boxes and arrows, before anything is drawn.
//
// A box is a value; an arrow leads from an input to the value that uses it and carries the local derivative,
// so that a reader can multiply along a path. How it looks is the business of dot.h.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"
#include "viz/mark.h"

namespace bp {

/// Which way the forward pass runs.
enum class Rank_direction { left_right, top_down };

/// How a weighted sum (dot, or + and sum over products) appears.
///
/// as_recorded: each node of the tape is a box. The default: the picture shows what the engine does.
/// folded:      a sum is one box together with the products and sums that feed it alone: a neuron's net
///              input. A value with a name, or with another use in the picture, keeps its box. What is
///              calculated from constants alone, such as 1/2, is a constant.
/// unfolded:    a dot is a box for each product and one for their sum, as if written with * and +.
enum class Weighted_sums { as_recorded, folded, unfolded };

struct Picture_options {
  std::string title;  ///< begins the caption below the picture; up to 100 characters
  Rank_direction direction = Rank_direction::left_right;
  Weighted_sums weighted_sums = Weighted_sums::as_recorded;
  int digits = 4;                 ///< significant digits of every number: 1 to 17
  bool gradients = true;          ///< the row `grad` of each box
  bool local_derivatives = true;  ///< the numbers on the arrows
  /// Signs and sizes of gradients and local derivatives in colour and line width, not in numbers alone.
  bool signs = true;
  bool steady = false;  ///< boxes are as broad without their gradients as with them
  bool legend = true;   ///< how to read it, in the caption
  /// The most boxes. Graphviz lays out 1,000 in about a second and 20,000 in minutes, and nobody reads them.
  std::size_t max_boxes = 1000;
};

/// The boxes and arrows of a graph or of the part that leads to one value.
struct Picture {
  enum class Kind { leaf, constant, computed, group };
  /// Whether something steps back, so that something else stands out; and in a backward sweep, what still
  /// waits for its gradient, which is a dash, and what has just got it.
  enum class Stress { plain, faded, strong, waiting, lit };

  /// A line of a group's box: "16 outputs", "-0.98 to 0.97", "up to 0.03".
  struct Row {
    std::string what, data;
    std::string grad;  ///< the size of the gradients; empty: they have none
  };

  /// The same value in another run: compare.h puts it there.
  struct Other {
    double data = 0.0;
    std::optional<double> grad;
    bool data_differs = false, grad_differs = false;
    bool begins = false;  ///< the first that differs
  };

  struct Box {
    /// "n" and the place on the tape. A constant is drawn once for each use: n<place>_<user>_<input>; the
    /// products of an unfolded dot are n<place>_<k>, k from 0; a group is g<place among the groups>.
    std::string id;
    Kind kind = Kind::computed;
    bool is_root = false;  ///< what the picture leads to: here it ends
    std::string name;      ///< as text of one line; empty: none
    std::string formula;   ///< "w1 * i1 + b1", or "+" where that cannot be said; empty for leaves, constants
    double data = 0.0;
    std::optional<double> grad;     ///< none: not computed, or a constant
    std::vector<Mark> marks = {};   ///< what somebody wrote down of it: a row each; add_mark() puts them here
    Stress stress = Stress::plain;  ///< keep_paths() sets it, here and below
    std::vector<Row> rows = {};     ///< of a group, in place of data and grad; its formula says what it is
    std::optional<Other> other = {};
    bool only_here = false;  ///< the other run has no value of this name
    bool slim = false;       ///< of a group: its name stands beside the rows, where many are on a pile
  };

  struct Arrow {
    std::size_t from = 0, to = 0;  ///< places in `boxes`
    /// d(to)/d(from) by this use of it alone. None from a constant, which cannot vary.
    std::optional<double> local_derivative;
    Stress stress = Stress::plain;
    /// From or to a group: how many uses it stands for, in one sample of a batch. 0: it is one use.
    std::size_t connections = 0;
  };

  std::vector<Box> boxes;  ///< in the order of the tape, a constant just before its user
  std::vector<Arrow> arrows;
};

/// A picture with more in it than Graphviz lays out in any useful time, or than the options allow.
struct Picture_too_large : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// Everything that `root` depends on, and nothing else.
///
/// Throws:    std::invalid_argument when options.digits is not 1 to 17; Picture_too_large when there would be
///            more boxes than options.max_boxes (the message says how many, and what to do); what
///            Graph::check() throws.
Picture picture_of(Value root, const Picture_options& options = {});

/// The whole tape. The roots are the values that nothing uses.
///
/// Throws:    also std::invalid_argument when the graph is empty.
Picture picture_of(Graph& graph, const Picture_options& options = {});

/// Writes beside a value what somebody wrote down of it, below what is written there already.
///
/// Throws:    std::invalid_argument when the picture has no box of its own for that value.
void add_mark(Picture& picture, Value of, const Mark& mark);

/// Makes the paths from one value to a later one stand out, and lets everything else fade.
///
/// Throws:    std::invalid_argument when the picture has no box of its own for one of the two, or when no
///            path leads from one to the other.
void keep_paths(Picture& picture, Value from, Value to);

}  // namespace bp
