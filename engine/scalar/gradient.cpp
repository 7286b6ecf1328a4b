#include "engine/scalar/gradient.h"

#include <type_traits>
#include <vector>

#include "engine/scalar/math.h"

namespace bp {

// What the table's formulas look at their numbers with, for Values. The forms for numbers stand in
// elementary.h. What is decided here by a number is decided for the replay, too.

static double plain_number(Value x) { return x.data(); }

static Value no_slope(Value x) { return x.graph().constant(0.0); }

static Value prefers(Value x, Value y) { return 0.5 + 0.5 * sign(x - y); }

static Value power_rule(Value x, Value y) {
  if (!y.is_constant()) return y * pow(x, y - 1.0);
  return y.data() == 0.0 ? y : y * pow(x, y.data() - 1.0);
}

// At x = 0 the logarithm is -inf and the product NaN unless it is left out; the limit of x^y log(x) is 0
// there.
static Value exponent_rule(Value x, Value y, Value out) {
  if (x.data() == 0.0 && y.data() >= 0.0) return x.graph().constant(0.0);
  return out * log(x);
}

namespace {

// Which nodes lie between the inputs and the root: those that an input leads to.
std::vector<bool> fed_by(Graph& graph, std::span<const Value> inputs, std::size_t end) {
  std::vector<bool> fed(end, false);
  for (Value input : inputs) {
    if (input.index() < end) fed[input.index()] = true;
  }
  for (std::size_t i = 0; i < end; ++i) {
    const Value node = graph[i];
    for (std::size_t k = 0; k < node.input_count() && !fed[i]; ++k) fed[i] = fed[node.input(k).index()];
  }
  return fed;
}

// grad * derivative, without the nodes that multiplying by 1, -1 or 0 would add to the tape; nothing for 0.
// The derivative is a number where the table's formula is one, and a Value otherwise.
template <class Derivative>
Value share(Value grad, Derivative derivative) {
  const bool grad_is_one = grad.is_constant() && grad.data() == 1.0;
  if constexpr (std::is_same_v<Derivative, double>) {
    if (derivative == 0.0) return {};
    if (grad_is_one) return grad.graph().constant(derivative);
    return derivative == 1.0 ? grad : derivative == -1.0 ? -grad : grad * derivative;
  } else {
    return grad_is_one ? derivative : grad * derivative;
  }
}

class Recorder {
 public:
  Recorder(Graph& graph, std::span<const Value> inputs, std::size_t end)
      : fed_(fed_by(graph, inputs, end)), grads_(end) {}

  void add(Value to, Value share) {
    Value& grad = grads_[to.index()];
    grad = grad ? grad + share : share;
  }

  // Passes the gradient of `out` on to those of its inputs that matter.
  void pass_on(Value out) {
    const Value grad = grads_[out.index()];
    switch (out.op()) {
#define UNARY(name, ...)                                                                  \
  case Op::name:                                                                          \
    pass(out.input(0), [&](Value x) { return share(grad, Rule<Op::name>::dx(x, out)); }); \
    break;
#define BINARY(name, ...)                                                       \
  case Op::name: {                                                              \
    const Value x = out.input(0), y = out.input(1);                             \
    pass(x, [&](Value) { return share(grad, Rule<Op::name>::dx(x, y, out)); }); \
    pass(y, [&](Value) { return share(grad, Rule<Op::name>::dy(x, y, out)); }); \
    break;                                                                      \
  }
#define N_ARY(name, ...)                                                                  \
  case Op::name:                                                                          \
    for (std::size_t i = 0; i < out.input_count(); ++i) {                                 \
      const auto input = [out](std::size_t k) { return out.input(k); };                   \
      pass(out.input(i), [&](Value) {                                                     \
        return share(grad, n_ary_derivative<Op::name>(i, out.input_count(), input, out)); \
      });                                                                                 \
    }                                                                                     \
    break;
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
#undef N_ARY
      default: break;
    }
  }

  bool has_grad(std::size_t index) const { return fed_[index] && grads_[index]; }
  Value grad(std::size_t index) const { return grads_[index]; }

 private:
  template <class Share>
  void pass(Value input, Share share_of) {
    if (!fed_[input.index()]) return;
    const Value part = share_of(input);
    if (part) add(input, part);
  }

  std::vector<bool> fed_;
  std::vector<Value> grads_;
};

}  // namespace

std::vector<Value> gradient(Value root, std::span<const Value> inputs, double seed) {
  Graph& graph = root.graph();
  graph.check(root);
  for (Value input : inputs) graph.check(input);

  const std::size_t end = root.index() + 1;
  Recorder recorder(graph, inputs, end);
  recorder.add(root, graph.constant(seed));
  for (std::size_t i = end; i-- > 0;) {
    if (recorder.has_grad(i)) recorder.pass_on(graph[i]);
  }

  std::vector<Value> gradients;
  gradients.reserve(inputs.size());
  for (Value input : inputs) {
    const bool reached = input.index() < end && recorder.has_grad(input.index());
    gradients.push_back(reached ? recorder.grad(input.index()) : graph.constant(0.0));
  }
  return gradients;
}

}  // namespace bp
