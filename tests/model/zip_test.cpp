// Archives that are damaged, lie, or are read in two ways by two programs: one line each.
//
// Each test changes a few bytes of a sound archive. Where they are: the local header begins at 0 and has
// flags at 6, method 8, checksum 14, sizes 18 and 22, lengths 26 and 28; the directory's entry has the same 2
// bytes further on, then the comment's length at 32, disk 34, offset 42; the end record has counts at 8 and
// 10, the directory's size at 12 and offset at 16, the comment's length at 20.
#include "engine/model/zip.h"

#include <stdexcept>

#include "engine/model/bad_file.h"
#include "tests/data/place.h"
#include "tests/model/allocation.h"
#include "tests/model/numpy_files.h"
#include "tests/support/catch2.h"

using bp::unzip, bp::Zip_entry, bp::zip_directory, bp::test::complaint;

namespace {

const std::string text = "the bytes of an entry, the bytes of an entry";

// One entry, "a" of that text and stored if not said otherwise: local header 0..31, data, directory, end.
struct Sound {
  explicit Sound(bool deflate = false, const std::string& name = "a", const std::string& data = text) {
    bp::Zip_writer writer(deflate);
    writer.add(name, data);
    bytes = writer.finish();
    end = bytes.size() - 22;
    directory = end - 46 - name.size();
  }

  template <typename T>
  Sound& put(std::size_t at, T number) {
    std::string stored;
    bp::store(stored, number);
    bytes.replace(at, stored.size(), stored);
    return *this;
  }
  Sound& put_16(std::size_t at, unsigned number) { return put(at, static_cast<std::uint16_t>(number)); }
  Sound& put_32(std::size_t at, unsigned number) { return put(at, std::uint32_t{number}); }
  Sound& put_both_16(std::size_t at, unsigned number) {
    return put_16(at, number).put_16(directory + at + 2, number);
  }
  Sound& put_both_32(std::size_t at, unsigned number) {
    return put_32(at, number).put_32(directory + at + 2, number);
  }

  // Puts bytes between the data and the directory.
  Sound& add_after_data(const std::string& more) {
    bytes.insert(directory, more);
    directory += more.size();
    end += more.size();
    return put_32(end + 16, static_cast<unsigned>(directory));
  }

  std::string bytes;
  std::size_t directory = 0, end = 0;
};

std::string read_all(const std::string& archive) {
  std::string all;
  for (const Zip_entry& entry : zip_directory(archive, "m")) {
    all += entry.name + "=" + unzip(archive, entry, "m") + ";";
  }
  return all;
}

std::string said_of(const std::string& archive) {
  return complaint([&] { read_all(archive); });
}
std::string said_of(const Sound& sound) { return said_of(sound.bytes); }

std::string two_entries(const std::string& first, const std::string& second) {
  bp::Zip_writer writer(false);
  writer.add(first, "1");
  writer.add(second, "2");
  return writer.finish();
}

}  // namespace

TEST_CASE("entries come back in the order in which they were added", "[zip]") {
  CHECK(read_all(Sound().bytes) == "a=" + text + ";");
  CHECK(read_all(Sound(true).bytes) == "a=" + text + ";");
  CHECK(Sound(true).bytes.size() < Sound(false).bytes.size());
  CHECK(read_all(two_entries("b", "a")) == "b=1;a=2;");
  CHECK(read_all(bp::Zip_writer(true).finish()).empty());
}

TEST_CASE("an archive has an end, in its own file", "[zip]") {
  const std::string no_end =
      "'m': expected a zip archive, found no end of one: cut off, or another kind of file";

  CHECK(said_of("") == no_end);
  CHECK(said_of("PK\5\6") == no_end);
  CHECK(said_of(std::string(100'000, 'x')) == no_end);
  CHECK(said_of(Sound().bytes + "x") == no_end);
  CHECK(said_of(Sound().put_16(Sound().end + 20, 1)) == no_end);
  CHECK(said_of(Sound().put_16(Sound().end + 20, 3).bytes + "abc").empty());
  CHECK(said_of(Sound().put_16(Sound().end + 20, 65535).bytes + std::string(65535, 'x')).empty());
  for (const std::size_t at : {4, 6, 8}) {
    CHECK(said_of(Sound().put_16(Sound().end + at, 2)) ==
          "'m': expected an archive in one file, found part of one in several");
  }
}

TEST_CASE("an archive begins at its first byte", "[zip]") {
  Sound sound;
  sound.bytes = "#!" + sound.bytes;
  sound.put_32(sound.end + 2 + 16, static_cast<unsigned>(sound.directory + 2));
  sound.put_32(sound.directory + 2 + 42, 2);

  CHECK(said_of(sound) == "'m': expected an archive from the first byte on, found one from byte 2");
  CHECK(said_of("x" + std::string("PK\5\6") + std::string(12, '\0') + "\1" + std::string(5, '\0')) ==
        "'m': expected an archive from the first byte on, found one from byte 1");
}

TEST_CASE("a directory is where the end says and has the entries that it says", "[zip]") {
  const Sound sound;
  const std::string end = std::to_string(sound.end), directory = std::to_string(sound.directory);

  CHECK(said_of(Sound().put_32(sound.end + 12, 46)) ==
        "'m': expected a directory that ends at byte " + end + ", found one of 46 bytes at " + directory);
  CHECK(said_of(Sound().put_32(sound.end + 16, 1000)) ==
        "'m': expected a directory that ends at byte " + end + ", found one of 47 bytes at 1000");
  CHECK(said_of(Sound().put_16(sound.end + 8, 2).put_16(sound.end + 10, 2)) ==
        "'m': expected 2 entries in the directory, found 1");
  CHECK(said_of(Sound().put_32(sound.directory, 0)) ==
        "'m': expected an entry of the directory at byte " + directory + ", found none");
  CHECK(said_of(Sound().put_16(sound.directory + 28, 2)) ==
        "'m': expected the directory's entry at byte " + directory + " to end by " + end +
            ", found it to end at " + std::to_string(sound.end + 1));
  CHECK(said_of(Sound().put_16(sound.directory + 34, 1)) == "'m': entry 'a': it is in another file");
  CHECK(said_of(two_entries("a", "a")) == "'m': entry 'a': it stands twice in the directory");
}

TEST_CASE("a directory of 64 bits is refused", "[zip]") {
  const Sound sound;
  const std::string said =
      "'m': expected less than 4 GiB and 65535 arrays, found an archive with a 64-bit directory";

  CHECK(said_of(Sound().put_16(sound.end + 8, 65535).put_16(sound.end + 10, 65535)) == said);
  CHECK(said_of(Sound().put_32(sound.end + 12, 0xFFFFFFFF)) == said);
  CHECK(said_of(Sound().put_32(sound.end + 16, 0xFFFFFFFF)) == said);
  for (const std::size_t at : {20, 24, 42}) {
    CHECK(said_of(Sound(true).put_32(Sound(true).directory + at, 0xFFFFFFFF)) ==
          "'m': entry 'a': expected less than 4 GiB, found a 64-bit directory entry");
  }
}

TEST_CASE("what cannot be unpacked is refused by name", "[zip]") {
  CHECK(said_of(Sound().put_both_16(6, 1)) == "'m': entry 'a': it is encrypted");
  CHECK(said_of(Sound().put_both_16(8, 12)) ==
        "'m': entry 'a': expected it to be stored or deflated, found method 12");
  CHECK(said_of(Sound(false, "\xC3\xA9").put_both_16(6, 0)) ==
        "'m': entry '\xC3\xA9': expected a name in UTF-8, found one in an unstated alphabet");
  CHECK(said_of(Sound(false, "\xC3\xA9")).empty());
}

TEST_CASE("an entry's header is where the directory says and says the same", "[zip]") {
  const Sound sound;
  const std::string differs =
      "'m': entry 'a': expected its header to say the same as the directory, found a difference";

  CHECK(said_of(Sound().put_32(0, 0)) == "'m': entry 'a': expected its header at byte 0, found none");
  CHECK(said_of(Sound().put_32(sound.directory + 42, 1000)) ==
        "'m': entry 'a': expected it before the directory at byte " + std::to_string(sound.directory) +
            ", found it at 1000");
  CHECK(said_of(Sound().put_16(6, 2)) == differs);
  CHECK(said_of(Sound().put_16(8, 8)) == differs);
  CHECK(said_of(Sound().put_32(14, 0)) == differs);
  CHECK(said_of(Sound().put_32(18, 1)) == differs);
  CHECK(said_of(Sound().put_32(22, 1)) == differs);
  CHECK(said_of(Sound().put(30, std::uint8_t{'b'})) == differs);
  CHECK(said_of(Sound().put_16(26, 0).put_16(28, 1)) == differs);
}

TEST_CASE("two entries cannot share their bytes", "[zip]") {
  const std::string archive = two_entries("a", "b");
  const std::size_t second = archive.size() - 22 - 47;
  std::string shared = archive;
  shared.replace(second + 42, 4, std::string(4, '\0'));

  CHECK(said_of(shared).find("expected its header at byte 0, found none") != std::string::npos);
}

TEST_CASE("an entry has the sizes that it claims", "[zip]") {
  const auto size = static_cast<unsigned>(text.size());
  const Sound packed(true);
  const auto packed_size = bp::load<std::uint32_t>(packed.bytes, 18);
  const std::string wrong = "'m': entry 'a': expected packed data that give ";
  const std::string but = " bytes, found damaged ones or another number";

  CHECK(said_of(Sound().put_both_32(22, size + 1)) ==
        "'m': entry 'a': expected the " + std::to_string(size + 1) + " bytes of a stored entry, found " +
            std::to_string(size));
  CHECK(said_of(Sound().put_both_32(18, size + 1).put_both_32(22, size + 1)) ==
        "'m': entry 'a': expected " + std::to_string(size + 1) + " bytes of data, found " +
            std::to_string(size));
  CHECK(said_of(Sound().put_both_32(18, size - 1).put_both_32(22, size - 1)) ==
        "'m': entry 'a': expected nothing between its data and what comes next, found 1 bytes");
  CHECK(said_of(Sound(true).put_both_32(22, size + 1)) == wrong + std::to_string(size + 1) + but);
  CHECK(said_of(Sound(true).put_both_32(22, size - 1)) == wrong + std::to_string(size - 1) + but);
  CHECK(said_of(Sound(true).put_both_32(22, 1032 * packed_size + 1)) ==
        "'m': entry 'a': expected at most " + std::to_string(1032 * packed_size) + " bytes from " +
            std::to_string(packed_size) + " packed ones, found a claim of " +
            std::to_string(1032 * packed_size + 1));
  CHECK(said_of(Sound(true).put(32 + 5, std::uint8_t{0xFF})).find("'m': entry 'a': expected ") == 0);
}

TEST_CASE("packed data that end early, or have a tail, are refused", "[zip]") {
  const std::string wrong = "'m': entry 'a': expected packed data that give ";
  const auto packed_size = bp::load<std::uint32_t>(Sound(true).bytes, 18);
  Sound tail(true), early(true);
  tail.add_after_data("x").put_both_32(18, packed_size + 1);
  early.bytes.erase(early.directory - 1, 1);
  early.directory -= 1;
  early.end -= 1;
  early.put_32(early.end + 16, static_cast<unsigned>(early.directory)).put_both_32(18, packed_size - 1);

  CHECK(said_of(tail).find(wrong) == 0);
  CHECK(said_of(early).find(wrong) == 0);
}

TEST_CASE("an entry has the checksum that it claims", "[zip]") {
  CHECK(said_of(Sound().put_both_32(14, 0x0123ABCD))
            .find("'m': entry 'a': expected the checksum 0123abcd, found ") == 0);
  CHECK(said_of(Sound().put(33, std::uint8_t{'x'})).find(": the data are damaged") != std::string::npos);
}

TEST_CASE("sizes that follow the data have one of four forms and are right", "[zip]") {
  const Sound sound;
  const auto size = static_cast<std::uint32_t>(text.size());
  const auto crc = bp::load<std::uint32_t>(sound.bytes, 14);
  std::string short_form, long_form;
  for (const std::uint32_t number : {crc, size, size}) bp::store(short_form, number);
  bp::store(long_form, crc);
  for (int i = 0; i < 2; ++i) bp::store(long_form, std::uint64_t{size});
  const auto followed_by = [&](const std::string& bytes) {
    Sound piped;
    return said_of(piped.add_after_data(bytes).put_both_16(6, 8).put_32(14, 0).put_32(18, 0).put_32(22, 0));
  };
  const std::string others =
      "'m': entry 'a': expected its sizes after its data, as the directory has them, found others";

  CHECK(followed_by(short_form).empty());
  CHECK(followed_by("PK\7\10" + short_form).empty());
  CHECK(followed_by(long_form).empty());
  CHECK(followed_by("PK\7\10" + long_form).empty());
  CHECK(followed_by("") == others);
  CHECK(followed_by("PK\7\7" + short_form) == others);
  CHECK(followed_by(short_form + "1234") == others);
  CHECK(followed_by(long_form + "1234") == others);
  for (const std::string* form : {&short_form, &long_form}) {
    for (std::size_t at = 0; at < form->size(); ++at) {
      std::string damaged = *form;
      damaged[at] = static_cast<char>(damaged[at] ^ 1);
      CHECK(followed_by(damaged) == others);
    }
  }
}

TEST_CASE("nothing is allocated on the word of an archive", "[zip]") {
  Sound sound(true);
  const auto packed_size = bp::load<std::uint32_t>(sound.bytes, 18);
  sound.put_both_32(22, 1032 * packed_size);
  Sound endless = Sound().put_16(Sound().end + 8, 65534).put_16(Sound().end + 10, 65534);

  bp::test::Largest_allocation largest;
  const std::string of_size = said_of(sound);
  const std::string of_count = said_of(endless);

  CHECK(largest.bytes() < 10'000);  // zlib's own memory is not counted; it does not depend on the file
  CHECK(of_size.find("bytes, found damaged ones or another number") != std::string::npos);
  CHECK(of_count == "'m': expected 65534 entries in the directory, found 1");
}

TEST_CASE("an entry that unpacks to far more than it claims is unpacked no further", "[zip]") {
  Sound sound(true, "a", std::string(10'000'000, 'x'));
  sound.put_both_32(22, 100);

  bp::test::Largest_allocation largest;
  const std::string said = said_of(sound);

  CHECK(largest.bytes() < 10'000);
  CHECK(said.find("expected packed data that give 100 bytes, found damaged ones") != std::string::npos);
}

TEST_CASE("more entries than the format counts in 16 bits are not written", "[zip]") {
  bp::Zip_writer most(false), more(false);
  for (int i = 0; i < 65'534; ++i) most.add(std::to_string(i), "");
  for (int i = 0; i < 65'535; ++i) more.add(std::to_string(i), "");

  CHECK(zip_directory(most.finish(), "m").size() == 65'534);
  CHECK_THROWS_AS(more.finish(), std::invalid_argument);
}
