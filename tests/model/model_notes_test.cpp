#include "engine/model/model_notes.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/file_error.h"
#include "tests/support/catch2.h"

using bp::Bad_file, bp::Model_notes, bp::read_notes, bp::Tensor_file;

namespace {

using Notes = std::vector<std::pair<std::string, std::string>>;

Tensor_file file_with(const Notes& notes) {
  Tensor_file file("m");
  for (const auto& [key, text] : notes) file.set_metadata(key, text);
  return file;
}

// What is said of a note, for a network of 784 inputs and 3 outputs.
std::string complaint(const std::string& key, const std::string& text) {
  try {
    read_notes(file_with({{key, text}}), 784, 3);
  } catch (const Bad_file& error) { return error.what(); }
  return "nothing";
}

}  // namespace

TEST_CASE("a model's notes are read", "[notes]") {
  const Tensor_file file = file_with({{"loss", "mse"},
                                      {"data", "fashion-mnist"},
                                      {"image", "14x56"},
                                      {"classes", R"(["T-shirt/top","say \"a\"","é"])"}});

  const Model_notes notes = read_notes(file, 784, 3);

  CHECK(notes.loss == "mse");
  CHECK(notes.data == "fashion-mnist");
  CHECK(notes.rows == 14);
  CHECK(notes.cols == 56);
  CHECK(notes.classes == std::vector<std::string>{"T-shirt/top", "say \"a\"", "é"});
}

TEST_CASE("a model without notes has none", "[notes]") {
  const Model_notes notes = read_notes(file_with({{"architecture", "somebody else's"}}), 784, 3);

  CHECK(notes.loss.empty());
  CHECK(notes.data.empty());
  CHECK(notes.rows == 0);
  CHECK(notes.cols == 0);
  CHECK(notes.classes.empty());
}

TEST_CASE("an image size that cannot be read, or is not the network's, is refused", "[notes]") {
  for (const std::string wrong :
       {"28", "28x", "x28", "28x28x1", "28 x 28", "-28x-28", "0x0", "28x99999999999999999999"}) {
    CHECK(complaint("image", wrong) ==
          "'m': image: expected rows and columns such as 28x28, found '" + wrong + "'");
  }
  CHECK(complaint("image", "28x29") ==
        "'m': image: expected a size of 784 pixels, one for each input, found '28x29'");
  // 2^32 x 2^32 would be 0 if it were multiplied in 64 bits.
  CHECK(complaint("image", "4294967296x4294967296") ==
        "'m': image: expected a size of 784 pixels, one for each input, found '4294967296x4294967296'");
}

TEST_CASE("class names that cannot be read, or are not the network's, are refused", "[notes]") {
  CHECK(complaint("classes", "a,b,c") == "'m': classes: expected a JSON list of names, found 'a,b,c'");
  CHECK(complaint("classes", "{\"a\":1}") ==
        "'m': classes: expected a JSON list of names, found '{\"a\":1}'");
  CHECK(complaint("classes", "[\"a\",\"b\"]") ==
        "'m': classes: expected 3 names, one for each output, found 2");
  CHECK(complaint("classes", "[\"a\",2,\"c\"]") == "'m': classes: expected names, found number");
  CHECK(complaint("classes", "[\"a\",\"b\",\"a\"]") ==
        "'m': classes: expected each name once, found 'a' twice");
  CHECK(complaint("classes", std::string(100'000, '[')) ==
        "'m': classes: expected a JSON list of names, found '" + std::string(80, '[') + "...'");
}

TEST_CASE("notes that are written are read again, whatever characters their names have", "[notes]") {
  const Model_notes notes{.loss = "half-squared",
                          .data = "mnist",
                          .rows = 28,
                          .cols = 28,
                          .classes = {"T-shirt/top", "say \"a\"\n", "é\\"}};
  Tensor_file file("m");

  for (const auto& [key, text] : notes_metadata(notes)) file.set_metadata(key, text);
  const Model_notes read = read_notes(file, 784, 3);

  CHECK(read.loss == notes.loss);
  CHECK(read.data == notes.data);
  CHECK(read.rows == 28);
  CHECK(read.cols == 28);
  CHECK(read.classes == notes.classes);
  CHECK(bp::notes_metadata({}).empty());
  Model_notes unreadable;
  unreadable.classes = {"\xFF"};
  CHECK_THROWS_AS(bp::notes_metadata(unreadable), std::invalid_argument);
}
