// Which implementations of the kernels there are.
#include "engine/vector/kernels.h"

#include <vector>

#include "engine/vector/kernels_simd.h"

namespace bp::batch {

template <class T>
std::span<const Kernels<T>* const> available_kernels() {
  static const std::vector<const Kernels<T>*> all = [] {
    std::vector<const Kernels<T>*> found = simd_kernels<T>();
    found.push_back(&reference_kernels<T>());
    return found;
  }();
  return all;
}
template std::span<const Kernels<float>* const> available_kernels();
template std::span<const Kernels<double>* const> available_kernels();

}  // namespace bp::batch
