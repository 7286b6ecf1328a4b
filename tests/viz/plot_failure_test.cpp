// Plots that cannot be drawn or written, and a machine without gnuplot: one clear line, no half-written file.
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>

#include "engine/data/file.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "viz/plot.h"

using bp::Line_plot, bp::plot, bp::Plotted;
using bp::test::complaint, bp::test::contains_text, bp::test::Place;

namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;
const Line_plot line{"", {"epoch"}, {"loss"}, {{"training", {1, 2}, {0.5, 0.25}}}};
const std::string numbers = "series,epoch,loss\ntraining,1,0.5\ntraining,2,0.25\n";

// The PATH is this folder and nothing else while it lives.
class Path {
 public:
  explicit Path(const std::filesystem::path& folder) : before_(::getenv("PATH")) {
    ::setenv("PATH", folder.c_str(), 1);
  }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;
  ~Path() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

// A program named gnuplot that is a shell script of ours.
void make_gnuplot(const Place& place, const std::string& script) {
  std::filesystem::create_directory(place / "bin");
  bp::write_file_whole(place / "bin" / "gnuplot", "#!/bin/sh\n" + script + "\n");
  ::chmod((place / "bin" / "gnuplot").c_str(), 0755);
}

// What drawing with it says, and that the old picture is still there and nothing beside it.
std::string said_with_gnuplot(const std::string& script) {
  const Place place;
  make_gnuplot(place, script);
  bp::write_file_whole(place / "a.png", "the old one");
  const Path path(place / "bin");

  const std::string said = complaint([&] { plot(line, place / "a.png"); });

  CHECK(bp::read_file(place / "a.png", megabyte) == "the old one");
  CHECK(place.names() == "a.png bin");
  CHECK(said.find('\n') == std::string::npos);
  return said;
}

}  // namespace

TEST_CASE("without gnuplot the numbers stand beside the place of the picture, and the note says why",
          "[plot]") {
  const Place place, empty;
  const Path path(empty.path());

  for (const char* name : {"a.png", "a.svg"}) {
    const Plotted plotted = plot(line, place / name);

    CHECK_FALSE(plotted.is_picture());
    CHECK(plotted.file == place / "a.csv");
    CHECK(bp::read_file(plotted.file, megabyte) == numbers);
    CHECK(plotted.note.find('\n') == std::string::npos);
    CHECK_THAT(plotted.note, contains_text("gnuplot is not installed") && contains_text("gnuplot-nox") &&
                                 contains_text((place / "a.csv").string()));
    CHECK(place.names() == "a.csv");
  }
}

TEST_CASE("what gnuplot draws and warns of comes back, and no shell looks at what it reads", "[plot]") {
  const Place place;
  make_gnuplot(place, "echo 'PNG of'; while read -r a; do echo \"$a\"; done; printf 'a warning\n  ^\n' >&2");
  const Path path(place / "bin");

  const Plotted plotted = plot(line, place / "a.png");

  CHECK(plotted.is_picture());
  CHECK(plotted.note == "a warning");
  CHECK_THAT(bp::read_file(place / "a.png", megabyte),
             contains_text("PNG of\nset encoding utf8\n") && contains_text("\n1 0.5\n2 0.25\n"));
}

TEST_CASE("a picture larger than a pipe's buffer comes whole", "[plot]") {
  const Place place;
  make_gnuplot(place, "i=0; while [ $i -lt 20000 ]; do echo 123456789; i=$((i + 1)); done");
  const Path path(place / "bin");

  plot(line, place / "a.png");

  CHECK(std::filesystem::file_size(place / "a.png") == 200000);
}

TEST_CASE("a gnuplot that fails is one line, and the old picture stays", "[plot]") {
  CHECK_THAT(
      said_with_gnuplot("echo half a picture; printf 'plot x\n     ^\nline 0: no such thing\n' >&2; exit 3"),
      contains_text("backstep: gnuplot failed with status 3; it says: plot x line 0: no such thing"));
  CHECK_THAT(said_with_gnuplot("kill -9 $$"), contains_text("gnuplot was ended by signal 9"));
  CHECK_THAT(said_with_gnuplot("exit 0"), contains_text("gnuplot drew nothing"));
}

TEST_CASE("a plot that cannot be written names its path and leaves nothing", "[plot]") {
  const Place place;
  for (const char* name : {"a.png", "a.svg", "a.csv"}) {
    const std::string said = complaint([&] { plot(line, place / "no" / "such" / name); });

    CHECK_THAT(said, contains_text((place / "no" / "such" / "a").string()));
    CHECK(said.find('\n') == std::string::npos);
  }
  CHECK(place.names().empty());
}

// A limit on the size of files stands for a full disk: a write ends early, and the next one fails.
TEST_CASE("on a full disk the old picture stays and nothing half-written", "[plot]") {
  const Place place;
  make_gnuplot(place, "i=0; while [ $i -lt 20000 ]; do echo 123456789; i=$((i + 1)); done");
  bp::write_file_whole(place / "a.png", "the old one");
  const Path path(place / "bin");
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  struct rlimit small = before;
  small.rlim_cur = 100000;
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);

  const std::string said = complaint([&] { plot(line, place / "a.png"); });

  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, handler);
  CHECK_THAT(said, contains_text((place / "a.png").string()) && contains_text("200000 bytes"));
  CHECK(bp::read_file(place / "a.png", megabyte) == "the old one");
  CHECK(place.names() == "a.png bin");
}

TEST_CASE("an ending that is none of a plot's is refused, with the list of those that are", "[plot]") {
  const Place place;
  for (const char* name : {"a.jpg", "a", "a.", "png", ".png", "a.png.bak"}) {
    INFO(name);
    CHECK_THROWS_AS(plot(line, place / name), std::invalid_argument);
  }
  CHECK_THROWS_WITH(plot(line, place / "a.jpg"),
                    contains_text("a.jpg") && contains_text(".png, .svg or .csv"));
  CHECK(place.names().empty());
}
