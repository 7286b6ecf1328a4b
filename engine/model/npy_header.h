// What stands before the numbers of a .npy file, and how its refusals read. For npy.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/model/tensor.h"

namespace bp {

inline constexpr std::string_view npy_magic = "\x93NUMPY";
inline constexpr std::size_t npy_most_dimensions = 32;  // NumPy 1 has no more; version 2 has 64

struct Npy_header {
  Dtype dtype = Dtype::f32;
  bool fortran_order = false;
  Tensor_shape shape;
};

/// Throws Bad_file about one array of a file. Every message names the array: an .npz has many.
struct Npy_refusal {
  const std::string& source;
  const std::string& array;
  [[noreturn]] void operator()(const std::string& what) const;
};

/// Reads the header and takes it off `bytes`, so that the numbers are left. Their size is not checked yet.
///
/// Throws:  Bad_file in one line, through `refuse`.
Npy_header take_npy_header(std::string_view& bytes, const Npy_refusal& refuse);

}  // namespace bp
