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
//     afresh.
//   - A node whose gradient is exactly 0 passes nothing on, so 0 * inf in a dead branch makes no NaN.
//   - A node that no path joins to the root has no gradient, and that is not the same as 0: see has_grad().
//   - A Value is a handle. Its graph must outlive it and does not move. A handle whose node was dropped by
//     rewind() throws std::out_of_range, one from another graph or from none std::invalid_argument.
//   - One graph is for one thread at a time.
#pragma once

#include <array>
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
  double grad_closely() const;
  [[noreturn]] void refuse_set_data() const;

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
  /// Throws:    std::logic_error when a leaf was given a new number after `root` was recorded:
  ///            recompute() first.
  void backward(Value root, double seed = 1.0);
  /// The same from several roots at once: the gradients of the sum of seed * root.
  ///
  /// Throws:    also std::invalid_argument when there is no seed.
  void backward(std::span<const Seed> seeds);
  /// The root from which the gradients are, that the last backward pass left; nothing when they are from
  /// several roots, or when there are none (any more).
  std::optional<Value> backward_root();
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
  ///            part that an earlier rewind dropped, std::length_error after 2^36 rewinds of one graph.
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

  // Layers of neurons are recorded by rows: row.h has these two.

  /// Values at equal distances on the tape, as the weights of a neuron and the outputs of a layer are: one
  /// handle for all, so that the dot products of a layer need not look at each value again and again.
  class Row;
  /// The same values as a row; nothing when they are not one.
  static std::optional<Row> row(std::span<const Value> values);
  /// The neurons of a layer, as units() found them.
  class Units;
  /// Neurons of the same number of inputs and the same unary activation (`identity` for none), with a bias
  /// each or none at all. Nothing unless the weights of each are a row, and all were recorded between the
  /// same two rewinds of one graph.
  static std::optional<Units> units(std::span<const std::span<const Value>> weights,
                                    std::span<const Value> biases, Op activation);
  /// What the neurons record for the inputs x, one after the other: the dot product, the sum with the bias,
  /// the activation. The same nodes as one by one, but what they have in common is looked up once.
  ///
  /// Shapes:    x is as long as the weights are; the result has a value for each neuron.
  /// Throws:    as the operations, before anything is recorded.
  static Row record_layer(const Units& units, const Row& x);

  /// Throws unless `value` is a living value of this graph.
  void check(Value value) const {
    if (!is_surely_alive(value)) [[unlikely]]
      check_closely(value);
  }

 private:
  friend class Value;

  // How a node came about, in 8 bytes: in the lowest 28 bits its input a, in the next 28 its input b, in the
  // highest 8 the operation. For an n-ary operation a is the place in edges_ and b the length of its series.
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
  // The inputs of an n-ary operation are a series of nodes, or two of the same length for dot. Where they
  // stand at equal distances, two words say it all; else the stride is 0, and edges_ lists them from
  // `first` on.
  struct Series {
    std::uint32_t first, stride;  // the stride modulo 2^32: a series may run backwards
    std::ptrdiff_t step() const { return static_cast<std::int32_t>(stride); }
  };
  static constexpr std::size_t series_count(Op op) { return op == Op::dot ? 2 : 1; }

  static constexpr std::uint64_t block_size = 256;  // of gradients
  static constexpr std::uint64_t block_of(std::uint64_t index) { return index / block_size; }

  struct Run {
    std::uint64_t begin, end;
  };
  static constexpr std::size_t no_leaves = ~std::size_t{0};
  struct Rewind {
    std::uint64_t generation, size;
  };
  // Large arrays all begin at the same place within a page. The processor takes the store of a link for one
  // of the number with the same index, as far as it compares addresses (12 bits): so links begin elsewhere
  // in theirs.
  static constexpr std::size_t link_skew = 264;
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  Op op(std::uint64_t index) const { return links()[index].op(); }
  Link* links() const { return links_.get() + link_skew; }
  Value handle(std::uint64_t index) { return Value(this, generation_ | index); }
  Value push(Op op, std::uint64_t a, std::uint64_t b, double data);
  void make_room() {
    if (size_ == capacity_) [[unlikely]]
      grow(size_ + 1);
  }
  static std::size_t next_capacity(std::size_t now, std::size_t least);
  void grow(std::size_t least);
  void grow_grads(std::size_t least);
  [[gnu::noinline, gnu::cold]] void begin_leaves();
  std::span<const Run> leaves();

  Series series_of(std::span<const Value> values) const;
  Series listed(std::span<const Value> values, Series series);
  std::uint32_t* append_edges(std::size_t count);
  [[gnu::noinline, gnu::cold]] void grow_edges(std::size_t more);
  template <Op op>
  Value push_n_ary(std::size_t length, Series x, Series y);
  template <Op op, class Body>
  auto with_inputs(Link node, Body body) const;
  template <Op op>
  double value_of(Link node) const;
  template <Op op>
  void sweep_n_ary(Link node, double grad, double out);
  std::uint64_t input_index(Link node, std::ptrdiff_t i) const;

  // True for a value recorded since the last rewind and for one of the generation kept_since_ that it kept;
  // others may be alive, too, which check_closely() finds out.
  bool is_surely_alive(Value value) const {
    return value.graph_ == this && (value.place_ >= generation_ || value.place_ - kept_since_ < kept_);
  }
  void check_closely(Value value) const;
  [[gnu::noinline, gnu::cold]] void prepare(Value x, Value y);
  [[noreturn]] static void refuse_nothing();

  template <class Body>
  void for_each_gap(std::uint64_t end, Body body);
  void sweep(std::uint64_t begin, std::uint64_t end);
  void sweep_block(std::uint64_t begin, std::uint64_t end);
  void clear_grads();
  void settle(std::uint64_t end);
  void find_reached();
  bool has_grad(std::uint64_t index);

  std::unique_ptr<double[], Free> data_;  // the tape: the number of each node,
  std::unique_ptr<Link[], Free> links_;   // and how it came about
  std::size_t size_ = 0, capacity_ = 0;
  std::uint64_t generation_ = 0;                  // how often the tape was rewound << Value::index_bits
  std::uint64_t kept_ = 0, kept_since_ = 0;       // size after the last rewind, and the generation before it
  std::vector<Rewind> rewinds_;                   // growing sizes: those that no later rewind went below
  std::unique_ptr<std::uint32_t[], Free> edges_;  // series of n-ary nodes
  std::size_t edges_size_ = 0, edges_capacity_ = 0;
  std::vector<Run> leaves_;                    // where the leaves stand, as runs: see leaves()
  std::size_t leaves_end_ = no_leaves;         // where the last of them ends
  std::array<std::uint32_t, 64> constants_{};  // where a constant was last recorded, by a hash of its bits
  std::map<std::uint32_t, std::string> names_;

  std::unique_ptr<double[], Free> grads_;
  std::size_t grads_size_ = 0, grads_capacity_ = 0;
  std::vector<std::uint32_t> touched_;  // whether a block of gradients may hold one that is not 0
  std::vector<std::uint64_t> roots_;    // of the last backward pass, while its nodes stand
  std::vector<std::uint8_t> reached_;   // whether a path joins the node to a root
  bool reached_known_ = true;           // whether reached_ is up to date with roots_
  std::uint64_t outdated_ = 0;          // nodes before this were recorded before a leaf was changed
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

}  // namespace bp

#include "engine/scalar/record.h"
