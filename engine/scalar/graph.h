// Graph and Value: arithmetic that remembers how it was done.
//
// A Graph is a tape. Each operation on Values appends one node: its operation, its inputs and its number. An
// input is always older than the node that uses it, so the order of recording is a topological order, and the
// backward pass is one loop from the root to the beginning.
//
//     Graph graph;
//     Value a = graph.leaf(2.0, "a"), b = graph.leaf(-3.0, "b");
//     Value L = tanh(a * b + 6.5).named("L");     // the operators and functions are in math.h
//     L.backward();
//     a.grad();                                   // dL/da
//
// The rules of the house:
//   - A leaf's gradient adds up over calls of backward() until zero_grad(); those of computed nodes start
//   afresh.
//   - A node whose gradient is exactly 0 passes nothing on, so 0 * inf in a dead branch makes no NaN.
//   - A node that no path joins to the root has no gradient, and that is not the same as 0: see has_grad().
//   - A Value is a handle. Its graph must outlive it and does not move. A handle whose node was dropped by
//     rewind() throws std::out_of_range, one from another graph or from none std::invalid_argument.
//   - One graph is for one thread at a time.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scalar/op.h"

namespace bp {

class Graph;

/// A number in a Graph: a handle of 16 bytes that owns nothing and is copied freely.
class Value {
 public:
  /// A handle to nothing, so that arrays of Values can be declared. Using it throws std::invalid_argument.
  Value() = default;
  /// False for a handle to nothing.
  explicit operator bool() const { return graph_ != nullptr; }

  /// The number.
  double data() const;
  /// Gives a leaf a new number. What was recorded before keeps the old one until Graph::recompute().
  ///
  /// Throws:    std::invalid_argument when this is not a leaf.
  void set_data(double data) const;

  /// Runs the backward pass from here: afterwards grad() of every value below is d(this)/d(value), times
  /// `seed`.
  void backward(double seed = 1.0) const;
  /// The gradient that backward() left here.
  ///
  /// Throws:    std::logic_error when there is none: no backward pass has run, or no path leads here.
  double grad() const;
  /// Whether grad() has an answer. Constants never have one.
  bool has_grad() const;
  /// grad(), or 0 where there is none: what an optimizer wants, without the cost of telling the two apart.
  double grad_or_zero() const;

  /// Gives the node a name, for pictures and messages; returns the same handle. Names need not differ.
  Value named(std::string_view name) const;
  /// The name, or nothing. Valid until the next name is given.
  std::string_view name() const;

  /// The operation that made it; Op::leaf and Op::constant are not made by any.
  Op op() const;
  bool is_leaf() const { return op() == Op::leaf; }
  bool is_constant() const { return op() == Op::constant; }
  /// How many inputs the operation has: 0 for a leaf; for dot twice the number of products.
  std::size_t input_count() const;
  /// Input `i`. The factors of a dot alternate: x1, y1, x2, y2, ...
  ///
  /// Throws:    std::out_of_range when there is no such input.
  Value input(std::size_t i) const;
  /// d(this)/d(input i) as the backward sweep uses it, from the numbers as they are now.
  double local_derivative(std::size_t i) const;

  /// Where the node stands on the tape, counted from 0.
  std::size_t index() const { return place_ & max_index; }
  /// The graph this belongs to.
  ///
  /// Throws:    std::invalid_argument for a handle to nothing.
  Graph& graph() const;

 private:
  friend class Graph;
  Value(Graph* graph, std::uint64_t place) : graph_(graph), place_(place) {}

  static constexpr int index_bits = 28;
  static constexpr std::uint64_t max_index = (std::uint64_t{1} << index_bits) - 1;

  Graph* graph_ = nullptr;
  // The index in the lowest 28 bits; above it the generation: how often the graph had been rewound when this
  // was made. So a handle of the present generation is one that is not less than generation << 28.
  std::uint64_t place_ = 0;
};

static_assert(sizeof(Value) == 16);

/// A root of a backward pass with the gradient that it starts from.
struct Seed {
  Value root;
  double grad = 1.0;
};

/// The tape.
class Graph {
 public:
  /// The most nodes, and the most inputs of n-ary operations, that a graph can hold.
  static constexpr std::size_t max_size = (std::size_t{1} << 28) - 1;

  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// A number of yours: an input or a parameter. It collects gradients.
  ///
  /// Throws:    std::length_error beyond max_size nodes, std::bad_alloc when memory runs out; so does
  ///            everything that records.
  Value leaf(double data, std::string_view name = {});
  /// A number in a formula, such as the 2 of `2 * a`. A constant that was recorded lately is used again.
  Value constant(double data);

  std::size_t size() const { return size_; }
  /// Makes room for `nodes` nodes at once, which saves growing step by step.
  void reserve(std::size_t nodes);
  /// The bytes that the tape and the gradients hold at this moment, spare room included.
  std::size_t memory_bytes() const;

  /// The value at a place on the tape; `for (Value v : graph)` visits all of them, inputs before their users.
  ///
  /// Throws:    std::out_of_range beyond the end.
  Value operator[](std::size_t index);
  class Iterator;
  Iterator begin();
  Iterator end();

  /// The backward pass: sets or adds to the gradient of everything that `root` depends on.
  ///
  /// Throws:    std::logic_error when a leaf was given a new number after `root` was recorded: recompute()
  /// first.
  void backward(Value root, double seed = 1.0);
  /// The same from several roots at once: the gradients of the sum of seed * root.
  ///
  /// Throws:    also std::invalid_argument when there is no seed.
  void backward(std::span<const Seed> seeds);
  /// Sets the gradients that the leaves have collected to 0. A leaf that has none still has none.
  void zero_grad();

  /// Works out every node again from the leaves' present numbers. The gradients of computed nodes are gone.
  void recompute();

  /// A place on the tape to come back to.
  class Mark {
    friend class Graph;
    const Graph* graph_ = nullptr;
    std::uint64_t size_ = 0, edges_ = 0, generation_ = 0;
  };
  Mark mark() const;
  /// Drops what was recorded since the mark, and keeps its memory for what comes next. Leaves that stay keep
  /// their numbers and gradients.
  ///
  /// Throws:    std::invalid_argument for a mark of another graph, std::out_of_range for one that lies in a
  ///            part that an earlier rewind dropped.
  void rewind(Mark mark);
  /// Rewinds at the end of a block: { Graph::Scope step(graph); ... }
  class Scope;

  /// The first node whose number is NaN or infinite: where the trouble began.
  std::optional<Value> first_non_finite();
  /// The last value that was given this name.
  std::optional<Value> find(std::string_view name);

  /// Records one operation; the functions of math.h are these.
  template <Op op>
  static Value record(Value x);
  template <Op op>
  static Value record(Value x, Value y);
  template <Op op>
  static Value record(std::span<const Value> inputs);
  /// A dot product: x and y are as long as each other and not empty.
  static Value record_dot(std::span<const Value> x, std::span<const Value> y);
  static Value record_dot(std::span<const Value> x, std::span<const double> y);

  /// Throws unless `value` is a living value of this graph.
  void check(Value value) const {
    if (!is_surely_alive(value)) [[unlikely]]
      check_closely(value);
  }

 private:
  friend class Value;

  // How a node came about, in 8 bytes: in the lowest 28 bits its input a, in the next 28 its input b, in the
  // highest 8 the operation. For an n-ary operation a is the place in edges_ and b the number of inputs.
  // Packed by hand, since GCC fills bit-fields one after the other through memory, which doubled the time of
  // recording. Not a std::uint64_t, so that storing it cannot change size_ in the compiler's eyes.
  struct Link {
    unsigned long long packed;

    Link(Op op_, std::uint64_t a_, std::uint64_t b_)
        : packed(a_ | b_ << 28 | static_cast<unsigned long long>(op_) << 56) {}
    Op op() const { return static_cast<Op>(packed >> 56); }
    std::uint64_t a() const { return packed & max_size; }
    std::uint64_t b() const { return packed >> 28 & max_size; }
  };
  static_assert(sizeof(Link) == 8);
  struct Run {
    std::uint64_t begin, end;
  };
  struct Rewind {
    std::uint64_t generation, size;
  };
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  Op op(std::uint64_t index) const { return links_[index].op(); }
  Value handle(std::uint64_t index) { return Value(this, generation_ | index); }
  Value push(Op op, std::uint64_t a, std::uint64_t b, double data);
  template <Op op>
  Value push_n_ary(std::size_t first_edge);
  auto inputs_of(Link link) const {
    return [edges = edges_.data() + link.a(), data = data_.get()](std::size_t i) { return data[edges[i]]; };
  }
  void make_room() {
    if (size_ == capacity_) [[unlikely]]
      grow(size_ + 1);
  }
  void grow(std::size_t least);
  void grow_grads(std::size_t least);

  // True for a value recorded since the last rewind and for one of the generation kept_since_ that it kept;
  // others may be alive, too, which check_closely() finds out.
  bool is_surely_alive(Value value) const {
    return value.graph_ == this && (value.place_ >= generation_ || value.place_ - kept_since_ < kept_);
  }
  void check_closely(Value value) const;
  void check_all(std::span<const Value> x, std::span<const Value> y, std::size_t first_edge);
  template <Op op>
  [[gnu::noinline, gnu::cold]] static Value record_carefully(Value x);
  template <Op op>
  [[gnu::noinline, gnu::cold]] static Value record_carefully(Value x, Value y);
  [[noreturn]] static void refuse_nothing();

  template <class Body>
  void for_each_gap(std::uint64_t end, Body body) const;
  void sweep(std::uint64_t root);
  void settle(std::uint64_t end);
  void find_reached();
  bool has_grad(std::uint64_t index);

  std::unique_ptr<double[], Free> data_;  // the tape: the number of each node,
  std::unique_ptr<Link[], Free> links_;   // and how it came about
  std::size_t size_ = 0, capacity_ = 0;
  std::uint64_t generation_ = 0;               // how often the tape was rewound << Value::index_bits
  std::uint64_t kept_ = 0, kept_since_ = 0;    // size after the last rewind, and the generation before it
  std::vector<Rewind> rewinds_;                // growing sizes: those that no later rewind went below
  std::vector<std::uint32_t> edges_;           // inputs of n-ary nodes
  std::vector<Run> leaves_;                    // where the leaves stand, as runs
  std::array<std::uint32_t, 64> constants_{};  // where a constant was last recorded, by a hash of its bits
  std::map<std::uint32_t, std::string> names_;

  std::unique_ptr<double[], Free> grads_;
  std::size_t grads_size_ = 0, grads_capacity_ = 0;
  std::vector<std::uint64_t> roots_;   // of the last backward pass, while its nodes stand
  std::vector<std::uint8_t> reached_;  // whether a path joins the node to a root
  bool reached_known_ = true;          // whether reached_ is up to date with roots_
  std::uint64_t outdated_ = 0;         // nodes before this were recorded before a leaf was changed
};

class Graph::Iterator {
 public:
  Iterator(Graph& graph, std::size_t index) : graph_(&graph), index_(index) {}
  Value operator*() const { return (*graph_)[index_]; }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  bool operator==(const Iterator&) const = default;

 private:
  Graph* graph_;
  std::size_t index_;
};

class Graph::Scope {
 public:
  explicit Scope(Graph& graph) : graph_(graph), mark_(graph.mark()) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { graph_.rewind(mark_); }

 private:
  Graph& graph_;
  Mark mark_;
};

// Recording is the hot path, so it stands here: the usual case is inline, all others are one call away. Both
// inputs are of the same graph; taking it from y lets the compiler keep it in a register along s = s + w * x.

inline Value Graph::push(Op op, std::uint64_t a, std::uint64_t b, double data) {
  data_[size_] = data;
  links_[size_] = Link(op, a, b);
  return handle(size_++);
}

inline Value Graph::leaf(double data, std::string_view name) {
  if (leaves_.empty() || leaves_.back().end != size_) leaves_.push_back({size_, size_});
  make_room();
  const Value value = push(Op::leaf, 0, 0, data);
  ++leaves_.back().end;
  return name.empty() ? value : value.named(name);
}

inline Value Graph::constant(double data) {
  const auto bits = std::bit_cast<std::uint64_t>(data);
  std::uint32_t& place = constants_[(bits * 0x9E3779B97F4A7C15u) >> 58];
  if (place < size_ && op(place) == Op::constant && std::bit_cast<std::uint64_t>(data_[place]) == bits) {
    return handle(place);
  }
  make_room();
  place = static_cast<std::uint32_t>(size_);
  return push(Op::constant, 0, 0, data);
}

template <Op op>
inline Value Graph::record(Value x) {
  Graph* const graph = x.graph_;
  if (graph == nullptr || !graph->is_surely_alive(x) || graph->size_ == graph->capacity_) [[unlikely]]
    return record_carefully<op>(x);
  return graph->push(op, x.index(), 0, Rule<op>::value(graph->data_[x.index()]));
}

template <Op op>
inline Value Graph::record(Value x, Value y) {
  Graph* const graph = y.graph_;
  if (graph == nullptr || !graph->is_surely_alive(x) || !graph->is_surely_alive(y) ||
      graph->size_ == graph->capacity_) [[unlikely]]
    return record_carefully<op>(x, y);
  return graph->push(op, x.index(), y.index(),
                     Rule<op>::value(graph->data_[x.index()], graph->data_[y.index()]));
}

template <Op op>
Value Graph::record_carefully(Value x) {
  Graph& graph = x.graph();
  graph.check(x);
  graph.make_room();
  return graph.push(op, x.index(), 0, Rule<op>::value(graph.data_[x.index()]));
}

template <Op op>
Value Graph::record_carefully(Value x, Value y) {
  Graph& graph = x.graph();
  graph.check(x);
  graph.check(y);
  graph.make_room();
  return graph.push(op, x.index(), y.index(),
                    Rule<op>::value(graph.data_[x.index()], graph.data_[y.index()]));
}

inline Graph& Value::graph() const {
  if (graph_ == nullptr) [[unlikely]]
    Graph::refuse_nothing();
  return *graph_;
}

inline double Value::data() const {
  graph().check(*this);
  return graph_->data_[index()];
}

inline Op Value::op() const {
  graph().check(*this);
  return graph_->op(index());
}

}  // namespace bp
