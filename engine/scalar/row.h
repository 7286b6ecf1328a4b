// Rows of values and the neurons of a layer, as Graph::record_layer() wants them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/scalar/graph.h"

namespace bp {

class Graph::Row {
 public:
  std::size_t size() const { return size_; }
  std::vector<Value> values() const;

 private:
  friend class Graph;
  Row(Value first, Value last, std::uint32_t stride, std::size_t size)
      : first_(first), last_on_tape_(stride >> 31 != 0 ? first : last), stride_(stride), size_(size) {}

  Series series() const { return {static_cast<std::uint32_t>(first_.index()), stride_}; }

  Value first_;
  Value last_on_tape_;  // all are of one generation, so all are alive when this one is
  std::uint32_t stride_;
  std::size_t size_;
};

class Graph::Units {
 private:
  friend class Graph;

  std::vector<Series> weights_;
  std::vector<std::uint32_t> biases_;  // one each, or none at all
  std::size_t inputs_ = 0;
  Op activation_ = Op::identity;
  Value last_on_tape_;  // of all weights and biases, which are of one generation
};

}  // namespace bp
