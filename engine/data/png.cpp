// The chunks are walked and judged here, then decoded by libpng's simplified interface: see png.h.
#include "engine/data/png.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <new>
#include <stdexcept>
#include <string_view>

#include "engine/data/file.h"
#include "engine/data/file_error.h"

namespace bp {
namespace {

using namespace std::string_view_literals;
using Bytes = std::span<const std::byte>;

constexpr std::string_view signature = "\x89PNG\r\n\x1a\n"sv;
constexpr std::size_t around_data = 12;  // a chunk's length, name and checksum

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::size_t big_endian(Bytes bytes) {
  std::size_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | std::to_integer<std::size_t>(byte);
  return number;
}

[[noreturn]] void refuse(const std::string& name, std::size_t offset, const std::string& expected,
                         const std::string& found) {
  throw Bad_file(name + ": byte " + std::to_string(offset) + ": expected " + expected + ", found " + found);
}

struct Size {
  std::size_t width = 0, height = 0, bits_per_pixel = 0;

  std::string text() const { return std::to_string(width) + " x " + std::to_string(height); }
};

// One pass over a file's chunks: what is wrong with any is said, those that pixels are made of are kept.
class Chunk_walk {
 public:
  Chunk_walk(Bytes file, const std::string& name, std::size_t max_pixels)
      : file_(file), name_(name), max_pixels_(max_pixels) {}

  // The file without what libpng is not to see.
  std::string essence() {
    if (!is_png(file_)) refuse(name_, 0, "a PNG, which begins with 89 50 4e 47", first_bytes());
    std::string kept(signature);
    for (bool at_end = false; !at_end;) {
      const Bytes chunk = next();
      const std::string_view type = text_of(chunk.subspan(4, 4));
      if (size_.width == 0) read_header(chunk);
      if (is_needed(type)) {
        check_sum(chunk);
        kept += text_of(chunk);
      }
      if (type == "IDAT") packed_ += chunk.size() - around_data;
      at_end = type == "IEND";
      position_ += chunk.size();
    }
    check_promise();
    return kept;
  }

  const Size& size() const { return size_; }

 private:
  // A capital letter says that nobody can do without the chunk. Of the others transparency counts, and the
  // two by which libpng knows how bright the numbers are.
  static bool is_needed(std::string_view type) {
    return std::isupper(static_cast<unsigned char>(type[0])) || type == "tRNS" || type == "gAMA" ||
           type == "sRGB";
  }

  std::string first_bytes() const {
    if (file_.empty()) return "an empty file";
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    for (const std::byte byte : file_.first(std::min<std::size_t>(4, file_.size()))) {
      const auto value = std::to_integer<std::size_t>(byte);
      shown += (shown.empty() ? "" : " ") + std::string{digits[value / 16], digits[value % 16]};
    }
    return shown;
  }

  // The whole chunk at position_.
  Bytes next() const {
    const Bytes rest = file_.subspan(position_);
    if (rest.size() < around_data) {
      refuse(name_, position_, "a chunk of at least 12 bytes", std::to_string(rest.size()) + " bytes");
    }
    const std::size_t length = big_endian(rest.first(4));
    const std::string_view type = text_of(rest.subspan(4, 4));
    if (!std::all_of(type.begin(), type.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); })) {
      refuse(name_, position_ + 4, "a chunk's name of four letters", "something else");
    }
    if (length > rest.size() - around_data) {
      refuse(name_, position_, "a chunk " + std::string(type) + " of " + std::to_string(length) + " bytes",
             std::to_string(rest.size() - around_data) + " bytes before the file's end");
    }
    return rest.first(length + around_data);
  }

  void check_sum(Bytes chunk) const {
    const Bytes summed = chunk.subspan(4, chunk.size() - 8);
    const auto* bytes = reinterpret_cast<const Bytef*>(summed.data());
    const std::size_t sum = ::crc32_z(0, bytes, summed.size());
    const std::size_t found = big_endian(chunk.last(4));
    if (sum != found) {
      refuse(name_, position_ + chunk.size() - 4,
             "the checksum " + std::to_string(sum) + " of chunk " + std::string(text_of(chunk.subspan(4, 4))),
             std::to_string(found));
    }
  }

  void read_header(Bytes chunk) {
    constexpr std::size_t header_size = 13;
    const std::string_view type = text_of(chunk.subspan(4, 4));
    if (type != "IHDR" || chunk.size() != header_size + around_data) {
      refuse(name_, position_, "a chunk IHDR of 13 bytes",
             std::string(type) + " of " + std::to_string(chunk.size() - around_data));
    }
    const Bytes data = chunk.subspan(8, header_size);
    size_ = {big_endian(data.first(4)), big_endian(data.subspan(4, 4)), bits_per_pixel(data)};
    if (size_.width == 0 || size_.height == 0) {
      refuse(name_, position_ + 8, "a width and a height above 0", size_.text());
    }
    if (size_.height > max_pixels_ / size_.width) {
      refuse(name_, position_ + 8, "at most " + std::to_string(max_pixels_) + " pixels", size_.text());
    }
  }

  // Kinds of pixel that do not exist are left for libpng to refuse.
  static std::size_t bits_per_pixel(Bytes header) {
    constexpr std::array<std::size_t, 7> samples = {1, 1, 3, 1, 2, 1, 4};  // by colour type
    const auto depth = std::to_integer<std::size_t>(header[8]);
    const auto colour = std::to_integer<std::size_t>(header[9]);
    return depth * samples[std::min<std::size_t>(colour, 6)];
  }

  // Two bits of deflate's give 258 bytes at best, which is 1032 of one byte (RFC 1951, section 3.2.5).
  void check_promise() const {
    constexpr std::size_t best_packing = 1032;
    const std::size_t pixels = size_.width * size_.height;
    if (packed_ < pixels * size_.bits_per_pixel / 8 / best_packing) {
      throw Bad_file(name_ + ": expected data for " + size_.text() + " pixels, found " +
                     std::to_string(packed_) + " bytes in chunks IDAT");
    }
  }

  Bytes file_;
  const std::string& name_;
  std::size_t max_pixels_;
  std::size_t position_ = signature.size();
  std::size_t packed_ = 0;  // bytes of pixel data
  Size size_;
};

// libpng's decoder, and its memory.
struct Decoder {
  png_image image = {};

  Decoder() { image.version = PNG_IMAGE_VERSION; }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_image_free(&image); }
};

// grey, alpha, grey, alpha, ... over one ground.
void lay_over(const std::vector<std::uint8_t>& pairs, unsigned ground, std::vector<std::uint8_t>& grey) {
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const unsigned value = pairs[2 * i], alpha = pairs[2 * i + 1];
    grey[i] = static_cast<std::uint8_t>((value * alpha + ground * (255 - alpha) + 127) / 255);
  }
}

void lay_over_visible_ground(const std::vector<std::uint8_t>& pairs, Picture& picture) {
  bool lets_through = false;
  for (std::size_t i = 1; i < pairs.size(); i += 2) lets_through = lets_through || pairs[i] < 255;
  lay_over(pairs, 255, picture.bytes);
  if (!lets_through) return;
  picture.behind = 255;
  constexpr std::uint8_t nearly_white = 242;  // 5 % below white
  if (*std::min_element(picture.bytes.begin(), picture.bytes.end()) < nearly_white) return;
  picture.behind = 0;
  lay_over(pairs, 0, picture.bytes);
}

Picture decode(const std::string& png, const Size& size, const std::string& name) {
  Decoder decoder;
  png_image& image = decoder.image;
  const auto stop = [&] {
    throw Bad_file(name + ": expected a picture of " + size.text() +
                   " pixels, found one that libpng refuses: " + on_one_line(image.message));
  };
  if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) stop();
  // 16 bits that do not say what they mean are sRGB's, too, and not linear light.
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  const bool has_alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  image.format = has_alpha ? PNG_FORMAT_GA : PNG_FORMAT_GRAY;
  Picture picture{image.height, image.width, {}};
  picture.bytes.resize(picture.rows * picture.cols);
  std::vector<std::uint8_t> pairs(has_alpha ? 2 * picture.bytes.size() : 0);
  std::uint8_t* const out = has_alpha ? pairs.data() : picture.bytes.data();
  if (png_image_finish_read(&image, nullptr, out, 0, nullptr) == 0) stop();
  if (has_alpha) lay_over_visible_ground(pairs, picture);
  return picture;
}

}  // namespace

bool is_png(std::span<const std::byte> file) { return text_of(file).starts_with(signature); }

Picture parse_png(std::span<const std::byte> file, const std::string& name, std::size_t max_pixels) {
  try {
    Chunk_walk walk(file, name, max_pixels);
    const std::string essence = walk.essence();
    return decode(essence, walk.size(), name);
  } catch (const std::bad_alloc&) { throw std::runtime_error(name + ": memory does not suffice to hold it"); }
}

Picture read_png(const std::filesystem::path& path, std::size_t max_pixels) {
  const std::string file = read_file(path, largest_png);
  return parse_png(std::as_bytes(std::span(file)), quoted(path), max_pixels);
}

}  // namespace bp
