// As much of the ZIP format as an .npz needs: whole archives in memory, their entries stored or deflated. For
// npz.cpp.
//
// Archives are read strictly. What the directory at the end says must agree with what stands before each
// entry, and entries, directory and end record must cover the file without holes or overlaps: a file that one
// program reads in one way and another in another way is refused, and so is an archive in another's tail.
//
// Source:  PKWARE, APPNOTE.TXT 6.3.10, the sections that comments name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bp {

/// A file in an archive.
struct Zip_entry {
  std::string name;
  bool deflated = false;
  std::uint32_t crc = 0;   // of the bytes as they were
  std::size_t packed = 0;  // bytes in the archive
  std::size_t size = 0;    // bytes as they were; a claim until unzip() has seen them
  std::size_t begin = 0;   // where the packed bytes begin
};

/// The entries of an archive in the order in which they lie there.
///
/// Reads what Python's zipfile writes, also to a pipe (sizes after the data) and with the 64-bit sizes that
/// it puts before an entry when NumPy asks for them. Refuses what has a 64-bit directory (more than 4 GiB or
/// 65,534 entries), is encrypted, in several parts, or packed in another way.
///
/// Throws:  Bad_file in one line: source, entry, what was expected, what was found.
std::vector<Zip_entry> zip_directory(std::string_view archive, const std::string& source);

/// An entry's bytes, checked against their CRC-32.
///
/// Memory:  grows with what really comes out, to at most entry.size.
/// Throws:  Bad_file when the data are damaged, or more or less than the entry claims.
std::string unzip(std::string_view archive, const Zip_entry& entry, const std::string& source);

/// Adds entries one by one; the same calls give the same bytes (their time is 1 January 1980).
class Zip_writer {
 public:
  /// `deflate` packs an entry where that makes it smaller.
  explicit Zip_writer(bool deflate) : deflate_(deflate) {}

  /// Throws:  std::invalid_argument for a name of 65,536 bytes or more, and as finish() does.
  void add(const std::string& name, std::string_view bytes);

  /// The archive.
  ///
  /// Throws:  std::invalid_argument for more than 65,534 entries or 4 GiB.
  std::string finish();

 private:
  bool deflate_;
  std::string archive_, directory_;
  std::size_t entries_ = 0;
};

}  // namespace bp
