// Lesson 2: an expression that remembers how it was made
//
// Before:  lesson 1 nudged functions from outside: black boxes, at two evaluations for each slope.
// Now:     we open the box. Arithmetic on a Value records every step, and the record is a graph.
// After:   you can write any expression, read its tape line by line, and see what its picture shows.
// Run:     lessons/run 2
#include <fmt/core.h>

#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "lessons/picture.h"

using bp::Graph, bp::Value, bp::info, bp::say;  // today's vocabulary

// 1. A Value's name, or for a constant its number, or else its place on the tape.
std::string label(Value v) {
  if (v.is_constant()) return fmt::format("{}", v.data());
  return v.name().empty() ? fmt::format("v{}", v.index()) : std::string(v.name());
}

// 2. How a Value was made, in the words of the engine's one table of operations: "x * y" becomes "a * b".
std::string how(Value v) {
  if (v.input_count() == 0) return "-";
  return say(info(v.op()).reads, label(v.input(0)), v.input_count() > 1 ? label(v.input(1)) : "");
}

// 3. The tape, first to last. `auto`, `for` and the rest are plain C++; a graph can be walked like any list.
void print_tape(Graph& graph) {
  std::vector<int> uses(graph.size());  // how often each value is an input of another
  for (Value v : graph) {
    for (std::size_t i = 0; i < v.input_count(); ++i) ++uses[v.input(i).index()];
  }
  fmt::print("      place   value   operation   made as      number   uses\n");
  for (Value v : graph) {
    fmt::print("      {:>5}   {:<5}   {:<9}   {:<7}   {:>9}   {:>4}\n", v.index(), label(v),
               info(v.op()).name, how(v), v.data(), uses[v.index()]);
  }
}

// 4. leaf() makes a number of your own, with a name to know it by. From then on you write arithmetic as
//    always. A Value is only a handle, the place on the tape: a copy of it is the same value.
void record(Graph& graph) {
  const Value a = graph.leaf(2, "a"), b = graph.leaf(-3, "b"), c = graph.leaf(10, "c"),
              f = graph.leaf(-2, "f");
  const Value e = (a * b).named("e");
  const Value d = (e + c).named("d");
  const Value L = (d * f).named("L");
  fmt::print(R"(1. Writing is recording

   L = (a*b + c) * f at a = {}, b = {}, c = {}, f = {} is {}. Written with Values in place
   of plain numbers it also leaves a record, the tape, of one line for each value:

)",
             a.data(), b.data(), c.data(), f.data(), L.data());
  print_tape(graph);
  fmt::print(R"(
   A leaf is a number somebody chose. Every other value was made by one operation from
   values above it, never below: you cannot use a number before you have it. Keep this
   order in mind. Read downwards, it is how L was computed; in lesson 4 we read upwards.

)");
  bp::show_graph(L, "02_expression.png", {.title = "L = (a*b + c) * f, before any backward pass"});
}

// 5. Lesson 1's f(x) = 3x^2 - 4x + 5. The plain numbers beside a Value become constants: nodes as well, but
//    nobody will ask for their slope. Two lines make the two terms, since in one line, 3 * x * x - 4 * x,
//    C++ leaves it to the compiler which term it works out first. The result is the same, but the tape is
//    in another order.
Value parabola(Value x) {
  const Value square_term = (3 * x * x).named("p");
  const Value linear_term = (4 * x).named("q");
  return (square_term - linear_term + 5).named("f");
}

void use_twice(Graph& graph) {
  const Value x = graph.leaf(3, "x");
  const Value f = parabola(x);
  fmt::print(R"(2. A value may be used more than once

   The parabola of lesson 1, f(x) = 3x^2 - 4x + 5 at x = {}. A value without a name goes
   by its place: v2 is the value at place 2.

)",
             x.data());
  print_tape(graph);
  fmt::print(R"(
   x is one leaf, used three times. So the record is no tree, whose branches never meet
   again, but a graph: three ways part at x and come together at f. A change of x goes
   all three ways at once, and the next two lessons add up what arrives.

)");
  bp::show_graph(f, "02_expression_parabola.png", {.title = "f = 3x^2 - 4x + 5: one x, three arrows"});
}

// 6. The record can be played again with other numbers: set the leaves, then recompute() the tape from the
//    top.
void replay(Graph& graph) {
  Value x = *graph.find("x"),
        f = *graph.find("f");  // the * takes what find() found; it might have been nothing
  const double h = 0.001, before = f.data();
  x.set_data(3 + h);
  const double stale = f.data();
  graph.recompute();
  fmt::print(R"(3. The record can be played again

   f is {} at x = 3. Set x to {}: f still says {}, for what is recorded stays. Play
   the tape again from the top, and f is {:.6f}. That is the nudge of lesson 1, and so
   is the slope: ({:.6f} - {}) / {} = {:.3f}.

)",
             before, x.data(), stale, f.data(), f.data(), before, h, (f.data() - before) / h);
}

void lesson() {
  fmt::print("Lesson 2: an expression that remembers how it was made\n");
  fmt::print("======================================================\n\n");
  Graph first, second;
  record(first);
  use_twice(second);
  replay(second);

  // 7. has_grad() asks whether a gradient is known. Not known is not the same as 0: the picture shows a dash.
  const Value a = *first.find("a");
  fmt::print(R"(4. What the record is for

   It is all one needs to find the slope of L by each leaf without a nudge. That slope,
   written dL/da for a, is for short a's gradient. Does a have it yet? {}. Nobody has
   asked for it. Lesson 3 finds gradients with a pencil, lesson 4 lets the machine do it.

Picture: 02_expression.png
   L as a graph. A box is a line of the tape. Its gradient is a dash: not yet known.
Picture: 02_expression_parabola.png
   f as a graph. Three arrows leave x. A constant is drawn anew wherever it is used.
)",
             a.has_grad() ? "Yes" : "No");
}

int main() { return bp::run(lesson); }
