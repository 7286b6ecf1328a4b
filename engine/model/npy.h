// One array in NumPy's own format, .npy: what np.save writes and np.load reads, and what an .npz is filled
// with.
//
//     6 bytes       \x93NUMPY
//     2 bytes       the version: 1.0, 2.0 (a longer header) or 3.0 (UTF-8 in it)
//     2 or 4 bytes  N, the length of the header, little-endian
//     N bytes       a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (128, 784), }
//     the rest      the numbers
//
// Source:  https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (NEP 1).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/model/tensor.h"

namespace bp {

/// The longest header that is read, the same as that of np.load.
inline constexpr std::size_t max_npy_header = 10'000;

/// An array under the name that the caller gives it, since the file has none.
///
/// Reads little-endian numbers; an array in Fortran order is put into C order. Refuses other byte orders,
/// text, records and Python objects, which would be a program.
///
/// Memory:  the file and once more its numbers (twice, from Fortran order), whatever its header claims.
/// Throws:  Bad_file in one line: path, what was expected, what was found. std::invalid_argument
///          when `name` cannot name a tensor.
Tensor read_npy(const std::filesystem::path& path, const std::string& name,
                std::size_t max_bytes = max_model_bytes);

/// The same for bytes in memory; messages call them `source`.
Tensor parse_npy(std::string_view bytes, const std::string& name, const std::string& source);

/// Writes the file whole or not at all (engine/data/file.h). The same tensor gives the same bytes.
///
/// Throws:  std::runtime_error when it cannot be written, std::invalid_argument as npy_bytes().
void write_npy(const std::filesystem::path& path, const Tensor& tensor);

/// What write_npy() writes: byte for byte what np.save does. The name is not in it.
///
/// Throws:  std::invalid_argument for bf16, which NumPy does not have, and for more than 32 dimensions.
std::string npy_bytes(const Tensor& tensor);

}  // namespace bp
