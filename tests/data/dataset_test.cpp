#include "engine/data/dataset.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "engine/data/prepare.h"
#include "tests/data/packed.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"

namespace fs = std::filesystem;
using bp::Dataset, bp::dataset_folders, bp::find_dataset, bp::load_dataset, bp::write_file_whole;
using bp::test::complaint, bp::test::contains_text, bp::test::gzip, bp::test::idx_head, bp::test::Place;

namespace {

using Files = std::map<std::string, std::string>;

// Three images of 1 x 2 pixels to learn from, two to be tested on.
Files good() {
  return {{"train-images-idx3-ubyte", idx_head({3, 1, 2}) + "abcdef"},
          {"train-labels-idx1-ubyte", idx_head({3}) + std::string("\0\2\1", 3)},
          {"t10k-images-idx3-ubyte", idx_head({2, 1, 2}) + "ghij"},
          {"t10k-labels-idx1-ubyte", idx_head({2}) + "\1\2"}};
}

void put(const Place& place, const Files& files) {
  for (const auto& [name, bytes] : files) write_file_whole(place / name, bytes);
}

void check_good(const Dataset& set) {
  CHECK(std::string(set.train.images.bytes.begin(), set.train.images.bytes.end()) == "abcdef");
  CHECK(set.train.labels.bytes == std::vector<std::uint8_t>{0, 2, 1});
  CHECK(std::string(set.test.images.bytes.begin(), set.test.images.bytes.end()) == "ghij");
  CHECK(set.test.labels.bytes == std::vector<std::uint8_t>{1, 2});
  CHECK(set.train.size() == 3);
  CHECK(set.test.size() == 2);
}

// What is said of a folder whose files differ from the good ones in this one; "" when it is taken.
std::string refusal(const std::string& name, const std::string& bytes, std::size_t classes = 3) {
  const Place place;
  put(place, good());
  write_file_whole(place / name, bytes);
  try {
    load_dataset(place.path(), classes);
  } catch (const bp::Bad_file& error) {
    const std::string said = error.what(), folder = "'" + place.path().string() + "/";
    return said.rfind(folder, 0) == 0 ? "'" + said.substr(folder.size()) : said;
  }
  return "";
}

// A variable of the environment as the test wants it, until the end of the test.
class Variable {
 public:
  Variable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* old = ::getenv(name)) old_ = old;
    set(value);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set(old_); }

 private:
  void set(const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name_, value->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace

TEST_CASE("a folder of four files is a data set", "[dataset]") {
  const Place place;
  put(place, good());

  const Dataset set = load_dataset(place.path(), 3);

  check_good(set);
  CHECK(set.classes == 3);
}

TEST_CASE("each file may be packed, and its name may have a dot", "[dataset]") {
  const Files files = good();
  for (const bool dot : {false, true}) {
    for (const bool packed : {false, true}) {
      const Place place;
      for (const auto& [dashed, bytes] : files) {
        std::string name = dashed;
        if (dot) name[name.find("-idx")] = '.';
        write_file_whole(place / (name + (packed ? ".gz" : "")), packed ? gzip(bytes) : bytes);
      }
      CAPTURE(place.names());
      check_good(load_dataset(place.path(), 3));
    }
  }
}

TEST_CASE("a plain file is preferred to a packed one", "[dataset]") {
  const Place place;
  put(place, good());
  write_file_whole(place / "train-images-idx3-ubyte.gz", "not even packed");

  check_good(load_dataset(place.path(), 3));
}

TEST_CASE("a file that is missing is named with where it should be and how to get it", "[dataset]") {
  const std::string how =
      "; get MNIST with lessons/get-mnist, or Fashion-MNIST with sudo apt-get install dataset-fashion-mnist";
  for (const auto& [name, bytes] : good()) {
    const Place place;
    Files files = good();
    files.erase(name);
    put(place, files);
    std::string dotted = name;
    dotted[dotted.find("-idx")] = '.';

    CHECK(complaint([&] { load_dataset(place.path()); }) ==
          "'" + place.path().string() + "': expected " + name + " (or " + dotted +
              ", either also with .gz), found no such file" + how);
  }
  CHECK_THAT(complaint([] { load_dataset("/no/such/folder"); }),
             contains_text("'/no/such/folder': expected train-images") && contains_text(how));
}

TEST_CASE("a file that is there and cannot be opened is not called missing", "[dataset]") {
  const Place place;
  put(place, good());
  fs::remove(place / "t10k-labels-idx1-ubyte");
  fs::create_symlink("t10k-labels-idx1-ubyte", place / "t10k-labels-idx1-ubyte");  // round in a circle

  CHECK(complaint([&] { load_dataset(place.path()); }) ==
        "'" + (place / "t10k-labels-idx1-ubyte").string() +
            "': cannot open it: Too many levels of symbolic links");
}

TEST_CASE("counts of images and labels that differ are refused", "[dataset]") {
  CHECK(refusal("train-labels-idx1-ubyte", idx_head({2}) + "\1\2") ==
        "'train-labels-idx1-ubyte': expected 3 labels, one for each image of 'train-images-idx3-ubyte', "
        "found 2");
  CHECK(
      refusal("t10k-images-idx3-ubyte", idx_head({1, 1, 2}) + "gh") ==
      "'t10k-labels-idx1-ubyte': expected 1 labels, one for each image of 't10k-images-idx3-ubyte', found 2");
}

TEST_CASE("a label that is not below the number of classes is refused with its place", "[dataset]") {
  CHECK(refusal("train-labels-idx1-ubyte", idx_head({3}) + "\2\3\3") ==
        "'train-labels-idx1-ubyte': label 1 (byte 9): expected one below 3, the number of classes, found 3");
  CHECK(
      refusal("t10k-labels-idx1-ubyte", idx_head({2}) + "\1\xFF", 255) ==
      "'t10k-labels-idx1-ubyte': label 1 (byte 9): expected one below 255, the number of classes, found 255");
  CHECK(refusal("t10k-labels-idx1-ubyte", idx_head({2}) + "\1\xFF", 256).empty());
}

TEST_CASE("test images of another size are refused", "[dataset]") {
  CHECK(refusal("t10k-images-idx3-ubyte", idx_head({2, 2, 1}) + "ghij") ==
        "'t10k-images-idx3-ubyte': expected images of 1 x 2 pixels, as in the training set, found 2 x 1");
  CHECK_THAT(refusal("t10k-images-idx3-ubyte", idx_head({2, 1, 1}) + "gh"), contains_text("found 1 x 1"));
}

TEST_CASE("what is wrong with one file is said with its path", "[dataset]") {
  CHECK(
      refusal("train-images-idx3-ubyte", "no IDX") ==
      "'train-images-idx3-ubyte': byte 0: expected two zero bytes, with which IDX begins, found 110 and 111");
}

TEST_CASE("data are looked for where the environment says, then in the user's folder, then in the system's",
          "[dataset]") {
  const fs::path system = "/usr/share/datasets/fashion-mnist";
  const Variable home("HOME", "/home-of/ada");
  {
    const Variable chosen("BACKSTEP_DATA", "my/data"), data("XDG_DATA_HOME", "/xdg");
    CHECK(dataset_folders() == std::vector<fs::path>{"my/data", "/xdg/backstep/mnist", system});
  }
  const fs::path in_home = "/home-of/ada/.local/share/backstep/mnist";
  for (const std::optional<std::string>& no_use :
       {std::optional<std::string>(), {""}, {"relative/is/to/be/ignored"}}) {
    const Variable chosen("BACKSTEP_DATA", ""), data("XDG_DATA_HOME", no_use);
    CHECK(dataset_folders() == std::vector<fs::path>{in_home, system});
  }
  const Variable chosen("BACKSTEP_DATA", std::nullopt), data("XDG_DATA_HOME", std::nullopt),
      no_home("HOME", std::nullopt);
  CHECK(dataset_folders() == std::vector<fs::path>{system});
}

TEST_CASE("the first folder that exists is taken", "[dataset]") {
  const Place place;
  fs::create_directory(place / "second");
  fs::create_directory(place / "third");
  const Variable chosen("BACKSTEP_DATA", place / "second");

  CHECK(find_dataset({place / "first", place / "second", place / "third"}) == place / "second");
  CHECK(find_dataset() == place / "second");
}

TEST_CASE("where there are no data, what was looked for and where is said, and the commands that get it",
          "[dataset]") {
  CHECK(complaint([] {
          find_dataset({"/no/a", "/no/b"});
        }) ==
        "no images to learn from: looked for a folder with MNIST's four files at '/no/a', '/no/b'; get MNIST "
        "with "
        "lessons/get-mnist, or Fashion-MNIST with sudo apt-get install dataset-fashion-mnist");
}

TEST_CASE("classes are called by their names where they have any", "[dataset]") {
  const Place place;
  fs::create_directory(place / "fashion-mnist");
  fs::create_symlink("fashion-mnist", place / "data");

  CHECK(bp::class_names("/any/fashion-mnist")[9] == "Ankle boot");
  CHECK(bp::class_names(place / "data") == bp::fashion_class_names());
  CHECK(bp::class_names("/any/mnist") ==
        std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  CHECK(bp::class_names("/any/fashion-mnist", 3) == std::vector<std::string>{"0", "1", "2"});
}

TEST_CASE("Debian's Fashion-MNIST is what its authors say", "[dataset]") {
  const fs::path folder = "/usr/share/datasets/fashion-mnist";
  if (!fs::exists(folder)) return bp::test::skip("dataset-fashion-mnist is not installed");

  const Dataset set = load_dataset(folder);

  CHECK(set.train.size() == 60'000);
  CHECK(set.test.size() == 10'000);
  CHECK(set.train.images.rows == 28);
  CHECK(set.train.images.cols == 28);
  // Ten kinds, equally often; the first picture to learn from is an ankle boot.
  for (int label = 0; label < 10; ++label) {
    CHECK(std::count(set.train.labels.bytes.begin(), set.train.labels.bytes.end(), label) == 6000);
    CHECK(std::count(set.test.labels.bytes.begin(), set.test.labels.bytes.end(), label) == 1000);
  }
  CHECK(bp::class_names(folder)[set.train.labels.bytes.front()] == "Ankle boot");
  // Those figures, to four digits, are in everybody's code: Normalize((0.2860,), (0.3530,)).
  const bp::Scaling scaling = bp::standardisation(set.train.images.bytes);
  CHECK(std::abs(scaling.mean / 255 - 0.2860) <= 0.00005);
  CHECK(std::abs(scaling.deviation / 255 - 0.3530) <= 0.00005);
}
