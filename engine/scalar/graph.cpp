#include "engine/scalar/graph.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "engine/scalar/n_ary.h"
#include "engine/scalar/row.h"

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

}  // namespace

std::size_t Graph::next_capacity(std::size_t now, std::size_t least) {
  if (least > max_size) {
    throw std::length_error("backstep: a graph holds at most " + std::to_string(max_size) + " nodes");
  }
  return std::min(max_size, std::max({least, 2 * now, std::size_t{64}}));
}

void Graph::grow(std::size_t least) {
  const std::size_t capacity = next_capacity(capacity_, least);
  resize_buffer(data_, capacity);
  resize_buffer(links_, capacity + link_skew);
  capacity_ = capacity;
}

void Graph::prepare(Value x, Value y) {
  check(x);
  check(y);
  make_room();
}

void Graph::grow_edges(std::size_t more) {
  if (more > max_size - edges_size_) {
    throw std::length_error("backstep: a graph holds at most " + std::to_string(max_size) +
                            " inputs of sums and dot products");
  }
  const std::size_t capacity = next_capacity(edges_capacity_, edges_size_ + more);
  resize_buffer(edges_, capacity);
  edges_capacity_ = capacity;
}

void Graph::reserve(std::size_t nodes) {
  if (nodes > capacity_) grow(nodes);
  if (nodes > grads_capacity_) grow_grads(nodes);
}

std::size_t Graph::memory_bytes() const {
  const std::size_t skew = capacity_ > 0 ? link_skew * sizeof(Link) : 0;
  return capacity_ * (sizeof(double) + sizeof(Link)) + skew + grads_capacity_ * sizeof(double) +
         touched_.capacity() * sizeof(touched_[0]) + edges_capacity_ * sizeof(edges_[0]) +
         reached_.capacity() + leaves_.capacity() * sizeof(Run);
}

// The end of the last run is kept apart, so that recording a leaf is one comparison.
void Graph::begin_leaves() {
  if (!leaves_.empty()) leaves_.back().end = leaves_end_;
  leaves_.push_back({size_, size_});
}

std::span<const Graph::Run> Graph::leaves() {
  if (!leaves_.empty()) leaves_.back().end = leaves_end_;
  return leaves_;
}

// --- N-ary operations -----------------------------------------------------------------------------------

namespace {

// The graph of the first input.
Graph& graph_of(std::span<const Value> inputs, Op op) {
  if (inputs.empty()) {
    throw std::invalid_argument("backstep: " + std::string(info(op).name) +
                                " of no values: there is no graph to record it in");
  }
  return inputs[0].graph();
}

[[noreturn]] void refuse_lengths(std::size_t x, std::size_t y) {
  throw std::invalid_argument("backstep: dot of " + std::to_string(x) + " values and " + std::to_string(y));
}

void check_lengths(std::size_t x, std::size_t y) {
  if (x != y) refuse_lengths(x, y);
}

}  // namespace

// Throws unless all values are alive and of this graph.
Graph::Series Graph::series_of(std::span<const Value> values) const {
  if (const auto row = Graph::row(values)) {
    check(row->last_on_tape_);
    return row->series();
  }
  // Values of several generations can stand at equal distances, too.
  const auto first = static_cast<std::uint32_t>(values[0].index());
  const std::uint32_t stride = values.size() == 1 ? 1 : static_cast<std::uint32_t>(values[1].index()) - first;
  bool even = stride != 0;
  std::uint32_t index = first;
  for (const Value& value : values) {
    check(value);
    even = even && value.index() == index;
    index += stride;
  }
  return {even ? first : 0, even ? stride : 0};
}

// The series itself when it says where the values stand, else one whose list is written now.
Graph::Series Graph::listed(std::span<const Value> values, Series series) {
  if (series.stride != 0) return series;
  const std::size_t first = edges_size_;
  std::uint32_t* edge = append_edges(values.size());
  for (const Value& value : values) *edge++ = static_cast<std::uint32_t>(value.index());
  return {static_cast<std::uint32_t>(first), 0};
}

template <Op op>
Value Graph::push_n_ary(std::size_t length, Series x, Series y) {
  make_room();
  const std::size_t place = edges_size_;
  std::uint32_t* const words = append_edges(2 * series_count(op));
  words[0] = x.first;
  words[1] = x.stride;
  if constexpr (series_count(op) == 2) {
    words[2] = y.first;
    words[3] = y.stride;
  }
  return push(op, place, length, value_of<op>(Link(op, place, length)));
}

template <Op op>
Value Graph::record(std::span<const Value> inputs) {
  Graph& graph = graph_of(inputs, op);
  const Series series = graph.series_of(inputs);
  return graph.push_n_ary<op>(inputs.size(), graph.listed(inputs, series), {});
}

template Value Graph::record<Op::sum>(std::span<const Value>);
template Value Graph::record<Op::logsumexp>(std::span<const Value>);
template Value Graph::record<Op::mean>(std::span<const Value>);
template Value Graph::record<Op::softmax_cross_entropy>(std::span<const Value>);

Value Graph::record_dot(std::span<const Value> x, std::span<const Value> y) {
  check_lengths(x.size(), y.size());
  Graph& graph = graph_of(x, Op::dot);
  const Series series_x = graph.series_of(x);
  const Series series_y = x.data() == y.data() ? series_x : graph.series_of(y);  // a sum of squares
  return graph.push_n_ary<Op::dot>(x.size(), graph.listed(x, series_x), graph.listed(y, series_y));
}

Value Graph::record_dot(std::span<const Value> x, std::span<const double> y) {
  check_lengths(x.size(), y.size());
  Graph& graph = graph_of(x, Op::dot);
  std::vector<Value> factors;
  factors.reserve(y.size());
  for (double factor : y) factors.push_back(graph.constant(factor));
  return record_dot(x, factors);
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

void Value::refuse_set_data() const {
  throw std::invalid_argument("backstep: set_data() is for leaves; this value is the result of " +
                              std::string(info(op()).name));
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
  if (arity != any_number) return static_cast<std::size_t>(arity);
  return Graph::series_count(op()) * graph_->links()[index()].b();
}

Value Value::input(std::size_t i) const {
  if (i >= input_count()) {
    throw std::out_of_range("backstep: " + std::string(info(op()).name) + " has no input " +
                            std::to_string(i));
  }
  const Graph::Link node = graph_->links()[index()];
  if (info(op()).arity == any_number)
    return graph_->handle(graph_->input_index(node, static_cast<std::ptrdiff_t>(i)));
  return graph_->handle(i == 0 ? node.a() : node.b());
}

double Value::local_derivative(std::size_t i) const {
  const Value input_i = input(i);
  const Graph::Link node = graph_->links()[index()];
  switch (op()) {
#define N_ARY(name, ...)                                                               \
  case Op::name:                                                                       \
    return derivative_n_ary<Op::name>(                                                 \
        static_cast<std::ptrdiff_t>(i), static_cast<std::ptrdiff_t>(input_count()),    \
        [&](std::ptrdiff_t k) { return graph_->data_[graph_->input_index(node, k)]; }, \
        graph_->data_[index()]);
#include "engine/scalar/op_table.def"
#undef N_ARY
    default: break;
  }
  const double y = input_count() == 2 ? input(1).data() : 0.0;
  return bp::local_derivative(op(), static_cast<int>(i), i == 0 ? input_i.data() : input(0).data(), y,
                              graph_->data_[index()]);
}

}  // namespace bp
