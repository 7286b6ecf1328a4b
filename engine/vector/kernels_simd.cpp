// The tables of the SIMD kernels, one for each instruction set and type, and which of them this machine has.
#include "engine/vector/kernels_simd.h"

#include <array>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vector/kernels_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

#include "engine/vector/kernels_simd_vector.inc"

#include "engine/vector/kernels_simd_tile.inc"

HWY_BEFORE_NAMESPACE();
namespace bp::batch::HWY_NAMESPACE {

template <class T>
constexpr Kernels<T> table = {
    .name = target_name,
    .output_step = tile_columns<T>,
    .row_step = tile_rows,
    .packed_size = Simd<T>::packed_size,
    .pack = Simd<T>::pack,
    .unpack = Simd<T>::unpack,
    .dense_forward = Simd<T>::dense_forward,
    .dense_forward_by_examples = Simd<T>::dense_forward_by_examples,
    .find_lit = Simd<T>::find_lit,
    .sparse_forward = Simd<T>::sparse_forward,
    .dense_backward_input = Simd<T>::dense_backward_input,
    .dense_backward_weights = Simd<T>::dense_backward_weights,
    .dense_backward_packed = Simd<T>::dense_backward_packed,
    .sparse_backward = Simd<T>::sparse_backward,
    .penalize = Simd<T>::penalize,
    .activation_forward = Simd<T>::activation_forward,
    .activation_backward = Simd<T>::activation_backward,
    .softmax_forward = Simd<T>::softmax_forward,
    .softmax_backward = Simd<T>::softmax_backward,
    .cross_entropy_labels = Simd<T>::cross_entropy_labels,
    .cross_entropy_targets = Simd<T>::cross_entropy_targets,
    .argmax = Simd<T>::argmax,
    .batch_norm_statistics = Simd<T>::batch_norm_statistics,
    .batch_norm_forward = Simd<T>::batch_norm_forward,
    .batch_norm_backward = Simd<T>::batch_norm_backward,
    .dropout = Simd<T>::dropout,
    .sgd = Simd<T>::sgd,
    .momentum = Simd<T>::momentum,
    .adagrad = Simd<T>::adagrad,
    .rmsprop = Simd<T>::rmsprop,
    .adam = Simd<T>::adam,
    .gather_bytes = Simd<T>::gather_bytes,
};

}  // namespace bp::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif

#if HWY_ONCE

namespace bp::batch {

template <class T>
std::vector<const Kernels<T>*> simd_kernels() {
  [[maybe_unused]] const std::int64_t machine = hwy::SupportedTargets();
  std::vector<const Kernels<T>*> found;
#if HWY_TARGETS & HWY_AVX3
  if (machine & HWY_AVX3) found.push_back(&N_AVX3::table<T>);
#endif
#if HWY_TARGETS & HWY_AVX2
  if (machine & HWY_AVX2) found.push_back(&N_AVX2::table<T>);
#endif
#if HWY_TARGETS & HWY_SSE4
  if (machine & HWY_SSE4) found.push_back(&N_SSE4::table<T>);
#endif
#if HWY_TARGETS & HWY_NEON
  if (machine & HWY_NEON) found.push_back(&N_NEON::table<T>);
#endif
  return found;
}
template std::vector<const Kernels<float>*> simd_kernels();
template std::vector<const Kernels<double>*> simd_kernels();

}  // namespace bp::batch

#endif
