// Whether labels have to do with the inputs at all, found without a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/vector/examples.h"

namespace bp::batch {

/// How far the classes' mean inputs are apart, in standard deviations of what labels dealt out blindly give:
///
///     S = sum over classes k of n_k |m_k|^2,      z = (S - mean of S') / standard deviation of S'
///
/// m_k is the mean input of the n_k examples of class k, S' the same after the labels have been shuffled, 40
/// times. z is about 0 where labels tell nothing of the inputs; of MNIST it is in the hundreds. It sees
/// differences of means only: the classes of exclusive or have none.
///
/// Looks at `most` of the examples at even distances. 0 where there are no classes to speak of: no labels, or
/// only one.
template <class T>
double label_signal(const Examples<T>& examples, std::size_t inputs, std::size_t most,
                    std::uint64_t seed = 1);

}  // namespace bp::batch
