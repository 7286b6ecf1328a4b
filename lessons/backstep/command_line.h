// What a command takes on its command line, a line for each argument and option.
//
//     Command command(app, "why", "Take a gradient apart into the paths that it is the sum of");
//     command.worksheet(options->file);
//     command.option("--top", options->top, "Show the N largest paths").called("N").from_to(1, 1'000'000);
//     command.digits(options->digits);
//     command.runs([options] { why(*options); });
//
// CLI11 does the work. It stands behind this door because it is a library of headers: each file that includes
// it takes five seconds more to compile, ten with the sanitizers.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace backstep {

/// One argument or option, to be described further.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  /// It cannot be left out.
  Option& required();
  /// How --help calls its value: "N" in `--top N`.
  Option& called(const char* what);
  /// --help says what holds when it is not given: the variable's present value.
  Option& shows_default();
  /// Only whole numbers from `least` to `most`, or only one of these texts: anything else is refused.
  Option& from_to(int least, int most);
  /// The same for numbers.
  Option& between(double least, double most);
  Option& above_zero();
  /// Only digits: a library that reads an unsigned number takes -1 for the largest.
  Option& whole();
  Option& one_of(std::vector<std::string> texts);
  /// Its values stand in one text with commas between them: 2,8,8,1.
  Option& with_commas();
  /// The two are not given together.
  Option& not_with(const Option& other);
  /// Whether it was given.
  bool is_given() const;

 private:
  CLI::Option* option_;
};

class Command {
 public:
  /// Adds a command to the program.
  Command(CLI::App& program, const char* name, const char* what_it_does);

  /// An argument, or `--name VALUE`, read into `into`, which must outlive the command line. It keeps its
  /// value when it is not given. There are those for std::string, int, std::size_t, double, vectors of
  /// std::string and std::size_t, and bool (a flag, without a value).
  template <class T>
  Option option(const char* name, T& into, const std::string& help);

  /// FILE, the worksheet that a command is about, and --digits N.
  Option worksheet(std::string& file);
  Option digits(int& digits, const char* help = "Show N significant digits");

  /// The last words of its --help.
  void says(const char* last_words);

  /// What it does when it is called. It may throw Failure or what the engine throws.
  void runs(std::function<void()> work);

  /// For what has no word here.
  CLI::App& app() { return *app_; }

 private:
  CLI::App* app_;
};

}  // namespace backstep
