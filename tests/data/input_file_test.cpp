#include "engine/data/input_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <span>
#include <string>
#include <thread>

#include "engine/data/file.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"

namespace fs = std::filesystem;
using bp::Input_file, bp::write_file_whole, bp::test::complaint, bp::test::Place;

namespace {

// Up to n bytes more.
std::string read(Input_file& file, std::size_t n) {
  std::string bytes(n, '\0');
  bytes.resize(file.read(std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

}  // namespace

TEST_CASE("a file is read a piece at a time, to its end", "[input_file]") {
  const Place place;
  write_file_whole(place / "a", "0123456789");
  Input_file file(place / "a");

  CHECK(file.stated_size() == 10);
  CHECK(read(file, 4) == "0123");
  CHECK(read(file, 0).empty());
  CHECK(read(file, 4) == "4567");
  CHECK(read(file, 4) == "89");
  CHECK(read(file, 4).empty());
}

TEST_CASE("a pipe states no size and can be read", "[input_file]") {
  const Place place;
  REQUIRE(::mkfifo((place / "pipe").c_str(), 0600) == 0);
  std::thread writer([&] { write_file_whole(place / "pipe", "through a pipe"); });

  Input_file file(place / "pipe");
  const std::string all = read(file, 100);
  writer.join();

  CHECK(file.stated_size() == 0);
  CHECK(all == "through a pipe");
}

TEST_CASE("a file that is closed leaves no descriptor behind, nor one that could not be opened",
          "[input_file]") {
  const Place place;
  const int before = ::dup(0);
  ::close(before);

  { Input_file file("/dev/null"); }
  complaint([&] { Input_file file(place.path()); });
  complaint([&] { Input_file file(place / "none"); });

  const int after = ::dup(0);
  ::close(after);
  CHECK(after == before);
}

TEST_CASE("what cannot be opened or read says where and why", "[input_file]") {
  const Place place;
  const std::string prefix = "'" + place.path().string();

  CHECK(complaint([&] { Input_file file(place / "none"); }) ==
        prefix + "/none': cannot open it: No such file or directory");
  CHECK(complaint([&] { Input_file file(place.path()); }) == prefix + "': cannot read it: Is a directory");
  CHECK(complaint([] { Input_file file(""); }) == "'': cannot read it: No such file or directory");
  // The first page of a process's memory is never there.
  if (!fs::exists("/proc/self/mem")) return bp::test::skip("this system has no /proc");
  Input_file memory("/proc/self/mem");
  CHECK(complaint([&] { read(memory, 1); }) == "'/proc/self/mem': cannot read it: Input/output error");
}
