// What the tests of model files share: bytes written as hexadecimal digits, and tensors of every kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/random.h"
#include "engine/model/tensor.h"

namespace bp::test {

inline std::string from_hex(std::string_view digits) {
  std::string bytes;
  int high = -1;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
    if (high >= 0) bytes += static_cast<char>(high * 16 + value);
    high = high >= 0 ? -1 : value;
  }
  return bytes;
}

inline std::string to_hex(std::string_view bytes) {
  std::string digits;
  for (const unsigned char byte : bytes) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

inline std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random.below(256));
  return bytes;
}

/// Tensors of random types (without bf16 where NumPy is to read them), with 0 to 4 dimensions of 0 to 4, and
/// names and metadata that need care in JSON and in ZIP.
inline Tensor_file random_tensors(std::uint64_t seed, bool with_bf16) {
  static const std::vector<std::string> names_used = {"0.weight",
                                                      "0.bias",
                                                      "",
                                                      "a b",
                                                      "folder/name",
                                                      "\"quoted\"\\",
                                                      "line\nbreak\t\x01",
                                                      "\xC3\xA9t\xC3\xA9",
                                                      "\xF0\x9F\x98\x80",
                                                      "x.npy",
                                                      std::string(300, 'n')};
  Random random(seed);
  Tensor_file file;
  for (const std::string& name : names_used) {
    const Dtype_names& type = dtypes()[random.below(dtypes().size())];
    if (type.dtype == Dtype::bf16 && !with_bf16) continue;
    Tensor_shape shape(random.below(5));
    for (std::size_t& length : shape) length = random.below(5);
    const std::size_t size = byte_count(type.dtype, shape).value();
    file.add(Tensor(name, type.dtype, shape, random_bytes(random, size)));
    if (random.below(3) == 0) file.set_metadata(name, "of " + name);
  }
  return file;
}

}  // namespace bp::test
