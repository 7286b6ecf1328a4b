// The numbers of the ZIP format that its reader and its writer share. For zip_reader.cpp and zip_writer.cpp.
//
// Source:  PKWARE, APPNOTE.TXT 6.3.10: local header 4.3.7, data descriptor 4.3.9, directory 4.3.12, end
//          4.3.16.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bp::zip {

inline constexpr std::uint32_t local_signature = 0x04034b50;
inline constexpr std::uint32_t descriptor_signature = 0x08074b50;
inline constexpr std::uint32_t directory_signature = 0x02014b50;
inline constexpr std::uint32_t end_signature = 0x06054b50;

// Without the name and whatever else follows.
inline constexpr std::size_t local_size = 30, directory_size = 46, end_size = 22;

inline constexpr std::uint16_t stored = 0, deflated = 8;  // methods
inline constexpr std::uint16_t encrypted_flag = 1, sizes_follow_flag = 8, utf8_flag = 0x800;
inline constexpr std::uint16_t zip64_extra = 1;

// "Look in the 64-bit field": what a size, an offset or a number of entries must stay below.
inline constexpr std::uint32_t see_64_bits = 0xFFFF'FFFF;
inline constexpr std::uint16_t see_32_bits = 0xFFFF;

}  // namespace bp::zip
