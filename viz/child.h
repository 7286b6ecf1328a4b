// Other programs, run without a shell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bp {

struct Child_output {
  int status = 0;        ///< what the program ended with; 128 and the signal's number when a signal ended it
  int signal = 0;        ///< which signal ended it; 0: none
  std::string out, err;  ///< what it wrote
};

/// Runs a program with these arguments, the first of which is the program, looked for on the PATH unless
/// there is a slash in it; waits for it. Its standard input is `input`.
///
/// Returns nothing when there is no such program.
/// Throws:    std::runtime_error when it cannot be run for another reason.
std::optional<Child_output> run_child(std::vector<std::string> arguments, std::string_view input = {});

}  // namespace bp
