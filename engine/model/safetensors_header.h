// The JSON header of a safetensors file, apart from the numbers that it describes. For safetensors.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/tensor.h"

namespace bp {

/// What a header says of one tensor: its bytes are those from `begin` to before `end` of the data.
struct Header_entry {
  std::string name;
  Dtype dtype = Dtype::f32;
  Tensor_shape shape;
  std::size_t begin = 0, end = 0;
};

struct Safetensors_header {
  std::vector<Header_entry> tensors;  // in the order of the header
  Tensor_file::Metadata metadata;
};

/// Checks all that can be seen without the data: the JSON, the keys, the types. Not yet the offsets.
///
/// Memory:  proportional to the length of the text. Nested brackets are refused where they begin.
/// Throws:  Bad_file in one line: source, what was expected, what was found.
Safetensors_header parse_header(std::string_view json, const std::string& source);

/// The header as JSON: the metadata, where there are any, in the order of their keys, then the tensors as
/// they stand; then blanks up to a multiple of 8 bytes, so that the data behind it are aligned.
///
/// Throws:  std::invalid_argument when it would be longer than max_size.
std::string print_header(const Safetensors_header& header, std::size_t max_size);

}  // namespace bp
