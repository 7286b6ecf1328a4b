// Our files read by Python and NumPy, and theirs by us. Skipped where there is no Python, or no NumPy.
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "engine/data/file.h"
#include "engine/model/npy.h"
#include "engine/model/npz.h"
#include "engine/model/safetensors.h"
#include "tests/data/place.h"
#include "tests/model/files.h"
#include "tests/support/catch2.h"

namespace fs = std::filesystem;
using bp::Tensor, bp::Tensor_file, bp::test::Place, bp::test::to_hex;

namespace {

bool run(const std::string& command) { return ::system(command.c_str()) == 0; }  // paths in it are quoted

// The first of two Pythons that can import the module: the user's, and the system's.
std::optional<std::string> python_with(const std::string& module) {
  for (const std::string python : {"python3", "/usr/bin/python3"}) {
    if (run(python + " -c 'import " + module + "' 2>/dev/null")) return python;
  }
  return std::nullopt;
}

std::optional<std::string> numpy() {
  static const std::optional<std::string> python = python_with("numpy");
  return python;
}

// What peer.py says is in the file; its complaint goes to standard error.
std::string seen_by(const std::string& python, const std::string& kind, const fs::path& file) {
  const fs::path output = file.string() + ".seen";
  REQUIRE(
      run(python + " tests/model/peer.py " + kind + " '" + file.string() + "' >'" + output.string() + "'"));
  return bp::read_file(output, 10'000'000);
}

// The same of ours.
std::string seen_by_us(const Tensor_file& file) {
  std::set<std::string> lines;
  for (const Tensor& tensor : file.tensors()) {
    const std::string description = bp::describe(tensor.dtype(), tensor.shape());
    lines.insert("tensor " + to_hex(tensor.name()) + " " + description + " " + to_hex(tensor.bytes()) + "\n");
  }
  for (const auto& [key, text] : file.metadata()) {
    lines.insert("metadata " + to_hex(key) + " " + to_hex(text) + "\n");
  }
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

constexpr const char* no_numpy = "neither python3 nor /usr/bin/python3 has NumPy";

}  // namespace

TEST_CASE("a few lines of Python read what is in our safetensors files", "[peer]") {
  const std::optional<std::string> python = python_with("json");
  if (!python) return bp::test::skip("there is no python3");
  const Place place;

  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Tensor_file file = bp::test::random_tensors(seed, true);
    write_safetensors(place / "m", file);

    CHECK(seen_by(*python, "safetensors", place / "m") == seen_by_us(file));
  }
}

TEST_CASE("NumPy reads what is in our .npz files", "[peer]") {
  if (!numpy()) return bp::test::skip(no_numpy);
  const Place place;

  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Tensor_file file = bp::test::random_tensors(seed, false);
    for (const bp::Npz_packing packing : {bp::Npz_packing::stored, bp::Npz_packing::deflated}) {
      write_npz(place / "m.npz", file, packing);

      CHECK(seen_by(*numpy(), "npz", place / "m.npz") == seen_by_us(file));
    }
  }
}

TEST_CASE("NumPy reads our .npy files", "[peer]") {
  if (!numpy()) return bp::test::skip(no_numpy);
  const Place place;
  Tensor_file file;
  file.add<double>("", {1, 3}, std::array{0.1, -2.5, 1e300});

  bp::write_npy(place / "a.npy", file.at(""));

  CHECK(seen_by(*numpy(), "npy", place / "a.npy") == seen_by_us(file));
}

TEST_CASE("we read what NumPy and zipfile write, to files and to pipes, in every version", "[peer]") {
  if (!numpy()) return bp::test::skip(no_numpy);
  const Place place;
  REQUIRE(run(*numpy() + " -W ignore tests/model/peer.py write '" + place.path().string() + "'"));
  const std::string wanted = bp::read_file(place / "wanted", 1'000'000);
  int files = 0;

  for (const auto& entry : fs::directory_iterator(place.path())) {
    if (entry.path().extension() != ".npz") continue;
    ++files;
    INFO(entry.path());
    CHECK(seen_by_us(bp::read_npz(entry.path())) == wanted);
  }

  CHECK(files == 9);
  CHECK(std::count(wanted.begin(), wanted.end(), '\n') == 5);
}
