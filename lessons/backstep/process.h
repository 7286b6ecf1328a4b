// Running another program from this one.
#pragma once

#include <filesystem>
#include <string>

namespace backstep {

/// The folder in which the running program's own file stands; empty where the system does not say.
std::filesystem::path own_folder();

/// Runs a program without arguments and waits for it; it has our standard streams and environment.
///
/// Returns its exit status, or 128 + N when signal N ended it, as a shell does.
/// Throws:    Failure (file_trouble) when it cannot be started.
int run_program(const std::filesystem::path& program);

}  // namespace backstep
