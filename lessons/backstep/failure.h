// How a command fails: with one line, and an exit status on which other programs rely.
#pragma once

#include <stdexcept>
#include <string>

namespace backstep {

enum Status {
  done = 0,
  check_found_wrong = 1,  ///< a claim of a worksheet is wrong
  bad_input = 2,          ///< the command line, a worksheet or a data file is not what it should be
  file_trouble = 3,       ///< a file cannot be opened or written
  diverged = 4,           ///< training went to infinity
  interrupted = 130
};

/// Ends the program with the line `backstep: what` and a status.
struct Failure : std::runtime_error {
  Failure(int status, const std::string& what) : std::runtime_error(what), status(status) {}
  int status;
};

}  // namespace backstep
