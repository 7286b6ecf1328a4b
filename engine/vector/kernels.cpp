// Which implementations of the kernels there are.
#include "engine/vector/kernels.h"

#include <array>

namespace bp::batch {

template <class T>
std::span<const Kernels<T>* const> available_kernels() {
  static const std::array all = {&reference_kernels<T>()};
  return all;
}
template std::span<const Kernels<float>* const> available_kernels();
template std::span<const Kernels<double>* const> available_kernels();

}  // namespace bp::batch
