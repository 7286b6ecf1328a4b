// Bytes for tests of what reads files: big-endian numbers, IDX files, gzip members, sources that trickle.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/gzip.h"

namespace bp::test {

/// The same bytes, as the readers take them.
inline std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

inline std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

/// The head of an IDX file of unsigned bytes.
inline std::string idx_head(const std::vector<std::uint32_t>& sizes) {
  std::string head{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) head += big_endian(size);
  return head;
}

/// One gzip member that holds these bytes.
inline std::string gzip(const std::string& bytes) {
  z_stream packer{};
  if (::deflateInit2(&packer, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot pack");
  }
  std::string packed(::deflateBound(&packer, bytes.size()), '\0');
  std::string input = bytes;  // zlib takes no pointer to const
  packer.next_in = reinterpret_cast<Bytef*>(input.data());
  packer.avail_in = static_cast<uInt>(input.size());
  packer.next_out = reinterpret_cast<Bytef*>(packed.data());
  packer.avail_out = static_cast<uInt>(packed.size());
  const int result = ::deflate(&packer, Z_FINISH);
  packed.resize(packer.total_out);
  ::deflateEnd(&packer);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib did not pack everything");
  return packed;
}

/// A source that hands out at most `at_once` bytes at a time.
inline Byte_source trickle(std::string bytes, std::size_t at_once) {
  return [bytes = std::move(bytes), at_once, given = std::size_t{0}](std::span<std::byte> into) mutable {
    const std::size_t n = std::min({bytes.size() - given, into.size(), at_once});
    const auto rest = as_bytes(bytes).subspan(given, n);
    std::copy(rest.begin(), rest.end(), into.begin());
    given += n;
    return n;
  };
}

}  // namespace bp::test
