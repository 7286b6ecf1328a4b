#include "engine/data/gzip.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/data/random.h"
#include "tests/data/packed.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"

using bp::Unpacked_stream;
using bp::test::complaint, bp::test::contains_text, bp::test::gzip, bp::test::trickle;

namespace {

// Everything that comes out, `piece` bytes at a time.
std::string all_of(Unpacked_stream& stream, std::size_t piece) {
  std::string all;
  std::string into(piece, '\0');
  for (std::size_t got = piece; got == piece;) {
    got = stream.read(std::as_writable_bytes(std::span(into)));
    all.append(into, 0, got);
  }
  return all;
}

std::string unpacked(const std::string& file, std::size_t at_once = 1000, std::size_t piece = 777) {
  Unpacked_stream stream(trickle(file, at_once), "'f'");
  return all_of(stream, piece);
}

std::string refusal(const std::string& file) {
  try {
    unpacked(file);
  } catch (const bp::Bad_file& error) { return error.what(); }
  return "";
}

// Half noise, which does not pack, and half of what packs well; over several of the reader's buffers.
std::string sample() {
  bp::Random random(5);
  std::string bytes;
  for (int i = 0; i < 150'000; ++i) bytes += static_cast<char>(random.below(256));
  return bytes + std::string(150'000, 'p');
}

}  // namespace

TEST_CASE("what is packed comes out as it went in, whatever the pieces", "[gzip]") {
  const std::string bytes = sample();
  const std::string packed = gzip(bytes);

  CHECK(unpacked(packed) == bytes);
  CHECK(unpacked(packed, 1, 1'000'000) == bytes);
  CHECK(unpacked(packed, 1'000'000, 1) == bytes);
  CHECK(unpacked(gzip("")).empty());
}

TEST_CASE("what is not packed comes out as it is", "[gzip]") {
  const std::string bytes = sample();

  CHECK(unpacked(bytes) == bytes);
  CHECK(unpacked(bytes, 1, 100'000) == bytes);
  CHECK(unpacked("").empty());
  CHECK(unpacked("\x1F") == "\x1F");
  CHECK(unpacked("\x1F\x1F\x8B") == "\x1F\x1F\x8B");
}

TEST_CASE("the first two bytes say whether it is packed, also when they come one by one", "[gzip]") {
  CHECK(Unpacked_stream(trickle(gzip("a"), 1), "f").is_gzip());
  CHECK_FALSE(Unpacked_stream(trickle("\x1F", 1), "f").is_gzip());
  CHECK_FALSE(Unpacked_stream(trickle("plain", 1), "f").is_gzip());
}

TEST_CASE("members one after the other are one stream", "[gzip]") {
  CHECK(unpacked(gzip("one ") + gzip("") + gzip("two")) == "one two");
  CHECK(unpacked(gzip("one ") + gzip("two"), 1, 1) == "one two");
}

TEST_CASE("packed data that are cut off are refused, wherever the cut is", "[gzip]") {
  const std::string packed = gzip("a few words to pack, a few words to pack");

  for (std::size_t length = 2; length < packed.size(); ++length) {
    INFO("cut after " << length << " of " << packed.size());
    CHECK(refusal(packed.substr(0, length)) == "'f': packed byte " + std::to_string(length) +
                                                   ": expected more gzip data, found the end of the file");
  }
}

TEST_CASE("a wrong checksum, a wrong length and a wrong byte within are refused", "[gzip]") {
  const std::string packed = gzip("a few words to pack");
  const auto changed = [&](std::size_t from_end) {
    std::string file = packed;
    file[file.size() - from_end] = static_cast<char>(file[file.size() - from_end] ^ 0x10);
    return refusal(file);
  };

  CHECK_THAT(changed(8), contains_text("expected sound gzip data, found incorrect data check"));
  CHECK_THAT(changed(4), contains_text("expected sound gzip data, found incorrect length check"));
  CHECK_THAT(changed(12), contains_text("'f': packed byte ") && contains_text(": expected sound gzip data"));
  CHECK(refusal("\x1F\x8B\x07" + packed.substr(3)) ==
        "'f': packed byte 4: expected sound gzip data, found unknown compression method");
}

TEST_CASE("anything but another member behind packed data is refused", "[gzip]") {
  const std::string packed = gzip("words");
  const std::string prefix = "'f': packed byte " + std::to_string(packed.size());

  CHECK(refusal(packed + "x") ==
        prefix + ": expected the end of the file after the gzip data, found a byte 0x78");
  CHECK(refusal(packed + std::string(1, '\0')) ==
        prefix + ": expected the end of the file after the gzip data, found a byte 0x00");
  CHECK_THAT(refusal(packed + "\x1F"), contains_text("expected more gzip data, found the end"));
  CHECK_THAT(refusal(packed + "\x1F\x8C"),
             contains_text("expected sound gzip data, found incorrect header check"));
}

TEST_CASE("what comes before the damage can be read", "[gzip]") {
  const std::string bytes = sample();
  Unpacked_stream stream(trickle(gzip(bytes).substr(0, 140'000), 5000), "f");
  std::string into(100'000, '\0');

  const std::size_t got = stream.read(std::as_writable_bytes(std::span(into)));

  CHECK(got == into.size());
  CHECK(into == bytes.substr(0, into.size()));
  CHECK(complaint([&] { all_of(stream, 1000); }) ==
        "f: packed byte 140000: expected more gzip data, found the end of the file");
}

TEST_CASE("a stream that is read beyond its end stays at its end", "[gzip]") {
  Unpacked_stream packed(trickle(gzip("end"), 100), "f"), plain(trickle("end", 100), "f");
  for (Unpacked_stream* stream : {&packed, &plain}) {
    CHECK(all_of(*stream, 10) == "end");
    CHECK(all_of(*stream, 10).empty());
    CHECK(stream->read({}) == 0);
  }
}

TEST_CASE("no more is taken from the source than is asked for, but for a buffer", "[gzip]") {
  std::size_t taken = 0;
  const std::string packed = gzip(std::string(100'000'000, '\0'));  // 400 KB, a bomb
  bp::Byte_source source = trickle(packed, 10'000);
  Unpacked_stream stream(
      [&](std::span<std::byte> into) {
        const std::size_t got = source(into);
        taken += got;
        return got;
      },
      "f");
  std::string into(16, 'x');

  stream.read(std::as_writable_bytes(std::span(into)));

  CHECK(into == std::string(16, '\0'));
  CHECK(taken <= 64 * 1024);
  CHECK(packed.size() > 4 * 64 * 1024);
}
