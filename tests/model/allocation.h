// How much memory a piece of code asks for at once: whether a reader believed what a file claims of itself.
#pragma once

#include <cstddef>

namespace bp::test {

/// Watches operator new, which allocation.cpp replaces in the program of these tests.
class Largest_allocation {
 public:
  Largest_allocation();

  /// The largest single request since then, in bytes.
  std::size_t bytes() const;
};

}  // namespace bp::test
