// Any bytes are either refused in one line or read; and what was read can be written and read again. The
// bytes play an archive, and also one array in a sound archive, since few guesses get past a checksum.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "engine/model/npz.h"
#include "engine/model/zip.h"

namespace {

constexpr std::size_t most = 1 << 24;  // a deflated 16 KiB can honestly become that much

void read(std::string_view archive) {
  try {
    const bp::Tensor_file file = bp::parse_npz(archive, "fuzz", most);
    for (const bp::Npz_packing packing : {bp::Npz_packing::stored, bp::Npz_packing::deflated}) {
      const std::string written = bp::npz_bytes(file, packing);
      if (!(bp::parse_npz(written, "again") == file)) std::abort();
    }
  } catch (const std::runtime_error& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  bp::Zip_writer archive(false);
  archive.add("0.weight.npy", bytes);
  read(archive.finish());
  return 0;
}
