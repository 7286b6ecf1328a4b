// The life of the nodes of a Graph: worked out again, dropped, and which handles are still good.
#include <algorithm>
#include <stdexcept>

#include "engine/scalar/graph.h"
#include "engine/scalar/n_ary.h"

namespace bp {

void Graph::recompute() {
  settle(size_);
  roots_.clear();
  reached_known_ = true;
  if (size_ == 0) return;
  const Link* const link = links();
  double* const data = data_.get();
  for (std::uint64_t i = 0; i < size_; ++i) {
    const Link node = link[i];
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
#define N_ARY(name, ...)                \
  case Op::name:                        \
    data[i] = value_of<Op::name>(node); \
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
  mark.edges_ = edges_size_;
  mark.generation_ = generation_;
  return mark;
}

void Graph::rewind(Mark mark) {
  if (mark.graph_ != this) throw std::invalid_argument("backstep: this mark belongs to another graph");
  if (mark.size_ > 0) check(Value(this, mark.generation_ | (mark.size_ - 1)));
  if (mark.size_ == size_) return;

  if (generation_ > ~std::uint64_t{0} - 2 * Value::max_index) {
    throw std::length_error("backstep: this graph has been rewound too often; make a new one");
  }
  settle(mark.size_);
  size_ = mark.size_;
  edges_size_ = mark.edges_;
  names_.erase(names_.lower_bound(static_cast<std::uint32_t>(size_)), names_.end());
  leaves();
  while (!leaves_.empty() && leaves_.back().begin >= size_) leaves_.pop_back();
  leaves_end_ = leaves_.empty() ? no_leaves : std::min(leaves_.back().end, size_);
  grads_size_ = std::min(grads_size_, size_);
  reached_.resize(std::min(reached_.size(), size_));
  outdated_ = std::min(outdated_, size_);
  if (std::any_of(roots_.begin(), roots_.end(), [&](std::uint64_t root) { return root >= size_; })) {
    roots_.clear();
    reached_known_ = true;
  }

  // A value of generation g is alive when it stands below the size of every rewind after g. An earlier rewind
  // that kept as much or more says nothing that this one does not.
  while (!rewinds_.empty() && rewinds_.back().size >= size_) rewinds_.pop_back();
  kept_since_ = rewinds_.empty() ? 0 : rewinds_.back().generation;
  kept_ = size_;
  generation_ += Value::max_index + 1;
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

}  // namespace bp
