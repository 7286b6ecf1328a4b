// backstep: the command-line program. This file reads the command line and turns every trouble into one line
// and an exit status; what a command does stands in the file of its name.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "lessons/backstep/command.h"

namespace {

using backstep::Failure;

constexpr const char* what_it_is =
    "Backpropagation, step by step.\n"
    "\n"
    "Start with the worked example:  backstep lesson 6\n";

/// The first line of what CLI11 has to say, with a hint where to look.
std::string one_line(const CLI::ParseError& error, const CLI::App& app) {
  std::string said = error.what();
  said.resize(std::min(said.find('\n'), said.size()));
  const auto chosen = app.get_subcommands();
  return said + (chosen.empty() ? "; see `backstep --help`"
                                : "; see `backstep " + chosen.front()->get_name() + " --help`");
}

/// Writes out what is still in the buffer: the last moment at which a full disk can be noticed.
void finish_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw Failure(backstep::file_trouble, "cannot write to standard output (is the disk full?)");
  }
}

int run(int argc, char** argv) {
  CLI::App app(what_it_is, "backstep");
  app.set_version_flag("--version", "backstep " BACKSTEP_VERSION);
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(28);
  int status = backstep::done;
  backstep::add_lessons_command(app);
  backstep::add_lesson_command(app, status);
  try {
    app.parse(argc, argv);
    if (app.get_subcommands().empty()) std::fputs(app.help().c_str(), stdout);
  } catch (const CLI::ParseError& error) {
    // --help and --version arrive here too: CLI11 answers those itself, and calls them success.
    if (error.get_exit_code() != 0) throw Failure(backstep::bad_input, one_line(error, app));
    app.exit(error);
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  int status = backstep::bad_input;
  try {
    status = run(argc, argv);
    finish_output();
  } catch (const Failure& failure) {
    std::fprintf(stderr, "backstep: %s\n", failure.what());
    return failure.status;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "backstep: %s\n", error.what());
    return backstep::bad_input;
  }
  return status;
}
