// How graph*.cpp go through the inputs of an n-ary node: see Graph::Series. Not for others to include.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/scalar/graph.h"

namespace bp {

namespace n_ary {

// Where the k-th node of a series stands. Signed numbers, so that a compiler may assume that nothing
// overflows and walk along the series with an addition.
struct Strided {
  std::ptrdiff_t first, stride;
  std::ptrdiff_t operator()(std::ptrdiff_t k) const { return first + stride * k; }
};
struct Listed_or_strided {
  Strided strided;
  const std::uint32_t* list;  // null where the series is not listed
  std::ptrdiff_t operator()(std::ptrdiff_t k) const { return list != nullptr ? list[k] : strided(k); }
};

// The i-th input: those of two series take turns.
template <class Series>
struct One {
  Series x;
  std::ptrdiff_t operator()(std::ptrdiff_t i) const { return x(i); }
};
template <class Series>
struct Two {
  Series x, y;
  std::ptrdiff_t operator()(std::ptrdiff_t i) const { return i % 2 == 0 ? x(i / 2) : y(i / 2); }
};

}  // namespace n_ary

// body(index): index(i) is where input i stands. Twice, so that series without a list are a loop without a
// branch.
template <Op op, class Body>
auto Graph::with_inputs(Link node, Body body) const {
  const std::uint32_t* const words = edges_.get() + node.a();
  const auto strided = [](const std::uint32_t* series) {
    return n_ary::Strided{series[0], static_cast<std::int32_t>(series[1])};
  };
  const auto listed = [&](const std::uint32_t* series) {
    return n_ary::Listed_or_strided{strided(series), series[1] == 0 ? edges_.get() + series[0] : nullptr};
  };
  if constexpr (series_count(op) == 1) {
    if (words[1] != 0) return body(n_ary::One<n_ary::Strided>{strided(words)});
    return body(n_ary::One<n_ary::Listed_or_strided>{listed(words)});
  } else {
    if (words[1] != 0 && words[3] != 0)
      return body(n_ary::Two<n_ary::Strided>{strided(words), strided(words + 2)});
    return body(n_ary::Two<n_ary::Listed_or_strided>{listed(words), listed(words + 2)});
  }
}

template <Op op>
double Graph::value_of(Link node) const {
  return with_inputs<op>(node, [&, data = data_.get()](auto index) {
    const auto input = [&](std::ptrdiff_t i) { return data[index(i)]; };
    return n_ary_value<op, double>(static_cast<std::ptrdiff_t>(series_count(op) * node.b()), input);
  });
}

inline std::uint64_t Graph::input_index(Link node, std::ptrdiff_t i) const {
  const auto ith = [i](auto index) { return static_cast<std::uint64_t>(index(i)); };
  return series_count(node.op()) == 1 ? with_inputs<Op::sum>(node, ith) : with_inputs<Op::dot>(node, ith);
}

}  // namespace bp
