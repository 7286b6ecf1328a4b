// The program gnuplot, run as a child process: a script in, a picture out. No shell has a part in it.
#pragma once

#include <stdexcept>
#include <string>

namespace bp {

/// There is no program gnuplot on the PATH; what() says how to get it.
struct Gnuplot_missing : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Gnuplot_output {
  std::string bytes;    ///< what it wrote to standard output: the picture
  std::string warning;  ///< what it wrote to standard error, on one line; mostly empty
};

/// Runs a script that draws to standard output, without the user's own start-up file.
///
/// Throws:    Gnuplot_missing; std::runtime_error in one line when it cannot be run, fails (with what it said
///            last) or draws nothing.
Gnuplot_output run_gnuplot(const std::string& script);

}  // namespace bp
