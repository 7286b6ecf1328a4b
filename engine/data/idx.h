// IDX, the format of MNIST and its kin: pictures and their labels, a byte each pixel and each label.
//
// A file is a head and then the bytes, nothing else; whole numbers are big-endian:
//
//     byte 0, 1   0
//     byte 2      type of an element; 0x08 is the unsigned byte, the only one here
//     byte 3      number of dimensions: 3 for pictures (count, rows, columns), 1 for labels (count)
//     byte 4...   each dimension's size, 4 bytes
//
// Source:  LeCun, Cortes and Burges, "The MNIST database of handwritten digits", section "File formats".
//
// Files may be packed with gzip; their first bytes say so, not their name. A head is believed only as far
// as the file bears it out: one that promises too much costs no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace bp {

/// Grey pictures of one size. They stay bytes in memory and become numbers a batch at a time
/// (vector/examples.h).
///
/// Shapes:  bytes is count x rows x cols, row by row.
/// Units:   0 is background, 255 is full ink.
struct Images {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<std::uint8_t> bytes;

  std::size_t pixels() const { return rows * cols; }

  /// The pixels of picture i, which must be below count.
  std::span<const std::uint8_t> operator[](std::size_t i) const {
    return std::span(bytes).subspan(i * pixels(), pixels());
  }
};

/// The class of each picture: bytes[i] belongs to picture i.
struct Labels {
  std::vector<std::uint8_t> bytes;

  std::size_t count() const { return bytes.size(); }
};

/// The most that a file may unpack to, unless the caller says otherwise: 1 GiB. EMNIST, the largest of the
/// kin, takes half of it.
inline constexpr std::size_t largest_idx = std::size_t{1} << 30;

/// The pictures of an IDX file, plain or gzip.
///
/// Memory:  a plain file's pictures and no more; its length is compared with its head before any is taken.
///          A packed file takes memory as its bytes come, at most twice what its head promises.
/// Throws:  Bad_file in one line (path, offset, expected, found) where it is no IDX file of pictures, has a
///          dimension of 0, is cut off, damaged, followed by something else, or larger than max_bytes;
///          std::runtime_error where it cannot be opened or read, or memory does not suffice.
Images read_images(const std::filesystem::path& path, std::size_t max_bytes = largest_idx);

/// The labels of an IDX file, plain or gzip; memory and errors as read_images.
Labels read_labels(const std::filesystem::path& path, std::size_t max_bytes = largest_idx);

/// As read_images, for a file that is in memory already; errors begin with `name`.
Images parse_images(std::span<const std::byte> file, const std::string& name,
                    std::size_t max_bytes = largest_idx);

/// As read_labels, for a file that is in memory already; errors begin with `name`.
Labels parse_labels(std::span<const std::byte> file, const std::string& name,
                    std::size_t max_bytes = largest_idx);

/// Writes pictures as a plain IDX file, whole or not at all (file.h).
///
/// Throws:  std::invalid_argument where there are none, bytes are not count x rows x cols, or a dimension
///          does not fit into 32 bits; std::runtime_error as write_file_whole.
void write_images(const std::filesystem::path& path, const Images& images);

/// Writes labels as a plain IDX file; errors as write_images.
void write_labels(const std::filesystem::path& path, const Labels& labels);

}  // namespace bp
