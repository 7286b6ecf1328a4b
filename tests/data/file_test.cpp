// Files are written whole or not at all: what stands in the folder afterwards, whatever went wrong.
#include "engine/data/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/data/place.h"
#include "tests/support/catch2.h"

namespace fs = std::filesystem;
using bp::check_writable, bp::read_file, bp::write_file_whole, bp::test::complaint, bp::test::Place;

namespace {

constexpr std::size_t plenty = 1'000'000;

unsigned mode_of(const fs::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

}  // namespace

TEST_CASE("what is written is read back, byte for byte", "[file]") {
  const Place place;
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);

  for (const std::string& bytes :
       {every_byte, std::string(), std::string("\r\n\n\0", 4), std::string(700'000, 'x')}) {
    write_file_whole(place / "a", bytes);

    CHECK(read_file(place / "a", plenty) == bytes);
  }
  CHECK(place.names() == "a");
}

TEST_CASE("a shorter file replaces a longer one whole", "[file]") {
  const Place place;
  write_file_whole(place / "a", "a long line of text");

  write_file_whole(place / "a", "short");

  CHECK(read_file(place / "a", plenty) == "short");
}

TEST_CASE("a new file has the permissions of the umask, a replaced one keeps its own", "[file]") {
  const Place place;
  const mode_t before = ::umask(027);

  write_file_whole(place / "new", "1");
  write_file_whole(place / "private", "1");
  write_file_whole(place / "open", "1");
  fs::permissions(place / "private", fs::perms(0600));
  fs::permissions(place / "open", fs::perms(0777));
  write_file_whole(place / "private", "2");
  write_file_whole(place / "open", "2");
  ::umask(before);

  CHECK(mode_of(place / "new") == 0640);
  CHECK(mode_of(place / "private") == 0600);
  CHECK(mode_of(place / "open") == 0777);
  CHECK(read_file(place / "open", plenty) == "2");
}

TEST_CASE("whoever has the old file open goes on reading the old file", "[file]") {
  const Place place;
  write_file_whole(place / "a", "old bytes");
  fs::create_hard_link(place / "a", place / "other");
  std::ifstream reader(place / "a");

  write_file_whole(place / "a", "new");

  CHECK(std::string(std::istreambuf_iterator<char>(reader), {}) == "old bytes");
  CHECK(read_file(place / "other", plenty) == "old bytes");
  CHECK(read_file(place / "a", plenty) == "new");
}

TEST_CASE("a reader never sees part of a file", "[file]") {
  const Place place;
  const std::string dots(300'000, '.'), hashes(200'000, '#');
  write_file_whole(place / "a", dots);
  std::atomic<bool> done{false};
  int seen = 0, torn = 0;
  std::thread reader([&] {
    while (!done) {
      const std::string bytes = read_file(place / "a", plenty);
      ++seen;
      if (bytes != dots && bytes != hashes) ++torn;
    }
  });

  for (int i = 0; i < 40; ++i) write_file_whole(place / "a", i % 2 == 0 ? hashes : dots);
  done = true;
  reader.join();

  CHECK(seen > 0);
  CHECK(torn == 0);
  CHECK(place.names() == "a");
}

TEST_CASE("a link stays a link, and the file that it names is replaced or made", "[file]") {
  const Place place;
  fs::create_directory(place / "sub");
  write_file_whole(place / "sub/real", "old");
  fs::create_symlink("sub/real", place / "near");
  fs::create_symlink(place / "near", place / "far");
  fs::create_symlink("sub/missing", place / "dangling");

  write_file_whole(place / "far", "new");
  write_file_whole(place / "dangling", "made");

  CHECK(fs::is_symlink(place / "far"));
  CHECK(fs::is_symlink(place / "near"));
  CHECK(fs::is_symlink(place / "dangling"));
  CHECK(read_file(place / "sub/real", plenty) == "new");
  CHECK(read_file(place / "sub/missing", plenty) == "made");
  CHECK(place.names() == "dangling far near sub");
}

TEST_CASE("the longest name and a name without a folder can be written", "[file]") {
  const Place place;
  const fs::path before = fs::current_path();
  const std::string longest(255, 'n');

  fs::current_path(place.path());
  write_file_whole(longest, "long");
  write_file_whole("bare", "bare");
  fs::current_path("/proc");
  const std::string beside = complaint([] { write_file_whole("backstep", "x"); });
  fs::current_path(before);

  CHECK(read_file(place / longest, plenty) == "long");
  CHECK(read_file(place / "bare", plenty) == "bare");
  CHECK(beside.find("'backstep': cannot create a file in its folder") == 0);
  CHECK(complaint([&] { write_file_whole(place / (longest + "n"), "x"); }).find("File name too long") !=
        std::string::npos);
}

TEST_CASE("a write that cannot be done says where and why, beforehand too, and leaves nothing behind",
          "[file]") {
  const Place place;
  write_file_whole(place / "plain", "kept");
  fs::create_directory(place / "folder");
  fs::create_symlink("loop", place / "loop");
  const std::string prefix = "'" + place.path().string() + "/";
  const auto write = [&](const std::string& name) {
    const std::string said = complaint([&] { write_file_whole(place / name, "x"); });
    CHECK(complaint([&] { check_writable(place / name); }) == said);
    return said;
  };

  CHECK(write("no/such") ==
        prefix + "no/such': cannot create a file in its folder: No such file or directory");
  CHECK(write("new/") == prefix + "new/': cannot create a file in its folder: No such file or directory");
  CHECK(write("plain/below") == prefix + "plain/below': cannot write it: Not a directory");
  CHECK(write("folder") == prefix + "folder': cannot write it: Is a directory");
  CHECK(write("loop") == prefix + "loop': cannot write it: Too many levels of symbolic links");
  CHECK(write("a\nb\x7F/c") ==
        prefix + "a?b?/c': cannot create a file in its folder: No such file or directory");
  CHECK(write(std::string("plain\0tail", 10)).find("cannot write it: Invalid argument") != std::string::npos);
  CHECK(complaint([] { write_file_whole("", "x"); }) == "'': cannot write it: No such file or directory");
  CHECK(complaint([] {
          write_file_whole("/proc/backstep", "x");
        }).find("'/proc/backstep': cannot create a file") == 0);
  CHECK(place.names() == "folder loop plain");
  CHECK(read_file(place / "plain", plenty) == "kept");
}

TEST_CASE("what can be written passes the check, and nothing is made or changed", "[file]") {
  const Place place;
  REQUIRE(::mkfifo((place / "pipe").c_str(), 0600) == 0);
  write_file_whole(place / "old", "kept");
  fs::create_directory(place / "sub");
  fs::create_symlink("sub/missing", place / "dangling");
  fs::create_symlink("no/such", place / "astray");

  for (const char* name : {"new", "old", "pipe", "dangling"}) check_writable(place / name);
  check_writable("/dev/null");
  check_writable("bare");

  CHECK(complaint([&] { check_writable(place / "astray"); }).find("cannot create a file in its folder") !=
        std::string::npos);
  CHECK(place.names() == "astray dangling old pipe sub");
  CHECK(fs::is_empty(place / "sub"));
  CHECK(read_file(place / "old", plenty) == "kept");
}

TEST_CASE("a temporary name that is taken is left alone", "[file]") {
  const Place place;
  const auto taken = [&](int i) {
    return place / (".backstep-" + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp");
  };
  write_file_whole(place / "victim", "kept");
  for (int i = 0; i < 500; ++i) fs::create_symlink("victim", taken(i));

  write_file_whole(place / "a", "new");

  CHECK(read_file(place / "a", plenty) == "new");
  CHECK(read_file(place / "victim", plenty) == "kept");
  for (int i = 0; i < 500; ++i) CHECK(fs::read_symlink(taken(i)) == "victim");
}

TEST_CASE("a device and a named pipe are written to, not replaced", "[file]") {
  const Place place;
  REQUIRE(::mkfifo((place / "pipe").c_str(), 0600) == 0);
  const std::string bytes(200'000, 'p');  // more than a pipe holds
  std::string read;
  std::thread reader([&] { read = read_file(place / "pipe", plenty); });

  write_file_whole(place / "pipe", bytes);
  reader.join();
  write_file_whole("/dev/null", "gone");

  CHECK(read == bytes);
  CHECK(fs::is_fifo(place / "pipe"));
  CHECK(fs::is_character_file("/dev/null"));
  if (!fs::exists("/dev/full")) return bp::test::skip("this system has no /dev/full");
  CHECK(complaint([] { write_file_whole("/dev/full", "x"); }) ==
        "'/dev/full': cannot write to it: No space left on device");
  CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("read_file reads up to its limit and refuses one byte more", "[file]") {
  const Place place;
  write_file_whole(place / "ten", "0123456789");
  write_file_whole(place / "empty", "");
  const std::string shown = "'" + (place / "ten").string() + "'";

  CHECK(read_file(place / "ten", 10) == "0123456789");
  CHECK(read_file(place / "ten", std::string::npos) == "0123456789");
  CHECK(read_file(place / "empty", 0).empty());
  CHECK(complaint([&] { read_file(place / "ten", 9); }) == shown + ": expected at most 9 bytes, found 10");
  CHECK(complaint([&] { read_file(place / "ten", 0); }) == shown + ": expected at most 0 bytes, found 10");
}

TEST_CASE("a file that says it is huge is refused before memory is taken", "[file]") {
  const Place place;
  write_file_whole(place / "sparse", "");
  fs::resize_file(place / "sparse", std::uintmax_t{1} << 42);

  CHECK(complaint([&] { read_file(place / "sparse", plenty); }).find("found 4398046511104") !=
        std::string::npos);
}

TEST_CASE("what states no size is read to its end or to the limit", "[file]") {
  CHECK(complaint([] { read_file("/dev/zero", 300'000); }) ==
        "'/dev/zero': expected at most 300000 bytes, found more");
  CHECK(complaint([] { read_file("/dev/zero", 0); }) == "'/dev/zero': expected at most 0 bytes, found more");
  CHECK(read_file("/dev/null", 5).empty());
  if (!fs::exists("/proc/self/status")) return bp::test::skip("this system has no /proc");
  CHECK(fs::file_size("/proc/self/status") == 0);
  CHECK(read_file("/proc/self/status", plenty).find("Name:") == 0);
}

TEST_CASE("a read that cannot be done says where and why", "[file]") {
  const Place place;
  const std::string prefix = "'" + place.path().string();

  CHECK(complaint([&] { read_file(place / "none", 9); }) ==
        prefix + "/none': cannot open it: No such file or directory");
  CHECK(complaint([&] { read_file(place.path(), 9); }) == prefix + "': cannot read it: Is a directory");
  // The first page of a process's memory is never there.
  CHECK(complaint([] { read_file("/proc/self/mem", 9); }) ==
        "'/proc/self/mem': cannot read it: Input/output error");
  CHECK(complaint([] { read_file("", 9); }) == "'': cannot read it: No such file or directory");
  CHECK(complaint([] { read_file(fs::path(std::string("/dev/null\0", 10)), 9); }).find("Invalid argument") !=
        std::string::npos);
}
