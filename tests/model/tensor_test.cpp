// Tensors and lists of them: what fits, and what is said when something does not.
#include "engine/model/tensor.h"

#include <array>
#include <limits>
#include <stdexcept>

#include "tests/data/place.h"
#include "tests/support/catch2.h"

using bp::byte_count, bp::describe, bp::Dtype, bp::Tensor, bp::Tensor_file, bp::test::complaint;

namespace {

template <typename F>
std::string misuse(F action) {
  try {
    action();
  } catch (const std::invalid_argument& error) { return error.what(); }
  return "";
}

template <typename T>
void check_round_trip(std::vector<T> numbers) {
  Tensor_file file;

  file.add<T>("x", {numbers.size()}, numbers);

  CHECK(file.values<T>("x", {numbers.size()}) == numbers);
  CHECK(file.at("x").bytes().size() == numbers.size() * sizeof(T));
}

}  // namespace

TEST_CASE("numbers of every C++ type come back as they were", "[tensor]") {
  check_round_trip<double>({-0.5, 1e300, 5e-324});
  check_round_trip<float>({1.5f, -3e38f});
  check_round_trip<std::int64_t>({std::numeric_limits<std::int64_t>::min(), -1, 7});
  check_round_trip<std::uint64_t>({std::numeric_limits<std::uint64_t>::max(), 1});
  check_round_trip<std::int32_t>({-2'000'000'000, 3});
  check_round_trip<std::uint32_t>({4'000'000'000u, 3});
  check_round_trip<std::int16_t>({-30'000, 3});
  check_round_trip<std::uint16_t>({60'000, 3});
  check_round_trip<std::int8_t>({-128, 3});
  check_round_trip<std::uint8_t>({255, 3});
}

TEST_CASE("the bytes of a number are little-endian", "[tensor]") {
  Tensor_file file;

  file.add<std::uint32_t>("x", {2}, std::array{0x04030201u, 0x08070605u});

  CHECK(file.at("x").bytes() == "\x01\x02\x03\x04\x05\x06\x07\x08");
}

TEST_CASE("the table of types stands in the order of Dtype and has no name twice", "[tensor]") {
  std::size_t i = 0;
  for (const bp::Dtype_names& row : bp::dtypes()) {
    CHECK(static_cast<std::size_t>(row.dtype) == i++);
    CHECK(bp::names(row.dtype).ours == row.ours);
    for (const bp::Dtype_names& other : bp::dtypes()) {
      if (&other == &row) continue;
      CHECK(other.ours != row.ours);
      CHECK(other.safetensors != row.safetensors);
      CHECK(other.numpy != row.numpy);
    }
  }
}

TEST_CASE("the size of an array is a product without overflow", "[tensor]") {
  constexpr std::size_t big = std::size_t{1} << 61;

  CHECK(byte_count(Dtype::f32, {}) == 4u);
  CHECK(byte_count(Dtype::f64, {3, 5}) == 120u);
  CHECK(byte_count(Dtype::f64, {3, 0, 5}) == 0u);
  CHECK(byte_count(Dtype::f32, {big}) == big * 4);
  CHECK(byte_count(Dtype::u8, {~std::size_t{0}}) == ~std::size_t{0});
  CHECK_FALSE(byte_count(Dtype::f64, {big}).has_value());
  CHECK_FALSE(byte_count(Dtype::u8, {big, 8}).has_value());
  CHECK_FALSE(byte_count(Dtype::u8, {0, big, 8}).has_value());
}

TEST_CASE("a tensor has exactly the bytes that its type and shape need", "[tensor]") {
  CHECK(misuse([] {
          Tensor("w", Dtype::f32, {2, 3}, std::string(23, 'x'));
        }) == "tensor 'w': f32 [2, 3] takes 24 bytes, not 23");
  CHECK(misuse([] { Tensor("w", Dtype::boolean, {}, ""); }) == "tensor 'w': boolean [] takes 1 bytes, not 0");
  CHECK(misuse([] {
          Tensor("w", Dtype::u8, {std::size_t{1} << 32, std::size_t{1} << 32}, "");
        }) == "tensor 'w': u8 [4294967296, 4294967296] takes more than 2^64 bytes, not 0");
  CHECK(misuse([] {
          Tensor_file().add<float>("w", {3}, std::array{1.f, 2.f});
        }) == "tensor 'w': f32 [3] takes 12 bytes, not 8");
}

TEST_CASE("a name is UTF-8 without a zero byte, and not a name of the formats' own", "[tensor]") {
  const auto fault = [](std::string_view name) { return bp::name_fault(name); };

  for (const char* good : {"", "0.weight", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "x__metadata__"}) {
    CHECK(fault(good).empty());
  }
  for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xE0\x9F\xBF", "\xE2\x82",
                          "\xE2\x82x", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF0\x90\x80",
                          "\xF0\x90\x80x", "\xF5\x80\x80\x80", "\xFF", "abc\xFE"}) {
    CHECK(fault(bad) == "it is not UTF-8");
  }
  CHECK(fault(std::string_view("a\0b", 3)) == "it has a zero byte");
  CHECK(fault("__metadata__") == "names that begin with __metadata__ are not for tensors");
  CHECK(misuse([] { Tensor("__metadata__/x", Dtype::u8, {0}, ""); }) ==
        "tensor '__metadata__/x': names that begin with __metadata__ are not for tensors");
  CHECK(misuse([] { Tensor_file().set_metadata("k", "\xFF"); }) == "metadata 'k': it is not UTF-8");
  CHECK(misuse([] { Tensor_file().set_metadata(std::string("k\0", 2), ""); }) ==
        "metadata 'k?': it has a zero byte");
}

TEST_CASE("a name stands for one tensor", "[tensor]") {
  Tensor_file file;
  file.add<float>("w", {1}, std::array{1.f});

  CHECK(misuse([&] { file.add<double>("w", {1}, std::array{2.}); }) == "there are two tensors 'w'");
  CHECK(file.tensors().size() == 1);
  CHECK(file.values<float>("w", {1}) == std::vector{1.f});
}

TEST_CASE("who asks for another tensor than is there is told where, what, and what was found", "[tensor]") {
  Tensor_file file("m.safetensors");
  file.add<float>("w", {2, 1}, std::array{1.f, 2.f});
  const auto ask = [&](auto number, const char* name, bp::Tensor_shape shape) {
    return complaint([&] { file.values<decltype(number)>(name, shape); });
  };

  CHECK(ask(0.f, "w", {2, 1}).empty());
  CHECK(ask(0.0, "w", {2, 1}) == "'m.safetensors': tensor 'w': expected f64 [2, 1], found f32 [2, 1]");
  CHECK(ask(0.f, "w", {1, 2}) == "'m.safetensors': tensor 'w': expected f32 [1, 2], found f32 [2, 1]");
  CHECK(ask(0.f, "w", {}) == "'m.safetensors': tensor 'w': expected f32 [], found f32 [2, 1]");
  CHECK(ask(0.f, "b\n", {2}) == "'m.safetensors': expected a tensor 'b?', found none of that name");
  CHECK(complaint([&] { file.metadata("k"); }) ==
        "'m.safetensors': expected metadata 'k', found none of that name");
}

TEST_CASE("numbers are copied only to where there is room for just so many", "[tensor]") {
  Tensor_file file;
  file.add<float>("w", {2}, std::array{1.f, 2.f});
  std::array<float, 3> room = {9, 9, 9};

  file.copy<float>("w", {2}, std::span(room).first(2));

  CHECK(room == std::array{1.f, 2.f, 9.f});
  CHECK(misuse([&] { file.copy<float>("w", {2}, room); }) == "tensor 'w': there is room for 12 bytes, not 8");
  CHECK(misuse([&] { file.copy<float>("w", {2}, std::span(room).first(1)); }) ==
        "tensor 'w': there is room for 4 bytes, not 8");
}

TEST_CASE("two lists are equal when order, tensors and metadata are, whatever their source", "[tensor]") {
  const auto make = [](const char* first, const char* second, float number, const char* text) {
    Tensor_file file(first);
    file.add<float>(first, {1}, std::array{1.f});
    file.add<float>(second, {1}, std::array{number});
    file.set_metadata("k", text);
    return file;
  };
  const Tensor_file file = make("a", "b", 2, "t");
  Tensor_file other("elsewhere");
  for (const Tensor& tensor : file.tensors()) other.add(tensor);
  other.set_metadata("k", "replaced");
  other.set_metadata("k", "t");

  CHECK(file == other);
  CHECK_FALSE(make("a", "b", 3, "t") == file);
  CHECK_FALSE(make("b", "a", 1, "t") == make("a", "b", 1, "t"));
  CHECK_FALSE(make("a", "b", 2, "u") == file);
}

TEST_CASE("a long name is cut off in messages, between two letters", "[tensor]") {
  const std::string name = std::string(79, 'x') + "\xC3\xA9" + std::string(1000, 'y');

  CHECK(complaint([&] { Tensor_file("f").at(name); }) ==
        "'f': expected a tensor '" + std::string(79, 'x') + "...', found none of that name");
}
