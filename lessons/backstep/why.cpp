// `backstep why`: a gradient taken apart into the paths of which it is the sum.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/data/with_commas.h"
#include "engine/worksheet/digits.h"
#include "engine/worksheet/paths.h"
#include "engine/worksheet/worksheet.h"
#include "lessons/backstep/chain.h"
#include "lessons/backstep/command.h"
#include "viz/text.h"

namespace backstep {
namespace {

struct Options {
  std::string file, name;
  std::size_t top = 10;
  int digits = 6;
};

constexpr std::size_t longest_name = 40;         // characters
constexpr std::size_t width = 100;               // columns
constexpr std::size_t most_steps = 100'000'000;  // of all listed paths together: 12 bytes each

// ---- Text -----------------------------------------------------------------------------------------------

/// Prints words, each behind a sign (` -> `, ` * `) but the first, on lines that begin in column 5. What does
/// not fit goes on the next line, behind its sign.
class Line {
 public:
  explicit Line(std::string_view start) : text_(start) { text_.resize(std::max(indent, text_.size()), ' '); }
  ~Line() { fmt::print("{}\n", text_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void add(std::string_view sign, std::string_view word) {
    if (!first_ && bp::character_count(text_) + sign.size() + bp::character_count(word) + 2 > width) {
      fmt::print("{}\n", text_);
      text_.assign(indent, ' ');
      sign.remove_prefix(1);  // its space
    }
    if (!first_) text_ += sign;
    text_ += word;
    first_ = false;
  }

 private:
  static constexpr std::size_t indent = 4;
  std::string text_;
  bool first_ = true;
};

void say(std::string_view sentence) { fmt::print("{}", bp::wrapped(sentence, width)); }

// ---- The command ----------------------------------------------------------------------------------------

class Explanation {
 public:
  Explanation(const bp::Worksheet& worksheet, bp::Value value, const Options& options)
      : root_(worksheet.loss), digits_(options.digits), paths_(bp::find_paths(root_, value, options.top)) {
    from_ = bp::shown_name(root_.name(), longest_name);
    to_ = bp::shown_name(value.name(), longest_name);
    derivative_ = fmt::format("d{}/d{}", from_, to_);
  }

  void print() const {
    if (paths_.count == "0") {
      return say(fmt::format("No path leads from {} to {}: {} is 0.", from_, to_, derivative_));
    }
    const bool one = paths_.count == "1";
    say(one ? fmt::format("{} is the product along one path from {} to {}.", derivative_, from_, to_)
            : fmt::format("{} is the sum of {} paths from {} to {}.", derivative_, spelt(paths_.count), from_,
                          to_));
    const auto chains = chains_of(root_, paths_.largest);
    for (std::size_t i = 0; i < chains.size(); ++i) {
      fmt::print("\n");
      print_chain(i + 1, chains[i], paths_.largest[i].product);
    }
    fmt::print("\n");
    if (paths_.rest_count != "0") say_rest();
    say(fmt::format("{} is {} = {}.", one ? "The product" : "The sum of all", derivative_,
                    number(paths_.sum)));
  }

 private:
  std::string number(double x) const { return bp::shown_number(x, digits_); }

  std::string spelt(const std::string& count) const {
    return paths_.is_exact ? bp::with_commas(count) : "about " + count;
  }

  /// `(152.4 % of the sum)`, where that says something; and what stands before it.
  std::string share(double part, std::string_view before) const {
    const double percent = 100.0 * part / paths_.sum;
    if (paths_.count == "1" || paths_.sum == 0.0 || !std::isfinite(paths_.sum) || !std::isfinite(percent))
      return "";
    return fmt::format("{}({} % of the sum)", before, bp::shown_number(percent, 4));
  }

  void print_chain(std::size_t place, const std::vector<Link>& chain, double product) const {
    {
      Line names(fmt::format("{}.", place));
      for (const Link& link : chain) names.add(" -> ", link.name);
    }
    if (chain.size() > 2) {
      Line factors("");
      for (std::size_t i = 1; i < chain.size(); ++i) {
        const std::string factor = number(chain[i].factor);
        factors.add(" * ", i > 1 && factor[0] == '-' ? "(" + factor + ")" : factor);
      }
    }
    fmt::print("    = {}{}\n", number(product), share(product, "   "));
  }

  void say_rest() const {
    const bool one = paths_.rest_count == "1";
    const std::string others =
        one               ? "other path makes"
        : paths_.is_exact ? fmt::format("other {} paths together make", bp::with_commas(paths_.rest_count))
                          : fmt::format("others, {} paths, together make", spelt(paths_.rest_count));
    say(fmt::format("The {} {}{}.", others, number(paths_.rest_sum), share(paths_.rest_sum, " ")));
  }

  bp::Value root_;
  int digits_;
  bp::Paths paths_;
  std::string from_, to_, derivative_;
};

void why(const Options& options) {
  const bp::Worksheet worksheet = bp::read_worksheet(options.file);
  const bp::Value value = worksheet.at(options.name);
  const std::size_t root = worksheet.loss.index();
  const std::size_t longest = root > value.index() ? root - value.index() : 1;
  if (options.top > most_steps / longest) {
    throw Failure(bad_input,
                  fmt::format("{} paths of up to {} steps are more than fit into memory: --top up to {}",
                              options.top, longest, most_steps / longest));
  }
  Explanation(worksheet, value, options).print();
}

}  // namespace

void add_why_command(CLI::App& app) {
  Command command(app, "why", "Take a gradient apart into the paths that it is the sum of");
  const auto options = std::make_shared<Options>();
  command.worksheet(options->file);
  command.option("NAME", options->name, "The value whose gradient it is").called("").required();
  command.option("--top", options->top, "Show the N largest paths; the rest is counted")
      .called("N")
      .shows_default()
      .from_to(1, 1'000'000);
  command.digits(options->digits);
  command.runs([options] { why(*options); });
}

}  // namespace backstep
