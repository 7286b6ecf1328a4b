// NumPy's .npy: what NumPy wrote is read, what is written is what NumPy would write, and the rest is refused.
#include "engine/model/npy.h"

#include <numeric>
#include <stdexcept>

#include "engine/data/file.h"
#include "engine/model/bad_file.h"
#include "tests/data/place.h"
#include "tests/model/allocation.h"
#include "tests/model/numpy_files.h"
#include "tests/support/catch2.h"

using bp::Dtype, bp::npy_bytes, bp::parse_npy, bp::Tensor, bp::test::complaint, bp::test::from_hex;

namespace {

std::string array(const std::string& header, const std::string& data, int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  if (version == 1) bp::store(bytes, static_cast<std::uint16_t>(header.size()));
  if (version != 1) bp::store(bytes, static_cast<std::uint32_t>(header.size()));
  return bytes + header + data;
}

std::string said_of(const std::string& bytes) {
  return complaint([&] { parse_npy(bytes, "a", "m"); });
}

std::string said_of_header(const std::string& header) { return said_of(array(header, "")); }

std::string dictionary(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

template <typename F>
std::string misuse(F action) {
  try {
    action();
  } catch (const std::invalid_argument& error) { return error.what(); }
  return "";
}

}  // namespace

TEST_CASE("an array is written byte for byte as NumPy writes it", "[model]") {
  const Tensor matrix("a", Dtype::f32, {2, 3}, from_hex("0000c03f000000c000004040000080400000a0400000c040"));

  CHECK(npy_bytes(matrix) == bp::test::numpy_matrix);
  CHECK(parse_npy(bp::test::numpy_matrix, "a", "m") == matrix);
}

TEST_CASE("an array in Fortran order is put into C order", "[model]") {
  std::string counted;
  for (std::uint16_t i = 0; i < 24; ++i) bp::store(counted, i);

  CHECK(parse_npy(bp::test::numpy_fortran, "a", "m") == Tensor("a", Dtype::i16, {2, 3, 4}, counted));
}

TEST_CASE("Fortran order of no dimension, one, and an empty one is C order", "[model]") {
  const auto read = [](const std::string& shape, const std::string& data) {
    return parse_npy(array("{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + "}", data), "a",
                     "m");
  };

  CHECK(read("()", "x") == Tensor("a", Dtype::u8, {}, "x"));
  CHECK(read("(3,)", "xyz") == Tensor("a", Dtype::u8, {3}, "xyz"));
  CHECK(read("(3, 0)", "") == Tensor("a", Dtype::u8, {3, 0}, ""));
  CHECK(read("(1, 3)", "xyz") == Tensor("a", Dtype::u8, {1, 3}, "xyz"));
  CHECK(read("(2, 2)", "abcd") == Tensor("a", Dtype::u8, {2, 2}, "acbd"));
}

TEST_CASE("random arrays of every type come back from .npy files", "[model]") {
  const bp::test::Place place;

  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const bp::Tensor_file file = bp::test::random_tensors(seed, false);
    for (const Tensor& tensor : file.tensors()) {
      bp::write_npy(place / "a.npy", tensor);

      CHECK(bp::read_npy(place / "a.npy", tensor.name()) == tensor);
      CHECK((npy_bytes(tensor).size() - tensor.bytes().size()) % 64 == 0);
    }
  }
}

TEST_CASE("all three versions are read, and Python's other ways to write the same", "[model]") {
  const Tensor expected("a", Dtype::i16, {1, 2}, "wxyz");
  const std::string header = dictionary("<i2", "(1, 2)");

  CHECK(parse_npy(array(header, "wxyz", 1), "a", "m") == expected);
  CHECK(parse_npy(array(header, "wxyz", 2), "a", "m") == expected);
  CHECK(parse_npy(array(header, "wxyz", 3), "a", "m") == expected);
  CHECK(parse_npy(array("{\"shape\":(1,2,),\n'fortran_order':False,'descr':\"<i2\"}", "wxyz"), "a", "m") ==
        expected);
  CHECK(parse_npy(array(dictionary("<u1", "(4,)"), "wxyz"), "a", "m") == Tensor("a", Dtype::u8, {4}, "wxyz"));
}

TEST_CASE("what is not an array of NumPy's is refused where it goes wrong", "[model]") {
  const std::string m = "'m': array 'a': ";

  CHECK(said_of("") == m + "expected an array of NumPy's (\\x93NUMPY), found nothing");
  CHECK(said_of("PK\3\4ab") == m + "expected an array of NumPy's (\\x93NUMPY), found 'PK??ab'");
  CHECK(said_of("\x93NUMPY") == m + "expected version 1.0, 2.0 or 3.0, found the end of the file");
  CHECK(said_of("\x93NUMPY\4\1") == m + "expected version 1.0, 2.0 or 3.0, found 4.1");
  CHECK(said_of(from_hex("934e554d505900000000")) == m + "expected version 1.0, 2.0 or 3.0, found 0.0");
  CHECK(said_of(from_hex("934e554d5059010000")) ==
        m + "expected the length of the header, found the end of the file");
  CHECK(said_of(from_hex("934e554d50590200000000")) ==
        m + "expected the length of the header, found the end of the file");
  CHECK(said_of(from_hex("934e554d505901001127")) ==
        m + "expected a header of at most 10000 bytes, found one that says it has 10001");
  CHECK(said_of(from_hex("934e554d50590300ffffffff")) ==
        m + "expected a header of at most 10000 bytes, found one that says it has 4294967295");
  CHECK(said_of(from_hex("934e554d5059010003007b7d")) == m + "expected a header of 3 bytes, found only 2");
}

TEST_CASE("a header that is not the dictionary of an array is refused where it goes wrong", "[model]") {
  const std::string h = "'m': array 'a': header: ";
  const std::string number = h + "expected a whole number from 0 to 2^64 - 1, found ";

  CHECK(said_of_header("") == h + "expected '{', found its end");
  CHECK(said_of_header("[]") == h + "expected '{', found '[]' at byte 1");
  CHECK(said_of_header("{}") == h + "expected 'descr', found none");
  CHECK(said_of_header("{'descr': '<f4'}") == h + "expected 'fortran_order', found none");
  CHECK(said_of_header("{'descr': '<f4', 'fortran_order': True, }") == h + "expected 'shape', found none");
  CHECK(said_of_header("{'descr': '<f4', 'descr': '<f4'}") ==
        h + "expected every key once, found 'descr' twice");
  CHECK(said_of_header("{'order': 'C'}") == h + "expected descr, fortran_order and shape, found 'order'");
  CHECK(said_of_header("{descr: 1}") == h + "expected text in quotes, found 'descr: 1}' at byte 2");
  CHECK(said_of_header("{'descr") == h + "expected text in quotes, found ''descr' at byte 2");
  CHECK(said_of_header("{'descr'") == h + "expected ':', found its end");
  CHECK(said_of_header("{'descr': '<f4' 'shape'") == h + "expected '}', found ''shape'' at byte 17");
  CHECK(said_of_header("{'fortran_order': 1}") == h + "expected True or False, found '1}' at byte 19");
  CHECK(said_of_header("{'shape': 3}") == h + "expected '(', found '3}' at byte 11");
  CHECK(said_of_header("{'shape': (3)}") == h + "expected a tuple, found a number in brackets");
  CHECK(said_of_header("{'shape': (3 4)}") == h + "expected ')', found '4)}' at byte 14");
  CHECK(said_of_header("{'shape': (-3,)}") == number + "'-3,)}' at byte 12");
  CHECK(said_of_header("{'shape': (,)}") == number + "',)}' at byte 12");
  CHECK(said_of_header("{'shape': (18446744073709551616,)}") ==
        number + "'18446744073709551616,)}' at byte 12");
  CHECK(said_of_header("{'shape': (") == number + "its end");
  CHECK(said_of_header(dictionary("<f4", "(0,)") + "x") == h + "expected its end, found 'x' at byte 58");
  std::string ones;
  for (int i = 0; i < 33; ++i) ones += "1,";
  CHECK(said_of_header("{'shape': (" + ones + ")}") == h + "expected at most 32 dimensions, found more");
}

TEST_CASE("numbers that we do not have are refused by name", "[model]") {
  const auto said_of_type = [](const std::string& descr) {
    return said_of_header(dictionary(descr, "(0,)"));
  };

  for (const char* descr :
       {">f4", "=f4", "|f4", "f4", "<f16", "<c8", "|O", "|S5", "<U5", "<M8[ns]", ">u1", ""}) {
    CHECK(said_of_type(descr) ==
          std::string("'m': array 'a': header: expected little-endian numbers such as '<f4', found '") +
              descr + "'");
  }
  CHECK(said_of_header("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (0,)}") ==
        "'m': array 'a': header: expected an array of numbers, found one of records");
}

TEST_CASE("an array has exactly the bytes that its header says", "[model]") {
  const auto said_of_array = [](const std::string& shape, std::size_t size) {
    return said_of(array(dictionary("<f4", shape), std::string(size, 'x')));
  };

  CHECK(said_of_array("(2,)", 8).empty());
  CHECK(said_of_array("(2,)", 7) == "'m': array 'a': expected 8 bytes of data for f32 [2], found 7");
  CHECK(said_of_array("(2,)", 9) == "'m': array 'a': expected 8 bytes of data for f32 [2], found 9");
  CHECK(said_of_array("()", 0) == "'m': array 'a': expected 4 bytes of data for f32 [], found 0");
  CHECK(said_of_array("(0, 4611686018427387904)", 0) ==
        "'m': array 'a': expected fewer than 2^64 bytes, found f32 [0, 4611686018427387904]");
}

TEST_CASE("nothing is allocated on the word of an array", "[model]") {
  const std::string huge = array(dictionary("<f4", "(1099511627776,)"), "x");
  const std::string huge_header = from_hex("934e554d505903001027000000");

  bp::test::Largest_allocation largest;
  const std::string of_array = said_of(huge);
  const std::string of_header = said_of(huge_header);

  CHECK(largest.bytes() > 0);
  CHECK(largest.bytes() < 10'000);
  CHECK(of_array == "'m': array 'a': expected 4398046511104 bytes of data for f32 [1099511627776], found 1");
  CHECK(of_header == "'m': array 'a': expected a header of 10000 bytes, found only 1");
}

TEST_CASE("what NumPy does not have is not written", "[model]") {
  const bp::test::Place place;

  CHECK(misuse([&] { write_npy(place / "a.npy", Tensor("a", Dtype::bf16, {0}, "")); }) ==
        "tensor 'a': NumPy has no bf16");
  CHECK(misuse([] { npy_bytes(Tensor("a", Dtype::u8, bp::Tensor_shape(33, 1), "x")); }) ==
        "tensor 'a': NumPy has at most 32 dimensions, not 33");
  CHECK(misuse([] { npy_bytes(Tensor("a", Dtype::u8, bp::Tensor_shape(32, 1), "x")); }).empty());
  CHECK(place.names().empty());
}
