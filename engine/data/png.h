// PNG pictures of every kind read as grey bytes: 1 to 16 bits, grey, palette or colour, with and without
// transparency, interlaced or not. libpng does the decoding.
//
//     8 bytes   89 50 4e 47 0d 0a 1a 0a
//     chunks    each: length of its data (4 bytes, big-endian), name (4 letters), data, CRC-32 of the two
//
// Source:  Portable Network Graphics (PNG) Specification, 2nd edition, W3C 2003, sections 5 and 11.
//
// libpng is given only the chunks that pixels are made of, once their lengths and checksums are found to be
// right and the size that the picture claims is one that so many bytes can hold. What else such a file
// may carry (texts, colour profiles, further pictures of an animation) is not looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bp {

/// A grey picture of any size.
///
/// Shapes:  bytes is rows x cols, row by row.
/// Units:   0 is black, 255 is white, in sRGB's steps, as viewers show them.
struct Picture {
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<std::uint8_t> bytes;
  /// What was put behind pixels that let something through: 255, or 0 where nothing would be seen on white.
  /// Nothing where no pixel does.
  std::optional<std::uint8_t> behind = {};
};

/// The most pixels that a picture may have.
inline constexpr std::size_t largest_picture = 64'000'000;

/// The most bytes that a PNG may have: 256 MiB.
inline constexpr std::size_t largest_png = std::size_t{256} << 20;

/// Whether these are the first bytes of a PNG.
bool is_png(std::span<const std::byte> file);

/// A PNG's picture as grey.
///
/// Colours become grey by libpng's weights for luminance, worked out in linear light. A transparent pixel is
/// mixed with what is behind it in sRGB's steps, as browsers do.
///
/// Memory:  the file, its pixel data once more, and up to 3 bytes a pixel. A picture that claims more pixels
///          than its data can unpack to (deflate packs 1032 bytes into one at best) is refused before.
/// Throws:  Bad_file in one line (path, offset where there is one, expected, found) where it is no PNG, is
///          cut off or damaged, or has over max_pixels; std::runtime_error where it cannot be opened or
///          read, or memory does not suffice.
Picture read_png(const std::filesystem::path& path, std::size_t max_pixels = largest_picture);

/// As read_png, for a file that is in memory already; errors begin with `name`.
Picture parse_png(std::span<const std::byte> file, const std::string& name,
                  std::size_t max_pixels = largest_picture);

}  // namespace bp
