// What the readers of model files have in common: how they refuse one, and how they read its whole numbers.
//
// A model file comes from anywhere. Its numbers are claims until they are checked against the bytes that are
// really there, and nothing is allocated before.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

namespace bp {

// Numbers stand in all these files as they stand in the memory of the machines that this is built for.
static_assert(std::endian::native == std::endian::little, "model files are little-endian, and copied as is");
static_assert(std::numeric_limits<std::size_t>::digits >= 64, "sizes in model files have 64 bits");

/// Text from a file as a message may show it: in single quotes, on one line, cut off after 80 bytes.
std::string in_quotes(std::string_view text);

/// Throws Bad_file (data/file_error.h): 'source': what.
[[noreturn]] void refuse_file(std::string_view source, const std::string& what);

/// The number whose bytes, least significant first, begin at `at`; the caller has made sure that they exist.
template <std::unsigned_integral T>
T load(std::string_view bytes, std::size_t at) {
  T number;
  std::memcpy(&number, bytes.substr(at, sizeof number).data(), sizeof number);
  return number;
}

/// Adds the bytes of a number, least significant first.
template <std::unsigned_integral T>
void store(std::string& bytes, T number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace bp
