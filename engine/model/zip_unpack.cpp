// Unpacking an entry of a ZIP archive: see zip.h.
#include <zlib.h>

#include <array>
#include <new>
#include <optional>
#include <utility>

#include "engine/model/bad_file.h"
#include "engine/model/zip.h"

namespace bp {
namespace {

class Inflater {
 public:
  Inflater() {
    constexpr int raw = -15;  // deflate without the frame that zlib puts around it
    if (inflateInit2(&stream_, raw) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  // All that comes out; nothing when the data are damaged, end early, or have a tail, or when more than
  // `most` comes out.
  std::optional<std::string> inflate_all(std::string_view packed, std::size_t most) {
    std::array<char, 64 * 1024> piece;
    std::string bytes;
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());  // less than 4 GiB: see take_claims()
    for (int result = Z_OK; result != Z_STREAM_END;) {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      result = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t got = piece.size() - stream_.avail_out;
      if ((result != Z_OK && result != Z_STREAM_END) || got > most - bytes.size()) return std::nullopt;
      bytes.append(piece.data(), got);
    }
    if (stream_.avail_in != 0) return std::nullopt;
    return bytes;
  }

 private:
  z_stream stream_ = {};
};

std::string hexadecimal(std::uint32_t number) {
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[number >> shift & 15];
  return text;
}

}  // namespace

std::string unzip(std::string_view archive, const Zip_entry& entry, const std::string& source) {
  const auto refuse = [&](const std::string& what) {
    refuse_file(source, "entry " + in_quotes(entry.name) + ": " + what);
  };
  const std::string_view packed = archive.substr(entry.begin, entry.packed);
  std::string bytes(entry.deflated ? std::string_view() : packed);
  bool sound = true;
  if (entry.deflated) {
    std::optional<std::string> inflated = Inflater().inflate_all(packed, entry.size);
    sound = inflated.has_value();
    if (sound) bytes.swap(*inflated);
  }
  if (!sound || bytes.size() != entry.size) {
    refuse("expected packed data that give " + std::to_string(entry.size) +
           " bytes, found damaged ones or another number");
  }
  const auto crc =
      static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  if (crc != entry.crc) {
    refuse("expected the checksum " + hexadecimal(entry.crc) + ", found " + hexadecimal(crc) +
           ": the data are damaged");
  }
  return bytes;
}

}  // namespace bp
