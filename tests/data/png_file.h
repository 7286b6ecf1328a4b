// PNGs for tests, made here chunk by chunk, so that each can also be made wrong.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/data/packed.h"

namespace bp::test {

inline const std::string png_signature = "\x89PNG\r\n\x1a\n";

inline std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string summed = type + data;
  const auto sum = ::crc32_z(0, reinterpret_cast<const Bytef*>(summed.data()), summed.size());
  return big_endian(static_cast<std::uint32_t>(data.size())) + summed +
         big_endian(static_cast<std::uint32_t>(sum));
}

/// The kinds of pixel that there are: PNG's colour type.
enum Png_colour : char { grey = 0, colour = 2, palette = 3, grey_alpha = 4, colour_alpha = 6 };

inline std::string png_header(std::uint32_t width, std::uint32_t height, int depth, Png_colour kind,
                              bool interlaced = false) {
  return png_chunk("IHDR", big_endian(width) + big_endian(height) + static_cast<char>(depth) + char{kind} +
                               std::string(2, '\0') + static_cast<char>(interlaced));
}

/// Pixel data as PNG packs them: rows, each behind a byte 0 (no filter).
inline std::string png_packed(const std::vector<std::string>& rows) {
  std::string raw;
  for (const std::string& row : rows) raw += '\0' + row;
  uLongf size = ::compressBound(raw.size());
  std::string packed(size, '\0');
  if (::compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(raw.data()),
                 raw.size()) != Z_OK) {
    throw std::runtime_error("zlib cannot pack");
  }
  packed.resize(size);
  return packed;
}

/// A whole file. `extra` are chunks between the header and the pixels.
inline std::string png_file(const std::string& header, const std::vector<std::string>& rows,
                            const std::string& extra = "") {
  return png_signature + header + extra + png_chunk("IDAT", png_packed(rows)) + png_chunk("IEND", "");
}

}  // namespace bp::test
