// The head is read and judged first, then the bytes that it promises, then that nothing follows: see idx.h.
#include "engine/data/idx.h"

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "engine/data/gzip.h"
#include "engine/data/input_file.h"

namespace bp {
namespace {

constexpr unsigned unsigned_byte = 0x08;

// What is read: an IDX file of so many dimensions, what it is called in errors, and where it comes from.
struct Wanted {
  std::string name;                     // of the file, in quotes
  std::vector<std::string> dimensions;  // "images", "rows", "columns": what each of them counts
  std::size_t max_bytes;
  std::uintmax_t stated_size;  // of the file; 0 where that is not known
};

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

std::string type_name(unsigned type) {
  constexpr char digits[] = "0123456789abcdef";
  std::string code = {'0', 'x', digits[type / 16], digits[type % 16]};
  switch (type) {
    case 0x09: return code + " (signed byte)";
    case 0x0B: return code + " (short)";
    case 0x0C: return code + " (int)";
    case 0x0D: return code + " (float)";
    case 0x0E: return code + " (double)";
    default: return code;
  }
}

// Asks the system to give this memory, not yet touched, in pages of 2 MiB where it has such: it is then taken
// in less time, and training finds a picture anywhere in it sooner. Nothing depends on the answer.
void ask_for_large_pages([[maybe_unused]] std::span<std::uint8_t> memory) {
#ifdef MADV_HUGEPAGE
  constexpr std::size_t page = std::size_t{2} << 20;
  void* begin = memory.data();
  std::size_t room = memory.size();
  if (std::align(page, page, begin, room) != nullptr) ::madvise(begin, room, MADV_HUGEPAGE);
#endif
}

// One pass over one file.
class Idx_reader {
 public:
  Idx_reader(Wanted wanted, Byte_source source)
      : wanted_(std::move(wanted)), stream_(std::move(source), wanted_.name) {}

  // The size of each dimension; the bytes themselves go to `bytes`.
  std::vector<std::size_t> read(std::vector<std::uint8_t>& bytes) {
    read_magic();
    std::vector<std::size_t> sizes = read_sizes();
    read_elements(promised(sizes), bytes);
    return sizes;
  }

 private:
  [[noreturn]] void refuse(std::uintmax_t offset, const std::string& expected,
                           const std::string& found) const {
    throw Bad_file(wanted_.name + (stream_.is_gzip() ? ": unpacked byte " : ": byte ") +
                   std::to_string(offset) + ": expected " + expected + ", found " + found);
  }

  // The next bytes of the head, big-endian.
  template <std::size_t n>
  std::array<unsigned, n> read_head(const std::string& expected) {
    std::array<std::byte, n> bytes{};
    const std::size_t got = stream_.read(bytes);
    if (got < n) refuse(position_ + got, expected, "the end of the file");
    position_ += n;
    std::array<unsigned, n> numbers{};
    std::transform(bytes.begin(), bytes.end(), numbers.begin(), std::to_integer<unsigned>);
    return numbers;
  }

  void read_magic() {
    const auto [zero, also_zero, type, count] = read_head<4>("the 4 bytes with which IDX begins");
    if (zero != 0 || also_zero != 0) {
      refuse(0, "two zero bytes, with which IDX begins",
             std::to_string(zero) + " and " + std::to_string(also_zero));
    }
    if (type != unsigned_byte) refuse(2, "the type 0x08 (unsigned byte)", type_name(type));
    const std::size_t wanted = wanted_.dimensions.size();
    if (count != wanted) {
      refuse(3,
             std::to_string(wanted) + (wanted == 1 ? " dimension (" : " dimensions (") +
                 joined(wanted_.dimensions, ", ") + ")",
             std::to_string(count));
    }
  }

  std::vector<std::size_t> read_sizes() {
    std::vector<std::size_t> sizes;
    for (const std::string& counted : wanted_.dimensions) {
      const auto [a, b, c, d] = read_head<4>("the number of " + counted);
      sizes.push_back(std::size_t{a} << 24 | b << 16 | c << 8 | d);
      if (sizes.back() == 0) refuse(position_ - 4, "a number of " + counted + " above 0", "0");
      texts_.push_back(std::to_string(sizes.back()));
    }
    return sizes;
  }

  // The product of the sizes, refused where it is over the limit or not what the file can hold.
  std::size_t promised(const std::vector<std::size_t>& sizes) {
    std::size_t product = 1;
    for (const std::size_t size : sizes) {
      if (size > wanted_.max_bytes / product) {
        refuse(4, "at most " + std::to_string(wanted_.max_bytes) + " bytes", shape());
      }
      product *= size;
    }
    if (!stream_.is_gzip() && wanted_.stated_size > 0 && wanted_.stated_size != position_ + product) {
      refuse(position_, bytes_of(product),
             std::to_string(std::max(wanted_.stated_size, position_) - position_));
    }
    return product;
  }

  void read_elements(std::size_t count, std::vector<std::uint8_t>& bytes) {
    // Where the file can be as long as it says, room for all of it is set aside; memory that is set aside is
    // taken only as bytes come. Elsewhere the room doubles.
    const bool bearable = can_hold(count);
    constexpr std::size_t first = 64 * 1024, step = 256 * 1024;  // a step stays in the second-level cache
    if (bearable) {
      bytes.reserve(count);
      ask_for_large_pages({bytes.data(), count});
    }
    std::size_t filled = 0;
    while (filled < count) {
      const std::size_t next = std::min(count, bearable ? filled + step : std::max(first, 2 * filled));
      bytes.reserve(next);  // resize alone might take twice as much as asked for
      bytes.resize(next);
      const std::size_t got = stream_.read(std::as_writable_bytes(std::span(bytes).subspan(filled)));
      filled += got;
      if (filled < bytes.size()) refuse(position_, bytes_of(count), std::to_string(filled));
    }
    // Reading on takes a packed stream past its checksum, too.
    std::byte beyond{};
    if (stream_.read({&beyond, 1}) > 0) {
      refuse(position_ + count, "the end after " + bytes_of(count), "more");
    }
  }

  // Whether a file of its length can unpack to so much: deflate makes at most 1032 bytes of one (zlib's
  // "Technical details"). A plain file's length has been checked already.
  bool can_hold(std::size_t count) {
    constexpr std::uintmax_t most = 1032;
    return wanted_.stated_size > 0 && (!stream_.is_gzip() || count / most <= wanted_.stated_size);
  }

  std::string shape() const { return joined(texts_, " x "); }
  std::string bytes_of(std::size_t count) const {
    return std::to_string(count) + " bytes" + (texts_.size() > 1 ? " (" + shape() + ")" : "");
  }

  Wanted wanted_;
  Unpacked_stream stream_;
  std::uintmax_t position_ = 0;     // in the unpacked file
  std::vector<std::string> texts_;  // the sizes as the errors show them
};

std::vector<std::size_t> read_idx(Wanted wanted, Byte_source source, std::vector<std::uint8_t>& bytes) {
  const std::string name = wanted.name;
  try {
    return Idx_reader(std::move(wanted), std::move(source)).read(bytes);
  } catch (const std::bad_alloc&) { throw std::runtime_error(name + ": memory does not suffice to hold it"); }
}

Images read_images(Wanted wanted, Byte_source source) {
  wanted.dimensions = {"images", "rows", "columns"};
  Images images;
  const std::vector<std::size_t> sizes = read_idx(std::move(wanted), std::move(source), images.bytes);
  images.count = sizes[0];
  images.rows = sizes[1];
  images.cols = sizes[2];
  return images;
}

Labels read_labels(Wanted wanted, Byte_source source) {
  wanted.dimensions = {"labels"};
  Labels labels;
  read_idx(std::move(wanted), std::move(source), labels.bytes);
  return labels;
}

Byte_source bytes_of(std::span<const std::byte> file) {
  return [file](std::span<std::byte> into) mutable {
    const std::size_t n = std::min(file.size(), into.size());
    std::copy_n(file.begin(), n, into.begin());
    file = file.subspan(n);
    return n;
  };
}

void write_idx(const std::filesystem::path& path, const std::vector<std::size_t>& sizes,
               const std::vector<std::uint8_t>& bytes) {
  std::string file = {0, 0, static_cast<char>(unsigned_byte), static_cast<char>(sizes.size())};
  std::size_t left = bytes.size();
  for (const std::size_t size : sizes) {
    if (size == 0) throw std::invalid_argument("write_idx: a dimension is 0");
    if (size > std::numeric_limits<std::uint32_t>::max()) {
      throw std::invalid_argument("write_idx: a dimension of " + std::to_string(size) +
                                  " needs over 32 bits");
    }
    for (const int shift : {24, 16, 8, 0}) file += static_cast<char>(size >> shift & 0xFF);
    // Dividing cannot overflow; a rest shows that the product is another.
    left = left % size == 0 ? left / size : 0;
  }
  if (left != 1) {
    throw std::invalid_argument("write_idx: " + std::to_string(bytes.size()) +
                                " bytes are not what its shape says");
  }
  file.append(bytes.begin(), bytes.end());
  write_file_whole(path, file);
}

}  // namespace

Images read_images(const std::filesystem::path& path, std::size_t max_bytes) {
  Input_file file(path);
  return read_images({quoted(path), {}, max_bytes, file.stated_size()},
                     [&file](std::span<std::byte> into) { return file.read(into); });
}

Labels read_labels(const std::filesystem::path& path, std::size_t max_bytes) {
  Input_file file(path);
  return read_labels({quoted(path), {}, max_bytes, file.stated_size()},
                     [&file](std::span<std::byte> into) { return file.read(into); });
}

Images parse_images(std::span<const std::byte> file, const std::string& name, std::size_t max_bytes) {
  return read_images({name, {}, max_bytes, file.size()}, bytes_of(file));
}

Labels parse_labels(std::span<const std::byte> file, const std::string& name, std::size_t max_bytes) {
  return read_labels({name, {}, max_bytes, file.size()}, bytes_of(file));
}

void write_images(const std::filesystem::path& path, const Images& images) {
  write_idx(path, {images.count, images.rows, images.cols}, images.bytes);
}

void write_labels(const std::filesystem::path& path, const Labels& labels) {
  write_idx(path, {labels.count()}, labels.bytes);
}

}  // namespace bp
