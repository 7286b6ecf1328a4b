// The kernels in SIMD: where they are, and for which instruction sets. For kernels.cpp and kernels_simd*.cpp.
//
// Highway (github.com/google/highway) compiles a file once for each instruction set and gives each pass a
// namespace: N_SSE4, N_AVX2 and N_AVX3 (AVX-512) on x86, N_NEON on Arm. The same source so becomes several
// functions, and which of them this machine can run is asked when the program runs: it needs no -march.
//
//     kernels_simd_tile.inc, kernels_simd_transpose.inc,
//     kernels_simd_dense.cpp                              matrix products
//     kernels_simd_sparse.cpp                             those with x, where many numbers are 0
//     kernels_simd_math.inc, kernels_simd_activation.cpp  exp, log, erfc; what is made of them
//     kernels_simd_loss.cpp                               softmax, cross-entropy, argmax
//     kernels_simd_training.cpp                           batch normalisation, dropout, penalties, gathering
//     kernels_simd_optimizer.cpp                          the updates, in one pass
//     kernels_simd_peak.cpp                               the machine's peak, see peak.h
//     kernels_simd.cpp                                    a table of these for each instruction set
//
// A vector is as many numbers as a register holds; they are its lanes. What is left over at the end of a row
// is loaded into the first lanes of a vector and goes through the same operations, so that a number's result
// does not depend on where it stands.
#pragma once

#include <array>
#include <vector>

#include "engine/vector/kernels.h"

// Sets whose vectors have no size known to the compiler cannot hold a tile in an array; SSSE3 is too old to
// be worth its compile time.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

namespace bp::batch {

/// The tables for the instruction sets that this machine has, the fastest first.
template <class T>
std::vector<const Kernels<T>*> simd_kernels();

}  // namespace bp::batch
