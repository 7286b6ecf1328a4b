// The peer `backstep`: this project's scalar engine, used as a reader of the lessons would use it.
//
// One graph lives as long as the task. What is recorded in a step is dropped by rewinding to the mark behind
// the parameters, so the next step finds its memory ready; every handle is checked as always.
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/scalar/math.h"
#include "engine/scalar/nn.h"
#include "tests/bench/peer.h"
#include "tests/bench/work.h"

namespace bp::bench {
namespace {

using In = std::span<const double>;
using Out = std::span<double>;

void make_leaves(Graph& graph, In x, std::vector<Value>& values) {
  values.clear();
  for (double number : x) values.push_back(graph.leaf(number));
}

std::vector<Value> leaves(Graph& graph, In x) {
  std::vector<Value> values;
  make_leaves(graph, x, values);
  return values;
}

void read_gradient(std::span<const Value> values, Out gradient) {
  for (std::size_t i = 0; i < values.size(); ++i) gradient[i] = values[i].grad();
}

Value moons_graph(Graph& graph, const std::vector<Value>& parameters) {
  const auto input = [&](double x) { return graph.constant(x); };
  return moons_loss(moons(), parameters.data(), graph.constant(0.0), input, [](Value z) { return relu(z); });
}

// The loss of W1 with each weighted sum as one node: the network of nn.h, whose parameters are those of
// work.h.
Value loss_by_dots(Graph& graph, const Mlp& net, const std::vector<Value>& parameters) {
  Value data_loss = graph.constant(0.0);
  for (int s = 0; s < samples; ++s) {
    const Value score = net(std::span<const double>(moons().point[s]))[0];
    data_loss += relu(1.0 - moons().label[s] * score);
  }
  return data_loss * (1.0 / samples) + penalty * dot(parameters, parameters);
}

Value loss_by_operators(Graph& graph, const Mlp&, const std::vector<Value>& parameters) {
  return moons_graph(graph, parameters);
}

// W1 and W1d: set the parameters, record the step, sweep, read the gradient.
template <Value (*Loss)(Graph&, const Mlp&, const std::vector<Value>&)>
class Training : public Task {
 public:
  double evaluate(In x, Out gradient) override {
    graph_.rewind(start_);
    for (std::size_t i = 0; i < x.size(); ++i) parameters_[i].set_data(x[i]);
    const Value loss = Loss(graph_, net_, parameters_);
    graph_.zero_grad();
    loss.backward();
    read_gradient(parameters_, gradient);
    return loss.data();
  }

 private:
  Graph graph_;
  Random random_{1};  // its draws are overwritten
  Mlp net_{graph_,
           {inputs, hidden, hidden, 1},
           {Activation::relu, Activation::relu, Activation::identity},
           random_};
  std::vector<Value> parameters_ = net_.parameters();
  Graph::Mark start_ = graph_.mark();
};

// W4: record once, then replay.
class Replay : public Task {
 public:
  double evaluate(In x, Out gradient) override {
    for (std::size_t i = 0; i < x.size(); ++i) parameters_[i].set_data(x[i]);
    graph_.recompute();
    graph_.zero_grad();
    loss_.backward();
    read_gradient(parameters_, gradient);
    return loss_.data();
  }

 private:
  Graph graph_;
  std::vector<Value> parameters_ = leaves(graph_, moons().parameter);
  Value loss_ = moons_graph(graph_, parameters_);
};

class Chain : public Task {
 public:
  double evaluate(In x, Out gradient) override {
    const Graph::Scope step(graph_);
    const Value start = graph_.leaf(x[0]);
    const Value y = chain(start);
    y.backward();
    gradient[0] = start.grad();
    return y.data();
  }

 private:
  Graph graph_;
};

class Wide_sum : public Task {
 public:
  double evaluate(In x, Out gradient) override {
    const Graph::Scope step(graph_);
    make_leaves(graph_, x, values_);
    const Value sum = wide_sum(values_.data(), values_.data() + wide_length, graph_.constant(0.0));
    sum.backward();
    read_gradient(values_, gradient);
    return sum.data();
  }

 private:
  Graph graph_;
  std::vector<Value> values_;  // kept, like the graph, for its memory
};

// The graph is made and freed in the step: what goes wrong with ten million nodes may go wrong there.
double deep(In x, Out gradient) {
  Graph graph;
  const Value start = graph.leaf(x[0]);
  Value y = start;
  for (long i = 0; i < deep_length; ++i) y = sin(y);
  y.backward();
  gradient[0] = start.grad();
  return y.data();
}

}  // namespace

std::unique_ptr<Task> backstep_task(const std::string& work) {
  if (work == "W1") return std::make_unique<Training<loss_by_operators>>();
  if (work == "W1d") return std::make_unique<Training<loss_by_dots>>();
  if (work == "W4") return std::make_unique<Replay>();
  if (work == "W2b") return std::make_unique<Chain>();
  if (work == "W3") return std::make_unique<Wide_sum>();
  if (work == "Deep") return std::make_unique<Function_task>(deep);
  return nullptr;
}

}  // namespace bp::bench
