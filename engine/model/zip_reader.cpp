// The directory of a ZIP archive: see zip.h.
#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "engine/model/bad_file.h"
#include "engine/model/zip.h"
#include "engine/model/zip_format.h"

namespace bp {
namespace {

// What both headers say of an entry, whose bytes lie in the same order in both.
struct Claims {
  std::uint16_t flags, method;
  std::uint32_t crc;
  std::uint64_t packed, size;
  std::uint16_t name_size, extra_size;
};

Claims load_claims(std::string_view bytes, std::size_t at) {
  return {load<std::uint16_t>(bytes, at + 2),  load<std::uint16_t>(bytes, at + 4),
          load<std::uint32_t>(bytes, at + 10), load<std::uint32_t>(bytes, at + 14),
          load<std::uint32_t>(bytes, at + 18), load<std::uint16_t>(bytes, at + 22),
          load<std::uint16_t>(bytes, at + 24)};
}

// An entry as the directory has it, and where its local header is.
struct Directory_entry {
  Zip_entry entry;
  std::uint16_t flags = 0, method = 0;
  std::size_t local = 0;
};

class Archive {
 public:
  Archive(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {}

  std::vector<Zip_entry> entries() {
    find_end();
    read_directory();
    std::sort(found_.begin(), found_.end(),
              [](const Directory_entry& a, const Directory_entry& b) { return a.local < b.local; });
    const std::size_t first = found_.empty() ? directory_ : found_[0].local;
    if (first != 0) {
      refuse("expected an archive from the first byte on, found one from byte " + std::to_string(first));
    }
    std::vector<Zip_entry> entries;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      read_local(found_[i], i + 1 < found_.size() ? found_[i + 1].local : directory_);
      entries.push_back(std::move(found_[i].entry));
    }
    return entries;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { refuse_file(source_, what); }
  [[noreturn]] void refuse_entry(const Zip_entry& entry, const std::string& what) const {
    refuse("entry " + in_quotes(entry.name) + ": " + what);
  }

  // The end record is the last thing in the file but for a comment, whose length it states. A comment could
  // contain what looks like one; the last that fits is it, as in Python's zipfile.
  void find_end() {
    constexpr std::size_t most = zip::end_size + std::numeric_limits<std::uint16_t>::max();
    std::size_t at = bytes_.size() < zip::end_size ? 0 : bytes_.size() - zip::end_size;
    const std::size_t first = bytes_.size() < most ? 0 : bytes_.size() - most;
    for (;; --at) {
      if (bytes_.size() - at >= zip::end_size && load<std::uint32_t>(bytes_, at) == zip::end_signature &&
          at + zip::end_size + load<std::uint16_t>(bytes_, at + 20) == bytes_.size()) {
        break;
      }
      if (at == first)
        refuse("expected a zip archive, found no end of one: cut off, or another kind of file");
    }
    const auto number = [&](std::size_t offset) { return load<std::uint16_t>(bytes_, at + offset); };
    if (number(4) != 0 || number(6) != 0 || number(8) != number(10)) {
      refuse("expected an archive in one file, found part of one in several");
    }
    count_ = number(10);
    const std::size_t size = load<std::uint32_t>(bytes_, at + 12);
    directory_ = load<std::uint32_t>(bytes_, at + 16);
    if (count_ == zip::see_32_bits || size == zip::see_64_bits || directory_ == zip::see_64_bits) {
      refuse("expected less than 4 GiB and 65535 arrays, found an archive with a 64-bit directory");
    }
    if (directory_ > at || size != at - directory_) {
      refuse("expected a directory that ends at byte " + std::to_string(at) + ", found one of " +
             std::to_string(size) + " bytes at " + std::to_string(directory_));
    }
    end_ = at;
  }

  void read_directory() {
    std::unordered_set<std::string> seen;
    std::size_t at = directory_;
    while (at < end_) {
      if (end_ - at < zip::directory_size || load<std::uint32_t>(bytes_, at) != zip::directory_signature) {
        refuse("expected an entry of the directory at byte " + std::to_string(at) + ", found none");
      }
      const Claims claims = load_claims(bytes_, at + 6);
      const std::size_t name = at + zip::directory_size;
      const std::size_t next =
          name + claims.name_size + claims.extra_size + load<std::uint16_t>(bytes_, at + 32);
      if (next > end_) {
        refuse("expected the directory's entry at byte " + std::to_string(at) + " to end by " +
               std::to_string(end_) + ", found it to end at " + std::to_string(next));
      }
      Directory_entry found;
      found.entry.name = bytes_.substr(name, claims.name_size);
      found.flags = claims.flags;
      found.method = claims.method;
      found.local = load<std::uint32_t>(bytes_, at + 42);
      if (load<std::uint16_t>(bytes_, at + 34) != 0) refuse_entry(found.entry, "it is in another file");
      take_claims(found, claims);
      if (!seen.insert(found.entry.name).second)
        refuse_entry(found.entry, "it stands twice in the directory");
      found_.push_back(std::move(found));
      at = next;
    }
    if (found_.size() != count_) {
      refuse("expected " + std::to_string(count_) + " entries in the directory, found " +
             std::to_string(found_.size()));
    }
  }

  void take_claims(Directory_entry& found, const Claims& claims) const {
    Zip_entry& entry = found.entry;
    if (claims.flags & zip::encrypted_flag) refuse_entry(entry, "it is encrypted");
    if (claims.method != zip::stored && claims.method != zip::deflated) {
      refuse_entry(entry,
                   "expected it to be stored or deflated, found method " + std::to_string(claims.method));
    }
    if (std::max(claims.packed, claims.size) == zip::see_64_bits || found.local == zip::see_64_bits) {
      refuse_entry(entry, "expected less than 4 GiB, found a 64-bit directory entry");
    }
    if (found.local > directory_) {
      refuse_entry(entry, "expected it before the directory at byte " + std::to_string(directory_) +
                              ", found it at " + std::to_string(found.local));
    }
    const bool ascii =
        std::all_of(entry.name.begin(), entry.name.end(), [](unsigned char byte) { return byte < 0x80; });
    if (!ascii && !(claims.flags & zip::utf8_flag)) {
      refuse_entry(entry, "expected a name in UTF-8, found one in an unstated alphabet");
    }
    entry.deflated = claims.method == zip::deflated;
    entry.crc = claims.crc;
    entry.packed = claims.packed;
    entry.size = claims.size;
    if (!entry.deflated && entry.packed != entry.size) {
      refuse_entry(entry, "expected the " + std::to_string(entry.size) + " bytes of a stored entry, found " +
                              std::to_string(entry.packed));
    }
    // Deflate makes at best 258 bytes of 2 bits (RFC 1951, 3.2.5): 1032 to 1.
    constexpr std::size_t best = 1032;
    if (entry.size > best * entry.packed) {
      refuse_entry(entry, "expected at most " + std::to_string(best * entry.packed) + " bytes from " +
                              std::to_string(entry.packed) + " packed ones, found a claim of " +
                              std::to_string(entry.size));
    }
  }

  // The local header must say the same as the directory. `end` is where the next one begins.
  void read_local(Directory_entry& found, std::size_t end) const {
    Zip_entry& entry = found.entry;
    const std::size_t at = found.local;
    if (end - at < zip::local_size || load<std::uint32_t>(bytes_, at) != zip::local_signature) {
      refuse_entry(entry, "expected its header at byte " + std::to_string(at) + ", found none");
    }
    Claims local = load_claims(bytes_, at + 4);
    const std::size_t name = at + zip::local_size;
    entry.begin = name + local.name_size + local.extra_size;
    if (entry.begin > end || end - entry.begin < entry.packed) {
      refuse_entry(entry, "expected " + std::to_string(entry.packed) + " bytes of data, found " +
                              std::to_string(entry.begin > end ? 0 : end - entry.begin));
    }
    widen(local, bytes_.substr(name + local.name_size, local.extra_size));
    const bool follow = local.flags & zip::sizes_follow_flag;
    const bool same = local.crc == entry.crc && local.packed == entry.packed && local.size == entry.size;
    const bool blank = local.crc == 0 && local.packed == 0 && local.size == 0;
    if (bytes_.substr(name, local.name_size) != entry.name || local.flags != found.flags ||
        local.method != found.method || !(same || (follow && blank))) {
      refuse_entry(entry, "expected its header to say the same as the directory, found a difference");
    }
    check_rest(entry, bytes_.substr(entry.begin + entry.packed, end - entry.begin - entry.packed), follow);
  }

  // Takes the sizes from the 64-bit field (4.5.3) where the others refer to it: Python writes one before each
  // array of an .npz.
  static void widen(Claims& claims, std::string_view extra) {
    if (claims.packed != zip::see_64_bits || claims.size != zip::see_64_bits) return;
    while (extra.size() >= 4) {
      const std::size_t size = load<std::uint16_t>(extra, 2);
      if (load<std::uint16_t>(extra, 0) == zip::zip64_extra && size >= 16 && extra.size() >= 4 + size) {
        claims.size = load<std::uint64_t>(extra, 4);
        claims.packed = load<std::uint64_t>(extra, 12);
        return;
      }
      extra.remove_prefix(std::min(extra.size(), 4 + size));
    }
  }

  // What follows the data: nothing, or the descriptor of an entry that was written to a pipe. Its signature
  // is optional and its sizes have 32 or 64 bits (4.3.9), which makes four lengths.
  void check_rest(const Zip_entry& entry, std::string_view rest, bool follow) const {
    bool right = rest.empty() && !follow;
    if (follow && (rest.size() == 12 || rest.size() == 16 || rest.size() == 20 || rest.size() == 24)) {
      const bool has_signature = rest.size() % 8 == 0;
      const bool wide = rest.size() >= 20;
      const bool signature_right =
          !has_signature || load<std::uint32_t>(rest, 0) == zip::descriptor_signature;
      if (has_signature) rest.remove_prefix(4);
      const std::size_t packed = wide ? load<std::uint64_t>(rest, 4) : load<std::uint32_t>(rest, 4);
      const std::size_t size = wide ? load<std::uint64_t>(rest, 12) : load<std::uint32_t>(rest, 8);
      right = signature_right && load<std::uint32_t>(rest, 0) == entry.crc && packed == entry.packed &&
              size == entry.size;
    }
    if (!right) {
      refuse_entry(entry, follow
                              ? "expected its sizes after its data, as the directory has them, found others"
                              : "expected nothing between its data and what comes next, found " +
                                    std::to_string(rest.size()) + " bytes");
    }
  }

  std::string_view bytes_;
  const std::string& source_;
  std::size_t directory_ = 0, end_ = 0;  // where the directory begins, and where it ends
  std::size_t count_ = 0;
  std::vector<Directory_entry> found_;
};

}  // namespace

std::vector<Zip_entry> zip_directory(std::string_view archive, const std::string& source) {
  return Archive(archive, source).entries();
}

}  // namespace bp
