// zlib's inflate, which checks each member's CRC-32 and length, fed from a source: see gzip.h.
#include "engine/data/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

#include "engine/data/file_error.h"

namespace bp {
namespace {

constexpr auto gzip_mark = std::to_array<std::byte>({std::byte{0x1F}, std::byte{0x8B}});

Bytef* as_zlib(std::byte* bytes) { return reinterpret_cast<Bytef*>(bytes); }

std::string in_hex(std::byte byte) {
  constexpr char digits[] = "0123456789abcdef";
  const auto value = std::to_integer<unsigned>(byte);
  return {'0', 'x', digits[value / 16], digits[value % 16]};
}

}  // namespace

struct Unpacked_stream::State {
  State(Byte_source packed, std::string what) : source(std::move(packed)), name(std::move(what)) {
    while (waiting.size() < gzip_mark.size() && take_more()) {}
    gzip =
        waiting.size() >= gzip_mark.size() && std::equal(gzip_mark.begin(), gzip_mark.end(), waiting.begin());
    constexpr int gzip_only = 16 + MAX_WBITS;  // as zlib's manual has it: no zlib header, no raw data
    if (gzip && ::inflateInit2(&inflater, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (gzip) ::inflateEnd(&inflater);
  }

  // Appends to what waits; false at the end of the source. What waits is nothing, or the first byte of the
  // file, which came alone and stands at the front of the buffer.
  bool take_more() {
    const std::size_t got = source(std::span(buffer).subspan(waiting.size()));
    taken += got;
    waiting = std::span(buffer).first(waiting.size() + got);
    return got > 0;
  }

  bool at_end() { return waiting.empty() && !take_more(); }

  std::size_t copy_plain(std::span<std::byte> into) {
    if (at_end()) return 0;
    const std::size_t n = std::min(into.size(), waiting.size());
    std::copy_n(waiting.begin(), n, into.begin());
    waiting = waiting.subspan(n);
    return n;
  }

  // Unpacks once; may well unpack nothing (a header, an empty block) though more will come, so false says
  // that none will: the last member is over and so is the file.
  bool unpack(std::span<std::byte> into, std::size_t& unpacked) {
    if (at_end()) {
      if (between_members) return false;
      refuse("more gzip data", "the end of the file");
    }
    if (between_members) {
      if (waiting.front() != gzip_mark.front()) {
        refuse("the end of the file after the gzip data", "a byte " + in_hex(waiting.front()));
      }
      ::inflateReset(&inflater);
      between_members = false;
    }
    inflater.next_in = as_zlib(waiting.data());
    inflater.avail_in = static_cast<uInt>(waiting.size());
    inflater.next_out = as_zlib(into.data());
    inflater.avail_out =
        static_cast<uInt>(std::min<std::size_t>(into.size(), std::numeric_limits<uInt>::max()));
    const std::size_t room = inflater.avail_out;
    const int result = ::inflate(&inflater, Z_NO_FLUSH);
    waiting = waiting.last(inflater.avail_in);
    unpacked = room - inflater.avail_out;
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK && result != Z_STREAM_END) {
      refuse("sound gzip data", inflater.msg != nullptr ? inflater.msg : "damage");
    }
    between_members = result == Z_STREAM_END;
    return true;
  }

  [[noreturn]] void refuse(const std::string& expected, const std::string& found) const {
    throw Bad_file(name + ": packed byte " + std::to_string(taken - waiting.size()) + ": expected " +
                   expected + ", found " + found);
  }

  Byte_source source;
  std::string name;
  std::array<std::byte, 64 * 1024> buffer;
  std::span<std::byte> waiting{buffer.data(), 0};  // taken from the source and not yet used
  std::uint64_t taken = 0;
  bool gzip = false;
  bool between_members = false;
  z_stream inflater{};
};

Unpacked_stream::Unpacked_stream(Byte_source packed, std::string name)
    : state_(std::make_unique<State>(std::move(packed), std::move(name))) {}

Unpacked_stream::~Unpacked_stream() = default;

bool Unpacked_stream::is_gzip() const { return state_->gzip; }

std::size_t Unpacked_stream::read(std::span<std::byte> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const std::span<std::byte> rest = into.subspan(filled);
    std::size_t got = 0;
    const bool more = state_->gzip ? state_->unpack(rest, got) : (got = state_->copy_plain(rest)) > 0;
    if (!more) break;
    filled += got;
  }
  return filled;
}

}  // namespace bp
