// Files written whole or not at all, and read with a limit.
//
// A picture or a model that was half written when the disk filled up looks like one until somebody opens it.
// So a new file is written beside its place under another name and takes its place only when it is complete.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace bp {

/// Makes `path` a file of exactly these bytes. When it fails, what stood there still stands there, untouched.
///
/// The bytes go to a temporary file in the same folder, are forced to the disk, and are renamed onto the path
/// in one step: whoever looks sees the old file or the new one, and never a part. A program killed meanwhile
/// can leave the temporary (.backstep-*.tmp), nothing worse.
///
/// Permissions:     a new file has those that the umask gives; one that existed keeps its own. A file that is
///                  write-protected is not replaced. The new file belongs to whoever writes it, and other
///                  hard links to the old one keep the old bytes.
/// Symbolic links:  are followed: the link stays, and the file that it names is replaced (or made).
/// Not a file:      to a device, a pipe or a terminal, and to whatever is this program's standard output or
///                  error (/dev/stdout), the bytes are written straight, after what stdio still holds back.
///                  A named pipe waits for its reader.
/// Throws:          std::runtime_error in one line: path, what could not be done, the system's reason
///                  (no such folder, no permission, no space, a folder of that name).
void write_file_whole(const std::filesystem::path& path, std::string_view bytes);

/// For what takes long before it writes: says beforehand what can be known of why it could not.
///
/// Nothing is made or changed. A disk that is full shows only when it is written.
/// Throws:  std::runtime_error in one line, as write_file_whole() would.
void check_writable(const std::filesystem::path& path);

/// All bytes of a file.
///
/// Reads pipes and devices too, up to the limit; a named pipe waits for its writer.
///
/// Memory:  never more than max_bytes + 1; a file that says it is larger is refused before any is taken.
/// Throws:  std::runtime_error in one line: path and the system's reason (no such file, no permission, a
///          folder); Bad_file (engine/data/file_error.h): the limit and the size found.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);

/// What messages call standard input.
inline constexpr const char* standard_input = "<stdin>";

/// The same of standard input.
///
/// It is read where it is open: /dev/stdin cannot be opened where it is a socket, and is another place in a
/// file of which something has been read.
std::string read_standard_input(std::size_t max_bytes);

}  // namespace bp
