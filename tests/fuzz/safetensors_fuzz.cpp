// Any bytes are either refused in one line or read; and what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "engine/model/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const bp::Tensor_file file = bp::parse_safetensors(bytes, "fuzz");
    const std::string written = bp::safetensors_bytes(file);
    if (!(bp::parse_safetensors(written, "again") == file)) std::abort();
  } catch (const std::runtime_error& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
  return 0;
}
