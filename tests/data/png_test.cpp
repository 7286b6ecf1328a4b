#include "engine/data/png.h"

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "tests/data/memory.h"
#include "tests/data/packed.h"
#include "tests/data/place.h"
#include "tests/data/png_file.h"
#include "tests/support/catch2.h"

using bp::parse_png, bp::Picture, bp::read_png, bp::write_file_whole;
using bp::test::as_bytes, bp::test::big_endian, bp::test::complaint, bp::test::contains_text,
    bp::test::memory_taken, bp::test::Place, bp::test::png_chunk, bp::test::png_file, bp::test::png_header,
    bp::test::png_packed, bp::test::png_signature;

namespace {

using Bytes = std::vector<std::uint8_t>;
using bp::test::Png_colour;

// Bytes as a row of pixel data.
std::string row(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

Picture parsed(const std::string& file) { return parse_png(as_bytes(file), "'f'"); }

// 3 x 2 pixels, 8 bits of grey.
const std::string six_pixels =
    png_file(png_header(3, 2, 8, bp::test::grey), {row({0, 1, 2}), row({128, 254, 255})});

// What is said of a bad file; "" where it is taken, or where the error is of another type.
std::string refusal(const std::string& file, std::size_t max_pixels = 1'000'000) {
  try {
    parse_png(as_bytes(file), "'f'", max_pixels);
  } catch (const bp::Bad_file& error) { return error.what(); }
  return "";
}

}  // namespace

TEST_CASE("eight bits of grey are read as they stand, row by row", "[png]") {
  const Picture picture = parsed(six_pixels);

  CHECK(picture.rows == 2);
  CHECK(picture.cols == 3);
  CHECK(picture.bytes == Bytes{0, 1, 2, 128, 254, 255});
  CHECK_FALSE(picture.behind);
}

TEST_CASE("every depth of grey is spread over 0 to 255", "[png]") {
  // From the most significant bit on, the last byte of a row filled up: 1 0 1 0 0 1 1 0  1.
  const std::string one_bit = png_file(png_header(9, 1, 1, bp::test::grey), {row({0b10100110, 0b10000000})});
  const std::string two_bits = png_file(png_header(4, 1, 2, bp::test::grey), {row({0b00011011})});
  const std::string four_bits = png_file(png_header(3, 1, 4, bp::test::grey), {row({0x0F, 0x70})});
  const std::string sixteen =
      png_file(png_header(3, 1, 16, bp::test::grey), {row({0, 0, 128, 128, 255, 255})});

  CHECK(parsed(one_bit).bytes == Bytes{255, 0, 255, 0, 0, 255, 255, 0, 255});
  CHECK(parsed(two_bits).bytes == Bytes{0, 85, 170, 255});
  CHECK(parsed(four_bits).bytes == Bytes{0, 255, 119});
  CHECK(parsed(sixteen).bytes == Bytes{0, 128, 255});  // 0x8080 / 257
}

TEST_CASE("colours become grey by luminance, a grey colour itself", "[png]") {
  const std::string colours = png_file(png_header(5, 1, 8, bp::test::colour),
                                       {row({77, 77, 77, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255})});

  const Bytes grey = parsed(colours).bytes;

  CHECK(grey[0] == 77);
  CHECK(grey[1] == 255);
  // sRGB's luminance of pure red, green and blue is 0.2126, 0.7152, 0.0722 in linear light, which its curve
  // makes 127, 220 and 76; libpng works with 15-bit weights and tables, hence the 1.
  CHECK(std::abs(grey[2] - 127) <= 1);
  CHECK(std::abs(grey[3] - 220) <= 1);
  CHECK(std::abs(grey[4] - 76) <= 1);
}

TEST_CASE("a palette is looked up", "[png]") {
  const std::string file = png_file(png_header(4, 1, 2, bp::test::palette), {row({0b10010010})},
                                    png_chunk("PLTE", row({10, 10, 10, 0, 0, 0, 200, 200, 200})));

  CHECK(parsed(file).bytes == Bytes{200, 0, 10, 200});
}

TEST_CASE("an interlaced picture comes out in order", "[png]") {
  // 3 x 3 in Adam7: pass 1 has (0,0), pass 4 (2,0), pass 5 (0,2) and (2,2), pass 6 (1,0) and (1,2), pass 7
  // row 1.
  const std::string file = png_file(png_header(3, 3, 8, bp::test::grey, true),
                                    {row({1}), row({3}), row({7, 9}), row({2}), row({8}), row({4, 5, 6})});

  CHECK(parsed(file).bytes == Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("what lets through is seen on white", "[png]") {
  // Black, opaque to transparent; and a transparent white.
  const std::string file =
      png_file(png_header(4, 1, 8, bp::test::grey_alpha), {row({0, 255, 0, 128, 0, 0, 255, 0})});

  const Picture picture = parsed(file);

  CHECK(picture.behind == 255);
  CHECK(picture.bytes == Bytes{0, 127, 255, 255});
}

TEST_CASE("what would not be seen on white is seen on black", "[png]") {
  const std::string file =
      png_file(png_header(3, 1, 8, bp::test::grey_alpha), {row({255, 255, 255, 128, 255, 0})});

  const Picture picture = parsed(file);

  CHECK(picture.behind == 0);
  CHECK(picture.bytes == Bytes{255, 128, 0});
}

TEST_CASE("alpha that lets nothing through has nothing behind it", "[png]") {
  const std::string opaque =
      png_file(png_header(2, 1, 8, bp::test::colour_alpha), {row({9, 9, 9, 255, 250, 250, 250, 255})});
  const std::string keyed = png_file(png_header(2, 1, 8, bp::test::grey), {row({9, 200})},
                                     png_chunk("tRNS", row({0, 9})));  // the grey 9 is transparent

  CHECK(parsed(opaque).bytes == Bytes{9, 250});
  CHECK_FALSE(parsed(opaque).behind);
  CHECK(parsed(keyed).bytes == Bytes{255, 200});
  CHECK(parsed(keyed).behind == 255);
}

TEST_CASE("brightness that a file gives in linear light is turned into sRGB's", "[png]") {
  const std::string linear = png_file(png_header(3, 1, 8, bp::test::grey), {row({0, 55, 255})},
                                      png_chunk("gAMA", big_endian(100'000)));
  const std::string usual = png_file(png_header(3, 1, 8, bp::test::grey), {row({0, 55, 255})},
                                     png_chunk("gAMA", big_endian(45'455)));

  const Bytes found = parsed(linear).bytes;

  // 55/255 = 0.2157 in linear light is 1.055 * 0.2157^(1/2.4) - 0.055 = 0.5018 in sRGB: 128. libpng works
  // with the power 1/2.2, which gives 127.
  CHECK(found.front() == 0);
  CHECK(std::abs(found[1] - 128) <= 1);
  CHECK(found.back() == 255);
  CHECK(parsed(usual).bytes == Bytes{0, 55, 255});
}

TEST_CASE("pixel data may come in many chunks, and what is not needed may be damaged", "[png]") {
  const std::string packed = png_packed({row({5, 6}), row({7, 8})});
  std::string file = png_signature + png_header(2, 2, 8, bp::test::grey);
  std::string text = png_chunk("tEXt", "Comment\0drawn by hand");
  text.back() ^= 1;  // its checksum
  file += text;
  for (const char byte : packed) file += png_chunk("IDAT", {byte}) + png_chunk("IDAT", "");
  file += png_chunk("IEND", "") + "and something behind it";

  CHECK(parsed(file).bytes == Bytes{5, 6, 7, 8});
}

TEST_CASE("a file is read by its path, and named when it is bad or absent", "[png]") {
  const Place place;
  write_file_whole(place / "good.png", six_pixels);
  write_file_whole(place / "bad.png", "GIF89a");
  const std::string bad = "'" + (place / "bad.png").string() + "'";

  CHECK(read_png(place / "good.png").bytes == parsed(six_pixels).bytes);
  CHECK(complaint([&] { read_png(place / "bad.png"); }) ==
        bad + ": byte 0: expected a PNG, which begins with 89 50 4e 47, found 47 49 46 38");
  CHECK_THROWS_AS(read_png(place / "bad.png"), bp::Bad_file);
  CHECK(complaint([&] { read_png(place / "none.png"); }) ==
        "'" + (place / "none.png").string() + "': cannot open it: No such file or directory");
}

TEST_CASE("what is no PNG is refused by its first bytes", "[png]") {
  CHECK(refusal("") == "'f': byte 0: expected a PNG, which begins with 89 50 4e 47, found an empty file");
  CHECK(refusal("\xff\xd8") == "'f': byte 0: expected a PNG, which begins with 89 50 4e 47, found ff d8");
  CHECK(refusal(png_signature) == "'f': byte 8: expected a chunk of at least 12 bytes, found 0 bytes");
  CHECK(refusal(png_signature + png_chunk("IEND", "")) ==
        "'f': byte 8: expected a chunk IHDR of 13 bytes, found IEND of 0");
}

TEST_CASE("a PNG cut off anywhere is refused in one line", "[png]") {
  for (std::size_t length = 0; length < six_pixels.size(); ++length) {
    const std::string said = refusal(six_pixels.substr(0, length));
    INFO(length);
    CHECK_THAT(said, contains_text("expected ") && contains_text(", found "));
  }
  CHECK(refusal(six_pixels.substr(0, 50)) ==
        "'f': byte 33: expected a chunk IDAT of 16 bytes, found 5 bytes before the file's end");
}

TEST_CASE("a PNG with any one bit flipped is refused, but for bits that mean nothing", "[png]") {
  // The IEND chunk's length and checksum, and its name if it then still ends the file, are all checked too.
  for (std::size_t bit = 0; bit < 8 * six_pixels.size(); ++bit) {
    std::string damaged = six_pixels;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    INFO("bit " << bit);
    CHECK_THAT(refusal(damaged), contains_text("expected ") && contains_text(", found "));
  }
}

TEST_CASE("a wrong checksum is said where it stands", "[png]") {
  std::string damaged = six_pixels;
  damaged[45] = static_cast<char>(damaged[45] ^ 1);

  CHECK_THAT(refusal(damaged), contains_text("'f': byte 57: expected the checksum ") &&
                                   contains_text(" of chunk IDAT, found "));
}

TEST_CASE("a picture with no pixels, or too many, is refused by its header", "[png]") {
  const auto with_header = [](std::uint32_t width, std::uint32_t height) {
    return png_file(png_header(width, height, 8, bp::test::grey), {row({1})});
  };

  CHECK(refusal(with_header(0, 5)) == "'f': byte 16: expected a width and a height above 0, found 0 x 5");
  CHECK(refusal(with_header(5, 0)) == "'f': byte 16: expected a width and a height above 0, found 5 x 0");
  CHECK(refusal(with_header(1000, 1001)) ==
        "'f': byte 16: expected at most 1000000 pixels, found 1000 x 1001");
  CHECK(refusal(with_header(0xFFFFFFFF, 0xFFFFFFFF)) ==
        "'f': byte 16: expected at most 1000000 pixels, found 4294967295 x 4294967295");
}

TEST_CASE("a picture that claims more than its data can unpack to costs no memory", "[png]") {
  const std::string liar = png_file(png_header(8000, 8000, 8, bp::test::grey), {std::string(100, '\0')});

  const std::string said = refusal(liar, bp::largest_picture);
  const std::size_t taken = memory_taken([&] { refusal(liar, bp::largest_picture); });

  // 64,000,000 bytes need at least 64,000,000 / 1032 = 62,015 packed ones.
  CHECK_THAT(said, contains_text("'f': expected data for 8000 x 8000 pixels, found ") &&
                       contains_text(" bytes in chunks IDAT"));
  CHECK(taken < 8'000'000);  // the picture would take 64 MB
}

TEST_CASE("the best packing that there is still counts as honest", "[png]") {
  // 4,000,000 equal bytes: zlib comes within a percent of deflate's best, 1032 to 1.
  const std::string flat = png_file(png_header(2000, 2000, 8, bp::test::grey),
                                    std::vector<std::string>(2000, std::string(2000, '\0')));
  REQUIRE(flat.size() < 4000);

  CHECK(parse_png(as_bytes(flat), "'f'").bytes == Bytes(4'000'000, 0));
}

TEST_CASE("chunks that claim to be huge are not believed", "[png]") {
  const std::string head = png_signature + png_header(3, 2, 8, bp::test::grey);

  CHECK(refusal(head + big_endian(0xFFFFFFFF) + "IDAT1234") ==
        "'f': byte 33: expected a chunk IDAT of 4294967295 bytes, found 0 bytes before the file's end");
  CHECK(refusal(head + big_endian(0xFFFFFFFF) + "I\nAT1234") ==
        "'f': byte 37: expected a chunk's name of four letters, found something else");
  CHECK(refusal(head + png_chunk("IDAT", "")) ==
        "'f': byte 45: expected a chunk of at least 12 bytes, found 0 bytes");
}

TEST_CASE("texts and profiles that would unpack to much are not unpacked", "[png]") {
  // zTXt: keyword, 0, method 0, zlib data. 100 of these unpack to 5 MB each.
  const std::string packed = png_packed({std::string(5'000'000, 'x')});
  std::string texts;
  for (int i = 0; i < 100; ++i) texts += png_chunk("zTXt", std::string("Comment\0\0", 9) + packed);
  const std::string bomb = png_file(png_header(3, 1, 8, bp::test::grey), {row({1, 2, 3})}, texts);

  const std::size_t taken = memory_taken([&] { parsed(bomb); });

  CHECK(parsed(bomb).bytes == Bytes{1, 2, 3});
  CHECK(taken < 8'000'000);
}

TEST_CASE("what only libpng can see is said in its words", "[png]") {
  const std::string no_such_kind = png_file(png_header(3, 1, 3, bp::test::grey), {row({1, 2, 3})});
  const std::string too_short = png_file(png_header(3, 2, 8, bp::test::grey), {row({1, 2, 3})});
  const std::string no_palette = png_file(png_header(3, 1, 8, bp::test::palette), {row({1, 2, 3})});
  const std::string unknown =
      png_file(png_header(3, 1, 8, bp::test::grey), {row({1, 2, 3})}, png_chunk("CgBI", "1234"));
  const std::string no_deflate = png_signature + png_header(3, 1, 8, bp::test::grey) +
                                 png_chunk("IDAT", "not packed") + png_chunk("IEND", "");

  for (const std::string& file : {no_such_kind, too_short, no_palette, unknown, no_deflate}) {
    const std::string said = refusal(file);
    INFO(said);
    CHECK_THAT(said, contains_text("'f': expected a picture of 3 x "));
    CHECK_THAT(said, contains_text(" pixels, found one that libpng refuses: "));
    CHECK(said.size() >
          std::string("'f': expected a picture of 3 x 1 pixels, found one that libpng refuses: ").size());
  }
}
