// Bytes from a file that may be compressed with gzip: unpacked on the way, in pieces, and checked to
// the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace bp {

/// Puts up to into.size() bytes there and says how many; 0 only at the end.
using Byte_source = std::function<std::size_t(std::span<std::byte> into)>;

/// A stream of bytes, plain or gzip. Its first two bytes decide (gzip: 1f 8b), whatever the file is called.
///
/// Memory:  about 100 KiB, however much the stream unpacks to: whoever reads says how much comes at a time.
/// Format:  RFC 1952. Several members, one after the other, are one stream, as gzip itself has it.
class Unpacked_stream {
 public:
  /// `name` is what errors begin with: a path in quotes.
  Unpacked_stream(Byte_source packed, std::string name);
  ~Unpacked_stream();

  /// Whether what it reads is compressed.
  bool is_gzip() const;

  /// Fills `into`; the number of bytes put there, which is less than asked for only where the stream ends.
  ///
  /// Throws:  Bad_file in one line (name, offset in the packed file, expected, found) where gzip data are
  ///          cut off or damaged, their checksum or length is wrong, or something else stands behind them;
  ///          what the source throws.
  std::size_t read(std::span<std::byte> into);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bp
