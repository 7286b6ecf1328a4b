// Safetensors: what is written, byte for byte, and that it comes back.
#include "engine/model/safetensors.h"

#include <array>
#include <stdexcept>

#include "engine/data/file.h"
#include "engine/model/safetensors_header.h"
#include "tests/data/place.h"
#include "tests/model/files.h"
#include "tests/support/catch2.h"

using bp::parse_safetensors, bp::safetensors_bytes, bp::Tensor, bp::Tensor_file, bp::test::from_hex;

TEST_CASE("a file is its header's length, its header, and the numbers, from a multiple of 8 on", "[model]") {
  Tensor_file file;
  file.add<float>("0.weight", {1, 2}, std::array{1.5f, -2.f});
  file.set_metadata("architecture", "2,1");

  const std::string bytes = safetensors_bytes(file);

  const std::string header = R"({"__metadata__":{"architecture":"2,1"},)"
                             R"("0.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}})"
                             "   ";
  CHECK(header.size() == 104);
  CHECK(bytes == from_hex("6800000000000000") + header + from_hex("0000c03f000000c0"));
}

TEST_CASE("wider numbers come first in the data, while the header keeps the order of the tensors",
          "[model]") {
  Tensor_file file;
  file.add<std::uint8_t>("a", {1}, std::array<std::uint8_t, 1>{1});
  file.add<double>("b", {1}, std::array{2.0});
  file.add<std::int16_t>("c", {1}, std::array<std::int16_t, 1>{3});
  file.add<double>("d", {1}, std::array{4.0});

  const std::string bytes = safetensors_bytes(file);
  const std::string json = bytes.substr(8, bytes.find("}}") - 6);

  CHECK(json == R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[18,19]},)"
                R"("b":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},)"
                R"("c":{"dtype":"I16","shape":[1],"data_offsets":[16,18]},)"
                R"("d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}})");
  CHECK(parse_safetensors(bytes, "x") == file);
}

TEST_CASE("no tensors, an empty one and a number alone are files too", "[model]") {
  Tensor_file nothing, little;
  little.add<float>("empty", {3, 0, 2}, std::span<const float>());
  little.add<double>("number", {}, std::array{0.25});
  little.set_metadata("", "");

  CHECK(safetensors_bytes(nothing) == from_hex("0800000000000000") + "{}      ");
  CHECK(parse_safetensors(safetensors_bytes(nothing), "x") == nothing);
  CHECK(parse_safetensors(safetensors_bytes(little), "x") == little);
}

TEST_CASE("random tensors of every type come back from a safetensors file, in the same bytes again",
          "[model]") {
  const bp::test::Place place;
  std::array<int, 13> seen = {};

  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Tensor_file file = bp::test::random_tensors(seed, true);
    write_safetensors(place / "m", file);
    const Tensor_file found = bp::read_safetensors(place / "m");

    REQUIRE(found == file);
    CHECK(found.source() == (place / "m").string());
    CHECK(safetensors_bytes(found) == bp::read_file(place / "m", 1'000'000));
    for (const Tensor& tensor : found.tensors()) ++seen[static_cast<std::size_t>(tensor.dtype())];
  }

  for (const int times : seen) CHECK(times > 0);
}

TEST_CASE("a file laid out as the original library does it is read", "[model]") {
  // Its prepare(), in safetensors/src/tensor.rs: wider types first, then by name, padded with blanks.
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F32","shape":[1,3],"data_offsets":[8,20]}})";
  const std::string bytes = from_hex("9000000000000000") + header + std::string(144 - header.size(), ' ') +
                            from_hex("0700000000000000 0000803f0000004000004040");

  const Tensor_file file = parse_safetensors(bytes, "x");

  CHECK(file.metadata("format") == "pt");
  CHECK(file.values<std::int64_t>("a", {1}) == std::vector<std::int64_t>{7});
  CHECK(file.values<float>("b", {1, 3}) == std::vector<float>{1, 2, 3});
}

TEST_CASE("JSON's escapes and blanks are read, and the keys of a tensor in any order", "[model]") {
  const std::string header =
      "{ \"\\u0061\\n\\ud83d\\ude00\" :\n{\"data_offsets\":[0,1], \"shape\" : [ 1 "
      "],\t\"dtype\":\"\\u00558\"} }";
  const std::string bytes =
      std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header + "x";

  const Tensor_file file = parse_safetensors(bytes, "x");

  CHECK(file.at("a\n\xF0\x9F\x98\x80").bytes() == "x");
}

TEST_CASE("what no reader would take is not written", "[model]") {
  const bp::test::Place place;
  Tensor_file file;
  file.add<std::uint8_t>("x", {1000}, std::vector<std::uint8_t>(1000));

  CHECK(safetensors_bytes(file, 1072).size() == 1072);
  CHECK_THROWS_AS(write_safetensors(place / "m", file, 1071), std::invalid_argument);
  CHECK(place.names().empty());
  CHECK(bp::test::complaint([&] {
          write_safetensors(place / "m", file);
          bp::read_safetensors(place / "m", 1071);
        }) == "'" + (place / "m").string() + "': expected at most 1071 bytes, found 1072");
}

TEST_CASE("a header of more than a reader takes is not written", "[model]") {
  bp::Safetensors_header header;
  header.metadata.emplace("x", std::string(100, 'x'));
  std::string said;

  const std::string json = print_header(header, 128);
  try {
    print_header(header, 127);
  } catch (const std::invalid_argument& error) { said = error.what(); }

  CHECK(json == "{\"__metadata__\":{\"x\":\"" + std::string(100, 'x') + "\"}}" + std::string(3, ' '));
  CHECK(said == "a safetensors header has at most 127 bytes, and these tensors need 128");
}
