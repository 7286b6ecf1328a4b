// The inline half of graph.h. Recording is the hot path: what usually happens stands here, and all else is
// one call away.
//
// A call that comes back returns nothing and changes no handle. So a compiler that keeps the tape's size
// and addresses in registers along s = s + w * x need reload them only after such a call, and it does: that
// made recording a tenth faster than a slow path that records by itself. Both inputs are of the same graph;
// taking it from y serves the same end.
#pragma once

#include <bit>
#include <utility>

#include "engine/scalar/graph.h"

namespace bp {

inline Value Graph::push(Op op, std::uint64_t a, std::uint64_t b, double data) {
  data_[size_] = data;
  links()[size_] = Link(op, a, b);
  return handle(size_++);
}

inline std::uint32_t* Graph::append_edges(std::size_t count) {
  if (edges_capacity_ - edges_size_ < count) [[unlikely]]
    grow_edges(count);
  return edges_.get() + std::exchange(edges_size_, edges_size_ + count);
}

inline Value Graph::leaf(double data, std::string_view name) {
  if (leaves_end_ != size_) [[unlikely]]
    begin_leaves();
  make_room();
  const Value value = push(Op::leaf, 0, 0, data);
  leaves_end_ = size_;
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
  if (graph == nullptr) [[unlikely]]
    refuse_nothing();
  if (!graph->is_surely_alive(x) || graph->size_ == graph->capacity_) [[unlikely]]
    graph->prepare(x, x);
  return graph->push(op, x.index(), 0, Rule<op>::value(graph->data_[x.index()]));
}

template <Op op>
inline Value Graph::record(Value x, Value y) {
  Graph* const graph = y.graph_;
  if (graph == nullptr) [[unlikely]]
    refuse_nothing();
  if (!graph->is_surely_alive(x) || !graph->is_surely_alive(y) || graph->size_ == graph->capacity_)
      [[unlikely]]
    graph->prepare(x, y);
  return graph->push(op, x.index(), y.index(),
                     Rule<op>::value(graph->data_[x.index()], graph->data_[y.index()]));
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

inline void Value::set_data(double data) const {
  if (!is_leaf()) [[unlikely]]
    refuse_set_data();
  graph_->data_[index()] = data;
  graph_->outdated_ = graph_->size_;
}

inline double Value::grad() const {
  graph().check(*this);
  if (index() < graph_->grads_size_ && graph_->op(index()) == Op::leaf) {
    const double grad = graph_->grads_[index()];
    if (grad != 0.0) return grad;  // 0 may stand for "none"
  }
  return grad_closely();
}

}  // namespace bp
