#include "engine/data/idx.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "tests/data/packed.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/support/sanitized.h"

namespace fs = std::filesystem;
using bp::Images, bp::Labels, bp::parse_images, bp::parse_labels, bp::read_images, bp::read_labels,
    bp::write_file_whole;
using bp::test::as_bytes, bp::test::complaint, bp::test::contains_text, bp::test::gzip, bp::test::idx_head,
    bp::test::Place, bp::test::trickle;

namespace {

constexpr std::size_t plenty = 1'000'000;

// Two images of 2 x 3 pixels, 1 to 12.
const std::string two_images = idx_head({2, 2, 3}) + "\1\2\3\4\5\6\7\10\11\12\13\14";
const std::string four_labels = idx_head({4}) + std::string("\7\0\11\2", 4);

// What is said of a bad file; "" where it is taken, or where the error is of another type.
std::string images_refusal(const std::string& file, std::size_t max_bytes = plenty) {
  try {
    parse_images(as_bytes(file), "'f'", max_bytes);
  } catch (const bp::Bad_file& error) { return error.what(); }
  return "";
}

std::string labels_refusal(const std::string& file, std::size_t max_bytes = plenty) {
  try {
    parse_labels(as_bytes(file), "'f'", max_bytes);
  } catch (const bp::Bad_file& error) { return error.what(); }
  return "";
}

void check_two_images(const Images& images) {
  CHECK(images.count == 2);
  CHECK(images.rows == 2);
  CHECK(images.cols == 3);
  CHECK(images.bytes == std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
}

// The most memory that this process has had, in bytes.
std::size_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

TEST_CASE("images are read as they stand in the file", "[idx]") {
  const Images images = parse_images(as_bytes(two_images), "'f'");

  check_two_images(images);
  CHECK(images.pixels() == 6);
  CHECK(images[0].front() == 1);
  CHECK(images[1].front() == 7);
  CHECK(images[1].back() == 12);
}

TEST_CASE("labels are read as they stand in the file", "[idx]") {
  const Labels labels = parse_labels(as_bytes(four_labels), "'f'");

  CHECK(labels.count() == 4);
  CHECK(labels.bytes == std::vector<std::uint8_t>{7, 0, 9, 2});
}

TEST_CASE("a packed file reads as the plain one does, whatever its name", "[idx]") {
  const Place place;
  write_file_whole(place / "plain.gz", two_images);
  write_file_whole(place / "packed", gzip(two_images));
  write_file_whole(place / "members", gzip(two_images.substr(0, 5)) + gzip(two_images.substr(5)));
  write_file_whole(place / "labels", gzip(four_labels));

  check_two_images(read_images(place / "plain.gz"));
  check_two_images(read_images(place / "packed"));
  check_two_images(read_images(place / "members"));
  CHECK(read_labels(place / "labels").bytes == std::vector<std::uint8_t>{7, 0, 9, 2});
}

TEST_CASE("images that take several steps of memory come out whole", "[idx]") {
  std::string file = idx_head({5000, 31, 29});  // 4.5 MB
  for (std::uint32_t i = 0; i < 5000 * 31 * 29; ++i) file += static_cast<char>(i * 2654435761U >> 24);

  const Images plain = parse_images(as_bytes(file), "'f'", 5 * plenty);
  const Images packed = parse_images(as_bytes(gzip(file)), "'f'", 5 * plenty);

  CHECK(std::string(plain.bytes.begin(), plain.bytes.end()) == file.substr(16));
  CHECK(packed.bytes == plain.bytes);
}

TEST_CASE("a pipe can be read, plain and packed, and what is wrong with it is said", "[idx]") {
  const Place place;
  REQUIRE(::mkfifo((place / "pipe").c_str(), 0600) == 0);
  const auto read_from_pipe = [&](const std::string& bytes) {
    std::thread writer([&] { write_file_whole(place / "pipe", bytes); });
    std::string said;
    try {
      check_two_images(read_images(place / "pipe"));
    } catch (const bp::Bad_file& error) { said = error.what(); }
    writer.join();
    return said;
  };
  const std::string name = "'" + (place / "pipe").string() + "'";

  CHECK(read_from_pipe(two_images).empty());
  CHECK(read_from_pipe(gzip(two_images)).empty());
  CHECK(read_from_pipe(two_images.substr(0, 27)) ==
        name + ": byte 16: expected 12 bytes (2 x 2 x 3), found 11");
  CHECK(read_from_pipe(two_images + "x") ==
        name + ": byte 28: expected the end after 12 bytes (2 x 2 x 3), found more");
}

TEST_CASE("what does not begin as IDX does is refused", "[idx]") {
  const std::string zero(1, '\0');

  CHECK(images_refusal("\x89PNG\r\n") ==
        "'f': byte 0: expected two zero bytes, with which IDX begins, found 137 and 80");
  CHECK(images_refusal(zero + "\1\x08\3") ==
        "'f': byte 0: expected two zero bytes, with which IDX begins, found 0 and 1");
  CHECK(images_refusal("") ==
        "'f': byte 0: expected the 4 bytes with which IDX begins, found the end of the file");
  CHECK(images_refusal(zero + zero + "\x08") ==
        "'f': byte 3: expected the 4 bytes with which IDX begins, found the end of the file");
  CHECK(images_refusal(gzip("PNG?")) ==
        "'f': unpacked byte 0: expected two zero bytes, with which IDX begins, found 80 and 78");
}

TEST_CASE("elements that are not unsigned bytes are refused by name", "[idx]") {
  const auto of_type = [](char type) {
    std::string file = two_images;
    file[2] = type;
    return images_refusal(file);
  };
  const std::string prefix = "'f': byte 2: expected the type 0x08 (unsigned byte), found ";

  CHECK(of_type(0x09) == prefix + "0x09 (signed byte)");
  CHECK(of_type(0x0B) == prefix + "0x0b (short)");
  CHECK(of_type(0x0C) == prefix + "0x0c (int)");
  CHECK(of_type(0x0D) == prefix + "0x0d (float)");
  CHECK(of_type(0x0E) == prefix + "0x0e (double)");
  CHECK(of_type(0x00) == prefix + "0x00");
  CHECK(of_type('\xFF') == prefix + "0xff");
}

TEST_CASE("labels given for images, and images for labels, are refused", "[idx]") {
  CHECK(images_refusal(four_labels) == "'f': byte 3: expected 3 dimensions (images, rows, columns), found 1");
  CHECK(labels_refusal(two_images) == "'f': byte 3: expected 1 dimension (labels), found 3");
  CHECK_THAT(images_refusal(idx_head({1, 2, 2, 3})), contains_text("found 4"));
  CHECK_THAT(labels_refusal(idx_head({})), contains_text("found 0"));
}

TEST_CASE("a dimension of 0 is refused, and so is a head without its end", "[idx]") {
  CHECK(images_refusal(idx_head({0, 28, 28})) == "'f': byte 4: expected a number of images above 0, found 0");
  CHECK(images_refusal(idx_head({1, 0, 28})) == "'f': byte 8: expected a number of rows above 0, found 0");
  CHECK(images_refusal(idx_head({1, 28, 0})) ==
        "'f': byte 12: expected a number of columns above 0, found 0");
  CHECK(labels_refusal(idx_head({0})) == "'f': byte 4: expected a number of labels above 0, found 0");
  CHECK(images_refusal(two_images.substr(0, 6)) ==
        "'f': byte 6: expected the number of images, found the end of the file");
  CHECK(images_refusal(two_images.substr(0, 15)) ==
        "'f': byte 15: expected the number of columns, found the end of the file");
}

TEST_CASE("bytes that are missing and bytes too many are counted", "[idx]") {
  CHECK(images_refusal(two_images.substr(0, 27)) == "'f': byte 16: expected 12 bytes (2 x 2 x 3), found 11");
  CHECK(images_refusal(two_images + "x") == "'f': byte 16: expected 12 bytes (2 x 2 x 3), found 13");
  CHECK(images_refusal(idx_head({2, 2, 3})) == "'f': byte 16: expected 12 bytes (2 x 2 x 3), found 0");
  CHECK(labels_refusal(four_labels + "xx") == "'f': byte 8: expected 4 bytes, found 6");
  CHECK(images_refusal(gzip(two_images.substr(0, 27))) ==
        "'f': unpacked byte 16: expected 12 bytes (2 x 2 x 3), found 11");
  CHECK(images_refusal(gzip(two_images) + gzip("x")) ==
        "'f': unpacked byte 28: expected the end after 12 bytes (2 x 2 x 3), found more");
}

TEST_CASE("damage that leaves every pixel in its place is noticed", "[idx]") {
  const std::string packed = gzip(two_images);
  std::string wrong_sum = packed;
  wrong_sum[packed.size() - 8] = static_cast<char>(wrong_sum[packed.size() - 8] ^ 1);

  CHECK_THAT(images_refusal(wrong_sum), contains_text("found incorrect data check"));
  CHECK_THAT(images_refusal(packed.substr(0, packed.size() - 1)), contains_text("found the end of the file"));
  CHECK_THAT(images_refusal(packed + "garbage"),
             contains_text("expected the end of the file after the gzip data"));
}

TEST_CASE("a head that lies takes no memory", "[idx]") {
  const std::string liar =
      idx_head({13'000'000, 28, 28}) + std::string(84, 'x');  // 10 GB, in a file of 100 bytes
  const std::size_t no_limit = SIZE_MAX;
  const std::size_t before = peak_memory();
  const std::string plain = images_refusal(liar, no_limit);
  const std::string packed = images_refusal(gzip(liar), no_limit);
  const std::size_t taken = peak_memory() - before;

  CHECK(plain == "'f': byte 16: expected 10192000000 bytes (13000000 x 28 x 28), found 84");
  CHECK(packed == "'f': unpacked byte 16: expected 10192000000 bytes (13000000 x 28 x 28), found 84");
  CHECK(taken < 8'000'000);  // the packed one: a first piece of 64 KiB, and the stream
}

TEST_CASE("sizes whose product no number holds are refused", "[idx]") {
  const std::uint32_t most = UINT32_MAX;

  CHECK(
      images_refusal(idx_head({most, most, most}), SIZE_MAX) ==
      "'f': byte 4: expected at most 18446744073709551615 bytes, found 4294967295 x 4294967295 x 4294967295");
  CHECK_THAT(images_refusal(gzip(idx_head({65536, 65536, most})), SIZE_MAX),
             contains_text("expected 18446744069414584320"));
}

TEST_CASE("a limit lets its own size pass and refuses one byte more", "[idx]") {
  CHECK(images_refusal(two_images, 12).empty());
  CHECK(images_refusal(two_images, 11) == "'f': byte 4: expected at most 11 bytes, found 2 x 2 x 3");
  CHECK(images_refusal(two_images, 0) == "'f': byte 4: expected at most 0 bytes, found 2 x 2 x 3");
  CHECK(images_refusal(gzip(two_images), 11) ==
        "'f': unpacked byte 4: expected at most 11 bytes, found 2 x 2 x 3");
  CHECK(labels_refusal(four_labels, 3) == "'f': byte 4: expected at most 3 bytes, found 4");
}

TEST_CASE("a file that unpacks to far more than it says is read no further", "[idx]") {
  const std::string bomb = gzip(two_images + std::string(300'000'000, '\0'));
  const std::size_t before = peak_memory();

  const std::string said = images_refusal(bomb);

  CHECK(said == "'f': unpacked byte 28: expected the end after 12 bytes (2 x 2 x 3), found more");
  CHECK(peak_memory() - before < 8'000'000);
}

TEST_CASE("a file that cannot be opened is no bad file", "[idx]") {
  const Place place;
  const std::string prefix = "'" + place.path().string();

  CHECK(complaint([&] { read_images(place / "none"); }) ==
        prefix + "/none': cannot open it: No such file or directory");
  CHECK(complaint([&] { read_labels(place.path()); }) == prefix + "': cannot read it: Is a directory");
  CHECK_THROWS_AS(read_labels(place.path()), std::runtime_error);
}

namespace {

/// Whether read() complains in these words, in a process that may have 600 MB.
template <class Read>
bool complains_with_little_memory(Read read, const std::string& words) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit limit{600'000'000, 600'000'000};
    const bool limited = ::setrlimit(RLIMIT_AS, &limit) == 0;
    ::_exit(limited && complaint(read) == words ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status == 0;
}

}  // namespace

TEST_CASE("images for which memory does not suffice are named in one line", "[idx]") {
  if (bp::test::sanitized) return bp::test::skip("AddressSanitizer needs memory without limit");
  const Place place;
  write_file_whole(place / "large", idx_head({1'000'000, 28, 28}));
  fs::resize_file(place / "large", 16 + 784'000'000);  // sparse: it takes no room on the disk

  CHECK(complains_with_little_memory(
      [&] { read_images(place / "large"); },
      "'" + (place / "large").string() + "': memory does not suffice to hold it"));
}

TEST_CASE("room is not even set aside for more than a packed file can hold", "[idx]") {
  if (bp::test::sanitized) return bp::test::skip("AddressSanitizer needs memory without limit");
  const std::string liar = gzip(idx_head({1'000'000, 28, 28}) + std::string(84, 'x'));

  CHECK(complains_with_little_memory(
      [&] { parse_images(as_bytes(liar), "'f'", SIZE_MAX); },
      "'f': unpacked byte 16: expected 784000000 bytes (1000000 x 28 x 28), found 84"));
}

TEST_CASE("what is written is read back", "[idx]") {
  const Place place;
  const Images images = parse_images(as_bytes(two_images), "'f'");

  bp::write_images(place / "images", images);
  bp::write_labels(place / "labels", {{7, 0, 9, 2}});

  CHECK(bp::read_file(place / "images", plenty) == two_images);
  CHECK(bp::read_file(place / "labels", plenty) == four_labels);
}

TEST_CASE("images that could not be read back are not written", "[idx]") {
  const Place place;
  const auto refused = [&](const Images& images) {
    try {
      bp::write_images(place / "f", images);
    } catch (const std::invalid_argument& error) { return std::string(error.what()); }
    return std::string();
  };

  CHECK(refused({}) == "write_idx: a dimension is 0");
  CHECK(refused({1, 2, 3, {1, 2, 3, 4, 5}}) == "write_idx: 5 bytes are not what its shape says");
  CHECK(refused({1, 2, 3, {1, 2, 3, 4, 5, 6, 7}}) == "write_idx: 7 bytes are not what its shape says");
  CHECK(refused({1, 2, 3, {}}) == "write_idx: 0 bytes are not what its shape says");
  CHECK(refused({std::size_t{1} << 32, 1, 1, {1}}) ==
        "write_idx: a dimension of 4294967296 needs over 32 bits");
  CHECK_THROWS_AS(bp::write_labels(place / "f", {}), std::invalid_argument);
  CHECK(place.names().empty());
}
