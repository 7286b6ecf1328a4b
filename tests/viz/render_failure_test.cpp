// Pictures that cannot be drawn: one clear line, nothing printed, no half-written file.
#include <link.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "engine/data/file.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/worked_example.h"
#include "viz/dot.h"
#include "viz/render.h"

using bp::Graph, bp::Picture_format, bp::Picture_options, bp::Value, bp::render;
using bp::test::complaint, bp::test::contains_text, bp::test::Place, bp::test::Worked_example;

namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;
const std::string fine = "digraph fine { a -> b }";

std::string refusal(const std::string& dot) {
  return complaint([&] { render(dot, Picture_format::svg); });
}

// What is written to standard error while it lives.
class Standard_error {
 public:
  Standard_error() : file_(std::tmpfile()), saved_(::dup(2)) {
    std::fflush(stderr);
    ::dup2(::fileno(file_), 2);
  }
  Standard_error(const Standard_error&) = delete;
  Standard_error& operator=(const Standard_error&) = delete;
  ~Standard_error() {
    restore();
    std::fclose(file_);
  }

  std::string text() {
    restore();
    std::rewind(file_);
    std::string all;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) all += static_cast<char>(c);
    return all;
  }

 private:
  void restore() {
    if (saved_ < 0) return;
    std::fflush(stderr);
    ::dup2(saved_, 2);
    ::close(saved_);
    saved_ = -1;
  }

  std::FILE* file_;
  int saved_;
};

// The folder of the loaded library whose name begins with this, or nothing.
std::filesystem::path folder_of_library(const std::string& name) {
  std::pair<std::string, std::filesystem::path> search(name, "");
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto& [wanted, found] = *static_cast<std::pair<std::string, std::filesystem::path>*>(data);
        const std::filesystem::path path(info->dlpi_name);
        if (path.filename().string().rfind(wanted, 0) == 0) found = path.parent_path();
        return 0;
      },
      &search);
  return search.second;
}

// Graphviz's list of plugins, without those whose library's name has `without` in it, with whole paths.
std::string plugin_list(const std::filesystem::path& plugins, const std::string& without) {
  std::string list, block;
  const std::string all = bp::read_file(plugins / "config6a", megabyte);
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size() - 1) + 1;
    const std::string line = all.substr(begin, end - begin);
    begin = end;
    block += line.rfind("lib", 0) == 0 ? (plugins / line).string() : line;
    if (line != "}\n") continue;
    if (block.find(without) == std::string::npos) list += block;
    block.clear();
  }
  return list;
}

// What a process of its own says to rendering `format` with the plugins of this folder: Graphviz looks for
// them once in a process.
std::string said_with_plugins(const std::filesystem::path& folder, const std::string& format) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = "unset BACKSTEP_TEST_REPORT; GVBINDIR='" + folder.string() +
                              "' BACKSTEP_TEST_FORMAT=" + format + " '" + program + "' '[.draws_once]' 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  ::pclose(pipe);
  return said;
}

}  // namespace

// Run by the tests below in a process of its own.
TEST_CASE("draws once and prints what was said", "[.draws_once]") {
  const char* format = ::getenv("BACKSTEP_TEST_FORMAT");
  REQUIRE(format != nullptr);

  const std::string said = complaint(
      [&] { render(fine, std::string(format) == "png" ? Picture_format::png : Picture_format::svg); });

  std::printf("said: %s.\n", said.c_str());
  SUCCEED();
}

TEST_CASE("a text that is not one graph in DOT is refused with what Graphviz says", "[render]") {
  CHECK_THAT(refusal("digraph { a -> "),
             contains_text("not a graph in DOT") && contains_text("syntax error"));
  CHECK_THAT(refusal("digraph { a } garbage"), contains_text("one graph") && contains_text("garbage"));
  CHECK_THAT(refusal("digraph { a } digraph { b } digraph { c }"), contains_text("one graph"));
  CHECK_THAT(refusal(""), contains_text("not a graph in DOT"));
  CHECK_THAT(refusal("digraph { a [label=<<b>x</table>>] }"), contains_text("mismatched tag"));
  CHECK_THROWS_AS(render(std::string("digraph { a }\0 ", 15), Picture_format::svg), std::invalid_argument);
}

TEST_CASE("after every refusal the next picture is drawn as ever", "[render]") {
  const std::string before = render(fine, Picture_format::svg).bytes;
  for (const std::string bad :
       {"digraph { a -> ", "digraph { a } garbage", "digraph { a } digraph { b }", "",
        "digraph { a [label=<<b>x</table>>] }", "}", "digraph \"", "digraph { a } /*",
        "digraph { a [label=<<b><i><", "digraph { a } \"", "digraph { a } <<<", "// only this"}) {
    INFO("after " << bad);
    CHECK(!refusal(bad).empty());
    CHECK(render(fine, Picture_format::svg).bytes == before);
  }
}

TEST_CASE("what Graphviz has to say is one line of the message or the note, and nothing is printed",
          "[render]") {
  Standard_error printed;

  const std::string said = refusal("digraph { a [label=<<b>x</table>>] }");
  const bp::Rendered warned = render("digraph { a [label=\"\xff\"] }", Picture_format::svg);

  CHECK(printed.text().empty());
  CHECK(said.find('\n') == std::string::npos);
  CHECK(said.rfind("backstep: ", 0) == 0);
  CHECK_THAT(warned.note, contains_text("UTF"));
}

TEST_CASE("an unknown ending is refused, with the list of those that are known", "[render]") {
  Worked_example example;
  const Place place;
  for (const char* name : {"a.jpg", "a", "a.", "png", ".png", "a.png.bak", "a.svgz"}) {
    INFO(name);
    CHECK_THROWS_AS(draw(example.E_total, place / name), std::invalid_argument);
  }
  CHECK_THROWS_WITH(draw(example.E_total, place / "a.jpg"),
                    contains_text("a.jpg") && contains_text(".png, .svg, .pdf, .dot or .gv"));
  CHECK(place.names().empty());
}

TEST_CASE("a picture that cannot be written names its path and leaves nothing", "[render]") {
  Worked_example example;
  const Place place;

  const std::string said = complaint([&] { draw(example.E_total, place / "no" / "such" / "a.png"); });

  CHECK_THAT(said, contains_text((place / "no" / "such").string()));
  CHECK(place.names().empty());
}

TEST_CASE("a picture that is refused leaves the one that was there", "[render]") {
  Worked_example example;
  const Place place;
  bp::write_file_whole(place / "a.svg", "the old one");
  Picture_options options;
  options.max_boxes = 10;

  CHECK_THROWS_AS(draw(example.E_total, place / "a.svg", options), std::invalid_argument);

  CHECK(bp::read_file(place / "a.svg", megabyte) == "the old one");
  CHECK(place.names() == "a.svg");
}

TEST_CASE("arrows across more ranks than Graphviz bears are refused, but not in DOT", "[render]") {
  Graph graph;
  const Value x = graph.leaf(0.5, "x");
  Value y = x;
  for (int i = 0; i < 150; ++i) y = y + x;
  const Place place;

  CHECK_THROWS_WITH(draw(y, place / "a.svg"), contains_text("11475 ranks") && contains_text("10000"));
  CHECK_THROWS_AS(draw(y, place / "a.svg"), bp::Picture_too_large);
  CHECK_NOTHROW(draw(y, place / "a.dot"));
  CHECK(place.names() == "a.dot");
}

TEST_CASE("without Graphviz's layout plugin the message says so", "[render]") {
  const Place empty;

  const std::string said = said_with_plugins(empty.path(), "svg");

  CHECK_THAT(said, contains_text("said: backstep: Graphviz has no layout plugin here") &&
                       contains_text("not recognized"));
}

TEST_CASE("without Graphviz's cairo plugin a PNG is refused, and SVG is drawn", "[render]") {
  render(fine, Picture_format::svg);  // loads the library
  const std::filesystem::path plugins = folder_of_library("libgvc.so") / "graphviz";
  if (!std::filesystem::exists(plugins / "config6a")) {
    bp::test::skip("this Graphviz keeps its list of plugins elsewhere");
    return;
  }
  const Place place;
  bp::write_file_whole(place / "config6a", plugin_list(plugins, "cairo"));

  const std::string png = said_with_plugins(place.path(), "png");
  const std::string svg = said_with_plugins(place.path(), "svg");

  CHECK_THAT(png,
             contains_text("said: backstep: Graphviz cannot draw png here") && contains_text("pango plugin"));
  CHECK_THAT(svg, contains_text("said: ."));
}
