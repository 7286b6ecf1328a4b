// Any bytes at all as a PNG: they are read, or refused in one line, and no picture is over the limit. Built
// and run by tests/fuzz/run.
//
// Nearly every change to a PNG makes a checksum wrong, and would be refused for that alone. So each input is
// tried as it is and once more with right checksums.
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/data/png.h"

namespace {

constexpr std::size_t limit = std::size_t{1} << 20;  // pixels

// What must hold is not an assert, which a release build would leave out.
void must(bool claim) {
  if (!claim) std::abort();
}

void read_or_refuse(std::span<const std::uint8_t> file) {
  try {
    const bp::Picture picture = bp::parse_png(std::as_bytes(file), "'f'", limit);
    must(bp::is_png(std::as_bytes(file)));
    must(picture.rows > 0 && picture.cols > 0);
    must(picture.bytes.size() == picture.rows * picture.cols && picture.bytes.size() <= limit);
  } catch (const bp::Bad_file& error) {
    const std::string said = error.what();
    must(said.rfind("'f': ", 0) == 0 && said.find('\n') == std::string::npos);
    must(said.find("expected ") != std::string::npos && said.find(", found ") != std::string::npos);
  }
}

// Gives every chunk the checksum of its bytes, as far as there are whole chunks.
std::vector<std::uint8_t> with_right_checksums(std::span<const std::uint8_t> file) {
  std::vector<std::uint8_t> right(file.begin(), file.end());
  for (std::size_t at = 8; at + 12 <= right.size();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8 | right[at + i];
    if (length > right.size() - at - 12) break;
    const std::size_t sum = ::crc32_z(0, right.data() + at + 4, length + 4);
    for (std::size_t i = 0; i < 4; ++i)
      right[at + 8 + length + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    at += length + 12;
  }
  return right;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_or_refuse({data, size});
  read_or_refuse(with_right_checksums({data, size}));
  return 0;
}
