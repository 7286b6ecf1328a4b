// Lesson 4: letting the machine apply the chain rule
//
// Before:  lesson 3 found gradients by hand: multiply along each path, add over all paths.
// Now:     the same numbers from one call, and what goes on inside it, twice: as closures and as a tape.
// After:   you can say why the sweep runs from L back to the leaves, and why gradients are added (+=).
// Run:     lessons/run 4
// Source:  A. Karpathy, the README of micrograd, for section 5 with its three numbers.
#include <fmt/core.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scalar/math.h"
#include "lessons/picture.h"

using bp::Graph, bp::Value;  // today's vocabulary

// 1. Closures. A closure is a function that remembers the variables around it. Each operation computes its
//    number and leaves behind a closure that knows, once the gradient of the result is there, what to pass
//    on to the inputs: the gradient times the local derivative. These forty lines are an engine for + and *.
namespace closures {

struct Node {
  double data;
  std::vector<std::shared_ptr<Node>> inputs = {};  // a shared_ptr keeps a node alive while somebody uses it
  double grad = 0;
  std::function<void()> pass_on = [] {};  // a leaf has nobody to pass on to
};
using Ref = std::shared_ptr<Node>;

Ref number(double data) { return std::make_shared<Node>(Node{data}); }

Ref operator+(const Ref& x, const Ref& y) {
  Ref out = std::make_shared<Node>(Node{x->data + y->data, {x, y}});
  out->pass_on = [out = out.get(), x = x.get(), y = y.get()] {
    x->grad += out->grad * 1;
    y->grad += out->grad * 1;
  };
  return out;
}

Ref operator*(const Ref& x, const Ref& y) {
  Ref out = std::make_shared<Node>(Node{x->data * y->data, {x, y}});
  out->pass_on = [out = out.get(), x = x.get(), y = y.get()] {
    x->grad += out->grad * y->data;
    y->grad += out->grad * x->data;
  };
  return out;
}

// The order is not written down anywhere, so look for it: a node may stand in line once all its inputs do.
void stand_in_line(const Ref& node, std::set<Node*>& standing, std::vector<Ref>& line) {
  if (!standing.insert(node.get()).second) return;
  for (const Ref& input : node->inputs) stand_in_line(input, standing, line);
  line.push_back(node);
}

void backward(const Ref& root) {
  std::set<Node*> standing;
  std::vector<Ref> line;
  stand_in_line(root, standing, line);
  root->grad = 1;
  for (std::size_t i = line.size(); i-- > 0;) line[i]->pass_on();  // from the last to the first
}

}  // namespace closures

void with_closures() {
  using closures::number, closures::Ref;
  const Ref a = number(-2), b = number(3);
  const Ref d = a * b, e = d + a, L = d * e;
  closures::backward(L);
  fmt::print(R"(1. With closures: an engine in forty lines

   L = d * e with d = a * b and e = d + a, at a = {} and b = {}. Both a and d are used
   twice. Every operation leaves a closure that passes its gradient on, and backward()
   calls them, the last one first:

      L = {}      dL/da = {}      dL/db = {}

)",
             a->data, b->data, L->data, a->grad, b->grad);
}

// 2. The tape. Its order of recording is the line that we had to look for, so all of backpropagation is one
//    loop. It is given the order, and whether to add, so that section 3 can spoil both.
std::vector<double> sweep(Value root, const std::vector<Value>& order, bool add = true) {
  std::vector<double> grad(root.graph().size(), 0.0);  // one for each place on the tape
  grad[root.index()] = 1;
  for (Value v : order) {
    for (std::size_t i = 0; i < v.input_count(); ++i) {
      const double share = grad[v.index()] * v.local_derivative(i);
      double& to = grad[v.input(i).index()];  // a second name for that place
      to = add ? to + share : share;
    }
  }
  return grad;
}

void with_a_tape(Value a, Value b, Value d, Value e, Value L) {
  fmt::print(R"(2. With a tape: one loop

   The tape holds its values in the order of their making. Walk it upwards, and pass on to
   each input the gradient times the local derivative:

     place   value   gradient   passes on
)");
  const std::vector<double> grad = sweep(L, {L, e, d, b, a});
  for (Value v : {L, e, d, b, a}) {
    fmt::print("     {:>5}   {:<5}   {:>8}", v.index(), v.name(), grad[v.index()]);
    for (std::size_t i = 0; i < v.input_count(); ++i) {
      const double g = grad[v.index()], local = v.local_derivative(i);
      fmt::print("   {:>3} * {:>2} = {:>3} to {}", g, local, g * local, v.input(i).name());
    }
    fmt::print("\n");
  }
  L.backward();
  fmt::print(R"(
   The gradient of d is the sum of what came from L and e; that of a, from e and d.
   The engine does the same inside L.backward(): dL/da = {}, dL/db = {}.

)",
             a.grad(), b.grad());
}

// 3. Three ways to get it wrong. No error message ever comes, and two of them give believable numbers.
void three_mistakes(Value a, Value b, Value d, Value e, Value L) {
  const auto row = [&](std::string_view how, const std::vector<double>& grad, std::string_view what) {
    fmt::print("      {:<16} {:>8} {:>7}   {}\n", how, grad[a.index()], grad[b.index()], what);
  };
  fmt::print("3. Why from the end, and why +=\n\n      order               dL/da   dL/db\n");
  row("L, e, d with +=", sweep(L, {L, e, d}), "right");
  row("L, e, d with =", sweep(L, {L, e, d}, false), "the last path overwrites those before it");
  row("L, d, e with +=", sweep(L, {L, d, e}), "d passes on before e has given it its share");
  row("d, e, L with +=", sweep(L, {d, e, L}), "d and e have nothing to pass on yet");
  fmt::print(R"(
   A value may pass its gradient on once all who used it have given theirs, not before.
   On the tape the users always come later (it is a topological order), so from the last
   to the first is right. And it is += because gradients add over paths.

)");
}

// 4. The gradients of leaves keep adding up from call to call, as PyTorch has it.
void once_more(Graph& graph, Value a, Value b, Value L) {
  fmt::print("4. zero_grad: begin afresh\n\n                                dL/da   dL/db\n");
  fmt::print("      after one backward()   {:>8} {:>7}\n", a.grad(), b.grad());
  L.backward();
  fmt::print("      after a second one     {:>8} {:>7}   doubled: gradients of leaves add up\n", a.grad(),
             b.grad());
  graph.zero_grad();
  L.backward();
  fmt::print("      zero_grad(), and again {:>8} {:>7}   right\n", a.grad(), b.grad());

  using closures::number, closures::Ref;
  const Ref p = number(-2), q = number(3), d = p * q, M = d * (d + p);
  closures::backward(M);
  closures::backward(M);
  fmt::print("      the closures, twice    {:>8} {:>7}   not even doubled: d and e kept theirs, too\n",
             p->grad, q->grad);
  fmt::print(R"(
   Adding up is useful: call backward() for many examples and you have the gradient of
   their sum. But call zero_grad() before the next step, or the last one is still in it.

)");
}

// 5. A published example, with every gradient a sum over many paths: c and d are new values in each line.
void from_micrograd() {
  Graph graph;
  const Value a = graph.leaf(-4, "a"), b = graph.leaf(2, "b");
  Value c = a + b, d = a * b + pow(b, 3);
  c += c + 1;
  c += 1 + c + (-a);
  d += d * 2 + relu(b + a);  // relu(x) is x where x is positive, and 0 elsewhere
  d += 3 * d + relu(b - a);
  const Value e = c - d, f = pow(e, 2);
  const Value g = f / 2 + 10 / f;
  g.backward();
  fmt::print(R"(5. The example of micrograd's README

                  ours   published
      g       {:>8.4f}     24.7041
      dg/da   {:>8.4f}    138.8338
      dg/db   {:>8.4f}    645.5773

)",
             g.data(), a.grad(), b.grad());
}

// 6. stand_in_line() calls itself for an input of an input of an input, and each call that waits takes a
//    piece of the stack. Measured with GCC 12 -O2 and the usual stack of 8 MB: a chain of 100,000 closures
//    works, one of 120,000 ends in a segmentation fault. Without -O2, 20,000 cannot even be freed.
void a_long_chain() {
  Graph graph;
  const Value x = graph.leaf(1, "x");
  Value y = x;
  for (int i = 0; i < 1'000'000; ++i) y += x;
  y.backward();
  fmt::print(R"(6. Deep chains

   y = x + x + ... + x, a million additions one upon another: dy/dx = {}. The tape
   walks them in a loop. The closures look for their order by calls within calls, one for
   each link; somewhat above 100,000 these no longer fit on the stack: the program dies.

)",
             x.grad());
}

void lesson() {
  fmt::print("Lesson 4: letting the machine apply the chain rule\n");
  fmt::print("==================================================\n\n");
  with_closures();
  Graph graph;
  const Value a = graph.leaf(-2, "a"), b = graph.leaf(3, "b");
  const Value d = (a * b).named("d"), e = (d + a).named("e"), L = (d * e).named("L");
  with_a_tape(a, b, d, e, L);
  three_mistakes(a, b, d, e, L);
  once_more(graph, a, b, L);
  from_micrograd();
  a_long_chain();
  bp::show_graph(L, "04_backward.png", {.title = "L = d * e with d = a * b and e = d + a"});
  fmt::print(R"(Picture: 04_backward.png
   L after backward(). Choose a path from a to L and multiply what stands on its arrows;
   do so for all three paths, and add: {}.
)",
             a.grad());
}

int main() { return bp::run(lesson); }
