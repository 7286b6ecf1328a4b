// Safetensors files that are wrong, cut off, or lie: one line each, and nothing taken on their word.
#include <cstdint>
#include <filesystem>
#include <stdexcept>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "engine/model/bad_file.h"
#include "engine/model/npz.h"
#include "engine/model/safetensors.h"
#include "tests/data/place.h"
#include "tests/model/allocation.h"
#include "tests/model/files.h"
#include "tests/support/catch2.h"

using bp::parse_safetensors, bp::Tensor, bp::Tensor_file, bp::test::complaint;

namespace {

std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string bytes;
  bp::store(bytes, length);
  return bytes + rest;
}

std::string made_of(const std::string& header, const std::string& data) {
  return with_length(header.size(), header + data);
}

std::string said_of(const std::string& bytes) {
  return complaint([&] { parse_safetensors(bytes, "m"); });
}

// What is said of a header; with no tensor in it that is not wrong, the data do not matter.
std::string said_of_header(const std::string& header) { return said_of(made_of(header, "")); }

std::string tensor(const std::string& name, const std::string& shape, const std::string& offsets,
                   const std::string& dtype = "U8") {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets +
         "}";
}

Tensor_file small_model() {
  Tensor_file file;
  file.add<float>("0.weight", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  file.add<double>("0.bias", {2}, std::vector<double>{7, 8});
  file.add<float>("empty", {0}, std::vector<float>());
  file.set_metadata("architecture", "3,2");
  return file;
}

}  // namespace

TEST_CASE("a header's length is checked against the limit and the file", "[model]") {
  CHECK(said_of("") == "'m': expected 8 bytes that say how long the header is, found a file of 0 bytes");
  CHECK(said_of("1234567") ==
        "'m': expected 8 bytes that say how long the header is, found a file of 7 bytes");
  CHECK(said_of(with_length(10'000'000'000, "{}")) ==
        "'m': expected a header of at most 100000000 bytes, found one that says it has 10000000000");
  CHECK(said_of(with_length(~std::uint64_t{0}, "{}")) ==
        "'m': expected a header of at most 100000000 bytes, found one that says it has 18446744073709551615");
  CHECK(said_of(with_length(100'000'000, "{}")) ==
        "'m': expected a header of 100000000 bytes, found only 2 bytes");
  CHECK(said_of(with_length(3, "{}")) == "'m': expected a header of 3 bytes, found only 2 bytes");
  CHECK(said_of(with_length(2, "{}")).empty());
}

TEST_CASE("a header is JSON from its first byte to its last", "[model]") {
  const std::string begin = "'m': header: expected it to begin with '{'";
  const std::string wrong = "'m': header: expected JSON, which ends or goes wrong at byte ";

  CHECK(said_of_header("") == begin);
  CHECK(said_of_header(" {}") == begin);
  CHECK(said_of_header("\xEF\xBB\xBF{}") == begin);
  CHECK(said_of_header("[]") == begin);
  CHECK(said_of_header("{") == wrong + "2");
  CHECK(said_of_header("{}{") == wrong + "3");
  CHECK(said_of_header("{\"a\":{},}") == "'m': header: tensor 'a': expected 'dtype', found none");
  CHECK(said_of_header("{\"__metadata__\":{},}") == wrong + "20");
  CHECK(said_of_header("{\"a\xFF\":1}") == wrong + "4");
  CHECK(said_of_header("{\"\\ud800\":1}") == wrong + "9");
  CHECK(said_of_header("{\"a\nb\":1}") == wrong + "4");
  CHECK(said_of_header("{/**/}") == wrong + "2");
  CHECK(said_of_header("{\"a\":{\"shape\":[1e999]}}") == wrong + "20");
  CHECK(said_of_header(std::string("{}\0{", 4)) == "'m': header: expected JSON, found a zero byte at byte 3");
  CHECK(said_of_header("{}  \n").empty());
}

TEST_CASE("a header says of each tensor what it must and nothing else", "[model]") {
  const std::string a = "'m': header: tensor 'a': ";
  const auto said_of_entry = [](const std::string& entry) { return said_of_header("{\"a\":" + entry + "}"); };

  CHECK(said_of_entry("1") == "'m': header: 'a': expected an object, found the number 1");
  CHECK(said_of_entry("null") == "'m': header: 'a': expected an object, found null");
  CHECK(said_of_entry("[") == "'m': header: 'a': expected an object, found a list");
  CHECK(said_of_entry("{\"b\":1}") == a + "expected dtype, shape and data_offsets, found 'b'");
  CHECK(said_of_entry("{\"dtype\":\"F16\",\"dtype\":\"F16\"}") == a + "'dtype' stands twice");
  CHECK(said_of_entry("{\"dtype\":\"F33\"}") == a + "expected a type that we have, such as F32, found 'F33'");
  CHECK(said_of_entry("{\"dtype\":\"f32\"}") == a + "expected a type that we have, such as F32, found 'f32'");
  CHECK(said_of_entry("{\"dtype\":4}") == a + "dtype: expected text, found the number 4");
  CHECK(said_of_entry("{\"dtype\":[]}") == a + "dtype: expected text, found a list");
  CHECK(said_of_entry("{\"dtype\":\"U8\",\"shape\":[]}") == a + "expected 'data_offsets', found none");
  CHECK(said_of_entry("{\"dtype\":\"U8\",\"data_offsets\":[0,1]}") == a + "expected 'shape', found none");
  CHECK(said_of_entry("{\"shape\":3}") == a + "shape: expected a list, found the number 3");
  CHECK(said_of_entry("{\"shape\":\"3\"}") == a + "shape: expected a list, found the text '3'");
  CHECK(said_of_entry("{\"shape\":{}}") == a + "shape: expected a list, found an object");
  CHECK(said_of_entry("{\"data_offsets\":[0]}") == a + "expected two data_offsets, found 1");
  CHECK(said_of_entry("{\"data_offsets\":[0,1,2]}") == a + "expected two data_offsets, found 3");
  const std::string whole = a + "shape: expected whole numbers from 0 to 2^64 - 1, found ";
  CHECK(said_of_entry("{\"shape\":[-1]}") == whole + "the number -1");
  CHECK(said_of_entry("{\"shape\":[2.0]}") == whole + "the number '2.0'");
  CHECK(said_of_entry("{\"shape\":[18446744073709551616]}") == whole + "the number '18446744073709551616'");
  CHECK(said_of_entry("{\"shape\":[true]}") == whole + "true");
  CHECK(said_of_entry("{\"shape\":[[1]]}") == whole + "a list");
  CHECK(said_of_entry("{\"shape\":[{}]}") == whole + "an object");
}

TEST_CASE("a header names nothing twice, and nothing badly", "[model]") {
  CHECK(said_of_header("{" + tensor("a", "[0]", "[0,0]") + "," + tensor("\\u0061", "[0]", "[0,0]") + "}") ==
        "'m': header: expected every name once, found 'a' twice");
  CHECK(said_of_header(R"({"__metadata__":{},"__metadata__":{}})") ==
        "'m': header: expected every name once, found '__metadata__' twice");
  CHECK(said_of_header(R"({"__metadata__":{"k":"1","k":"1"}})") ==
        "'m': header: metadata 'k': it stands twice");
  CHECK(said_of_header(R"({"__metadata__":{"k":1}})") ==
        "'m': header: metadata 'k': expected text, found the number 1");
  CHECK(said_of_header(R"({"__metadata__":{"k":{}}})") ==
        "'m': header: metadata 'k': expected text, found an object");
  CHECK(said_of_header(R"({"__metadata__":[]})") ==
        "'m': header: '__metadata__': expected an object, found a list");
  CHECK(said_of_header(R"({"__metadata__":{"k":"\u0000"}})") ==
        "'m': header: metadata 'k': it has a zero byte");
  CHECK(said_of_header("{" + tensor("a\\u0000b", "[0]", "[0,0]") + "}") ==
        "'m': header: tensor 'a?b': it has a zero byte");
  CHECK(said_of_header("{" + tensor("__metadata__/a", "[0]", "[0,0]") + "}") ==
        "'m': header: tensor '__metadata__/a': names that begin with __metadata__ are not for tensors");
}

TEST_CASE("every byte of the data belongs to one tensor", "[model]") {
  const auto said_of_tensors = [](const std::string& header, std::size_t data) {
    return said_of(made_of("{" + header + "}", std::string(data, 'x')));
  };

  CHECK(said_of_tensors(tensor("a", "[2]", "[0,3]"), 3) ==
        "'m': tensor 'a': expected 2 bytes for u8 [2], found data_offsets [0, 3]");
  CHECK(said_of_tensors(tensor("a", "[2]", "[0,2]", "F16"), 2) ==
        "'m': tensor 'a': expected 4 bytes for f16 [2], found data_offsets [0, 2]");
  CHECK(said_of_tensors(tensor("a", "[2]", "[2,0]"), 2) ==
        "'m': tensor 'a': expected an end after the beginning, found data_offsets [2, 0]");
  CHECK(said_of_tensors(tensor("a", "[4294967296,4294967296]", "[0,0]"), 0) ==
        "'m': tensor 'a': expected fewer than 2^64 bytes, found u8 [4294967296, 4294967296]");
  CHECK(said_of_tensors(tensor("a", "[2305843009213693952]", "[0,0]", "F64"), 0) ==
        "'m': tensor 'a': expected fewer than 2^64 bytes, found f64 [2305843009213693952]");
  CHECK(
      said_of_tensors(tensor("a", "[2]", "[1,3]"), 3) ==
      "'m': tensor 'a': expected it to begin at 0, after the beginning of the data, found 1: there is a gap");
  CHECK(said_of_tensors(tensor("a", "[2]", "[3,5]") + "," + tensor("b", "[2]", "[0,2]"), 5) ==
        "'m': tensor 'a': expected it to begin at 2, after tensor 'b', found 3: there is a gap");
  CHECK(said_of_tensors(tensor("a", "[2]", "[1,3]") + "," + tensor("b", "[2]", "[0,2]"), 3) ==
        "'m': tensor 'a': expected it to begin at 2, after tensor 'b', found 1: they overlap");
  CHECK(said_of_tensors(tensor("a", "[2]", "[0,2]") + "," + tensor("b", "[2]", "[0,2]"), 2)
            .find("found 0: they overlap") != std::string::npos);
  CHECK(said_of_tensors(tensor("a", "[2]", "[0,2]"), 1) ==
        "'m': expected 2 bytes of data after the header, found 1 bytes");
  CHECK(said_of_tensors(tensor("a", "[2]", "[0,2]"), 3) ==
        "'m': expected 2 bytes of data after the header, found 3 bytes");
  CHECK(said_of_tensors(tensor("a", "[18446744073709551615]", "[0,18446744073709551615]"), 3) ==
        "'m': expected 18446744073709551615 bytes of data after the header, found 3 bytes");
  CHECK(said_of_tensors("", 1) == "'m': expected 0 bytes of data after the header, found 1 bytes");
  CHECK(said_of_tensors(tensor("a", "[2]", "[2,4]") + "," + tensor("b", "[2]", "[0,2]"), 4).empty());
}

TEST_CASE("brackets nested a million deep end where they begin", "[model]") {
  const std::string deep(1'000'000, '[');

  CHECK(said_of_header("{\"a\":" + deep) == "'m': header: 'a': expected an object, found a list");
  CHECK(said_of_header("{\"a\":{\"shape\":" + deep) ==
        "'m': header: tensor 'a': shape: expected whole numbers from 0 to 2^64 - 1, found a list");
}

TEST_CASE("nothing is allocated on the word of a safetensors file", "[model]") {
  const bp::test::Place place;
  bp::write_file_whole(place / "sparse", with_length(10'000'000'000, "{}"));
  std::filesystem::resize_file(place / "sparse", std::uintmax_t{1} << 34);
  const std::string huge = tensor("a", "[1099511627776]", "[0,1099511627776]");

  bp::test::Largest_allocation largest;
  const std::string of_sparse = complaint([&] { bp::read_safetensors(place / "sparse"); });
  const std::string of_length = said_of(with_length(99'999'999, "{}"));
  const std::string of_tensor = said_of(made_of("{" + huge + "}", "x"));

  CHECK(largest.bytes() > 0);
  CHECK(largest.bytes() < 10'000);
  CHECK(of_sparse ==
        "'" + (place / "sparse").string() + "': expected at most 1073741824 bytes, found 17179869184");
  CHECK(of_length.find("expected a header of 99999999 bytes") != std::string::npos);
  CHECK(of_tensor.find("expected 1099511627776 bytes of data") != std::string::npos);
}

TEST_CASE("a damaged model file is told from one that cannot be opened", "[model]") {
  const bp::test::Place place;

  CHECK_THROWS_AS(parse_safetensors("no header", "m"), bp::Bad_file);
  CHECK_THROWS_AS(bp::parse_npz("no archive", "m"), bp::Bad_file);
  CHECK_THROWS_AS(Tensor_file().at("weight"), bp::Bad_file);

  for (const bool npz : {false, true}) {
    try {
      npz ? bp::read_npz(place / "missing") : bp::read_safetensors(place / "missing");
      FAIL("a missing file was read");
    } catch (const bp::Bad_file& error) { FAIL(error.what()); } catch (const std::runtime_error& error) {
      CHECK(std::string(error.what()).find("No such file") != std::string::npos);
    }
  }
}

TEST_CASE("a safetensors file cut off anywhere, or with a tail, is refused", "[model]") {
  const std::string bytes = bp::safetensors_bytes(small_model());

  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("cut off after " << size);
    CHECK_FALSE(said_of(bytes.substr(0, size)).empty());
  }
  CHECK_FALSE(said_of(bytes + '\0').empty());
}

// The format has no checksum. So a flipped bit in the data must change that number and no other; one in the
// header may give another header, whose tensors then still cover the data exactly.
TEST_CASE("a flipped bit of a safetensors file is refused or does only what it says", "[model]") {
  const Tensor_file model = small_model();
  const std::string bytes = bp::safetensors_bytes(model);
  const std::size_t data = bytes.size() - 24 - 16;
  int refused = 0;

  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    INFO("bit " << bit);
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    std::size_t covered = 0;
    int differences = 0;
    const std::string said = complaint([&] {
      const Tensor_file found = parse_safetensors(damaged, "m");
      for (const Tensor& tensor : found.tensors()) covered += tensor.bytes().size();
      for (std::size_t i = 0; i < found.tensors().size() && bit / 8 >= data; ++i) {
        differences += !(found.tensors()[i] == model.tensors()[i]);
      }
    });

    if (said.empty()) CHECK(covered == 24 + 16);
    CHECK(differences == (bit / 8 >= data ? 1 : 0));
    refused += !said.empty();
  }

  CHECK(refused > 1000);
}
