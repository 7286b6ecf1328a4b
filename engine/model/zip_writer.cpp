// Writing ZIP archives: see zip.h.
#include <zlib.h>

#include <limits>
#include <new>
#include <stdexcept>

#include "engine/model/bad_file.h"
#include "engine/model/zip.h"
#include "engine/model/zip_format.h"

namespace bp {
namespace {

constexpr std::uint16_t version = 20;           // what it takes to read this: deflate
constexpr std::uint16_t made_by = 3 << 8 | 20;  // on Unix, so that the permissions count
constexpr std::uint32_t permissions = 0100644u << 16;
constexpr std::uint32_t first_of_1980 = 0x21u << 16;  // date above time (4.4.6)

// Raw deflate, without the frame that zlib puts around it.
std::string deflate_bytes(std::string_view bytes) {
  z_stream stream = {};
  constexpr int raw = -15, memory = 8;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw, memory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::logic_error("zlib's deflateBound() was not enough");
  return packed;
}

bool is_ascii(std::string_view text) {
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) > 0x7F) return false;
  }
  return true;
}

void check_limit(bool holds) {
  if (!holds) {
    throw std::invalid_argument("an .npz file has at most 65534 arrays and, with them, less than 4 GiB");
  }
}

}  // namespace

void Zip_writer::add(const std::string& name, std::string_view bytes) {
  if (name.size() > std::numeric_limits<std::uint16_t>::max()) {
    throw std::invalid_argument("a name in an .npz file has at most 65535 bytes, with its .npy: " +
                                in_quotes(name));
  }
  constexpr std::size_t margin = 1u << 21;  // deflateBound() adds 1 byte to 3277, and they must stay 32 bits
  check_limit(bytes.size() < zip::see_64_bits - margin && archive_.size() < zip::see_64_bits);
  std::string packed;
  if (deflate_) packed = deflate_bytes(bytes);
  const bool deflated = deflate_ && packed.size() < bytes.size();
  const std::string_view data = deflated ? std::string_view(packed) : bytes;
  const auto crc =
      static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));

  // What both headers have in common, from "version needed" on.
  std::string common;
  store<std::uint16_t>(common, version);
  store<std::uint16_t>(common, is_ascii(name) ? std::uint16_t{0} : zip::utf8_flag);
  store<std::uint16_t>(common, deflated ? zip::deflated : zip::stored);
  store<std::uint32_t>(common, first_of_1980);
  store<std::uint32_t>(common, crc);
  store<std::uint32_t>(common, static_cast<std::uint32_t>(data.size()));
  store<std::uint32_t>(common, static_cast<std::uint32_t>(bytes.size()));
  store<std::uint16_t>(common, static_cast<std::uint16_t>(name.size()));
  store<std::uint16_t>(common, 0);  // no extra field

  store<std::uint32_t>(directory_, zip::directory_signature);
  store<std::uint16_t>(directory_, made_by);
  directory_ += common;
  store<std::uint16_t>(directory_, 0);  // no comment
  store<std::uint16_t>(directory_, 0);  // disk
  store<std::uint16_t>(directory_, 0);  // internal attributes: not text
  store<std::uint32_t>(directory_, permissions);
  store<std::uint32_t>(directory_, static_cast<std::uint32_t>(archive_.size()));
  directory_ += name;

  store<std::uint32_t>(archive_, zip::local_signature);
  archive_ += common;
  archive_ += name;
  archive_ += data;
  ++entries_;
}

std::string Zip_writer::finish() {
  check_limit(entries_ < zip::see_32_bits && archive_.size() < zip::see_64_bits &&
              directory_.size() < zip::see_64_bits);
  std::string archive = archive_ + directory_;
  store<std::uint32_t>(archive, zip::end_signature);
  store<std::uint32_t>(archive, 0);  // this disk, and that of the directory
  store<std::uint16_t>(archive, static_cast<std::uint16_t>(entries_));
  store<std::uint16_t>(archive, static_cast<std::uint16_t>(entries_));
  store<std::uint32_t>(archive, static_cast<std::uint32_t>(directory_.size()));
  store<std::uint32_t>(archive, static_cast<std::uint32_t>(archive_.size()));
  store<std::uint16_t>(archive, 0);  // no comment
  return archive;
}

}  // namespace bp
