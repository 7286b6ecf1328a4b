// The backward pass of a Graph, what it leaves behind, and who may ask for it.
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

#include "engine/scalar/graph.h"
#include "engine/scalar/n_ary.h"

namespace bp {

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
  clear_grads();

  roots_.clear();
  reached_known_ = false;
  std::uint64_t last = 0;
  for (const Seed& seed : seeds) {
    roots_.push_back(seed.root.index());
    grads_[seed.root.index()] += seed.grad;
    touched_[block_of(seed.root.index())] = 1;
    last = std::max(last, std::uint64_t{seed.root.index()});
  }
  // Leaves pass nothing on: the sweep goes through what lies between them.
  std::uint64_t end = last + 1;
  const std::span<const Run> runs = leaves();
  for (auto run = runs.rbegin(); run != runs.rend() && end > 0; ++run) {
    if (run->begin >= end) continue;
    if (run->end < end) sweep(run->end, end);
    end = run->begin;
  }
  sweep(0, end);
}

std::optional<Value> Graph::backward_root() {
  if (roots_.size() != 1) return std::nullopt;
  return handle(roots_[0]);
}

namespace {

// Whether eight gradients are 0 (or -0).
bool all_zero(const double* grads) {
  std::uint64_t bits = 0;
  for (int k = 0; k < 8; ++k) bits |= std::bit_cast<std::uint64_t>(grads[k]);
  return bits << 1 == 0;
}

}  // namespace

// Behind a relu that is off, or a sample that is right by a margin, the tape has gradients of 0 for long
// stretches.
void Graph::sweep(std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t block = block_of(end + block_size - 1); block-- > block_of(begin);) {
    if (touched_[block] == 0) continue;
    sweep_block(std::max(begin, block * block_size), std::min(end, (block + 1) * block_size));
  }
}

// From the end to the beginning: when a node's turn comes, every use of it stands later on the tape and has
// already added its share, so its gradient is complete.
//
//     grad of input += grad of node * d node / d input
void Graph::sweep_block(std::uint64_t begin, std::uint64_t end) {
  const Link* const link = links();
  const double* const data = data_.get();
  const auto pass = [grads = grads_.get(), touched = touched_.data()](std::uint64_t index, double share) {
    grads[index] += share;
    touched[block_of(index)] = 1;
  };
  for (std::uint64_t i = end; i-- > begin;) {
    const double grad = grads_[i];
    if (grad == 0.0) {
      while (i >= begin + 8 && all_zero(grads_.get() + i - 8)) i -= 8;
      continue;
    }
    const Link node = link[i];
    switch (node.op()) {
      case Op::leaf:
      case Op::constant: break;
#define UNARY(name, ...)                                                   \
  case Op::name:                                                           \
    pass(node.a(), grad* derivative_x<Op::name>(data[node.a()], data[i])); \
    break;
#define BINARY(name, ...)                                        \
  case Op::name: {                                               \
    const double x = data[node.a()], y = data[node.b()];         \
    pass(node.a(), grad* derivative_x<Op::name>(x, y, data[i])); \
    pass(node.b(), grad* derivative_y<Op::name>(x, y, data[i])); \
    break;                                                       \
  }
#define N_ARY(name, ...)                        \
  case Op::name:                                \
    sweep_n_ary<Op::name>(node, grad, data[i]); \
    break;
#include "engine/scalar/op_table.def"
#undef UNARY
#undef BINARY
#undef N_ARY
    }
  }
}

template <Op op>
void Graph::sweep_n_ary(Link node, double grad, double out) {
  const auto count = static_cast<std::ptrdiff_t>(series_count(op) * node.b());
  with_inputs<op>(node, [&, data = data_.get(), grads = grads_.get(), touched = touched_.data()](auto index) {
    const auto input = [&](std::ptrdiff_t i) { return data[index(i)]; };
    const auto pass = [&](std::ptrdiff_t i) {
      grads[index(i)] += grad * derivative_n_ary<op>(i, count, input, out);
      touched[block_of(static_cast<std::uint64_t>(index(i)))] = 1;
    };
    for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(node.b()); ++k) {
      if constexpr (series_count(op) == 1) {
        pass(k);
      } else {
        pass(2 * k);
        pass(2 * k + 1);
      }
    }
  });
}

// Sets to 0 what the leaves do not keep: the gradients of computed nodes, and of nodes that are new.
void Graph::clear_grads() {
  if (size_ > grads_capacity_) grow_grads(std::max(size_, capacity_));
  const auto clear = [this](std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t block = block_of(begin); block * block_size < end; ++block) {
      if (touched_[block] == 0) continue;
      const std::uint64_t first = std::max(begin, block * block_size);
      const std::uint64_t last = std::min(end, (block + 1) * block_size);
      std::memset(grads_.get() + first, 0, (last - first) * sizeof(double));
      if (last - first == block_size) touched_[block] = 0;
    }
  };
  for_each_gap(grads_size_, clear);
  clear(grads_size_, size_);
  grads_size_ = size_;
}

void Graph::grow_grads(std::size_t least) {
  const std::size_t capacity = next_capacity(grads_capacity_, least);
  touched_.resize(block_of(capacity) + 1);
  auto* const grown = static_cast<double*>(std::calloc(capacity, sizeof(double)));
  if (grown == nullptr) throw std::bad_alloc();
  if (grads_size_ > 0) std::memcpy(grown, grads_.get(), grads_size_ * sizeof(double));
  grads_.reset(grown);
  grads_capacity_ = capacity;
}

template <class Body>
void Graph::for_each_gap(std::uint64_t end, Body body) {
  std::uint64_t begin = 0;
  for (const Run& run : leaves()) {
    if (run.begin >= end) break;
    if (begin < run.begin) body(begin, run.begin);
    begin = run.end;
  }
  if (begin < end) body(begin, end);
}

void Graph::zero_grad() {
  settle(size_);
  for (const Run& run : leaves()) {
    const std::uint64_t end = std::min(run.end, grads_size_);
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
  end = std::min(end, grads_size_);
  for (const Run& run : leaves()) {
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
    const Link node = links()[i];
    const int arity = info(op(i)).arity;
    if (arity >= 1) reached_[node.a()] = 1;
    if (arity == 2) reached_[node.b()] = 1;
    if (arity == any_number) {
      const auto inputs = static_cast<std::ptrdiff_t>(series_count(node.op()) * node.b());
      for (std::ptrdiff_t k = 0; k < inputs; ++k) reached_[input_index(node, k)] = 1;
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

// --- What a Value says of its gradient -------------------------------------------------------------------

void Value::backward(double seed) const { graph().backward(*this, seed); }

double Value::grad_closely() const {
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

}  // namespace bp
