// backstep: the command-line program. This file reads the command line and turns every trouble into one line
// and an exit status; what a command does stands in the file of its name.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "engine/data/file_error.h"
#include "engine/vector/trainer.h"
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
  backstep::add_solve_command(app);
  backstep::add_check_command(app, status);
  backstep::add_train_command(app, status);
  backstep::add_predict_command(app);
  backstep::add_watch_command(app, status);
  backstep::add_why_command(app);
  backstep::add_zoom_command(app);
  backstep::add_draw_command(app);
  backstep::add_page_command(app);
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

/// Says what went wrong; messages of the engine's own may begin with the program's name already.
int fail(int status, const std::exception& error) {
  const std::string what = error.what(), name = "backstep: ";
  std::fprintf(stderr, "%s%s\n", what.starts_with(name) ? "" : name.c_str(), what.c_str());
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    finish_output();
    return status;
  } catch (const Failure& failure) {
    return fail(failure.status, failure);
  } catch (const bp::batch::Diverged& trouble) {
    return fail(backstep::diverged, trouble);
  } catch (const bp::Bad_file& trouble) {
    return fail(backstep::bad_input, trouble);
  } catch (const std::runtime_error& trouble) {  // of the system: a file that cannot be opened or written
    return fail(backstep::file_trouble, trouble);
  } catch (const std::bad_alloc&) {
    return fail(backstep::bad_input, std::runtime_error("there is not enough memory for that"));
  } catch (const std::exception& error) { return fail(backstep::bad_input, error); }
}
