#include "lessons/backstep/command_line.h"

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace backstep {

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::called(const char* what) {
  option_->type_name(what);
  return *this;
}

Option& Option::shows_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::from_to(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option& Option::one_of(std::vector<std::string> texts) {
  option_->check(CLI::IsMember(std::move(texts)));
  return *this;
}

Option& Option::not_with(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

bool Option::is_given() const { return option_->count() > 0; }

Command::Command(CLI::App& program, const char* name, const char* what_it_does)
    : app_(program.add_subcommand(name, what_it_does)) {}

template <class T>
Option Command::option(const char* name, T& into, const std::string& help) {
  if constexpr (std::is_same_v<T, bool>) {
    return Option(app_->add_flag(name, into, help));
  } else {
    return Option(app_->add_option(name, into, help));
  }
}

template Option Command::option(const char*, std::string&, const std::string&);
template Option Command::option(const char*, std::vector<std::string>&, const std::string&);
template Option Command::option(const char*, bool&, const std::string&);
template Option Command::option(const char*, int&, const std::string&);
template Option Command::option(const char*, std::size_t&, const std::string&);
template Option Command::option(const char*, double&, const std::string&);

Option Command::worksheet(std::string& file) {
  return option("FILE", file, "The worksheet; - is standard input").called("").required();
}

Option Command::digits(int& digits, const char* help) {
  return option("--digits", digits, help).called("N").shows_default().from_to(1, 17);
}

void Command::runs(std::function<void()> work) { app_->callback(std::move(work)); }

}  // namespace backstep
