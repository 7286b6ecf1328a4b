#include "lessons/backstep/command_line.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace backstep {
namespace {

// CLI11's own ranges say "not in range 0 to 17976931348623157081452742...", and NaN is in all of them.
double number_in(const std::string& text) {
  double number = 0;
  return CLI::detail::lexical_cast(text, number) ? number : std::nan("");
}

}  // namespace

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

Option& Option::between(double least, double most) {
  option_->check([=](const std::string& text) {
    const double number = number_in(text);
    const bool fits = least <= number && number <= most;  // NaN does not
    return fits ? "" : fmt::format("expected a number from {} to {}, found {}", least, most, text);
  });
  return *this;
}

Option& Option::above_zero() {
  option_->check([](const std::string& text) {
    const double number = number_in(text);
    return number > 0 && std::isfinite(number) ? "" : "expected a number above 0, found " + text;
  });
  return *this;
}

Option& Option::whole() {
  option_->check([](const std::string& text) {
    const bool is = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return is ? "" : "expected a whole number, found " + text;
  });
  return *this;
}

Option& Option::one_of(std::vector<std::string> texts) {
  option_->check(CLI::IsMember(std::move(texts)));
  return *this;
}

Option& Option::with_commas() {
  option_->delimiter(',')->allow_extra_args(false);
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
template Option Command::option(const char*, std::vector<std::size_t>&, const std::string&);
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

void Command::says(const char* last_words) { app_->footer(last_words); }

void Command::runs(std::function<void()> work) { app_->callback(std::move(work)); }

}  // namespace backstep
