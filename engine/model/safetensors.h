// Reading and writing .safetensors, the format in which models are passed around: PyTorch, JAX and others
// read it, and it cannot contain a program.
//
//     8 bytes   N, the length of the header, little-endian
//     N bytes   JSON: {"__metadata__": {"key": "text"},
//                      "0.weight": {"dtype": "F32", "shape": [128, 784], "data_offsets": [0, 401408]}, ...}
//     the rest  the numbers; every byte belongs to exactly one tensor
//
// Source:  https://github.com/huggingface/safetensors, README and safetensors/src/tensor.rs (version 0.4).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/model/tensor.h"

namespace bp {

/// The longest header that is read or written, the same as that of the original library.
inline constexpr std::size_t max_safetensors_header = 100'000'000;

/// The tensors of a file, in the order of its header, and its metadata.
///
/// Stricter than the original library: a key that stands twice, an unknown key in a tensor, and a zero byte
/// in a name are refused too.
///
/// Memory:  the file and once more its numbers, however much its header claims.
/// Throws:  Bad_file in one line: path, what was expected, what was found.
Tensor_file read_safetensors(const std::filesystem::path& path, std::size_t max_bytes = max_model_bytes);

/// The same for bytes in memory; messages call them `source`.
Tensor_file parse_safetensors(std::string_view bytes, const std::string& source);

/// Writes the file whole or not at all (engine/data/file.h). The same tensors give the same bytes.
///
/// Throws:  std::runtime_error when it cannot be written, std::invalid_argument as safetensors_bytes().
void write_safetensors(const std::filesystem::path& path, const Tensor_file& tensors,
                       std::size_t max_bytes = max_model_bytes);

/// What write_safetensors() writes. The header keeps the order of the tensors; their data stand in the order
/// of their types, widest first, from a multiple of 8 bytes on, so that each number is aligned to its size.
///
/// Throws:  std::invalid_argument when it would be more than a reader takes: max_bytes, or a header of
///          max_safetensors_header.
std::string safetensors_bytes(const Tensor_file& tensors, std::size_t max_bytes = max_model_bytes);

}  // namespace bp
