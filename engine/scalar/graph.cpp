#include "engine/scalar/graph.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <new>
#include <stdexcept>
#include <type_traits>

namespace bp {

// --- Memory ---------------------------------------------------------------------------------------------

namespace {

// realloc moves pages, not bytes, where a tape is large; nodes and gradients are plain data.
template <class T, class Deleter>
void resize_buffer(std::unique_ptr<T[], Deleter>& buffer, std::size_t count) {
  static_assert(std::is_trivially_copyable_v<T>);
  void* moved = std::realloc(buffer.get(), count * sizeof(T));
  if (moved == nullptr) throw std::bad_alloc();
  static_cast<void>(buffer.release());
  buffer.reset(static_cast<T*>(moved));
}

std::size_t next_capacity(std::size_t now, std::size_t least) {
  if (least > Graph::max_size) {
    throw std::length_error("backstep: a graph holds at most " + std::to_string(Graph::max_size) + " nodes");
  }
  return std::min(Graph::max_size, std::max({least, 2 * now, std::size_t{64}}));
}

}  // namespace

void Graph::grow(std::size_t least) {
  const std::size_t capacity = next_capacity(capacity_, least);
  resize_buffer(data_, capacity);
  resize_buffer(links_, capacity);
  capacity_ = capacity;
}

void Graph::grow_grads(std::size_t least) {
  const std::size_t capacity = next_capacity(grads_capacity_, least);
  resize_buffer(grads_, capacity);
  grads_capacity_ = capacity;
}

void Graph::reserve(std::size_t nodes) {
  if (nodes > capacity_) grow(nodes);
  if (nodes > grads_capacity_) grow_grads(nodes);
}

std::size_t Graph::memory_bytes() const {
  return capacity_ * (sizeof(double) + sizeof(Link)) + grads_capacity_ * sizeof(double) +
         edges_.capacity() * sizeof(edges_[0]) + reached_.capacity() + leaves_.capacity() * sizeof(Run);
}

// --- Recording ------------------------------------------------------------------------------------------

template <Op op>
Value Graph::push_n_ary(std::size_t first_edge) {
  const std::size_t count = edges_.size() - first_edge;
  const Link node(op, first_edge, count);
  make_room();
  return push(op, first_edge, count, n_ary_value<op, double>(count, inputs_of(node)));
}

namespace {

// The graph of the first input, and room for `count` more edges.
Graph& graph_of(std::span<const Value> inputs, Op op) {
  if (inputs.empty()) {
    throw std::invalid_argument("backstep: " + std::string(info(op).name) +
                                " of no values: there is no graph to record it in");
  }
  return inputs[0].graph();
}

void check_edges(std::size_t have, std::size_t more) {
  if (more > Graph::max_size - have) {
    throw std::length_error("backstep: a graph holds at most " + std::to_string(Graph::max_size) +
                            " inputs of sums and dot products");
  }
}

void check_lengths(std::size_t x, std::size_t y) {
  if (x != y) {
    throw std::invalid_argument("backstep: dot of " + std::to_string(x) + " values and " + std::to_string(y));
  }
}

}  // namespace

template <Op op>
Value Graph::record(std::span<const Value> inputs) {
  Graph& graph = graph_of(inputs, op);
  for (const Value& value : inputs) graph.check(value);
  const std::size_t first = graph.edges_.size();
  check_edges(first, inputs.size());
  for (const Value& value : inputs) graph.edges_.push_back(static_cast<std::uint32_t>(value.index()));
  return graph.push_n_ary<op>(first);
}

template Value Graph::record<Op::sum>(std::span<const Value>);
template Value Graph::record<Op::logsumexp>(std::span<const Value>);

// What was noted of factors that are refused is taken back.
void Graph::check_all(std::span<const Value> x, std::span<const Value> y, std::size_t first_edge) {
  try {
    for (std::size_t i = 0; i < x.size(); ++i) {
      check(x[i]);
      check(y[i]);
    }
  } catch (...) {
    edges_.resize(first_edge);
    throw;
  }
}

Value Graph::record_dot(std::span<const Value> x, std::span<const Value> y) {
  check_lengths(x.size(), y.size());
  Graph& graph = graph_of(x, Op::dot);
  const std::size_t first = graph.edges_.size();
  check_edges(first, 2 * x.size());
  graph.edges_.resize(first + 2 * x.size());
  std::uint32_t* const edges = graph.edges_.data() + first;
  bool all_alive = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    all_alive = all_alive && graph.is_surely_alive(x[i]) && graph.is_surely_alive(y[i]);
    edges[2 * i] = static_cast<std::uint32_t>(x[i].index());
    edges[2 * i + 1] = static_cast<std::uint32_t>(y[i].index());
  }
  if (!all_alive) [[unlikely]]
    graph.check_all(x, y, first);
  return graph.push_n_ary<Op::dot>(first);
}

Value Graph::record_dot(std::span<const Value> x, std::span<const double> y) {
  check_lengths(x.size(), y.size());
  Graph& graph = graph_of(x, Op::dot);
  std::vector<Value> factors;
  factors.reserve(y.size());
  for (double factor : y) factors.push_back(graph.constant(factor));
  return record_dot(x, factors);
}

// --- The backward pass ----------------------------------------------------------------------------------

void Graph::backward(Value root, double seed) {
  const Seed one{root, seed};
  backward(std::span(&one, 1));
}

void Graph::backward(std::span<const Seed> seeds) {
  if (seeds.empty()) throw std::invalid_argument("backstep: backward from no root");
  for (const Seed& seed : seeds) {
    check(seed.root);
    if (seed.root.index() < outdated_ && !seed.root.is_leaf()) {
      throw std::logic_error(
          "backstep: a leaf was given a new number after this value was recorded; recompute() first");
    }
  }
  settle(size_);
  if (size_ > grads_capacity_) grow_grads(std::max(size_, capacity_));
  for_each_gap(grads_size_, [&](std::uint64_t begin, std::uint64_t end) {
    std::memset(grads_.get() + begin, 0, (end - begin) * sizeof(double));
  });
  std::memset(grads_.get() + grads_size_, 0, (size_ - grads_size_) * sizeof(double));
  grads_size_ = size_;

  roots_.clear();
  reached_known_ = false;
  std::uint64_t last = 0;
  for (const Seed& seed : seeds) {
    roots_.push_back(seed.root.index());
    grads_[seed.root.index()] += seed.grad;
    last = std::max(last, std::uint64_t{seed.root.index()});
  }
  sweep(last);
}

namespace {

// Whether eight gradients are 0 (or -0). Behind a relu that is off the tape is 0 for long stretches.
bool all_zero(const double* grads) {
  std::uint64_t bits = 0;
  for (int k = 0; k < 8; ++k) bits |= std::bit_cast<std::uint64_t>(grads[k]);
  return bits << 1 == 0;
}

}  // namespace

// From the root to the beginning: when a node's turn comes, every use of it stands later on the tape and has
// already added its share, so its gradient is complete.
//
//     grad of input += grad of node * d node / d input
void Graph::sweep(std::uint64_t root) {
  const Link* const links = links_.get();
  const double* const data = data_.get();
  double* const grads = grads_.get();
  for (std::uint64_t i = root + 1; i-- > 0;) {
    const double grad = grads[i];
    if (grad == 0.0) {
      while (i >= 8 && all_zero(grads + i - 8)) i -= 8;
      continue;
    }
    const Link node = links[i];
    switch (node.op()) {
      case Op::leaf:
      case Op::constant: break;
#define UNARY(name, ...)                                                       \
  case Op::name:                                                               \
    grads[node.a()] += grad * derivative_x<Op::name>(data[node.a()], data[i]); \
    break;
#define BINARY(name, ...)                                            \
  case Op::name: {                                                   \
    const double x = data[node.a()], y = data[node.b()];             \
    grads[node.a()] += grad * derivative_x<Op::name>(x, y, data[i]); \
    grads[node.b()] += grad * derivative_y<Op::name>(x, y, data[i]); \
    break;                                                           \
  }
#define N_ARY(name, ...)                                                        \
  case Op::name: {                                                              \
    const std::uint32_t* const edges = edges_.data() + node.a();                \
    const auto inputs = inputs_of(node);                                        \
    for (std::uint64_t k = 0; k < node.b(); ++k) {                              \
      grads[edges[k]] += grad * derivative_n_ary<Op::name>(k, inputs, data[i]); \
    }                                                                           \
    break;                                                                      \
  }
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
#undef N_ARY
    }
  }
}

template <class Body>
void Graph::for_each_gap(std::uint64_t end, Body body) const {
  std::uint64_t begin = 0;
  for (const Run& run : leaves_) {
    if (run.begin >= end) break;
    if (begin < run.begin) body(begin, run.begin);
    begin = run.end;
  }
  if (begin < end) body(begin, end);
}

void Graph::zero_grad() {
  settle(size_);
  for (const Run& run : leaves_) {
    const std::uint64_t end = std::min<std::uint64_t>(run.end, grads_size_);
    if (run.begin < end) std::memset(grads_.get() + run.begin, 0, (end - run.begin) * sizeof(double));
  }
}

// --- Which nodes the last backward pass reached -----------------------------------------------------------
//
// A gradient other than 0 was computed. One that is 0 may stand for "no path leads here". The sweep does not
// tell them apart, because keeping count would slow every node down; we find out when somebody asks, or just
// before the nodes that could tell are gone.

// Makes sure that what the leaves before `end` have received is known without the nodes of that pass.
void Graph::settle(std::uint64_t end) {
  if (reached_known_) return;
  end = std::min<std::uint64_t>(end, grads_size_);
  for (const Run& run : leaves_) {
    if (run.begin >= end) break;
    if (reached_.size() < std::min(run.end, end)) reached_.resize(std::min(run.end, end));
    for (std::uint64_t i = run.begin; i < std::min(run.end, end); ++i) {
      if (grads_[i] != 0.0) {
        reached_[i] = 1;
      } else if (reached_[i] == 0) {
        find_reached();
        return;
      }
    }
  }
}

void Graph::find_reached() {
  reached_.resize(std::max(reached_.size(), grads_size_));
  for_each_gap(reached_.size(), [&](std::uint64_t begin, std::uint64_t end) {
    std::memset(&reached_[begin], 0, end - begin);
  });
  std::uint64_t last = 0;
  for (std::uint64_t root : roots_) {
    reached_[root] = 1;
    last = std::max(last, root);
  }
  for (std::uint64_t i = roots_.empty() ? 0 : last + 1; i-- > 0;) {
    if (reached_[i] == 0) continue;
    const Link node = links_[i];
    const int arity = info(op(i)).arity;
    if (arity >= 1) reached_[node.a()] = 1;
    if (arity == 2) reached_[node.b()] = 1;
    if (arity == any_number) {
      for (std::uint64_t k = 0; k < node.b(); ++k) reached_[edges_[node.a() + k]] = 1;
    }
  }
  reached_known_ = true;
}

bool Graph::has_grad(std::uint64_t index) {
  if (index >= grads_size_ || op(index) == Op::constant) return false;
  if (op(index) != Op::leaf && roots_.empty()) return false;
  if (grads_[index] != 0.0) return true;
  if (!reached_known_) find_reached();
  return index < reached_.size() && reached_[index] != 0;
}

// --- Replay and rewind ------------------------------------------------------------------------------------

void Graph::recompute() {
  settle(size_);
  roots_.clear();
  reached_known_ = true;
  const Link* const links = links_.get();
  double* const data = data_.get();
  for (std::uint64_t i = 0; i < size_; ++i) {
    const Link node = links[i];
    switch (node.op()) {
      case Op::leaf:
      case Op::constant: break;
#define UNARY(name, ...)                             \
  case Op::name:                                     \
    data[i] = Rule<Op::name>::value(data[node.a()]); \
    break;
#define BINARY(name, ...)                                            \
  case Op::name:                                                     \
    data[i] = Rule<Op::name>::value(data[node.a()], data[node.b()]); \
    break;
#define N_ARY(name, ...)                                                \
  case Op::name:                                                        \
    data[i] = n_ary_value<Op::name, double>(node.b(), inputs_of(node)); \
    break;
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
#undef N_ARY
    }
  }
  outdated_ = 0;
}

Graph::Mark Graph::mark() const {
  Mark mark;
  mark.graph_ = this;
  mark.size_ = size_;
  mark.edges_ = edges_.size();
  mark.generation_ = generation_;
  return mark;
}

void Graph::rewind(Mark mark) {
  if (mark.graph_ != this) throw std::invalid_argument("backstep: this mark belongs to another graph");
  if (mark.size_ > 0) check(Value(this, mark.generation_ | (mark.size_ - 1)));
  if (mark.size_ == size_) return;

  settle(mark.size_);
  size_ = mark.size_;
  edges_.resize(mark.edges_);
  names_.erase(names_.lower_bound(static_cast<std::uint32_t>(size_)), names_.end());
  while (!leaves_.empty() && leaves_.back().begin >= size_) leaves_.pop_back();
  if (!leaves_.empty()) leaves_.back().end = std::min<std::uint64_t>(leaves_.back().end, size_);
  grads_size_ = std::min(grads_size_, size_);
  reached_.resize(std::min(reached_.size(), size_));
  outdated_ = std::min<std::uint64_t>(outdated_, size_);
  if (std::any_of(roots_.begin(), roots_.end(), [&](std::uint64_t root) { return root >= size_; })) {
    roots_.clear();
    reached_known_ = true;
  }

  // A value of generation g is alive when it stands below the size of every rewind after g. An earlier rewind
  // that kept as much or more says nothing that this one does not.
  while (!rewinds_.empty() && rewinds_.back().size >= size_) rewinds_.pop_back();
  kept_since_ = rewinds_.empty() ? 0 : rewinds_.back().generation;
  kept_ = size_;
  generation_ += std::uint64_t{1} << Value::index_bits;
  rewinds_.push_back({generation_, size_});
}

void Graph::refuse_nothing() { throw std::invalid_argument("backstep: this Value belongs to no graph"); }

void Graph::check_closely(Value value) const {
  if (value.graph_ == nullptr) refuse_nothing();
  if (value.graph_ != this) throw std::invalid_argument("backstep: this Value belongs to another graph");
  const auto next = std::upper_bound(
      rewinds_.begin(), rewinds_.end(), value.place_ & ~Value::max_index,
      [](std::uint64_t generation, const Rewind& rewind) { return generation < rewind.generation; });
  if (next == rewinds_.end() || value.index() < next->size) return;
  throw std::out_of_range("backstep: this Value is stale: its node " + std::to_string(value.index()) +
                          " was dropped by rewind()");
}

// --- Reading a graph --------------------------------------------------------------------------------------

Value Graph::operator[](std::size_t index) {
  if (index >= size_) {
    throw std::out_of_range("backstep: node " + std::to_string(index) + " of a graph of " +
                            std::to_string(size_));
  }
  return handle(index);
}

Graph::Iterator Graph::begin() { return Iterator(*this, 0); }
Graph::Iterator Graph::end() { return Iterator(*this, size_); }

std::optional<Value> Graph::first_non_finite() {
  for (std::uint64_t i = 0; i < size_; ++i) {
    if (!std::isfinite(data_[i])) return handle(i);
  }
  return std::nullopt;
}

std::optional<Value> Graph::find(std::string_view name) {
  for (auto it = names_.rbegin(); it != names_.rend(); ++it) {
    if (it->second == name) return handle(it->first);
  }
  return std::nullopt;
}

void Value::set_data(double data) const {
  if (!is_leaf()) {
    throw std::invalid_argument("backstep: set_data() is for leaves; this value is the result of " +
                                std::string(info(op()).name));
  }
  graph_->data_[index()] = data;
  graph_->outdated_ = graph_->size_;
}

void Value::backward(double seed) const { graph().backward(*this, seed); }

double Value::grad() const {
  if (!has_grad()) {
    const std::string who = name().empty() ? "node " + std::to_string(index()) : std::string(name());
    throw std::logic_error("backstep: " + who + " has no gradient: " +
                           (graph_->roots_.empty() ? "no backward() has run since it was computed"
                                                   : "no path leads to it from the root of backward()"));
  }
  return graph_->grads_[index()];
}

bool Value::has_grad() const {
  graph().check(*this);
  return graph_->has_grad(index());
}

double Value::grad_or_zero() const {
  graph().check(*this);
  if (index() >= graph_->grads_size_) return 0.0;
  return is_leaf() || !graph_->roots_.empty() ? graph_->grads_[index()] : 0.0;
}

Value Value::named(std::string_view name) const {
  graph().check(*this);
  graph_->names_.insert_or_assign(static_cast<std::uint32_t>(index()), std::string(name));
  return *this;
}

std::string_view Value::name() const {
  graph().check(*this);
  const auto found = graph_->names_.find(static_cast<std::uint32_t>(index()));
  return found == graph_->names_.end() ? std::string_view() : std::string_view(found->second);
}

std::size_t Value::input_count() const {
  const int arity = info(op()).arity;
  return arity == any_number ? graph_->links_[index()].b() : static_cast<std::size_t>(arity);
}

Value Value::input(std::size_t i) const {
  if (i >= input_count()) {
    throw std::out_of_range("backstep: " + std::string(info(op()).name) + " has no input " +
                            std::to_string(i));
  }
  const Graph::Link node = graph_->links_[index()];
  if (info(op()).arity == any_number) return graph_->handle(graph_->edges_[node.a() + i]);
  return graph_->handle(i == 0 ? node.a() : node.b());
}

double Value::local_derivative(std::size_t i) const {
  const Value input_i = input(i);
  const Graph::Link node = graph_->links_[index()];
  switch (op()) {
#define N_ARY(name, ...) \
  case Op::name:         \
    return derivative_n_ary<Op::name>(i, graph_->inputs_of(node), graph_->data_[index()]);
#include "engine/scalar/op_table.def"
#undef N_ARY
    default: break;
  }
  const double y = input_count() == 2 ? input(1).data() : 0.0;
  return bp::local_derivative(op(), static_cast<int>(i), i == 0 ? input_i.data() : input(0).data(), y,
                              graph_->data_[index()]);
}

}  // namespace bp
