#include "viz/plot/gnuplot.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "viz/child.h"

namespace bp {

namespace {

// gnuplot draws a caret under the error; on one line only the words are of use.
std::string words_of(std::string_view said) {
  std::string words;
  for (const char c : said) {
    const bool space = static_cast<unsigned char>(c) <= ' ' || c == '^' || c == 0x7F;
    if (!space) words += c;
    if (space && !words.empty() && words.back() != ' ') words += ' ';
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  constexpr std::size_t enough = 400;  // bytes; what it says last is the reason
  return words.size() <= enough ? words : "..." + words.substr(words.size() - enough);
}

}  // namespace

Gnuplot_output run_gnuplot(const std::string& script) {
  std::optional<Child_output> ended = run_child({"gnuplot", "-d"}, script);
  if (!ended) {
    throw Gnuplot_missing(
        "gnuplot is not installed, and draws the plots; on Debian: sudo apt-get install gnuplot-nox");
  }
  Gnuplot_output output = {std::move(ended->out), words_of(ended->err)};
  const std::string said = output.warning.empty() ? "" : "; it says: " + output.warning;
  if (ended->signal != 0) {
    throw std::runtime_error(fmt::format("backstep: gnuplot was ended by signal {}{}", ended->signal, said));
  }
  if (ended->status != 0) {
    throw std::runtime_error(fmt::format("backstep: gnuplot failed with status {}{}", ended->status, said));
  }
  if (output.bytes.empty()) throw std::runtime_error("backstep: gnuplot drew nothing" + said);
  return output;
}

}  // namespace bp
