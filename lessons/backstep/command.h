// What the commands of `backstep` share: how one joins the program, and how one fails.
//
// A command is a file: it defines one function of the list below, which adds its CLI11 subcommand, and
// main.cpp calls them all. A command that cannot do its work throws Failure.
#pragma once

#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace backstep {

/// Exit statuses, on which other programs rely.
enum Status {
  done = 0,
  check_found_wrong = 1,  ///< a claim of a worksheet is wrong
  bad_input = 2,          ///< the command line, a worksheet or a data file is not what it should be
  file_trouble = 3,       ///< a file cannot be opened or written
  diverged = 4,           ///< training went to infinity
  interrupted = 130
};

/// Ends the program with one line, `backstep: what`, and a status.
struct Failure : std::runtime_error {
  Failure(int status, const std::string& what) : std::runtime_error(what), status(status) {}
  int status;
};

// Each adds its command to `app`. When the command line names the command, its callback sets `status` (0
// until then).
void add_lessons_command(CLI::App& app);
void add_lesson_command(CLI::App& app, int& status);

}  // namespace backstep
